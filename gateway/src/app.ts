import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { createAccess } from './access/access.ts'
import { createApprovals } from './call/approvals.ts'
import { createConnectionTests } from './call/connection-test.ts'
import { createHistory } from './call/history.ts'
import { createIdempotency } from './call/idempotency.ts'
import { createLimiter } from './call/limiter.ts'
import { runCall } from './call/pipeline.ts'
import { createPastCalls } from './call/quotas.ts'
import { createSealedCalls } from './call/sealed-calls.ts'
import type { CallServices } from './call/services.ts'
import { createTools } from './call/tools.ts'
import type { CallRequest } from './call/types.ts'
import { createUpstreams } from './call/upstreams.ts'
import { systemClock } from './clock.ts'
import { type Config, ConfigError } from './config.ts'
import { createConnections } from './connections/connections.ts'
import { createConnectors } from './connections/connectors.ts'
import { connectorJsonSchema } from './definition/connector-schema.ts'
import { createEgress } from './egress/egress.ts'
import type { Egress } from './egress/types.ts'
import { SallyportError } from './errors.ts'
import { listen } from './http/listen.ts'
import { createHttpServer, type HttpApp } from './http/server.ts'
import { createLog, type Log } from './log.ts'
import { mountMcp } from './mcp/mount.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/types.ts'
import { hmacSha256, sha256Secret } from './vault/digest.ts'
import { loadRootKey, rootKeyCheck } from './vault/root-key.ts'
import type { KeyStore } from './vault/types.ts'
import { createVault } from './vault/vault.ts'

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

const dashboardDir = fileURLToPath(new URL('../../dashboard/dist', import.meta.url))

function keyStore(store: Store): KeyStore {
  return {
    load: async (workspace) => {
      const rows = await store.workspace(workspace, (db) =>
        db
          .selectFrom('workspace_keys')
          .select(['key_id', 'wrapped'])
          .where('workspace_id', '=', workspace)
          .orderBy('created_at')
          .orderBy('key_id')
          .execute(),
      )
      return rows.map((row) => ({ keyId: row.key_id, wrapped: row.wrapped }))
    },
    add: (workspace, keyId, wrapped) =>
      store.workspace(workspace, async (db) => {
        // The lock makes a second process wait and then see the key of the first.
        await db.selectFrom('workspaces').select('id').where('id', '=', workspace).forUpdate().executeTakeFirst()
        const existing = await db
          .selectFrom('workspace_keys')
          .select('key_id')
          .where('workspace_id', '=', workspace)
          .executeTakeFirst()
        if (existing !== undefined) return
        await db.insertInto('workspace_keys').values({ workspace_id: workspace, key_id: keyId, wrapped }).execute()
      }),
  }
}

/** Five seconds less than the 30 that Kubernetes waits before it kills. */
const drainMs = 25_000
/** For the answers and records of what was given up. */
const giveUpMs = 2_000

/** Waits for what is under way, but not for ever: an API that never answers, or a caller that never ends its request. */
async function drain(server: HttpApp, egress: Egress, log: Log): Promise<void> {
  const closed = server.close()
  const late = (ms: number) => Promise.race([closed, delay(ms, 'late' as const, { ref: false })])
  if ((await late(drainMs)) !== 'late') return
  log.warn('calls are given up that would keep the gateway from stopping')
  egress.abort()
  if ((await late(giveUpMs)) !== 'late') return
  server.server.closeAllConnections()
  await late(giveUpMs)
}

/** The first start notes which root key the database belongs to; later ones refuse another before they listen. */
async function bindRootKey(store: Store, check: Buffer): Promise<void> {
  const value = check.toString('base64')
  await store.system(async (db) => {
    await db
      .insertInto('installation')
      .values({ key: 'root_key_check', value: JSON.stringify(value) })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const stored = await db
      .selectFrom('installation')
      .select('value')
      .where('key', '=', 'root_key_check')
      .executeTakeFirstOrThrow()
    if (stored.value === value) return
    throw new ConfigError(
      'The root key is not the one this database was sealed with. Set SALLYPORT_ROOT_KEY to the original key, or put the original root.key file back.',
    )
  })
}

/** Puts the parts together and listens. Throws ConfigError, or a store error with a message for the operator, before listening. */
export async function startGateway(config: Config): Promise<Gateway> {
  const log = createLog(config.logLevel)
  const clock = systemClock
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new ConfigError(
      `The data directory ${config.dataDir} cannot be made (${error instanceof Error ? error.message : 'unknown'}). Set SALLYPORT_DATA_DIR to a folder this user can write.`,
    )
  })
  const { key: rootKey } = await loadRootKey({ configured: config.rootKey, dataDir: config.dataDir })
  const store = await openStore({ dataDir: config.dataDir, databaseUrl: config.databaseUrl, redisUrl: config.redisUrl, log })
  const opened: (() => Promise<void>)[] = [() => store.close()]
  const closeAll = async () => {
    for (const close of opened.reverse()) await close()
  }
  try {
    await bindRootKey(store, rootKeyCheck(rootKey))
    let address = ''
    let stopping = false
    const publicUrl = () => config.publicUrl ?? address
    const vault = createVault({ rootKey, keys: keyStore(store) })
    let ownSockets: readonly { address: string; port: number }[] = []
    const egress = createEgress({
      allow: config.egressAllow,
      proxy: config.egressProxy,
      dnsServers: config.dnsServers,
      log,
      ownSockets: () => ownSockets,
    })
    opened.push(() => egress.close())

    const access = createAccess({
      store,
      clock,
      log,
      publicUrl,
      authSecret: hmacSha256(rootKey, 'sallyport sessions').toString('base64'),
    })
    if (config.bootstrapToken !== undefined) await access.ensureBootstrap(sha256Secret(config.bootstrapToken))
    const connectors = createConnectors({ store, egress, clock })
    const connections = createConnections({ store, vault, connectors, clock })
    const sealedCalls = createSealedCalls(vault)
    const services: CallServices = {
      access,
      connections,
      egress,
      store,
      limiter: store.limiter ?? createLimiter(clock, createPastCalls({ store, clock })),
      upstreams: createUpstreams(clock),
      sealedCalls,
      idempotency: createIdempotency({ store, sealedCalls, clock }),
      clock,
      log,
    }
    const run = (request: CallRequest, id?: string) => runCall(services, request, id)
    const calls = { run }
    const tools = createTools({ connections })

    const server = createHttpServer(
      {
        access,
        connectors,
        connections,
        calls,
        history: createHistory(services),
        approvals: createApprovals(services, run),
        tools,
        tests: createConnectionTests(services, connections, run),
        ready: async () => {
          if (stopping) throw new SallyportError('UNAVAILABLE', { detail: 'The gateway is stopping.' })
          await store.ping()
        },
      },
      {
        log,
        version: packageJson.version,
        host: config.host,
        publicUrl,
        connectorSchema: connectorJsonSchema,
        mount: (app) => mountMcp(app, { access, tools, calls, publicUrl, log }),
        ...(existsSync(dashboardDir) ? { dashboardDir } : {}),
      },
    )
    opened.push(() => {
      stopping = true
      return drain(server, egress, log)
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
