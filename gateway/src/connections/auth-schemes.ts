import type { AuthScheme } from '../definition/document.ts'
import { type ClientCertificate, parseClientCertificate } from '../egress/certificates.ts'
import { SallyportError, unreachable } from '../errors.ts'
import { Secret } from '../secret.ts'

/** What a credential adds to a request. The values stay wrapped until the socket. */
export interface Injection {
  readonly headers: Readonly<Record<string, string | Secret>>
  readonly query: Readonly<Record<string, Secret>>
  readonly clientCertificate?: ClientCertificate
}

/** The secret fields of a client certificate (mTLS): PEM, the key without a passphrase. */
const certificateField = 'client_certificate'
const keyField = 'client_key'

/** Whether a TLS connection to the API needs one. */
export function wantsCertificate(scheme: AuthScheme): boolean {
  if (scheme.type === 'all') return Object.values(scheme.schemes).some(wantsCertificate)
  return scheme.type === 'mtls' || (scheme.type !== 'none' && scheme.client_certificate === true)
}

export type CredentialFields = Readonly<Record<string, Secret>>

/** The names of the secret fields that a scheme asks for. */
export function fieldsOf(scheme: AuthScheme): readonly string[] {
  const fields = sentFieldsOf(scheme)
  return wantsCertificate(scheme) ? [...fields, certificateField, keyField] : fields
}

/** Those that go to the API itself. */
function sentFieldsOf(scheme: AuthScheme): readonly string[] {
  switch (scheme.type) {
    case 'none':
    case 'mtls':
      return []
    case 'api_key':
      return ['key']
    case 'bearer':
      return ['token']
    case 'basic':
      return ['username', 'password']
    case 'headers':
      return scheme.headers.filter((header) => header.value === undefined).map((header) => header.name)
    case 'all':
      return Object.entries(scheme.schemes).flatMap(([part, one]) => sentFieldsOf(one).map((name) => `${part}.${name}`))
    default:
      return unreachable(scheme)
  }
}

/** How a scheme reads in a list, e.g. `API key (X-API-Key)`. */
export function labelOf(scheme: AuthScheme): string {
  const label = bareLabelOf(scheme)
  return wantsCertificate(scheme) && scheme.type !== 'mtls' && scheme.type !== 'all' ? `${label} and client certificate` : label
}

function bareLabelOf(scheme: AuthScheme): string {
  switch (scheme.type) {
    case 'none':
      return 'None'
    case 'mtls':
      return 'Client certificate'
    case 'api_key':
      return `API key (${scheme.name})`
    case 'bearer':
      return 'Bearer token'
    case 'basic':
      return 'Basic'
    case 'headers':
      return `Custom headers (${scheme.headers.map((header) => header.name).join(', ')})`
    case 'all':
      return Object.values(scheme.schemes).map(labelOf).join(' and ')
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
    ...sentFieldsOf(scheme)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
      .filter((name) => /[\u0000-\u001f\u007f]/.test(submitted[name] ?? ''))
      .map((name) => ({ path: `/auth/fields/${name}`, message: 'must not contain line breaks or control characters' })),
  ]
  const pair =
    errors.length === 0 && wantsCertificate(scheme)
      ? parseClientCertificate(submitted[certificateField] ?? '', submitted[keyField] ?? '')
      : null
  if (pair !== null && 'wrong' in pair) errors.push({ path: `/auth/fields/client_${pair.wrong}`, message: pair.problem })
  if (errors.length > 0) {
    const [first] = errors
    throw new SallyportError('INVALID_INPUT', {
      detail: `Credential field ${first?.path.split('/').at(-1)}: ${first?.message}. This scheme (${labelOf(scheme)}) takes: ${expected.join(', ') || 'no fields'}.`,
      diagnostics: { errors },
    })
  }
  const tidied = pair !== null && 'key' in pair ? { [certificateField]: pair.certificate, [keyField]: pair.key } : {}
  const values: Readonly<Record<string, string>> = { ...submitted, ...tidied }
  return Object.fromEntries(expected.map((name) => [name, new Secret(values[name] ?? '')]))
}

function field(fields: CredentialFields, name: string): Secret {
  const value = fields[name]
  if (value === undefined) throw new SallyportError('NEEDS_REAUTH', { internal: `credential has no field ${name}` })
  return value
}

/** The fields of one scheme of several that go together. */
function partOf(fields: CredentialFields, part: string): CredentialFields {
  const own = Object.entries(fields).filter(([name]) => name.startsWith(`${part}.`))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(part.length + 1), value]))
}

/**
 * What must not come back in an answer. A user name is no secret, but with its password it is. A client key is none of them:
 * the API never gets it.
 */
export function secretsOf(scheme: AuthScheme, fields: CredentialFields): readonly Secret[] {
  if (scheme.type === 'all') return Object.entries(scheme.schemes).flatMap(([part, one]) => secretsOf(one, partOf(fields, part)))
  if (scheme.type !== 'basic') return sentFieldsOf(scheme).map((name) => field(fields, name))
  const password = field(fields, 'password')
  const pair = Secret.concat(field(fields, 'username'), ':', password)
  return [password, pair, Secret.base64(pair)]
}

/** As much of a connection as its credential's place depends on. */
interface Credentialled {
  readonly id: string
  readonly scheme: AuthScheme
  readonly credential: { readonly version: number } | null
}

/** The one place that says where a credential goes in a request. */
export function inject(connection: Credentialled, fields: CredentialFields): Injection {
  const injection = injectionOf(connection.scheme, fields)
  const clientCertificate = clientCertificateOf(connection, fields)
  return clientCertificate === undefined ? injection : { ...injection, clientCertificate }
}

/** What goes into the TLS handshake; undefined when the scheme has nothing for it. */
export function clientCertificateOf(connection: Credentialled, fields: CredentialFields): ClientCertificate | undefined {
  if (!wantsCertificate(connection.scheme)) return undefined
  const owner = `${connection.id}/${connection.credential?.version}`
  return { owner, certificate: field(fields, certificateField), key: field(fields, keyField) }
}

function injectionOf(scheme: AuthScheme, fields: CredentialFields): Injection {
  switch (scheme.type) {
    case 'none':
    case 'mtls':
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
    case 'all': {
      const parts = Object.entries(scheme.schemes).map(([part, one]) => injectionOf(one, partOf(fields, part)))
      const cookies = parts.flatMap(({ headers }) => (headers.Cookie === undefined ? [] : [headers.Cookie]))
      return {
        headers: {
          ...Object.assign({}, ...parts.map(({ headers }) => headers)),
          ...(cookies.length > 1 && {
            Cookie: Secret.concat(...cookies.flatMap((cookie, at) => (at === 0 ? [cookie] : ['; ', cookie]))),
          }),
        },
        query: Object.assign({}, ...parts.map(({ query }) => query)),
      }
    }
    default:
      return unreachable(scheme)
  }
}
