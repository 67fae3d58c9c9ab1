import { nothing, secretField } from './fields.ts'
import type { Scheme, SchemeOf } from './types.ts'

/** Secrets that the code of a connector puts where they belong. */
export const secrets: Scheme<SchemeOf<'secrets'>> = {
  fields: (scheme) =>
    Object.entries(scheme.fields).map(([name, { title, description, required = false }]) =>
      secretField(name, title ?? name, { required, ...(description !== undefined && { description }) }),
    ),
  label: (scheme) => `Secrets (${Object.keys(scheme.fields).join(', ')})`,
  inject: () => nothing,
}
