import { inspect } from 'node:util'

const values = new WeakMap<Secret, string>()
const redacted = '[redacted]'

/**
 * A value that must not be seen: it prints, serialises and inspects as `[redacted]`.
 * Only `egress/`, `vault/` and `store/open.ts` (the URLs of the database and of Redis) may call {@link reveal}; the linter holds that.
 */
export class Secret {
  /** Opaque brand, so that no plain object passes for a secret. */
  readonly #brand = true

  constructor(value: string) {
    values.set(this, value)
  }

  static is(value: unknown): value is Secret {
    return typeof value === 'object' && value !== null && #brand in value
  }

  /** A secret made of literal texts and secrets in order, e.g. a prefix before a key. */
  static concat(...parts: readonly (string | Secret)[]): Secret {
    return new Secret(parts.map((part) => (typeof part === 'string' ? part : reveal(part))).join(''))
  }

  /** Base64 of the UTF-8 bytes, e.g. for Basic credentials (RFC 7617). */
  static base64(secret: Secret): Secret {
    return new Secret(Buffer.from(reveal(secret), 'utf8').toString('base64'))
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

/** The value behind a secret. For `egress/`, where it goes on the wire, and `vault/`, where it is sealed. */
export function reveal(secret: Secret): string {
  const value = values.get(secret)
  if (value === undefined) throw new TypeError('not a secret')
  return value
}
