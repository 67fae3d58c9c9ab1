import { type KitHttp, type KitRequest, runDefinition } from '@sallyport/sdk/kit'
import { requireHttp } from '../../connections/on-premises.ts'
import { SallyportError, unreachable } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import type { CallServices } from '../services.ts'
import type { Outcome } from '../types.ts'
import type { CommandRun } from './command-run.ts'
import type { HostHttp, HostRequest } from './host-http.ts'

function secretOf(value: unknown): Secret {
  return Secret.is(value) ? value : new Secret(String(value))
}

/** How a handler authenticates a request itself; else the host does, by the connection's scheme. */
function authOf(auth: KitRequest['auth']): Pick<HostRequest, 'auth' | 'headers'> {
  if (auth === undefined) return {}
  switch (auth.type) {
    case 'none':
      return { auth: false }
    case 'bearer':
      return { auth: false, headers: { Authorization: Secret.concat('Bearer ', secretOf(auth.token)) } }
    case 'basic': {
      const pair = Secret.concat(auth.username, ':', secretOf(auth.password))
      return { auth: false, headers: { Authorization: Secret.concat('Basic ', Secret.base64(pair)) } }
    }
    case 'header':
      return { auth: false, headers: { [auth.name]: secretOf(auth.value) } }
    default:
      return unreachable(auth)
  }
}

function withQuery(url: string, query: KitRequest['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  )
  return pairs.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`
}

/** The gateway's HTTP in the words of the kit. */
function kitHttp(http: HostHttp): KitHttp {
  return async ({ method, url, query, headers = {}, json, body, auth }) => {
    const own = authOf(auth)
    const given = Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : secretOf(value)])
    const content = json === undefined ? {} : { 'Content-Type': 'application/json' }
    const sent = json === undefined ? body : JSON.stringify(json)
    const response = await http({
      ...own,
      ...(method !== undefined && { method }),
      url: withQuery(url, query),
      headers: { Accept: 'application/json, */*;q=0.5', ...content, ...Object.fromEntries(given), ...own.headers },
      ...(sent !== undefined && { body: sent }),
    })
    return { ...response, isSuccessful: response.status >= 200 && response.status < 300 }
  }
}

interface BuiltinRun
  extends Pick<CommandRun, 'action' | 'input' | 'fields' | 'http' | 'signal' | 'timeLeft' | 'leaving' | 'callId'> {
  readonly connection: Pick<CommandRun['connection'], 'connector' | 'settings' | 'scheme' | 'passage'>
}

/** Runs a command of a built-in type. */
export async function executeBuiltin(
  { builtins, log }: Pick<CallServices, 'builtins' | 'log'>,
  run: BuiltinRun,
): Promise<Outcome> {
  const { connection, action, input, fields, http, signal, timeLeft, leaving, callId } = run
  const type = connection.connector.document.builtin?.type ?? ''
  const definition = builtins.get(type)
  if (definition === undefined || !Object.hasOwn(definition.commands, action.name))
    throw new SallyportError('INVALID_INPUT', {
      detail: `This gateway has no built-in command "${type}.${action.name}" any more. Update the connector to the type as it is now.`,
    })
  const facts = { call: callId, connector: connection.connector.id }
  const say =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, more: object = {}) =>
      log[level]({ ...more, ...facts }, message)
  requireHttp(connection.connector, connection.scheme, connection.passage?.network ?? null)
  const context = {
    config: { ...input, command: action.name },
    connectorConfig: { ...connection.settings, ...fields },
    variables: {},
    stepId: '',
    runId: callId,
  }
  return runDefinition(definition, context, {
    http: kitHttp(http),
    logger: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    signal,
    timeLeft,
    sending: leaving,
  })
}
