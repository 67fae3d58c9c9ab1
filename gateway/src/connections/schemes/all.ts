import { Secret } from '../../secret.ts'
import { withCertificate } from './client-certificate.ts'
import { singleOf } from './single.ts'
import type { CredentialFields, Injection, Scheme, SchemeOf } from './types.ts'

/** The fields of one scheme of several that go together. */
function partOf(fields: CredentialFields, part: string): CredentialFields {
  const own = Object.entries(fields).filter(([name]) => name.startsWith(`${part}.`))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(part.length + 1), value]))
}

/** Parts never share a place, but for cookies, which become one header. The document is checked for that, and for one signature at most. */
function together(parts: readonly Injection[]): Injection {
  const cookies = parts.flatMap(({ headers }) => (headers.Cookie === undefined ? [] : [headers.Cookie]))
  const headers: Record<string, string | Secret> = Object.assign({}, ...parts.map((part) => part.headers))
  if (cookies.length > 1)
    headers.Cookie = Secret.concat(...cookies.flatMap((cookie, at) => (at === 0 ? [cookie] : ['; ', cookie])))
  const bodies = parts.flatMap(({ body }) => body ?? [])
  const format = bodies[0]?.format
  const path = parts.find((part) => part.path !== undefined)?.path
  const sign = parts.find((part) => part.sign !== undefined)?.sign
  return {
    headers,
    query: Object.assign({}, ...parts.map(({ query }) => query)),
    ...(format !== undefined && { body: { fields: Object.assign({}, ...bodies.map(({ fields }) => fields)), format } }),
    ...(path !== undefined && { path }),
    ...(sign !== undefined && { sign }),
  }
}

/** Several schemes in every request; each field is named `<part>.<field>`. */
export const all: Scheme<SchemeOf<'all'>> = {
  fields: (scheme) =>
    Object.entries(scheme.schemes).flatMap(([part, one]) =>
      singleOf(one)
        .fields(one)
        .map((field) => ({ ...field, name: `${part}.${field.name}`, title: `${field.title} (${part})` })),
    ),
  label: (scheme) =>
    Object.values(scheme.schemes)
      .map((one) => withCertificate(singleOf(one).label(one), one))
      .join(' and '),
  check: (scheme, values) =>
    Object.entries(scheme.schemes).flatMap(([part, one]) => {
      const own = Object.entries(values).filter(([name]) => name.startsWith(`${part}.`))
      const problems = singleOf(one).check?.(
        one,
        Object.fromEntries(own.map(([name, text]) => [name.slice(part.length + 1), text])),
      )
      return (problems ?? []).map(({ field, message }) => ({ field: `${part}.${field}`, message }))
    }),
  derived: (scheme, fields) =>
    Object.entries(scheme.schemes).flatMap(([part, one]) => singleOf(one).derived?.(one, partOf(fields, part)) ?? []),
  inject: (scheme, fields, settings) =>
    together(Object.entries(scheme.schemes).map(([part, one]) => singleOf(one).inject(one, partOf(fields, part), settings))),
}
