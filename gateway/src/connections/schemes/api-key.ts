import { unreachable } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { field, inHeader, secretField } from './fields.ts'
import type { Scheme, SchemeOf } from './types.ts'

export const apiKey: Scheme<SchemeOf<'api_key'>> = {
  fields: () => [secretField('key', 'API key')],
  label: ({ name }) => `API key (${name})`,

  inject(scheme, fields) {
    const value = Secret.concat(scheme.prefix ?? '', field(fields, 'key'))
    const place = scheme.in ?? 'header'
    switch (place) {
      case 'header':
        return inHeader(scheme.name, value)
      case 'query':
        return { headers: {}, query: { [scheme.name]: value } }
      case 'cookie':
        return inHeader('Cookie', Secret.concat(`${scheme.name}=`, value))
      case 'body':
        return { headers: {}, query: {}, body: { fields: { [scheme.name]: value }, format: scheme.body_format ?? 'json' } }
      default:
        return unreachable(place)
    }
  },
}
