import { unmetOf } from '../../definition/compile-verify.ts'
import { type LoginScheme, loginFields } from '../../definition/login.ts'
import { fillAddress } from '../../definition/template/server.ts'
import { joinUrl } from '../../definition/template/url.ts'
import { isPrivateHost } from '../../egress/addresses.ts'
import { egressProblem } from '../../egress/problem.ts'
import { formBody, jsonBody, type SecretFields } from '../../egress/secret-body.ts'
import { EgressError, type EgressResponse } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { GrantLost, obtainMs } from '../obtained.ts'
import { secretField } from './fields.ts'
import { secretTemplate } from './secret-template.ts'
import type { CredentialField, CredentialFields, ObtainContext } from './types.ts'

/** Logging in: one request with the entered fields, whose answer holds what calls are sent with. */

const maxResponseBytes = 1_048_576
/** Less than what the lock is held for. */
const timeoutMs = obtainMs - 5_000
/** Answers of servers that know the credential and do not take it. Anything else may be better next time. */
const refusals = [400, 401, 403, 422]
const again = 'Enter the credential again.'

/** What the answer of a login holds. */
export interface LoggedIn {
  readonly answer: EgressResponse
  /** Parsed; undefined when it is no JSON. */
  readonly json: unknown
}

export function loginFieldsOf(scheme: LoginScheme): readonly CredentialField[] {
  return Object.entries(loginFields(scheme)).map(([name, { title = name, secret = true, description }]) =>
    secretField(name, title, { secret, ...(description !== undefined && { description }) }),
  )
}

function addressOf({ login }: LoginScheme, { baseUrl, connector, settings }: ObtainContext): string {
  const address = fillAddress(login.url, connector.document, settings)
  if (address.startsWith('/')) {
    if (baseUrl === null)
      throw new SallyportError('INVALID_INPUT', { detail: 'The login has a path and the connector no server. Give it a URL.' })
    const [path = '', query = ''] = address.split('?', 2)
    return joinUrl(baseUrl, path, query)
  }
  const { protocol, hostname, origin } = new URL(address)
  if (protocol !== 'https:' && !connector.allowHttp && !isPrivateHost(hostname))
    throw new SallyportError('URL_NOT_ALLOWED', {
      detail: `${origin} is not HTTPS. Use an https:// address for the login, or set security.allow_http in the connector.`,
    })
  return address
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Logs in. Throws GrantLost when the API does not take the credential: it is not tried again before a person enters another, so
 * that no account is locked by it. No word of the answer is passed on, since it may quote what was sent.
 */
export async function logIn(scheme: LoginScheme, fields: CredentialFields, context: ObtainContext): Promise<LoggedIn> {
  const { egress, connector, settings } = context
  const { method = 'POST', headers = {}, body_format = 'json', body, expect = {} } = scheme.login
  const known = { ...connector.settingDefaults, ...settings }
  const fill = (texts: Readonly<Record<string, string>>): SecretFields =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, secretTemplate(text, known).text(fields)]))
  const members = body === undefined ? fields : fill(body)
  const json = body_format === 'json'
  const type = { 'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded' }
  const own = Object.fromEntries(Object.entries(fill(headers)).map(([name, value]) => [name.toLowerCase(), value]))
  let answer: EgressResponse
  try {
    answer = await egress.request({
      door: 'login',
      method,
      url: addressOf(scheme, context),
      headers: { accept: 'application/json, */*;q=0.5', ...(method !== 'GET' && type), ...own },
      ...(method !== 'GET' && { body: json ? jsonBody(members) : formBody(members) }),
      timeoutMs,
      maxResponseBytes,
      verifyTls: connector.verifyTls,
      authorities: connector.authorities ?? undefined,
    })
  } catch (error) {
    throw error instanceof EgressError ? egressProblem(error) : error
  }
  const { status } = answer
  if (refusals.includes(status)) throw new GrantLost(`The API refused the login with ${status}. ${again}`)
  if (status === 429 || status >= 500 || (status === 404 && !expect.status?.includes(status)))
    throw new SallyportError('UPSTREAM_ERROR', { detail: `The API answered ${status} to the login.` })
  if (expect.status !== undefined && !expect.status.includes(status))
    throw new GrantLost(`The API answered ${status} to the login, which is no success. ${again}`)
  const parsed = jsonOf(answer.body.toString('utf8'))
  const unmet = unmetOf(expect)(parsed)
  if (unmet !== null) throw new GrantLost(`The API answered ${status} to the login, ${unmet}. ${again}`)
  return { answer, json: parsed }
}

/** The answer was a success, and what was to be in it is not. */
export const nothingIn = (answer: EgressResponse, what: string) =>
  new GrantLost(`The API answered ${answer.status} to the login, without ${what}. ${again}`)
