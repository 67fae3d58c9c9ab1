import { egressProblem } from '../../egress/problem.ts'
import { clientBasic, formBody, jsonBody, type SecretFields } from '../../egress/secret-body.ts'
import { EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import { randomToken } from '../../vault/digest.ts'
import { signJwt } from '../../vault/jwt.ts'
import { obtainMs } from '../obtained.ts'
import { readAnswer, type TokenAnswer } from './token-answer.ts'
import type { OAuthRequester, OAuthSubject } from './types.ts'

const maxResponseBytes = 1_048_576
/** Less than what the lock is held for. */
const timeoutMs = obtainMs - 5_000
/** Seconds that an assertion of a client counts. */
const assertionSeconds = 60

/** `{name}` stands for a setting, `{client_id}` for the client. Null when a setting is absent. */
export function fillText(text: string, { settings, connector }: OAuthSubject, clientId: string): string | null {
  let absent = false
  const filled = text.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => {
    if (name === 'client_id') return clientId
    const value = (Object.hasOwn(settings, name) ? settings[name] : undefined) ?? connector.settingDefaults[name]
    if (value === undefined) absent = true
    return String(value ?? '')
  })
  return absent ? null : filled
}

export function fillParameters(
  parameters: Readonly<Record<string, string>> | undefined,
  subject: OAuthSubject,
  clientId: string,
): Record<string, string> {
  const filled = Object.entries(parameters ?? {}).map(([name, value]) => [name, fillText(value, subject, clientId)] as const)
  return Object.fromEntries(filled.filter((entry): entry is readonly [string, string] => entry[1] !== null))
}

/** How the client proves itself: headers and parameters of the request (RFC 6749, 2.3; RFC 7523, 2.2; RFC 8705). */
function clientProof({ scheme, client }: OAuthRequester, url: string): { headers: Record<string, Secret>; fields: SecretFields } {
  const method = scheme.client_authentication ?? (client.secret === null ? 'none' : 'client_secret_post')
  const secret = (): Secret => {
    if (client.secret !== null) return client.secret
    throw new SallyportError('NEEDS_REAUTH', { detail: `The OAuth client has no secret, and ${method} needs one. Enter it.` })
  }
  switch (method) {
    case 'client_secret_basic':
      return { headers: { authorization: clientBasic(client.id, secret()) }, fields: {} }
    case 'client_secret_post':
      return { headers: {}, fields: { client_id: client.id, client_secret: secret() } }
    case 'private_key_jwt': {
      const now = Math.floor(Date.now() / 1000)
      const claims = { iss: client.id, sub: client.id, aud: url, jti: randomToken(16), iat: now, exp: now + assertionSeconds }
      const assertion = signJwt(secret(), scheme.assertion?.algorithm ?? 'RS256', {}, claims)
      if (assertion === null)
        throw new SallyportError('NEEDS_REAUTH', { detail: 'The private key of the OAuth client cannot be used.' })
      return {
        headers: {},
        fields: {
          client_id: client.id,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        },
      }
    }
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
    case 'none':
      return { headers: {}, fields: { client_id: client.id } }
    default:
      return method satisfies never
  }
}

/**
 * Asks the token endpoint, or another one that clients prove themselves to. Answers whatever it says; throws UPSTREAM errors of
 * the catalogue when it says nothing.
 */
export async function askServer(requester: OAuthRequester, url: string, fields: SecretFields): Promise<TokenAnswer> {
  const { scheme, egress, client, connector } = requester
  const proof = clientProof(requester, url)
  const json = scheme.body_format === 'json'
  const all = { ...proof.fields, ...fields }
  try {
    const answer = await egress.request({
      door: 'oauth_token',
      method: 'POST',
      url,
      headers: {
        accept: 'application/json',
        'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded',
        ...proof.headers,
        ...fillHeaders(requester),
      },
      body: json ? jsonBody(all) : formBody(all),
      timeoutMs,
      maxResponseBytes,
      authorities: connector.tokenAuthorities ?? undefined,
      clientCertificate: client.certificate,
    })
    return readAnswer(answer)
  } catch (error) {
    throw error instanceof EgressError ? egressProblem(error) : error
  }
}

/** In lower case, so that a header of the connector takes the place of one of ours. */
function fillHeaders(requester: OAuthRequester): Record<string, string> {
  const filled = fillParameters(requester.scheme.token_headers, requester, requester.client.id)
  return Object.fromEntries(Object.entries(filled).map(([name, value]) => [name.toLowerCase(), value]))
}
