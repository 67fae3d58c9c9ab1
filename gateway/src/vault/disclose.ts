import { reveal, type Secret } from '../secret.ts'

/**
 * The plain value of a secret, for `access/` and its two hand-overs to the person it belongs to: the session cookie that
 * better-auth reads, and a new token that is shown once; for the script of a connector whose secrets are its own to place; and
 * for the id of an OAuth client and the user name of Digest, which were sealed with secrets but are none.
 */
export function disclose(secret: Secret): string {
  return reveal(secret)
}
