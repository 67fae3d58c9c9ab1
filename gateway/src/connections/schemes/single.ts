import type { OneAuthScheme } from '../../definition/document.ts'
import { apiKey } from './api-key.ts'
import { awsSigV4 } from './aws-sigv4.ts'
import { basic } from './basic.ts'
import { bearer } from './bearer.ts'
import { digest } from './digest.ts'
import { headers } from './headers.ts'
import { hmac } from './hmac.ts'
import { mtls } from './mtls.ts'
import { none } from './none.ts'
import { oauth1 } from './oauth1.ts'
import { secrets } from './secrets.ts'
import type { Scheme, SchemeOf } from './types.ts'

/** Every scheme that is not made of others. */
export const singleSchemes: { readonly [Type in OneAuthScheme['type']]: Scheme<SchemeOf<Type>> } = {
  none,
  api_key: apiKey,
  bearer,
  basic,
  digest,
  headers,
  mtls,
  secrets,
  oauth1,
  aws_sigv4: awsSigV4,
  hmac,
}

export function singleOf(scheme: OneAuthScheme): Scheme<OneAuthScheme> {
  return singleSchemes[scheme.type]
}
