import { Secret } from '../../secret.ts'
import { randomToken } from '../../vault/digest.ts'
import { readKeyFile, signJwt } from '../../vault/jwt.ts'
import { GrantLost, type Obtained, type Obtainer } from '../obtained.ts'
import { findEndpoints, needed } from './endpoints.ts'
import { tokensOf } from './token-answer.ts'
import { askServer, fillParameters, fillText } from './token-request.ts'
import type { OAuthClient, OAuthRequester } from './types.ts'

type Fields = Readonly<Record<string, Secret>>

const defaultMarginMs = 60_000

export const scopeParameter = ({ scheme }: OAuthRequester, scopes: readonly string[]) =>
  scopes.length === 0 ? {} : { scope: scopes.join(scheme.scope_separator ?? ' ') }

const entered = (fields: Fields, name: string): Secret => {
  const value = fields[name]
  if (value === undefined) throw new GrantLost(`The credential lacks "${name}". Enter it again.`)
  return value
}

/** A JWT bearer assertion (RFC 7523, section 2.1). */
function assertionOf(requester: OAuthRequester, fields: Fields, tokenUrl: string, scopes: readonly string[]): Secret {
  const { scheme, client } = requester
  const {
    key = 'pem',
    algorithm = 'RS256',
    issuer,
    subject,
    audience,
    lifetime = 300,
    claims,
    scopes_in,
  } = scheme.assertion ?? {}
  const file = key === 'google' ? readKeyFile(entered(fields, 'key_file')) : null
  if (key === 'google' && file === null) throw new GrantLost('The key file is not that of a service account. Enter it again.')
  const fill = (text: string) => fillText(text, requester, client.id)
  const iss = issuer === undefined ? (file?.email ?? client.id) : fill(issuer)
  const sub = subject === undefined ? (file === null ? iss : null) : fill(subject)
  const now = Math.floor(Date.now() / 1000)
  const inClaim = (scopes_in ?? (key === 'google' ? 'claim' : 'parameter')) === 'claim'
  const token = signJwt(
    file?.privateKey ?? entered(fields, 'private_key'),
    algorithm,
    file !== null && file.keyId !== '' ? { kid: file.keyId } : {},
    {
      iss,
      ...(sub !== null && sub !== '' && { sub }),
      aud: audience === undefined ? tokenUrl : fill(audience),
      iat: now,
      exp: now + lifetime,
      jti: randomToken(16),
      ...(inClaim && scopeParameter(requester, scopes)),
      ...fillParameters(claims, requester, client.id),
    },
  )
  if (token === null) throw new GrantLost('The private key cannot be used. Enter it again.')
  return token
}

/** The flows that need nobody at a browser: parameters of the token request. */
function grantOf(requester: OAuthRequester, fields: Fields, tokenUrl: string, scopes: readonly string[]) {
  const { scheme } = requester
  const scope = scopeParameter(requester, scopes)
  const flow = scheme.flow ?? 'authorization_code'
  switch (flow) {
    case 'client_credentials':
      return { grant_type: 'client_credentials', ...scope }
    case 'password':
      return { grant_type: 'password', username: entered(fields, 'username'), password: entered(fields, 'password'), ...scope }
    case 'jwt_bearer':
      return {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        ...((scheme.assertion?.scopes_in ?? (scheme.assertion?.key === 'google' ? 'claim' : 'parameter')) === 'parameter' &&
          scope),
        assertion: assertionOf(requester, fields, tokenUrl, scopes),
      }
    case 'authorization_code':
    case 'device_authorization':
      throw new GrantLost('The access token has come to its end and there is no refresh token. Authorize the connection again.')
    default:
      return flow satisfies never
  }
}

/** Headers of calls may name the client, and renewals go where the tokens came from. None of it is secret. */
export function withOrigin(obtained: Obtained, { client: { id }, server }: Pick<OAuthRequester, 'client' | 'server'>): Obtained {
  const origin = {
    ...(id !== '' && { client_id: new Secret(id) }),
    ...(server !== undefined && { issuer: new Secret(server.metadata.issuer), resource: new Secret(server.resource) }),
  }
  return { ...obtained, fields: { ...obtained.fields, ...origin } }
}

/** Renews the tokens of a connection, or obtains its first where that takes no person. `fields` are its static secrets. */
export function createOAuthObtainer(
  { scheme, ...others }: Omit<OAuthRequester, 'client'>,
  findClient: () => Promise<OAuthClient>,
  fields: Fields,
  scopes: readonly string[],
): Obtainer {
  const { egress } = others

  async function ask(requester: OAuthRequester, held: Fields | null): Promise<Obtained> {
    const { client } = requester
    const endpoints = await findEndpoints(requester, egress, performance.now())
    const tokenUrl = needed(endpoints.token, 'token_url')
    const refresh = held?.refresh_token ?? null
    const own = fillParameters(scheme.token_params, requester, client.id)
    if (refresh === null) {
      const answer = await askServer(requester, tokenUrl, { ...grantOf(requester, fields, tokenUrl, scopes), ...own })
      return tokensOf(answer, scheme, null)
    }
    const { grant_type: _, ...further } = own
    const answer = await askServer(requester, endpoints.refresh ?? tokenUrl, {
      grant_type: 'refresh_token',
      refresh_token: refresh,
      ...further,
      ...fillParameters(scheme.refresh_params, requester, client.id),
    })
    try {
      return tokensOf(answer, scheme, refresh)
    } catch (error) {
      // Where no person is needed, a refresh token that has ended is no loss.
      const begins = scheme.flow !== undefined && scheme.flow !== 'authorization_code' && scheme.flow !== 'device_authorization'
      if (!(error instanceof GrantLost) || !begins) throw error
      return ask(requester, null)
    }
  }

  return {
    marginMs: scheme.refresh_margin === undefined ? defaultMarginMs : scheme.refresh_margin * 1000,
    async obtain(held) {
      const client = await findClient()
      const requester = { scheme, ...others, client }
      return withOrigin(await ask(requester, held), requester)
    },
  }
}
