import type { WebhookDocument } from '../definition/workflow/document.ts'
import { SallyportError } from '../errors.ts'
import { type DigestAlgorithm, hmac, hmacSha256, safeEqual, sha256 } from '../vault/digest.ts'

/** A delivery older or newer than this is refused: what somebody recorded cannot be played again later. */
const toleranceMs = 5 * 60_000

export interface Delivery {
  /** As it came, byte for byte: what the sender signed. */
  readonly body: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
}

type Signature = NonNullable<WebhookDocument['signature']>

/** What a scheme says of a delivery. */
interface Claim {
  readonly signed: string
  readonly given: readonly string[]
  readonly algorithm: DigestAlgorithm
  readonly encoding: 'hex' | 'base64'
  /** Seconds since the epoch; null where the scheme has none. */
  readonly at: number | null
  /** What tells deliveries apart; null where the scheme has nothing. */
  readonly id: string | null
}

const parts = (header: string, between: string) => header.split(between).map((part) => part.trim())

function claimOf(signature: Signature, { body, headers }: Delivery): Claim | null {
  const header = (name: string) => headers[name] ?? ''
  switch (signature.scheme) {
    case 'none':
      return null
    case 'github':
      return {
        ...{ signed: body, given: [header('x-hub-signature-256').replace(/^sha256=/, '')], algorithm: 'sha256', encoding: 'hex' },
        ...{ at: null, id: headers['x-github-delivery'] ?? null },
      }
    case 'shopify':
      return {
        ...{ signed: body, given: [header('x-shopify-hmac-sha256')], algorithm: 'sha256', encoding: 'base64' },
        ...{ at: null, id: headers['x-shopify-webhook-id'] ?? null },
      }
    case 'stripe': {
      const fields = parts(header('stripe-signature'), ',').map((part) => part.split('=', 2))
      const at = fields.find(([name]) => name === 't')?.[1] ?? ''
      const given = fields.flatMap(([name, value]) => (name === 'v1' && value !== undefined ? [value] : []))
      return { signed: `${at}.${body}`, given, algorithm: 'sha256', encoding: 'hex', at: Number(at || Number.NaN), id: null }
    }
    case 'slack': {
      const at = header('x-slack-request-timestamp')
      const given = [header('x-slack-signature').replace(/^v0=/, '')]
      return { signed: `v0:${at}:${body}`, given, algorithm: 'sha256', encoding: 'hex', at: Number(at || Number.NaN), id: null }
    }
    case 'standard': {
      const [id, at] = [header('webhook-id'), header('webhook-timestamp')]
      const given = parts(header('webhook-signature'), ' ').flatMap((part) => (part.startsWith('v1,') ? [part.slice(3)] : []))
      return {
        signed: `${id}.${at}.${body}`,
        given,
        algorithm: 'sha256',
        encoding: 'base64',
        at: Number(at || Number.NaN),
        id: id || null,
      }
    }
    case 'hmac': {
      const { algorithm = 'sha256', encoding = 'hex', prefix = '' } = signature
      const text = header(signature.header.toLowerCase())
      const given = text.startsWith(prefix) ? [text.slice(prefix.length)] : []
      return { signed: body, given, algorithm, encoding, at: null, id: null }
    }
  }
}

/**
 * Whether the sender knows the secret, and sent it just now. Answers what tells the delivery apart: its id, or the digest of its body.
 * Throws UNAUTHENTICATED.
 */
export function verifyDelivery(signature: Signature, secret: string, delivery: Delivery, now: number): string {
  const claim = claimOf(signature, delivery)
  const digest = sha256(delivery.body).toString('base64url')
  if (claim === null) return digest
  const mac =
    signature.scheme === 'standard'
      ? // Its secrets are written in base64 behind a prefix.
        hmacSha256(Buffer.from(secret.replace(/^whsec_/, ''), 'base64'), claim.signed).toString('base64')
      : hmac(claim.algorithm, secret, claim.signed, claim.encoding)
  const expected = Buffer.from(mac, 'utf8')
  if (!claim.given.some((given) => safeEqual(expected, Buffer.from(given, 'utf8'))))
    throw new SallyportError('UNAUTHENTICATED', {
      detail: `The signature of this delivery is not right (${signature.scheme}). Check the secret at the sender.`,
    })
  if (claim.at !== null && !(Math.abs(claim.at * 1000 - now) <= toleranceMs))
    throw new SallyportError('UNAUTHENTICATED', { detail: 'This delivery was signed too long ago, or its clock is wrong.' })
  return claim.id ?? digest
}
