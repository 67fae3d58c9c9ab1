import { X509Certificate } from 'node:crypto'
import { reveal, type Secret } from '../secret.ts'

/** When a certificate in PEM ends; of a chain, its first one. Null when it cannot be read. */
export function certificateEnd(pem: Secret): Date | null {
  try {
    return new X509Certificate(reveal(pem)).validToDate
  } catch {
    return null
  }
}
