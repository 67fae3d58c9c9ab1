import { createHmac, hash, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import { SallyportError } from '../errors.ts'
import { reveal, type Secret } from '../secret.ts'

/** SHA-256; a string counts as its UTF-8 bytes. */
export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer')
}

/** SHA-256 of the UTF-8 bytes of a secret: for tokens, which are random and so need no salt. */
export function sha256Secret(secret: Secret): Buffer {
  return sha256(reveal(secret))
}

/** As {@link sha256Secret}, in base64: a third of the cost of the bytes and their base64. */
export function sha256SecretText(secret: Secret): string {
  return hash('sha256', reveal(secret), 'base64')
}

/** HMAC-SHA-256 (RFC 2104); strings count as their UTF-8 bytes. */
export function hmacSha256(key: string | Uint8Array | KeyObject, data: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

/** What scripts may choose from: SHA-1 and MD5 because old APIs sign with them. */
export const digestAlgorithms = ['sha256', 'sha512', 'sha384', 'sha1', 'md5'] as const
export type DigestAlgorithm = (typeof digestAlgorithms)[number]
export const textEncodings = ['hex', 'base64', 'base64url'] as const
export type TextEncoding = (typeof textEncodings)[number]

/** Of the UTF-8 bytes of a text. */
export function digest(algorithm: DigestAlgorithm, data: string, encoding: TextEncoding): string {
  return hash(algorithm, data, encoding)
}

/** RFC 2104; key and data count as their UTF-8 bytes. */
export function hmac(algorithm: DigestAlgorithm, key: string, data: string, encoding: TextEncoding): string {
  return createHmac(algorithm, key).update(data).digest(encoding)
}

export function randomBytesAs(bytes: number, encoding: TextEncoding): string {
  return randomBytes(bytes).toString(encoding)
}

/** Equality in time that depends on the lengths only, never on where the first difference is. */
export function safeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Random bytes as unpadded base64url: 32 bytes make 43 characters. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

/** Deeper values are refused, so that none can exhaust the stack. */
const maxDepth = 256

function fail(path: string, problem: string): never {
  throw new SallyportError('INVALID_INPUT', { detail: `The value at ${path === '' ? 'the root' : path} ${problem}.` })
}

function write(value: unknown, path: string, depth: number): string {
  if (depth > maxDepth) fail(path.slice(0, 100), `is nested deeper than ${maxDepth} levels`)
  // Escapes lone surrogates, so that texts that differ in them alone stay different in UTF-8.
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : fail(path, 'is not a finite number')
  if (typeof value !== 'object') return fail(path, `is of type ${typeof value}, which JSON cannot hold`)
  if (value === null) return 'null'
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item: unknown, index) => write(item, `${path}/${index}`, depth + 1)).join(',')}]`
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  // Objects of a class (a Secret, a Date) would collapse to something they are not.
  if (prototype !== Object.prototype && prototype !== null) fail(path, 'is no plain object')
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    // RFC 8785 section 3.2.3: by UTF-16 code units, which is how JavaScript compares strings.
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member, `${path}/${key}`, depth + 1)}`)
  return `{${members.join(',')}}`
}

/**
 * The one text of a JSON value (RFC 8785): members sorted, no white space, numbers as ECMAScript prints them. Members
 * that are undefined are left out, as JSON.stringify does. Throws INVALID_INPUT for what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '', 0)
}
