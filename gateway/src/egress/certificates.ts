import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { reveal, type Secret } from '../secret.ts'

/** Certificates of authorities in PEM. One object for as long as its text is the same: sockets are shared by it. */
export interface Authorities {
  readonly pem: string
  /** They join the public ones that Node brings; default: only they count. */
  readonly besidePublic?: boolean
}

/** What a client proves itself with in the TLS handshake. */
export interface ClientCertificate {
  /** Whose it is and which version, e.g. a connection's id with its credential's version: nobody else gets its sockets. */
  readonly owner: string
  /** PEM, with the certificates between it and its authority behind it. */
  readonly certificate: Secret
  /** PEM, without a passphrase. */
  readonly key: Secret
}

/** PEM blocks (RFC 7468) with their line breaks as OpenSSL wants them, whatever an input field made of them. */
function blocksOf(text: string, label: RegExp): string[] {
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]+)-----END \1-----/g)].flatMap(([, kind = '', body = '']) => {
    const lines = body.replace(/\s+/g, '').match(/.{1,64}/g)
    return label.test(kind) && lines !== null ? [`-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----\n`] : []
  })
}

/** OpenSSL passes over authorities it cannot read; as somebody's own certificate it has to read them. */
function isCertificate(block: string): boolean {
  try {
    createSecureContext({ cert: block })
    return true
  } catch {
    return false
  }
}

/** What is wrong with a text that shall hold authorities; null when nothing is. */
export function authoritiesProblem(pem: string): string | null {
  if (blocksOf(pem, /PRIVATE KEY$/).length > 0) return 'must not hold a private key: everybody who sees the connector sees it'
  const blocks = blocksOf(pem, /^CERTIFICATE$/)
  if (blocks.length === 0) return 'must hold certificates in PEM: -----BEGIN CERTIFICATE-----'
  return blocks.every(isCertificate) ? null : 'holds a certificate that cannot be read'
}

export type ParsedPair =
  | { readonly certificate: string; readonly key: string }
  | { readonly wrong: 'certificate' | 'key'; readonly problem: string }

/** A client certificate and its key as they were entered, tidied; or which of them is wrong, and why. */
export function parseClientCertificate(certificate: string, key: string): ParsedPair {
  const chain = blocksOf(certificate, /^CERTIFICATE$/)
  if (chain.length === 0) return { wrong: 'certificate', problem: 'must be a certificate in PEM: -----BEGIN CERTIFICATE-----' }
  if (!chain.every(isCertificate)) return { wrong: 'certificate', problem: 'cannot be read as a certificate' }
  if (key.includes('ENCRYPTED')) return { wrong: 'key', problem: 'is protected by a passphrase; enter it without one' }
  const [keyBlock] = blocksOf(key, /PRIVATE KEY$/)
  if (keyBlock === undefined) return { wrong: 'key', problem: 'must be a private key in PEM: -----BEGIN PRIVATE KEY-----' }
  const pair = { certificate: chain.join(''), key: keyBlock }
  try {
    createSecureContext({ cert: pair.certificate, key: pair.key })
    return pair
  } catch (error) {
    const mismatch = error instanceof Error && 'code' in error && error.code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
    return { wrong: 'key', problem: mismatch ? 'does not belong to the certificate' : 'cannot be read as a private key' }
  }
}

const caOf = ({ pem, besidePublic = false }: Authorities) => [
  ...(besidePublic ? rootCertificates : []),
  ...blocksOf(pem, /^CERTIFICATE$/),
]

/** The one place where a client key leaves its wrapping: OpenSSL keeps it from here on. */
export function secureContextOf(authorities: Authorities | null, client: ClientCertificate | null): SecureContext {
  return createSecureContext({
    ...(authorities === null ? {} : { ca: caOf(authorities) }),
    ...(client === null ? {} : { cert: reveal(client.certificate), key: reveal(client.key) }),
  })
}
