import type { AuthScheme } from '../definition/document.ts'
import { SallyportError, unreachable } from '../errors.ts'
import { Secret } from '../secret.ts'

/** What a credential adds to a request. The values stay wrapped until the socket. */
export interface Injection {
  readonly headers: Readonly<Record<string, string | Secret>>
  readonly query: Readonly<Record<string, Secret>>
}

export type CredentialFields = Readonly<Record<string, Secret>>

/** The names of the secret fields that a scheme asks for. */
export function fieldsOf(scheme: AuthScheme): readonly string[] {
  switch (scheme.type) {
    case 'none':
      return []
    case 'api_key':
      return ['key']
    case 'bearer':
      return ['token']
    case 'basic':
      return ['username', 'password']
    case 'headers':
      return scheme.headers.filter((header) => header.value === undefined).map((header) => header.name)
    default:
      return unreachable(scheme)
  }
}

/** How a scheme reads in a list, e.g. `API key (X-API-Key)`. */
export function labelOf(scheme: AuthScheme): string {
  switch (scheme.type) {
    case 'none':
      return 'None'
    case 'api_key':
      return `API key (${scheme.name})`
    case 'bearer':
      return 'Bearer token'
    case 'basic':
      return 'Basic'
    case 'headers':
      return `Custom headers (${scheme.headers.map((header) => header.name).join(', ')})`
    default:
      return unreachable(scheme)
  }
}

/** Checks submitted fields against the scheme: exactly its fields, none empty, nothing that could end a header. */
export function parseFields(scheme: AuthScheme, submitted: Readonly<Record<string, string>>): CredentialFields {
  const expected = fieldsOf(scheme)
  const errors = [
    ...Object.keys(submitted)
      .filter((name) => !expected.includes(name))
      .map((name) => ({ path: `/auth/fields/${name}`, message: `unknown field; expected ${expected.join(', ') || 'none'}` })),
    ...expected.filter((name) => !submitted[name]).map((name) => ({ path: `/auth/fields/${name}`, message: 'is required' })),
    ...expected
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
      .filter((name) => /[\u0000-\u001f\u007f]/.test(submitted[name] ?? ''))
      .map((name) => ({ path: `/auth/fields/${name}`, message: 'must not contain line breaks or control characters' })),
  ]
  if (errors.length > 0) {
    const [first] = errors
    throw new SallyportError('INVALID_INPUT', {
      detail: `Credential field ${first?.path.split('/').at(-1)}: ${first?.message}. This scheme (${labelOf(scheme)}) takes: ${expected.join(', ') || 'no fields'}.`,
      diagnostics: { errors },
    })
  }
  return Object.fromEntries(expected.map((name) => [name, new Secret(submitted[name] ?? '')]))
}

function field(fields: CredentialFields, name: string): Secret {
  const value = fields[name]
  if (value === undefined) throw new SallyportError('NEEDS_REAUTH', { internal: `credential has no field ${name}` })
  return value
}

/** What must not come back in an answer. A user name is no secret, but with its password it is. */
export function secretsOf(scheme: AuthScheme, fields: CredentialFields): readonly Secret[] {
  if (scheme.type !== 'basic') return Object.values(fields)
  const password = field(fields, 'password')
  return [password, Secret.concat(field(fields, 'username'), ':', password)]
}

/** The one place that says where a credential goes in a request. */
export function inject(scheme: AuthScheme, fields: CredentialFields): Injection {
  switch (scheme.type) {
    case 'none':
      return { headers: {}, query: {} }
    case 'api_key': {
      const value = Secret.concat(scheme.prefix ?? '', field(fields, 'key'))
      switch (scheme.in ?? 'header') {
        case 'header':
          return { headers: { [scheme.name]: value }, query: {} }
        case 'query':
          return { headers: {}, query: { [scheme.name]: value } }
        case 'cookie':
          return { headers: { Cookie: Secret.concat(`${scheme.name}=`, value) }, query: {} }
        default:
          return unreachable(scheme.in as never)
      }
    }
    case 'bearer':
      return { headers: { Authorization: Secret.concat(scheme.prefix ?? 'Bearer ', field(fields, 'token')) }, query: {} }
    case 'basic': {
      const pair = Secret.concat(field(fields, 'username'), ':', field(fields, 'password'))
      return { headers: { Authorization: Secret.concat('Basic ', Secret.base64(pair)) }, query: {} }
    }
    case 'headers':
      return {
        headers: Object.fromEntries(scheme.headers.map((header) => [header.name, header.value ?? field(fields, header.name)])),
        query: {},
      }
    default:
      return unreachable(scheme)
  }
}
