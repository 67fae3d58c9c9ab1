import type { SecretText } from '@sallyport/sdk/kit'
import { Secret } from '../../secret.ts'

/** What a handler holds as a secret is the gateway's own; anything else is none. */
export function secretOf(secret: SecretText | undefined): Secret | undefined {
  return Secret.is(secret) ? secret : undefined
}
