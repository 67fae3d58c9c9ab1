import type { AuthScheme } from '../../document.ts'
import { headerNameProblem, isToken } from '../../parse/headers.ts'
import { identifier, UniqueNames } from '../names.ts'
import { isRecord } from '../spec.ts'
import { placeholderName } from './path-ids.ts'

/** Recognises credentials in recorded and pasted requests, so that what they are kept as is their place and never their value. */

const secretWords = new Set(
  `auth authorization token secret password passwd passphrase pwd apikey session sessionid sid jwt credential credentials signature sig
  csrf xsrf csrftoken xsrftoken bearer accesskey privatekey authtoken accesstoken refreshtoken clientsecret subscriptionkey
  appkey otp pin ssn cvv cvc`.split(/\s+/),
)
const keyBefore = new Set(
  'api access secret private subscription app auth application license service admin master functions'.split(' '),
)
/** Tokens that tell a place in a list, and keys that are names. */
const harmless =
  /(page|next|prev|previous|continuation|cursor|sync|start|after|before|max|min|total|count|prompt|completion|input|output)[_.-]?(token|key)s?$|tokens$|^tokens?_(type|count|usage)/i

/** Whether a header, parameter, cookie or field of this name carries a secret. */
export function isSecretName(name: string): boolean {
  if (name.length > 100 || harmless.test(name)) return false
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  return words.some(
    (word, index) => secretWords.has(word) || (word === 'key' && (words.length === 1 || keyBefore.has(words[index - 1] ?? ''))),
  )
}

const secretShapes: readonly RegExp[] = [
  /^eyJ[\w-]+\.[\w-]+\.?[\w-]*$/, // JWT
  /^(sk|pk|rk|whsec|ghp|gho|ghs|ghu|glpat|hf|npm|shp(at|ca|pa|ss)|xox[abprs]|key|secret|token|pat)[-_][\w-]{8,}$/i,
  /^(github_pat_|AKIA|ASIA|AIza|ya29\.|SG\.|EAAC|dop_v1_|lin_api_|sq0)[\w.-]{8,}$/,
  /^(Bearer|Basic|Token)\s+\S{8,}$/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i, // a password in a URL
]

/** Whether a text is a secret by its shape: tokens of known makers, and long random texts that are no UUID. */
export function looksSecret(text: string): boolean {
  if (text.length < 8 || text.length > 20_000) return false
  if (secretShapes.some((shape) => shape.test(text))) return true
  if (text.length < 32 || !/^[\w+/=.~-]+$/.test(text) || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return false
  return /\d/.test(text) && /[A-Za-z]/.test(text) && new Set(text).size >= 12 && !/[a-z]{9}/.test(text)
}

/** A sample without secrets in it; `left` is told the places of those that were there. */
export function withoutSecrets(sample: unknown, left: (path: string) => void, path = ''): unknown {
  if (typeof sample === 'string') {
    if (!looksSecret(sample)) return sample
    left(path)
    return ''
  }
  if (Array.isArray(sample)) return sample.map((item, index) => withoutSecrets(item, left, `${path}/${index}`))
  if (!isRecord(sample)) return sample
  return Object.fromEntries(
    Object.entries(sample).map(([key, value]) => {
      if (!isSecretName(key) || typeof value === 'boolean' || value === null)
        return [key, withoutSecrets(value, left, `${path}/${key}`)]
      left(`${path}/${key}`)
      return [key, emptied(value)]
    }),
  )
}

/** The same type without anything in it, so that the schema stays. */
function emptied(value: unknown): unknown {
  if (typeof value === 'number') return 0
  if (Array.isArray(value)) return []
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, emptied(item)])) : ''
}

/** The schemes that the credentials of requests become, each found place one. */
export class Credentials {
  readonly schemes = new Map<string, AuthScheme>()
  readonly #names = new UniqueNames()
  readonly #known = new Map<string, string>()

  /** The name of the scheme that a header's value belongs to; null when the header is no credential. */
  header(name: string, value: string): string | null {
    const lower = name.toLowerCase()
    if (lower === 'authorization') return this.#authorization(value.trim())
    if (lower === 'proxy-authorization' || headerNameProblem(name) !== null) return null
    if (!isSecretName(name) && !looksSecret(value)) return null
    return this.add(identifier(lower), { type: 'api_key', in: 'header', name })
  }

  query(name: string, value: string): string | null {
    if (!isSecretName(name) && !looksSecret(value)) return null
    return this.add(identifier(name), { type: 'api_key', in: 'query', name })
  }

  cookie(name: string): string | null {
    return isSecretName(name) && isToken(name) ? this.add(identifier(name), { type: 'api_key', in: 'cookie', name }) : null
  }

  basic(): string {
    return this.add('basic', { type: 'basic' })
  }

  /** The same scheme has one name, whichever request brings it. */
  add(wanted: string, scheme: AuthScheme): string {
    const key = JSON.stringify(scheme)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const name = this.#names.take(/^[a-zA-Z]/.test(wanted) ? wanted : `key_${wanted}`)
    this.#known.set(key, name)
    this.schemes.set(name, scheme)
    return name
  }

  #authorization(value: string): string | null {
    const [, word, rest] = /^([A-Za-z][\w-]*)\s+(\S.*)$/s.exec(value) ?? []
    if (word === undefined || rest === undefined) {
      const isPlaceholder = placeholderName(value) !== null
      return this.add(
        'authorization',
        isPlaceholder ? { type: 'bearer' } : { type: 'api_key', in: 'header', name: 'Authorization' },
      )
    }
    if (/^bearer$/i.test(word)) return this.add('bearer', { type: 'bearer' })
    if (/^basic$/i.test(word)) return this.basic()
    // These sign each request anew, which no stored value can.
    if (/^(digest|hawk|negotiate|ntlm|oauth|signature|aws4-hmac-sha256)$/i.test(word)) return null
    return this.add('authorization', { type: 'api_key', in: 'header', name: 'Authorization', prefix: `${word} ` })
  }
}
