import { nothing } from './fields.ts'
import type { Scheme, SchemeOf } from './types.ts'

/** Only the client certificate, which may go with every other scheme too: see client-certificate.ts. */
export const mtls: Scheme<SchemeOf<'mtls'>> = {
  fields: () => [],
  label: () => 'Client certificate',
  inject: () => nothing,
}
