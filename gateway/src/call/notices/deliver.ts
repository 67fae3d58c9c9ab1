import type { Mailer } from '../../egress/mail.ts'
import { egressProblem } from '../../egress/problem.ts'
import { type Egress, EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { hmacSha256 } from '../../vault/digest.ts'
import { bodyOf, type ChannelKind, type Message, mailOf } from './message.ts'

/** The whole target of a channel, sealed where it is stored. Its secret signs what a webhook gets, or is the key of PagerDuty's integration. */
export type Target = { readonly url: string; readonly secret: string | null } | { readonly to: string }

export interface Deliverers {
  readonly egress: Egress
  /** Null without SALLYPORT_SMTP_URL. */
  readonly mailer: Mailer | null
}

/** Milliseconds: GitHub's and Slack's own webhooks wait for 10 s. */
const timeoutMs = 10_000
const maxResponseBytes = 64 * 1024

/**
 * Tells one channel. A webhook's request is signed: `sallyport-signature` is `v1=` and the hex of HMAC-SHA-256 over timestamp,
 * a dot and the body, `sallyport-timestamp` the Unix time in seconds. Throws why it was not told.
 */
export async function deliver(
  { egress, mailer }: Deliverers,
  kind: ChannelKind,
  target: Target,
  message: Message,
  now: number,
): Promise<void> {
  if (kind === 'email' || 'to' in target) {
    const to = 'to' in target ? target.to : ''
    if (mailer === null)
      throw new SallyportError('UNAVAILABLE', { detail: 'The gateway sends no mail. The operator sets SALLYPORT_SMTP_URL.' })
    if (await mailer.send(mailOf(to, message))) return
    throw new SallyportError('UPSTREAM_ERROR', { detail: 'The mail server did not take the mail. The log says why.' })
  }
  const body = bodyOf(kind, message, target.secret)
  if (body === null) return
  const timestamp = String(Math.floor(now / 1000))
  const signed = kind === 'webhook' && target.secret !== null
  const signature = signed ? `v1=${hmacSha256(target.secret, `${timestamp}.${body}`).toString('hex')}` : null
  try {
    const { status } = await egress.request({
      door: 'webhook',
      method: 'POST',
      url: target.url,
      headers: {
        'content-type': 'application/json',
        ...(signature !== null && { 'sallyport-timestamp': timestamp, 'sallyport-signature': signature }),
      },
      body,
      timeoutMs,
      maxResponseBytes,
    })
    if (status < 200 || status >= 300)
      throw new SallyportError('UPSTREAM_ERROR', { detail: `The channel answered ${status}. Check its address.` })
  } catch (error) {
    throw error instanceof EgressError ? egressProblem(error) : error
  }
}
