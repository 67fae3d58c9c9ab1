import { nothing } from './fields.ts'
import type { Scheme, SchemeOf } from './types.ts'

export const none: Scheme<SchemeOf<'none'>> = {
  fields: () => [],
  label: () => 'None',
  inject: () => nothing,
}
