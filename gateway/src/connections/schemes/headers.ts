import { field, secretField } from './fields.ts'
import type { Scheme, SchemeOf } from './types.ts'

export const headers: Scheme<SchemeOf<'headers'>> = {
  fields: (scheme) =>
    scheme.headers
      .filter(({ value }) => value === undefined)
      .map(({ name, description }) => secretField(name, name, description === undefined ? {} : { description })),
  label: (scheme) => `Custom headers (${scheme.headers.map(({ name }) => name).join(', ')})`,
  inject: (scheme, fields) => ({
    headers: Object.fromEntries(scheme.headers.map(({ name, value }) => [name, value ?? field(fields, name)])),
    query: {},
  }),
}
