import type { AuthScheme, ConnectorDocument } from './document.ts'

/** The protocol that external services speak. */
export const externalProtocol = '2.0'

/** What the owner of a service is told that speaks an older one. */
export const upgradeAdvice = `Upgrade the service to protocol ${externalProtocol}: it answers payload (of a success) or diagnostics (of a failure) instead of data, and variables instead of outputVariables.`

/** Whether this gateway speaks the version of a service. */
export const speaks = (version: unknown): boolean => typeof version === 'string' && /^2(\.|$)/.test(version)

/** How each request to a service is signed: over the time and the body, with a secret that both sides know. */
export const serviceSignature = {
  type: 'hmac',
  description: 'By the secret the service tells that a request comes from this gateway.',
  message: '{{timestamp}}.{{body}}',
  fields: {},
  headers: { 'X-Sallyport-Timestamp': '{{timestamp}}', 'X-Sallyport-Signature': 'sha256={{signature}}' },
} as const satisfies AuthScheme

/** The auth schemes of a connector: requests to an external service are signed unless its document says otherwise. */
export function authOf({ auth, kind }: Pick<ConnectorDocument, 'auth' | 'kind'>): Readonly<Record<string, AuthScheme>> {
  return auth ?? (kind === 'external' ? { signature: serviceSignature } : {})
}
