import type { AuthScheme } from '../../definition/document.ts'
import { all } from './all.ts'
import { connectionString } from './connection-string.ts'
import { mcpOAuth } from './mcp-oauth.ts'
import { oauth2 } from './oauth2.ts'
import { session } from './session.ts'
import { singleSchemes } from './single.ts'
import { twoStep } from './two-step.ts'
import type { Scheme, SchemeOf } from './types.ts'

const schemes: { readonly [Type in AuthScheme['type']]: Scheme<SchemeOf<Type>> } = {
  ...singleSchemes,
  oauth2,
  mcp_oauth: mcpOAuth,
  all,
  conn_string: connectionString,
  two_step: twoStep,
  session,
}

export const schemeTypes: readonly string[] = Object.keys(schemes)

/** What stands behind a scheme of a document. */
export function schemeOf(scheme: AuthScheme): Scheme {
  return schemes[scheme.type]
}
