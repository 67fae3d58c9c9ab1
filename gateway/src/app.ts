import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { createAccess } from './access/access.ts'
import { type RecoveryLink, recoverByEmail } from './access/recovery.ts'
import { createAudit } from './audit/audit.ts'
import { createAlerts } from './call/alerts/alerts.ts'
import { createAlertDeliveries } from './call/alerts/deliveries.ts'
import { createEvaluator } from './call/alerts/evaluator.ts'
import { countPendingApprovals, createApprovals } from './call/approvals.ts'
import { createAsks } from './call/ask/ask.ts'
import { createCassettes } from './call/cassettes/cassettes.ts'
import { createInstalls } from './call/catalog/installs.ts'
import { createChats } from './call/chat/chat.ts'
import { createCodeRuns } from './call/code-mode/code-runs.ts'
import { createConnectionTests } from './call/connection-test.ts'
import { createCredentialRotation } from './call/credential-rotation.ts'
import { createMcpSessions } from './call/executors/mcp/sessions.ts'
import { withFallbacks } from './call/fallbacks.ts'
import { createHistory } from './call/history.ts'
import { createIdempotency } from './call/idempotency.ts'
import { createLastAnswers } from './call/last-answers.ts'
import { createLimiter } from './call/limiter.ts'
import { createManifests } from './call/manifest.ts'
import { createApprovalNotices } from './call/notices/approval-notices.ts'
import { createChannels } from './call/notices/channels.ts'
import { createOutbox } from './call/notices/outbox.ts'
import { runCall } from './call/pipeline.ts'
import { createPastCalls } from './call/quotas.ts'
import { fittingCalls } from './call/results/fitting-calls.ts'
import { createResults } from './call/results/results.ts'
import { createScriptState } from './call/script-state.ts'
import { createScriptTrials } from './call/script-trials.ts'
import { createScriptWriter } from './call/script-writer.ts'
import { createSealedCalls } from './call/sealed-calls.ts'
import type { CallServices } from './call/services.ts'
import { startTelemetry, type Telemetry } from './call/telemetry.ts'
import { createTools } from './call/tools.ts'
import type { CallRequest } from './call/types.ts'
import { createUpstreams } from './call/upstreams.ts'
import { systemClock } from './clock.ts'
import { type Config, ConfigError, dropLibrarySettings } from './config.ts'
import { createConfiguration } from './configuration/configuration.ts'
import { createBuiltins } from './connections/builtins/index.ts'
import { createCatalog } from './connections/catalog/catalog.ts'
import { createDirectory } from './connections/catalog/directory.ts'
import { createConnections } from './connections/connections.ts'
import { createConnectors } from './connections/connectors.ts'
import { createDrafts } from './connections/drafts.ts'
import { createKeyStore } from './connections/key-store.ts'
import { createListTools } from './connections/mcp/list-tools.ts'
import { createOAuthApps } from './connections/oauth/apps.ts'
import { createObtained } from './connections/obtained.ts'
import { bindRootKey } from './connections/root-binding.ts'
import { createSecretMode } from './connections/secret-manager/secret-mode.ts'
import { createVaultRotation } from './connections/vault-rotation.ts'
import { connectorJsonSchema } from './definition/connector-schema.ts'
import { createEgress } from './egress/egress.ts'
import { createFetch } from './egress/fetch.ts'
import { createMailer } from './egress/mail.ts'
import { readPrograms } from './egress/programs/allowed.ts'
import { createPrograms } from './egress/programs/programs.ts'
import type { Egress } from './egress/types.ts'
import { SallyportError } from './errors.ts'
import { listen } from './http/listen.ts'
import { createHttpServer, type HttpApp } from './http/server.ts'
import type { MetricsSource } from './http/services.ts'
import { createLanguageModel } from './language-model/language-model.ts'
import { createLog, type Log } from './log.ts'
import { createConnectorDocs } from './mcp/connector-docs.ts'
import { mountMcp } from './mcp/mount.ts'
import { createResultSource } from './mcp/read-result.ts'
import { places } from './places.ts'
import { createSandbox } from './sandbox/sandbox.ts'
import type { Secret } from './secret.ts'
import type { Manifest as BackupManifest } from './store/backup-format.ts'
import { backUpStore, openStore, restoreStore } from './store/open.ts'
import { createGate, type Gate } from './tunnel/gate.ts'
import { createNetworks } from './tunnel/networks.ts'
import { createReplicas } from './tunnel/replicas.ts'
import { hmacSha256, safeEqual, sha256Secret } from './vault/digest.ts'
import { findRootKey } from './vault/root-key.ts'
import { createSigners } from './vault/signing.ts'
import { createVault } from './vault/vault.ts'
import { createDefinitions } from './workflows/definitions.ts'
import { createRuns } from './workflows/runs.ts'
import { createTriggers } from './workflows/triggers.ts'

/** A gateway that listens. */
export interface Gateway {
  /** Where it listens, e.g. http://127.0.0.1:8080. */
  readonly url: string
  /** How people reach it: SALLYPORT_PUBLIC_URL, or the listening address. */
  readonly publicUrl: string
  /** The one-time link by which the first person signs up; null once somebody has. */
  readonly setupUrl: string | null
  /**
   * Answers what is under way, then closes the listener, the sockets and the database. What takes longer than 25 s is given up:
   * its caller is told, and its record says that its outcome is unknown.
   */
  close(): Promise<void>
}

const catalogDir = fileURLToPath(places.catalog)
const dashboardDir = fileURLToPath(places.dashboard)

/** Five seconds less than the 30 that Kubernetes waits before it kills. */
const drainMs = 25_000
/** For the answers and records of what was given up. */
const giveUpMs = 2_000

/** Waits for what is under way, but not for ever: an API that never answers, or a caller that never ends its request. */
async function drain(server: HttpApp, egress: Egress, gate: Gate, log: Log): Promise<void> {
  gate.refuse()
  const closed = server.close()
  const late = (ms: number) => Promise.race([closed, delay(ms, 'late' as const, { ref: false })])
  // The sockets of agents count among the listener's, and are needed until nothing else is left.
  const agentsLeave = setInterval(() => {
    server.server.getConnections((_error, open) => {
      if (open <= gate.sockets && !gate.isBusy) gate.close()
    })
  }, 50)
  const inTime = (await late(drainMs)) !== 'late'
  clearInterval(agentsLeave)
  gate.close()
  if (inTime) return
  log.warn('calls are given up that would keep the gateway from stopping')
  egress.abort()
  if ((await late(giveUpMs)) !== 'late') return
  server.server.closeAllConnections()
  await late(giveUpMs)
}

/** What `/metrics` answers, to whom; null where there is no such page. */
function metricsSource(token: Secret | undefined, telemetry: Telemetry | null): MetricsSource | null {
  const read = telemetry?.metrics
  if (token === undefined || !read) return null
  const expected = sha256Secret(token)
  return { read, isToken: (given) => safeEqual(sha256Secret(given), expected) }
}

/** Puts the parts together and listens. Throws ConfigError, or a store error with a message for the operator, before listening. */
export async function startGateway(config: Config): Promise<Gateway> {
  dropLibrarySettings()
  const log = createLog(config.logLevel)
  const clock = systemClock
  // Closures below take what they need of the settings from here: with `config` they would keep its secrets in memory.
  const { dataDir, publicUrl: configuredUrl, maxResultBytes } = config
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new ConfigError(
      `The data directory ${dataDir} cannot be made (${error instanceof Error ? error.message : 'unknown'}). Set SALLYPORT_DATA_DIR to a folder this user can write.`,
    )
  })
  const allowedPrograms = await readPrograms(config.mcpPrograms)
  const configuredRoot = await findRootKey({ configured: config.rootKey, dataDir })
  const store = await openStore({ dataDir, databaseUrl: config.databaseUrl, redisUrl: config.redisUrl, log })
  const opened: (() => Promise<void>)[] = [() => store.close()]
  const closeAll = async () => {
    for (const close of opened.reverse()) await close()
  }
  try {
    const previous = config.previousRootKey
    const { root, installation } = await bindRootKey({ store, root: configuredRoot, previous, dataDir, log })
    let address = ''
    let stopping = false
    const publicUrl = () => configuredUrl ?? address
    const keys = createKeyStore(store)
    const vault = createVault({ root, keys, clock })
    let ownSockets: readonly { address: string; port: number }[] = []
    const gate = createGate({ store, replicas: createReplicas(store), log })
    opened.push(gate.start())
    const metricsToken = config.telemetry?.metricsToken
    const telemetry = config.telemetry === undefined ? null : await startTelemetry(config.telemetry, packageJson.version, log)
    if (telemetry !== null) {
      opened.push(() => telemetry.close())
      telemetry.observe({
        pendingApprovals: () => countPendingApprovals({ store, clock }),
        unwrittenCalls: () => store.calls.unwritten,
      })
    }
    const egress = createEgress({
      allow: config.egressAllow,
      proxy: config.egressProxy,
      dnsServers: config.dnsServers,
      log,
      ownSockets: () => ownSockets,
      tunnels: gate.tunnels,
      ...(telemetry !== null && { failed: telemetry.egressFailed }),
    })
    opened.push(() => egress.close())
    const languageModel =
      config.languageModel === undefined
        ? null
        : createLanguageModel(config.languageModel, (bounds) => createFetch(egress, { door: 'language_model', ...bounds }))

    const mailer = config.smtpUrl === undefined ? null : createMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom, log })
    const access = createAccess({
      store,
      clock,
      log,
      publicUrl,
      authSecret: hmacSha256(installation, 'sallyport sessions').toString('base64'),
      vault,
      egress,
      mailer,
      oauthRegistration: config.oauthRegistration,
    })
    if (config.bootstrapToken !== undefined) await access.ensureBootstrap(sha256Secret(config.bootstrapToken))
    const builtins = createBuiltins(egress)
    const catalogFolder = config.catalogDir ?? catalogDir
    const [catalog, directory] = [createCatalog(catalogFolder), createDirectory(catalogFolder)]
    const programs = createPrograms(allowedPrograms, { clock, log })
    opened.push(() => programs.close())
    const listTools = createListTools(egress, programs, () => connections)
    const connectors = createConnectors({ store, egress, builtins, languageModel, clock, catalog, directory, listTools })
    const oauthApps = createOAuthApps({ store, vault, clock, publicUrl })
    const obtained = createObtained({ store, vault, clock, log })
    const connections = createConnections({ store, vault, connectors, clock, log, egress, obtained, apps: oauthApps, publicUrl })
    const secretMode = createSecretMode({ store, vault, clock, log, egress, connectors, obtained, connections })
    const sealedCalls = createSealedCalls(vault, store)
    const cassettes = createCassettes({ store, sealedCalls, connectors, clock })
    const sandbox = createSandbox()
    opened.push(() => sandbox.close())
    const mcpSessions = createMcpSessions({ clock, log, programs, look: connectors.look })
    opened.push(() => mcpSessions.close())
    const deliverers = { egress, mailer }
    const channels = createChannels({ store, clock, sealedCalls, publicUrl, ...deliverers })
    const approvalNotices = createApprovalNotices({ store, clock, publicUrl })
    const sources = [approvalNotices, createAlertDeliveries({ store, publicUrl })]
    const outbox = createOutbox({ store, clock, log, channels, ...deliverers }, sources)
    const evaluator = createEvaluator({ store, clock, log, wake: outbox.wake })
    const wake = { evaluation: evaluator.wake, deliveries: outbox.wake }
    const services: CallServices = {
      telemetry,
      access,
      connections,
      egress,
      programs,
      builtins,
      store,
      limiter: store.limiter ?? createLimiter(clock, createPastCalls({ store, clock })),
      upstreams: createUpstreams(clock),
      sealedCalls,
      tape: cassettes,
      lastAnswers: createLastAnswers({ store, sealedCalls, clock }),
      notices: { queue: approvalNotices.queue, wake: outbox.wake },
      sandbox,
      mcpSessions,
      scriptState: createScriptState(store),
      idempotency: createIdempotency({ store, sealedCalls, clock }),
      clock,
      log,
    }
    const run = withFallbacks((request: CallRequest, id?: string) => runCall(services, request, id))
    const history = createHistory(services)
    const results = createResults(services)
    opened.push(results.start())
    const calls = fittingCalls(run, access, results)
    const tools = createTools({ connections })
    const { auditRetentionDays: retentionDays } = config
    const auditLog = createAudit({ store, clock, log, signerOf: createSigners(installation), retentionDays })
    // Ends after the calls, whose entries it signs.
    opened.push(auditLog.start())
    opened.push(connectors.startChecks(log))
    opened.push(outbox.start())
    opened.push(evaluator.start())
    opened.push(secretMode.start())

    const scripts = createScriptTrials(services)
    const tests = createConnectionTests(services, connections, run)
    const drafts = createDrafts({ store, clock, builtins, connectors })
    const build = { connectors, connections, drafts, scripts, tests, writer: createScriptWriter(languageModel) }

    const workflowServices = { ...services, history, run }
    const workflows = createDefinitions(workflowServices)
    const workflowRuns = createRuns(workflowServices)
    opened.push(workflowRuns.begin())
    const triggers = createTriggers(workflowServices, workflowRuns)
    opened.push(triggers.begin())
    const approvals = createApprovals(services, history, run, workflowRuns.settled)
    const configuration = createConfiguration({
      ...{ store, builtins, connectors, oauthApps, connections, channels },
      ...{ teams: access.teams, members: access.members, toolsets: access.toolsets },
      prepareKey: async (workspace) => void (await sealedCalls.sealTarget(workspace, 'none', {})),
    })

    const server = createHttpServer(
      {
        access,
        connectors,
        connections,
        installs: createInstalls({ connectors, connections, egress, builtins, log }),
        oauthApps,
        secretBackends: secretMode.backends,
        manifests: createManifests({ connections, secrets: secretMode, publicUrl }),
        calls,
        history,
        approvals,
        results,
        cassettes,
        workflows,
        workflowRuns,
        hooks: triggers,
        channels,
        alerts: createAlerts({ store, clock, channels, publicUrl, wake, ...deliverers }),
        tools,
        asks: createAsks({ tools, calls, languageModel }),
        chats: createChats({ access, tools, calls, history, approvals, results, languageModel }),
        audit: auditLog.audit,
        scripts,
        drafts,
        configuration,
        vault: createVaultRotation({ store, vault, keys, clock, log }),
        tests,
        rotation: createCredentialRotation(services),
        networks: createNetworks({ store, clock, recheck: gate.recheck }),
        agentDoor: gate.door,
        metrics: metricsSource(metricsToken, telemetry),
        ready: async () => {
          if (stopping) throw new SallyportError('UNAVAILABLE', { detail: 'The gateway is stopping.' })
          await store.ping()
        },
      },
      {
        log,
        version: packageJson.version,
        host: config.host,
        trustProxy: config.trustProxy,
        languageModel: languageModel?.name ?? null,
        programs: programs.allowed,
        publicUrl,
        connectorSchema: connectorJsonSchema,
        mount: (app) =>
          mountMcp(app, {
            ...{ access, tools, calls, results, build, publicUrl, log },
            code: createCodeRuns({ ...services, run, tools, history }),
            asking: { confirm: approvals.confirm, stateKey: hmacSha256(installation, 'sallyport questions in clients') },
            resources: [createConnectorDocs({ tools, connectors }), createResultSource(results)],
            maxResultBytes,
          }),
        ...(existsSync(dashboardDir) ? { dashboardDir } : {}),
      },
    )
    opened.push(() => {
      stopping = true
      return drain(server, egress, gate, log)
    })
    address = await listen(server, { host: config.host, port: config.port })
    ownSockets = server.addresses().filter((socket) => typeof socket !== 'string')
    const code = await access.createSetupCode()
    log.info({ address }, 'listening')
    return {
      url: address,
      publicUrl: publicUrl(),
      setupUrl: code === null ? null : `${publicUrl()}/setup#code=${code}`,
      close: closeAll,
    }
  } catch (error) {
    await closeAll().catch((closing: unknown) => log.error({ err: closing }, 'closing after a failed start'))
    throw error
  }
}

/**
 * For the operator, on the host: a one-time link with which the person of this email sets a password; null when there is none.
 * Opens the database by itself: throws ConfigError, and DataDirInUseError while a gateway runs on the embedded one.
 */
export async function backUp(config: Config, folder: string, version: string, withRootKey: boolean): Promise<BackupManifest> {
  const { dataDir, databaseUrl } = config
  const rootKeyFile = join(dataDir, 'root.key')
  if (withRootKey && (config.rootKey !== undefined || !existsSync(rootKeyFile)))
    throw new ConfigError(
      'There is no root.key in the data directory: SALLYPORT_ROOT_KEY says where your root key is. Keep a copy of that.',
    )
  const options = { folder, version, ...(withRootKey && { rootKeyFile }) }
  return backUpStore({ ...options, dataDir, databaseUrl, log: createLog(config.logLevel) })
}

export async function restore(config: Config, folder: string): Promise<BackupManifest> {
  const { dataDir, databaseUrl } = config
  return restoreStore({ folder, dataDir, databaseUrl, log: createLog(config.logLevel) })
}

export async function recoverPerson(config: Config, email: string, removeTwoFactor: boolean): Promise<RecoveryLink | null> {
  const log = createLog(config.logLevel)
  const { dataDir, databaseUrl } = config
  const publicUrl = () => config.publicUrl ?? `http://${config.host}:${config.port}`
  const store = await openStore({ dataDir, databaseUrl, log })
  try {
    return await recoverByEmail({ store, clock: systemClock, publicUrl }, email, removeTwoFactor)
  } finally {
    await store.close()
  }
}
