import type { BodyInjection } from '../../connections/schemes/types.ts'
import { isObject } from '../../definition/json-schema/keywords.ts'
import type { RenderedRequest } from '../../definition/types.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'

/** A request's body with the credential in it; it stays wrapped from here on. */
interface ArmedBody {
  readonly body: string | Uint8Array | Secret | undefined
  readonly headers: Readonly<Record<string, string>>
}

const types = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const

function contentTypeOf(headers: Readonly<Record<string, string>>): string | undefined {
  const [, type] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? []
  return type?.split(';')[0]?.trim().toLowerCase()
}

function joined(parts: readonly (string | Secret)[], separator: string): (string | Secret)[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]))
}

/** The members of the action's own body stand as they are; one of the credential's name gives way to it. */
export function jsonWith(own: Readonly<Record<string, unknown>>, fields: BodyInjection['fields']): Secret {
  const members = Object.entries(own)
    .filter(([name, value]) => value !== undefined && !Object.hasOwn(fields, name))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  const secret = Object.entries(fields).map(([name, value]) => Secret.concat(`${JSON.stringify(name)}:`, Secret.json(value)))
  return Secret.concat('{', ...joined([...members, ...secret], ','), '}')
}

function formWith(own: string, fields: BodyInjection['fields']): Secret {
  const nameOf = (pair: string) => new URLSearchParams(pair).keys().next().value ?? ''
  const pairs = own.split('&').filter((pair) => pair !== '' && !Object.hasOwn(fields, nameOf(pair)))
  const secret = Object.entries(fields).map(([name, value]) =>
    Secret.concat(`${encodeURIComponent(name)}=`, Secret.encoded(value)),
  )
  return Secret.concat(...joined([...pairs, ...secret], '&'))
}

/** Puts the members of a credential into the body. Throws INVALID_INPUT where the request has no body that could take them. */
export function withBodyCredential(request: RenderedRequest, injection: BodyInjection | undefined): ArmedBody {
  const { method, headers, body, bodyValue } = request
  if (injection === undefined) return { body, headers }
  const { fields, format } = injection
  const own = contentTypeOf(headers)
  if (body === undefined) {
    if (method === 'GET' || method === 'HEAD')
      throw new SallyportError('INVALID_INPUT', {
        detail: `The credential goes into the body, and a ${method} has none. Use another scheme for this action.`,
      })
    const made = format === 'json' ? jsonWith({}, fields) : formWith('', fields)
    return { body: made, headers: { ...headers, 'Content-Type': types[format] } }
  }
  if (own === types.form && typeof body === 'string') return { body: formWith(body, fields), headers }
  if ((own === types.json || own?.endsWith('+json')) && isObject(bodyValue)) return { body: jsonWith(bodyValue, fields), headers }
  throw new SallyportError('INVALID_INPUT', {
    detail: 'The credential goes into the body, which must be a JSON object or a form for that.',
  })
}
