import type { Secret } from '../secret.ts'
import { disclose } from '../vault/disclose.ts'

/** A token just made, as text, for the one answer that shows it to whoever made it. */
export function showToken(token: Secret): string {
  return disclose(token)
}
