import type { AuthScheme } from '../../definition/document.ts'
import type { CompiledConnector, Settings } from '../../definition/types.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import type { ConnectorScheme } from '../types.ts'
import {
  certificateFields,
  clientCertificateOf,
  tidyCertificate,
  wantsCertificate,
  withCertificate,
} from './client-certificate.ts'
import { field } from './fields.ts'
import { schemeOf } from './registry.ts'
import type { CredentialField, CredentialFields, FieldProblem, Injection } from './types.ts'

/** What the rest of the gateway asks of a scheme, whichever it is. */

/** Everything that a scheme asks for, a client certificate included. */
export function fieldsOf(scheme: AuthScheme): readonly CredentialField[] {
  const fields = schemeOf(scheme).fields(scheme)
  return wantsCertificate(scheme) ? [...fields, ...certificateFields] : fields
}

/** How a scheme reads in a list, e.g. `API key (X-API-Key)`. */
export function labelOf(scheme: AuthScheme): string {
  return withCertificate(schemeOf(scheme).label(scheme), scheme)
}

export function describeScheme(name: string, scheme: AuthScheme): ConnectorScheme {
  const { type, description } = scheme
  return { name, type, label: labelOf(scheme), ...(description !== undefined && { description }), fields: fieldsOf(scheme) }
}

/** Of one field: control characters end a header, and line breaks belong only where they are expected. */
function problemOf({ name, kind, required }: CredentialField, value: string | undefined): FieldProblem[] {
  if (!value) return required ? [{ field: name, message: 'is required' }] : []
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  const refused = kind === 'long_text' ? /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/ : /[\u0000-\u001f\u007f]/
  return refused.test(value) ? [{ field: name, message: 'must not contain line breaks or control characters' }] : []
}

/**
 * Checks submitted fields against the scheme: no others, every required one, nothing that could end a header. Those that are
 * kept `elsewhere` are not asked for.
 */
export function parseFields(
  scheme: AuthScheme,
  submitted: Readonly<Record<string, string>>,
  elsewhere: Readonly<Record<string, string>> = {},
): CredentialFields {
  const expected = fieldsOf(scheme).filter(({ name }) => !Object.hasOwn(elsewhere, name))
  const names = expected.map(({ name }) => name)
  const known = names.join(', ')
  const problems = [
    ...Object.keys(submitted)
      .filter((name) => !names.includes(name))
      .map((name) => ({ field: name, message: `unknown field; expected ${known || 'none'}` })),
    ...expected.flatMap((one) => problemOf(one, submitted[one.name])),
  ]
  if (problems.length === 0) problems.push(...(schemeOf(scheme).check?.(scheme, submitted) ?? []))
  let values = submitted
  if (
    problems.length === 0 &&
    wantsCertificate(scheme) &&
    !certificateFields.some(({ name }) => Object.hasOwn(elsewhere, name))
  ) {
    const tidied = tidyCertificate(submitted)
    if ('problem' in tidied) problems.push(tidied.problem)
    else values = { ...submitted, ...tidied.values }
  }
  const [first] = problems
  if (first !== undefined) {
    throw new SallyportError('INVALID_INPUT', {
      detail: `Credential field ${first.field}: ${first.message}. This scheme (${labelOf(scheme)}) takes: ${known || 'no fields'}.`,
      diagnostics: { errors: problems.map(({ field, message }) => ({ path: `/auth/fields/${field}`, message })) },
    })
  }
  const entered = names.map((name) => [name, values[name]] as const)
  const all = [...entered, ...Object.entries(schemeOf(scheme).expand?.(scheme, values).secrets ?? {})]
  return Object.fromEntries(all.flatMap(([name, value]) => (value ? [[name, new Secret(value)]] : [])))
}

/** Settings of the connection that the fields say, for fields that {@link parseFields} takes. */
export function settingsIn(scheme: AuthScheme, submitted: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return schemeOf(scheme).expand?.(scheme, submitted).settings ?? {}
}

/** What must not come back in an answer. A client key is not among it: the API never gets it. */
export function secretsOf(
  scheme: AuthScheme,
  fields: CredentialFields,
  elsewhere: Readonly<Record<string, string>> = {},
): readonly Secret[] {
  const implementation = schemeOf(scheme)
  // What only an agent knows, and what is made of it, is taken out there.
  if (Object.keys(elsewhere).length > 0)
    return implementation.fields(scheme).flatMap(({ name, secret }) => (secret ? (fields[name] ?? []) : []))
  const entered = implementation.fields(scheme).filter(({ name, secret }) => secret && name in fields)
  return [...entered.map(({ name }) => field(fields, name)), ...(implementation.derived?.(scheme, fields) ?? [])]
}

/** As much of a connection as its credential's place depends on. */
interface Credentialled {
  readonly id: string
  readonly scheme: AuthScheme
  readonly connector: Pick<CompiledConnector, 'settingDefaults'>
  readonly settings: Settings
  readonly credential: { readonly version: number } | null
}

/** The one place that says where a credential goes in a request. */
export function inject(connection: Credentialled, fields: CredentialFields): Injection {
  const { scheme, connector, settings } = connection
  const injection = schemeOf(scheme).inject(scheme, fields, { ...connector.settingDefaults, ...settings })
  const clientCertificate = clientCertificateOf(connection, fields)
  return clientCertificate === undefined ? injection : { ...injection, clientCertificate }
}
