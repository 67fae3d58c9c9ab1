import { Secret } from '../../secret.ts'
import { field, inHeader, secretField } from './fields.ts'
import type { Scheme, SchemeOf } from './types.ts'

export const bearer: Scheme<SchemeOf<'bearer'>> = {
  fields: () => [secretField('token', 'Token')],
  label: () => 'Bearer token',
  inject: ({ prefix = 'Bearer ' }, fields) => inHeader('Authorization', Secret.concat(prefix, field(fields, 'token'))),
}
