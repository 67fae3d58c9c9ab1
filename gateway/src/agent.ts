import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import packageJson from '../package.json' with { type: 'json' }
import { withBodyCredential } from './call/executors/body-credential.ts'
import { mergeHeaders } from './call/executors/http.ts'
import { systemClock } from './clock.ts'
import { ConfigError, type LogLevel } from './config.ts'
import { applyOnPremises, cleanBody } from './connections/on-premises.ts'
import { createEgress } from './egress/egress.ts'
import { EgressError, type EgressRequest, type EgressResponse } from './egress/types.ts'
import { SallyportError } from './errors.ts'
import { createLog } from './log.ts'
import { Secret } from './secret.ts'
import { connectorsOf } from './tunnel/agent/allowlist.ts'
import { type AgentFile, readAgentFile } from './tunnel/agent/config.ts'
import { createLinks } from './tunnel/agent/links.ts'
import { createAgentSecrets } from './tunnel/agent/secrets.ts'
import { createServe, type Inject } from './tunnel/agent/serve.ts'

/** The agent as a process: composed here as the gateway is in app.ts, from the same door, guard and schemes. */

export interface AgentOptions {
  /** http:// or https:// address of the gateway. */
  readonly url: string
  readonly token: Secret
  /** Path of the agent's own file. */
  readonly allow: string
  readonly name?: string
  readonly logLevel: LogLevel
  /** For tests: milliseconds between two pings. */
  readonly heartbeatMs?: number
}

export interface RunningAgent {
  readonly name: string
  /** Resolves with the name of its network once a gateway has taken it; rejects when none will. */
  readonly ready: Promise<string>
  /** Resolves when it was stopped; rejects with what a person has to do. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** Longest wait for requests under way when the agent is told to stop. */
const drainMs = 25_000

/** The address of the door for agents. The token would go over the wire in clear without TLS, so that is for this machine only. */
function addressOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new ConfigError(`"${url}" is no http or https address of a gateway.`)
  if (parsed.protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(parsed.hostname))
    throw new ConfigError(
      'The gateway must be reached over https://: the token and every request would go over the wire in clear.',
    )
  const base = parsed.href
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/^http/, 'ws')
  return `${base}/api/v1/networks/agent`
}

function bodyValue(body: EgressRequest['body']): unknown {
  try {
    return body instanceof Uint8Array ? JSON.parse(Buffer.from(body).toString('utf8')) : undefined
  } catch {
    return undefined
  }
}

/** The request with the injection of its scheme, as the gateway's executors put it in. */
const inject: Inject = ({ fields, ...credential }, values, request) => {
  const known = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, new Secret(value)]))
  const { injection, redactor } = applyOnPremises(credential, known, values)
  const { method, url, body } = request
  // Header values travel sealed; the type of the body must be read to put a credential into it.
  const plain = Object.entries(request.headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  const own = { method, url, headers: Object.fromEntries(plain) }
  const text = body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : undefined
  const armed =
    injection.body === undefined
      ? { body, headers: {} }
      : withBodyCredential({ ...own, ...(text !== undefined && { body: text, bodyValue: bodyValue(body) }) }, injection.body)
  const clean = (answer: EgressResponse): EgressResponse => {
    const headers = Object.entries(answer.headers).map(([name, value]) => [name, redactor.text(value)])
    return { ...answer, headers: Object.fromEntries(headers), body: cleanBody(answer.body, redactor) }
  }
  return {
    clean,
    request: {
      ...request,
      headers: mergeHeaders({ ...request.headers, ...armed.headers }, injection.headers),
      secretQuery: { ...request.secretQuery, ...injection.query },
      ...(injection.path !== undefined && { secretPath: injection.path }),
      ...(armed.body !== undefined && { body: armed.body }),
      sign: injection.sign,
      ...(injection.clientCertificate !== undefined && { clientCertificate: injection.clientCertificate }),
    },
  }
}

/** As the agent says it to the gateway: what is wrong with the credential, in the words of the door. */
const injectOrRefuse: Inject = (...work) => {
  try {
    return inject(...work)
  } catch (error) {
    throw error instanceof SallyportError ? new EgressError('agent_credential', false, error.detail, error) : error
  }
}

/** Reads the file, dials the gateway and serves. Throws ConfigError. */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const log = createLog(options.logLevel)
  const url = addressOf(options.url)
  const file: AgentFile = await readAgentFile(options.allow)
  const ca = file.gateway_ca === undefined ? undefined : await readFile(file.gateway_ca, 'utf8')
  const egress = createEgress({ allow: file.addresses ?? [], dnsServers: file.dns_servers ?? [], log })
  const name = options.name ?? file.name ?? hostname()
  const secrets = createAgentSecrets({ rules: file.secrets ?? {}, egress, clock: systemClock, log })
  const ready = Promise.withResolvers<string>()
  ready.promise.catch(() => {})
  const links = createLinks({
    address: { url, token: options.token, ca },
    self: {
      version: packageJson.version,
      agent: name,
      instance: crypto.randomUUID(),
      connectors: connectorsOf(file.allow),
    },
    serve: createServe({ rules: file.allow, secrets, egress, inject: injectOrRefuse, log }),
    log,
    ready: ready.resolve,
    ...(options.heartbeatMs !== undefined && { heartbeatMs: options.heartbeatMs }),
  })
  const ended = links.ended.finally(() => egress.abort())
  ended.catch(ready.reject)
  return {
    name,
    ready: ready.promise,
    ended,
    stop: () => links.stop(drainMs),
  }
}
