import { Secret } from '../../secret.ts'
import { field, inHeader, openField, secretField } from './fields.ts'
import type { CredentialFields, Scheme, SchemeOf } from './types.ts'

const pairOf = (fields: CredentialFields) => Secret.concat(field(fields, 'username'), ':', field(fields, 'password'))

/** RFC 7617. A user name is no secret, but with its password it is. */
export const basic: Scheme<SchemeOf<'basic'>> = {
  fields: () => [openField('username', 'User name'), secretField('password', 'Password')],
  label: () => 'Basic',
  derived(_, fields) {
    const pair = pairOf(fields)
    return [pair, Secret.base64(pair)]
  },
  inject: (_, fields) => inHeader('Authorization', Secret.concat('Basic ', Secret.base64(pairOf(fields)))),
}
