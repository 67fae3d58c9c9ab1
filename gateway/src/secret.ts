import { inspect } from 'node:util'

/** What people read instead of a secret. */
export const redacted = '[redacted]'
let secretOf: (secret: Secret) => string

/**
 * A value that must not be seen: it prints, serialises and inspects as `[redacted]`.
 * Only `egress/`, `vault/` and `store/open.ts` (the URLs of the database and of Redis) may call {@link reveal}; the linter holds that.
 */
export class Secret {
  /** Out of reach of everything but {@link reveal}; also what tells a secret from any other object. */
  readonly #value: string

  static {
    secretOf = (secret) => secret.#value
  }

  constructor(value: string) {
    this.#value = value
  }

  static is(value: unknown): value is Secret {
    return typeof value === 'object' && value !== null && #value in value
  }

  /** A secret made of literal texts and secrets in order, e.g. a prefix before a key. */
  static concat(...parts: readonly (string | Secret)[]): Secret {
    return new Secret(parts.map((part) => (typeof part === 'string' ? part : reveal(part))).join(''))
  }

  /** Base64 of the UTF-8 bytes, e.g. for Basic credentials (RFC 7617). */
  static base64(secret: Secret): Secret {
    return new Secret(Buffer.from(reveal(secret), 'utf8').toString('base64'))
  }

  /** The text as JSON writes it, quotes included. */
  static json(secret: Secret): Secret {
    return new Secret(JSON.stringify(reveal(secret)))
  }

  /** Percent-encoded but for the unreserved characters (RFC 3986 section 2.3), e.g. for a form or an OAuth 1 signature. */
  static encoded(secret: Secret): Secret {
    return new Secret(
      encodeURIComponent(reveal(secret)).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`),
    )
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [Symbol.toPrimitive](): string {
    return redacted
  }

  [inspect.custom](): string {
    return redacted
  }
}

/** The value behind a secret. For `egress/`, where it goes on the wire, and `vault/`, where it is sealed. Throws TypeError for what is none. */
export function reveal(secret: Secret): string {
  return secretOf(secret)
}
