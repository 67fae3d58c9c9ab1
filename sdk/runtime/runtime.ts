import { createLimiter } from '../../gateway/src/call/limiter.ts'
import type { Manifest, ManifestConnection } from '../../gateway/src/call/manifest-types.ts'
import { runCall } from '../../gateway/src/call/pipeline.ts'
import type { CallServices } from '../../gateway/src/call/services.ts'
import { createUpstreams } from '../../gateway/src/call/upstreams.ts'
import type { Caller } from '../../gateway/src/caller.ts'
import { systemClock } from '../../gateway/src/clock.ts'
import { type LoadedConnection, loadConnection } from '../../gateway/src/connections/registry.ts'
import { compileConnector } from '../../gateway/src/definition/compile.ts'
import { parseConnector } from '../../gateway/src/definition/parse.ts'
import type { CompiledConnector } from '../../gateway/src/definition/types.ts'
import { createEgress } from '../../gateway/src/egress/egress.ts'
import type { VaultCredential } from '../../gateway/src/egress/secret-managers/vault.ts'
import { SallyportError } from '../../gateway/src/errors.ts'
import { callAnswer } from '../../gateway/src/http/call-answers.ts'
import { problemOf } from '../../gateway/src/http/problems.ts'
import { createLog } from '../../gateway/src/log.ts'
import { Secret } from '../../gateway/src/secret.ts'
import type { CallLog } from '../../gateway/src/store/types.ts'
import { SallyportProblem } from '../src/errors.ts'
import type { Sallyport } from '../src/index.ts'
import { createSecretReader } from './secret-reader.ts'

/** As much of the client as the runtime asks for. */
export type Gateway = Pick<Sallyport, 'calls' | 'secrets'>
type CreateCall = Parameters<Gateway['calls']['create']>[0]
export type CallWith = Pick<CreateCall, 'connector' | 'action' | 'connection' | 'input' | 'dry_run'>

export interface RuntimeOptions {
  /** As `GET /api/v1/manifest` or `sallyport manifest` answers it. */
  readonly manifest: unknown
  /**
   * For what the runtime does not do by itself: connections in proxy mode, calls that wait for a person, connectors that are
   * code, and having a credential renewed. Without it these are refused.
   */
  readonly gateway?: Gateway
  /** Of the workload; AWS and Google find theirs by themselves. */
  readonly vault?: { readonly token: string } | { readonly roleId: string; readonly secretId: string }
  /** CIDRs of private ranges that calls may go to. */
  readonly allow?: readonly string[]
  /** Told of every call that was made directly: the gateway has no record of it. */
  readonly onCall?: (record: Readonly<Record<string, unknown>>) => void
}

/** After a renewed credential was refused too, how long none is asked for, in milliseconds. */
const futileMs = 60_000

const overTheGateway = (why: string) =>
  new SallyportError('APPROVAL_REQUIRED', { detail: `${why} Make this call over the gateway.` })

/** What a direct call has no use for. Whatever asks for it after all is refused. */
function absent<T extends object>(why: string): T {
  return new Proxy({} as T, {
    get: () => () => {
      throw overTheGateway(why)
    },
  })
}

function manifestOf(given: unknown): Manifest {
  const manifest = given as Manifest
  const isOne = typeof given === 'object' && given !== null && manifest.sallyport_manifest === 1
  if (!isOne || !Array.isArray(manifest.connections) || !Array.isArray(manifest.connectors))
    throw new TypeError('This is no manifest of Sallyport: get one with `sallyport manifest`.')
  return manifest
}

/** The one that a call means, as the gateway chooses among those of one owner. */
function choose(manifest: Manifest, { connector, connection }: CallWith): ManifestConnection {
  const candidates = manifest.connections.filter((each) => each.connector === connector)
  const matches =
    connection === undefined ? candidates : candidates.filter((each) => each.id === connection || each.name === connection)
  const [match, another] = matches
  if (match === undefined)
    throw new SallyportError('NOT_FOUND', { detail: `"${connector}" has no such connection in the manifest.` })
  if (another === undefined) return match
  const defaults = connection === undefined ? matches.filter((each) => each.default) : []
  if (defaults.length === 1 && defaults[0] !== undefined) return defaults[0]
  throw new SallyportError('INVALID_INPUT', {
    detail: `"${connector}" has ${matches.length} connections. Name one as connection: ${matches.map(({ name }) => name).join(', ')}.`,
  })
}

export function start(options: RuntimeOptions) {
  const manifest = manifestOf(options.manifest)
  const { gateway, vault, onCall } = options
  const log = createLog('silent')
  const egress = createEgress({ allow: options.allow ?? [] })
  const opened: VaultCredential | undefined =
    vault === undefined
      ? undefined
      : 'token' in vault
        ? { token: new Secret(vault.token) }
        : { roleId: vault.roleId, secretId: new Secret(vault.secretId) }
  const reader = createSecretReader({
    manifest,
    egress,
    vault: opened,
    refresh: gateway === undefined ? null : async (id, version) => (await gateway.secrets.refresh(id, version)).version,
  })
  const compiled = new Map<string, CompiledConnector>()
  const loaded = new Map<string, LoadedConnection>()
  const futileUntil = new Map<string, number>()
  const mendUrl = (id: string) => `${manifest.gateway}/connections/${id}`

  function connectorOf(id: string): CompiledConnector {
    const known = compiled.get(id)
    if (known !== undefined) return known
    const found = manifest.connectors.find((each) => each.id === id)
    if (found === undefined) throw new SallyportError('NOT_FOUND', { detail: `The manifest has no connector "${id}".` })
    const made = compileConnector(parseConnector(found.document), found.version)
    compiled.set(id, made)
    return made
  }

  function load(found: ManifestConnection): LoadedConnection {
    const known = loaded.get(found.id)
    if (known !== undefined) return known
    const now = new Date()
    const made = loadConnection(
      connectorOf(found.connector),
      {
        ...{ id: found.id, workspace_id: manifest.workspace.id, connector: found.connector, name: found.name },
        ...{ environment: found.environment, scheme: found.scheme, settings: found.settings, approval: found.approval },
        ...{ credential: null, credential_key_id: null, credential_version: 1, credential_ends_at: null },
        ...{ status: 'active', status_detail: null, team_id: null, user_id: null, is_default: found.default },
        ...{ created_by: '', created_at: now, updated_at: now, tested_at: null, grant_id: null, scopes: null },
        ...{
          mock: null,
          record: null,
          secret_backend: null,
          missing_scopes: null,
          secret_references: null,
          network_id: null,
          agent_secrets: null,
        },
      },
      mendUrl(found.id),
    )
    loaded.set(found.id, made)
    return made
  }

  // The pipeline takes its caller from access/ alone; here whoever runs the workload is the caller.
  const caller = {
    ...{ kind: 'token', id: 'runtime', name: 'runtime', email: null, role: 'member', personId: null, teams: [] },
    ...{ workspaceId: manifest.workspace.id, workspaceName: manifest.workspace.name, createdBy: null },
    ...{ limits: { perMinute: null, perDay: null }, audience: null, environments: null, callerIps: null, cassette: null },
    toolset:
      manifest.toolset === null
        ? null
        : {
            ...{ id: '', name: manifest.toolset.slug, slug: manifest.toolset.slug, mode: 'direct', format: 'mcp' },
            ...{ approval: manifest.toolset.approval, max_result_bytes: null },
            // The manifest has no other tools.
            selection: { select: {}, include: [], exclude: [] },
          },
  } as unknown as Caller

  const decided = 'A person has to decide on it.'
  const calls: CallLog = {
    ready: () => undefined,
    unwritten: 0,
    async insert({ input: _, ...record }) {
      if (record.status !== 'started') onCall?.(record)
    },
    async finish(record) {
      onCall?.({ ...record })
    },
  }
  const code = 'Its connector is code.'
  const services: CallServices = {
    access: { ...absent<CallServices['access']>(decided), authenticate: async () => caller },
    connections: {
      ...absent<CallServices['connections']>(decided),
      resolve: (_, connector, connection) =>
        load(choose(manifest, { connector, input: {}, ...(connection !== undefined && { connection }) })),
      async openCredential({ id, scheme }, refused) {
        if (scheme.type === 'none') return { fields: {}, version: null, until: Number.POSITIVE_INFINITY }
        const { content, sequence, until } = await reader.current(id, refused)
        return { fields: content.fields, version: sequence, until }
      },
      mayRenew: ({ id }) => (futileUntil.get(id) ?? 0) <= performance.now(),
      renewedInVain: ({ id }) => void futileUntil.set(id, performance.now() + futileMs),
      mendUrl,
      report: async () => {},
    },
    egress,
    programs: absent(code),
    builtins: new Map(),
    store: {
      ...absent<CallServices['store']>(decided),
      workspace: absent<{ workspace: CallServices['store']['workspace'] }>(decided).workspace,
      calls,
    },
    limiter: createLimiter(systemClock),
    telemetry: null,
    upstreams: createUpstreams(systemClock),
    // A workload keeps no answers and knows no other connections: fallbacks are the gateway's.
    lastAnswers: { keep: async () => {}, find: async () => null },
    idempotency: absent(decided),
    sealedCalls: absent(decided),
    tape: absent(decided),
    notices: absent(decided),
    sandbox: absent(code),
    mcpSessions: absent(code),
    scriptState: () => absent(code),
    clock: systemClock,
    log,
  }

  const problem = (error: SallyportError) => new SallyportProblem(problemOf(error), error.retryAfterSeconds)

  /** Null when it is the gateway's to make. */
  async function direct(request: CallWith) {
    const found = choose(manifest, request)
    const { kind, document, auth } = connectorOf(found.connector)
    const action = request.action ?? document.default_action
    if (action !== undefined && !found.actions.includes(action))
      throw new SallyportError('NOT_FOUND', { detail: `"${action}" of "${found.connector}" is not in the manifest.` })
    if (kind !== 'http' || (found.secret === null && auth[found.scheme] !== undefined)) return null
    const { dry_run: dryRun = false, ...rest } = request
    const result = await runCall(services, {
      ...{ credentials: { kind: 'none' }, entrance: 'http', ip: '127.0.0.1', dryRun },
      ...{ connector: rest.connector, connection: found.id, input: rest.input },
      ...(rest.action !== undefined && { action: rest.action }),
    })
    if (result.kind === 'failed' && result.error.code === 'APPROVAL_REQUIRED') return null
    return callAnswer(result, manifest.gateway)
  }

  return {
    async call(request: CallWith): ReturnType<Gateway['calls']['create']> {
      const answer = await direct(request).catch((error: unknown) => {
        throw error instanceof SallyportError ? problem(error) : error
      })
      if (answer === null) {
        if (gateway !== undefined) return gateway.calls.create(request)
        throw problem(
          overTheGateway('The runtime cannot make it by itself: it is in proxy mode, is code, or waits for a person.'),
        )
      }
      if (answer.status === 'problem') throw new SallyportProblem(answer.body)
      return answer.body
    },
    close: () => egress.close(),
  }
}
