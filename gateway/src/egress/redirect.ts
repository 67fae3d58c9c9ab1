import { reveal, Secret } from '../secret.ts'
import type { ClientCertificate } from './certificates.ts'
import { acrossOrigins, type OutgoingHeader } from './headers.ts'
import { createRedactor } from './redact.ts'
import { EgressError, type EgressRequest, type OnPremisesCredential, type Sign } from './types.ts'

/** Where a request goes next and what it takes along. */
export interface Hop {
  readonly url: string
  readonly headers: readonly OutgoingHeader[]
  readonly secretQuery: Readonly<Record<string, Secret>>
  readonly secretPath: Secret | null
  readonly client: ClientCertificate | null
  readonly sign: Sign | null
  readonly onPremises: OnPremisesCredential | null
}

export const maxHops = 5
const redirectStatus = new Set([301, 302, 303, 307, 308])

/** The URL to go on to; null when the answer is to be returned as it is. A write is never sent a second time. */
export function redirectTarget(
  request: EgressRequest,
  from: string,
  answer: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
): string | null {
  if (request.redirects !== 'follow' || (request.method !== 'GET' && request.method !== 'HEAD')) return null
  const location = answer.headers.location
  if (!redirectStatus.has(answer.status) || location === undefined) return null
  if (!URL.canParse(location, from)) throw new EgressError('blocked', true, 'The API redirects to something that is no URL.')
  return new URL(location, from).href
}

/** Whether a secret of the request stands in the URL, in any encoding. A host name is in lower case by now. */
function quotesSecret(request: EgressRequest, url: string): boolean {
  const secrets = [...Object.values(request.headers), ...Object.values(request.secretQuery ?? {}), request.secretPath].filter(
    (value) => Secret.is(value),
  )
  const lower = secrets.map((secret) => new Secret(reveal(secret).toLowerCase()))
  return createRedactor([...secrets, ...lower]).text(url) !== url
}

/** The next hop; whether its host may be dialled is for the guard to say. Throws EgressError `blocked`. */
export function nextHop(request: EgressRequest, hop: Hop, target: string): Hop {
  const from = new URL(hop.url)
  const to = new URL(target)
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw new EgressError('blocked', true, 'The API redirects from https to http.')
  }
  if (request.mayRedirectTo !== undefined && !request.mayRedirectTo(target)) {
    throw new EgressError('blocked', true, 'The API redirects to a URL outside the allowlist of the connector.')
  }
  if (from.origin === to.origin) return { ...hop, url: target }
  // Another server: no credential goes along, under whatever name it was sent, or in the URL.
  if (quotesSecret(request, target)) {
    throw new EgressError('blocked', true, 'The API redirects to another server with the credential in the URL.')
  }
  const headers = acrossOrigins(hop.headers)
  return { url: target, headers, secretQuery: {}, secretPath: null, client: null, sign: null, onPremises: null }
}
