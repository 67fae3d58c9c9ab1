import { unreachable } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { field, inHeader, secretField } from './fields.ts'
import type { Scheme, SchemeOf } from './types.ts'

export const apiKey: Scheme<SchemeOf<'api_key'>> = {
  fields: () => [secretField('key', 'API key')],
  label: ({ name }) => `API key (${name})`,
  // Servers take these for a step in the path, in whatever spelling.
  check: ({ in: place }, { key }) =>
    place === 'path' && /^\.{1,2}$/.test(key ?? '')
      ? [{ field: 'key', message: 'must not be "." or "..": it is part of the path' }]
      : [],

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
      case 'path':
        return { headers: {}, query: {}, path: value }
      default:
        return unreachable(place)
    }
  },
}
