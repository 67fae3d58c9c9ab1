import { headerNameProblem, isToken } from '../../parse/headers.ts'
import { listOf, recordOf } from '../draft.ts'
import { identifier } from '../names.ts'
import { type Flows, oauthScheme } from '../oauth.ts'
import type { Reporter } from '../report.ts'
import type { Credentials } from '../requests/credentials.ts'
import { isRecord, own, textOf } from '../spec.ts'

/** Names of the schemes a request is sent with: none for `noauth`, undefined when nothing is said. Values are never looked at. */
export function schemesOf(auth: unknown, at: string, credentials: Credentials, report: Reporter): readonly string[] | undefined {
  if (!isRecord(auth)) return undefined
  const type = textOf(auth.type) ?? 'noauth'
  const given = settingsOf(own(auth, type))
  switch (type) {
    case 'noauth':
      return []
    case 'basic':
      return [credentials.basic()]
    case 'bearer':
      return [credentials.add('bearer', { type: 'bearer' })]
    case 'jwt':
      return [credentials.add('bearer', { type: 'bearer' })]
    case 'apikey': {
      const name = given.get('key') ?? ''
      const place = given.get('in') === 'query' ? 'query' : 'header'
      if (name === '' || (place === 'header' && (headerNameProblem(name) !== null || !isToken(name)))) break
      return [credentials.add(identifier(name), { type: 'api_key', in: place, name })]
    }
    case 'oauth2': {
      const { scheme, message } = oauthScheme(flowsOf(given))
      if (message !== null) report.addOnce('security_adjusted', '', at, message)
      return [credentials.add('oauth2', scheme)]
    }
    default:
      break
  }
  report.addOnce(
    'security_left_out',
    '',
    at,
    `The way to authenticate "${type.slice(0, 40)}" cannot be used here; the request is sent with whatever the connection has.`,
  )
  return undefined
}

/** Version 2.1 lists `{key, value}`, version 2.0 has an object. */
function settingsOf(written: unknown): ReadonlyMap<string, string> {
  if (Array.isArray(written))
    return new Map(
      listOf(written).flatMap((entry) => {
        const { key, value } = recordOf(entry)
        return typeof key === 'string' && typeof value === 'string' ? [[key, value] as const] : []
      }),
    )
  return new Map(Object.entries(recordOf(written)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function flowsOf(given: ReadonlyMap<string, string>): Flows {
  const address = (key: string) => {
    const text = given.get(key) ?? ''
    return URL.canParse(text) && /^https?:/i.test(text) ? text : undefined
  }
  const [authorization, token] = [address('authUrl'), address('accessTokenUrl')]
  const scopes = (given.get('scope') ?? '').split(/[\s,]+/).filter((scope) => scope !== '' && !scope.includes('{{'))
  if (authorization === undefined && token === undefined) return {}
  const flow = {
    ...(authorization === undefined ? {} : { authorization_url: authorization }),
    ...(token === undefined ? {} : { token_url: token }),
    ...(scopes.length === 0 ? {} : { scopes: Object.fromEntries(scopes.map((scope) => [scope, ''])) }),
  }
  const grant = given.get('grant_type') === 'client_credentials' ? 'client_credentials' : 'authorization_code'
  return { [grant]: flow }
}
