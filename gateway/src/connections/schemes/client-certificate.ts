import type { AuthScheme } from '../../definition/document.ts'
import { provesByCertificate } from '../../definition/oauth2.ts'
import { type ClientCertificate, parseClientCertificate } from '../../egress/certificates.ts'
import { certificateEnd } from '../../vault/certificate-end.ts'
import { field, secretField } from './fields.ts'
import type { CredentialField, CredentialFields, FieldProblem } from './types.ts'

/** A client certificate (mTLS), alone or besides what any other scheme sends: PEM, the key without a passphrase. */

const certificate = 'client_certificate'
const key = 'client_key'

export const certificateFields: readonly CredentialField[] = [
  secretField(certificate, 'Client certificate, PEM', { kind: 'long_text', example: '-----BEGIN CERTIFICATE-----' }),
  secretField(key, 'Private key of the certificate, PEM, without a passphrase', {
    kind: 'long_text',
    example: '-----BEGIN PRIVATE KEY-----',
  }),
]

/** Whether a TLS connection to the API needs one. */
export function wantsCertificate(scheme: AuthScheme): boolean {
  if (scheme.type === 'all') return Object.values(scheme.schemes).some(wantsCertificate)
  if (scheme.type === 'oauth2') return provesByCertificate(scheme)
  return scheme.type === 'mtls' || ('client_certificate' in scheme && scheme.client_certificate === true)
}

type Tidied = { readonly values: Readonly<Record<string, string>> } | { readonly problem: FieldProblem }

/** The pair with its line breaks put right, or what is wrong with it. */
export function tidyCertificate(values: Readonly<Record<string, string>>): Tidied {
  const pair = parseClientCertificate(values[certificate] ?? '', values[key] ?? '')
  if ('wrong' in pair) return { problem: { field: `client_${pair.wrong}`, message: pair.problem } }
  return { values: { [certificate]: pair.certificate, [key]: pair.key } }
}

/** When the client certificate among these fields ends; null without one. */
export function certificateEndOf(fields: CredentialFields): Date | null {
  const pem = fields[certificate]
  return pem === undefined ? null : certificateEnd(pem)
}

/** The label of a scheme, with the certificate that goes with it. */
export function withCertificate(label: string, scheme: AuthScheme): string {
  return wantsCertificate(scheme) && scheme.type !== 'mtls' && scheme.type !== 'all' ? `${label} and client certificate` : label
}

/** As much of a connection as its sockets depend on. */
interface Credentialled {
  readonly id: string
  readonly scheme: AuthScheme
  readonly credential: { readonly version: number } | null
}

/** What goes into the TLS handshake; undefined when the scheme has nothing for it. */
export function clientCertificateOf(connection: Credentialled, fields: CredentialFields): ClientCertificate | undefined {
  if (!wantsCertificate(connection.scheme)) return undefined
  const owner = `${connection.id}/${connection.credential?.version}`
  return { owner, certificate: field(fields, certificate), key: field(fields, key) }
}
