import { Secret } from '../../secret.ts'
import { holderOf } from '../mcp/sign-in.ts'
import { createOAuthObtainer } from '../oauth/obtain.ts'
import { GrantLost } from '../obtained.ts'
import { field, inHeader } from './fields.ts'
import type { Scheme, SchemeOf } from './types.ts'

const marginMs = 60_000

/** A token of the authorization server that the MCP server names: nobody enters anything. */
export const mcpOAuth: Scheme<SchemeOf<'mcp_oauth'>> = {
  fields: () => [],
  label: () => 'Sign-in of the MCP server',
  derived: (_, { access_token: access, refresh_token: refresh }) =>
    [access, refresh].filter((token): token is Secret => token !== undefined),
  obtainer: (scheme, _, context) => ({
    marginMs,
    async obtain(held) {
      if (held === null) throw new GrantLost('Nobody has signed in yet. Sign in.')
      const requester = await holderOf(held, scheme, context)
      return createOAuthObtainer(requester, async () => requester.client, {}, []).obtain(held)
    },
  }),
  inject: (_, fields) => inHeader('Authorization', Secret.concat('Bearer ', field(fields, 'access_token'))),
}
