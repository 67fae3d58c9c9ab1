import { sql } from 'kysely'
import { type Caller, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { AuthScheme } from '../definition/document.ts'
import type { CompiledConnector, Settings } from '../definition/types.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { recordAct } from '../store/acts.ts'
import { isUniqueViolation } from '../store/constraints.ts'
import type { ConnectionRow, ConnectionStatus } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { openCurrent, storeSealed } from '../vault/sealing.ts'
import type { Vault } from '../vault/types.ts'
import { connectionFacts } from './acts.ts'
import { type CredentialFields, fieldsOf, labelOf, parseFields } from './auth-schemes.ts'
import { Cache } from './cache.ts'
import type { ConnectorRegistry } from './connectors.ts'
import { createCredentials, type SealedCredential } from './credentials.ts'
import { chooseEnvironment, chooseScheme, fitTo, parseSettings } from './fit.ts'
import { isVisible, nearest, ownerOf, reachable, reachKey, requireManager, visibleTo } from './owners.ts'
import { pageSize, parseCursor, toPage } from './page.ts'
import type { Connections, ConnectionView } from './types.ts'

/** A connection ready for calls: its connector compiled, its base URL known, its credential still sealed. */
export interface LoadedConnection {
  readonly id: string
  readonly workspaceId: string
  readonly name: string
  readonly environment: string
  readonly connector: CompiledConnector
  readonly settings: Settings
  readonly baseUrl: string
  readonly scheme: AuthScheme
  readonly schemeName: string
  readonly credential: SealedCredential | null
  readonly status: ConnectionStatus
  /** Whether every caller of the workspace reaches it: it is no person's and no team's own. */
  readonly shared: boolean
}

export interface ConnectionRegistry extends Connections {
  /**
   * The connection a call means: by id or name, or the only one of the connector; the caller's own before a team's before the
   * workspace's. Throws NOT_FOUND, also for another person's, or INVALID_INPUT naming the choices when there are several.
   */
  resolve(caller: Caller, connector: string, connection: string | undefined): LoadedConnection | Promise<LoadedConnection>
  /** All connections that the caller reaches with their connectors, the nearest and the oldest first, for listing tools. */
  all(caller: Caller): Promise<readonly LoadedConnection[]>
  openCredential(connection: LoadedConnection): Promise<CredentialFields>
  /** Keeps the status in step with what calls and tests see. Writes only when something changes. */
  report(connection: LoadedConnection, status: ConnectionStatus, detail: string | null, tested?: boolean): Promise<void>
}

interface Dependencies {
  readonly store: Store
  readonly vault: Vault
  readonly connectors: ConnectorRegistry
  readonly clock: Clock
}

function notFound(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no connection "${id}" in this workspace.` })
}

function credentialOf(row: ConnectionRow): SealedCredential | null {
  const { credential: ciphertext, credential_key_id: keyId, credential_version: version } = row
  return ciphertext === null || keyId === null ? null : { ciphertext, keyId, version }
}

export function createConnections({ store, vault, connectors, clock }: Dependencies): ConnectionRegistry {
  const credentials = createCredentials(vault)
  const byWorkspace = new Cache<Promise<readonly ConnectionRow[]>>({ max: 1_000, ttlMs: 5_000, clock })
  const loaded = new Cache<LoadedConnection>({ max: 10_000, ttlMs: 5_000, clock })

  function forget(workspaceId: string): void {
    byWorkspace.delete(workspaceId)
    loaded.clear()
  }

  async function load(row: ConnectionRow): Promise<LoadedConnection> {
    const connector = await connectors.compiled(row.workspace_id, row.connector)
    const { scheme } = chooseScheme(connector, row.scheme)
    return {
      id: row.id,
      workspaceId: row.workspace_id,
      name: row.name,
      environment: row.environment,
      connector,
      settings: row.settings,
      baseUrl: connector.baseUrl(row.environment, row.settings),
      scheme,
      schemeName: row.scheme,
      credential: credentialOf(row),
      status: row.status,
      shared: row.user_id === null && row.team_id === null,
    }
  }

  function rows(workspaceId: string): Promise<readonly ConnectionRow[]> {
    const hit = byWorkspace.get(workspaceId)
    if (hit !== undefined) return hit
    const pending = store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connections')
        .selectAll()
        .where('workspace_id', '=', workspaceId)
        .orderBy('created_at')
        .orderBy('id')
        .execute(),
    )
    byWorkspace.set(workspaceId, pending)
    pending.catch(() => byWorkspace.delete(workspaceId))
    return pending
  }

  async function row(workspaceId: string, id: string): Promise<ConnectionRow> {
    const found = await store.workspace(workspaceId, (db) =>
      db.selectFrom('connections').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id).executeTakeFirst(),
    )
    if (found === undefined) throw notFound(id)
    return found
  }

  /** Another person's is not there. */
  async function seen(caller: Caller, id: string): Promise<ConnectionRow> {
    const found = await row(caller.workspaceId, id)
    if (!isVisible(caller, found)) throw notFound(id)
    return found
  }

  async function managed(caller: Caller, id: string): Promise<ConnectionRow> {
    requireRole(caller, 'member')
    const found = await seen(caller, id)
    requireManager(caller, found)
    return found
  }

  async function view(workspaceId: string, shown: readonly ConnectionRow[]): Promise<ConnectionView[]> {
    const ids = shown.map((each) => each.id)
    const midnight = new Date(clock.now())
    midnight.setUTCHours(0, 0, 0, 0)
    const usage = await store.workspace(workspaceId, (db) =>
      sql<{ id: string; last: Date | null; today: number }>`
        select id, (
          select max(last_at) from call_figures where workspace_id = ${workspaceId} and connection_id = id and at = (
            select max(at) from call_figures where workspace_id = ${workspaceId} and connection_id = id
          )
        ) as last, (
          select coalesce(sum(calls), 0)::float8 from call_figures
          where workspace_id = ${workspaceId} and connection_id = id and at >= ${midnight}
        ) as today
        from unnest(${ids}::text[]) as id`.execute(db),
    )
    return Promise.all(
      shown.map(async (each) => {
        const connector = await connectors.compiled(workspaceId, each.connector)
        const used = usage.rows.find((candidate) => candidate.id === each.id)
        const { url, scheme, problem } = fitTo(connector, each)
        return {
          id: each.id,
          connector: each.connector,
          connector_name: connector.name,
          connector_version: connector.version,
          name: each.name,
          owner: each.user_id !== null ? 'you' : each.team_id !== null ? 'team' : 'workspace',
          team: each.team_id,
          environment: each.environment,
          server_url: url,
          auth: { scheme: each.scheme, type: scheme.type, label: labelOf(scheme), fields: fieldsOf(scheme) },
          settings: each.settings,
          status: problem === null ? each.status : 'failing',
          status_detail: problem ?? each.status_detail,
          actions: connector.actions.size,
          verify_ssl: connector.verifyTls,
          last_used_at: used?.last?.toISOString() ?? null,
          calls_today: used?.today ?? 0,
          created_at: each.created_at.toISOString(),
          tested_at: each.tested_at?.toISOString() ?? null,
        }
      }),
    )
  }

  async function viewOne(workspaceId: string, found: ConnectionRow): Promise<ConnectionView> {
    const [shown] = await view(workspaceId, [found])
    if (shown === undefined) throw notFound(found.id)
    return shown
  }

  async function find(key: string, caller: Caller, connector: string, connection: string | undefined): Promise<LoadedConnection> {
    const { workspaceId } = caller
    const candidates = (await rows(workspaceId)).filter((each) => each.connector === connector)
    // A call that names none means one of the caller's environments; whether it may have it is for the pipeline to say.
    const usable = candidates.filter(({ environment }) => caller.environments?.includes(environment) ?? true)
    const matches = nearest(
      caller,
      connection === undefined
        ? usable.length > 0
          ? usable
          : candidates
        : candidates.filter((each) => each.id === connection || each.name === connection),
    )
    const [match] = matches
    if (match === undefined) {
      await connectors.compiled(workspaceId, connector) // throws when the connector itself is unknown
      throw new SallyportError('NOT_FOUND', {
        detail:
          connection === undefined
            ? `"${connector}" has no connection yet. Connect it first.`
            : `"${connector}" has no connection "${connection}".`,
      })
    }
    if (matches.length > 1) {
      throw new SallyportError('INVALID_INPUT', {
        detail: `"${connector}" has ${matches.length} connections. Name one as connection: ${matches.map((each) => (connection === undefined ? each.name : each.id)).join(', ')}.`,
      })
    }
    const result = await load(match)
    loaded.set(key, result)
    return result
  }

  return {
    resolve(caller, connector, connection) {
      const { workspaceId } = caller
      const key = `${workspaceId}/${reachKey(caller)}/${caller.environments?.join(' ') ?? ''}/${connector}/${connection ?? ''}`
      const hit = loaded.get(key)
      return hit !== undefined && connectors.compiled(workspaceId, connector) === hit.connector
        ? hit
        : find(key, caller, connector, connection)
    },

    async all(caller) {
      const { workspaceId } = caller
      const usable: LoadedConnection[] = []
      for (const each of reachable(caller, await rows(workspaceId))) {
        const connector = await connectors.compiled(workspaceId, each.connector)
        if (fitTo(connector, each).problem === null) usable.push(await load(each))
      }
      return usable
    },

    openCredential: ({ workspaceId, id, scheme, credential }) =>
      openCurrent(
        credential,
        (sealed) => credentials.open(workspaceId, id, scheme, sealed),
        async () => {
          forget(workspaceId)
          const current = credentialOf(await row(workspaceId, id))
          return current !== null && credential !== null && current.ciphertext.equals(credential.ciphertext) ? null : current
        },
      ),

    async report(connection, status, detail, tested = false) {
      if (connection.status === status && !tested) return
      await store.workspace(connection.workspaceId, (db) =>
        db
          .updateTable('connections')
          .set({ status, status_detail: detail, ...(tested ? { tested_at: new Date(clock.now()) } : {}) })
          .where('workspace_id', '=', connection.workspaceId)
          .where('id', '=', connection.id)
          .execute(),
      )
      forget(connection.workspaceId)
    },

    async list(caller, query) {
      requireRole(caller, 'viewer')
      const size = pageSize(query.limit)
      const before = parseCursor(query.cursor)
      const found = await store.workspace(caller.workspaceId, (db) => {
        let select = db
          .selectFrom('connections')
          .selectAll()
          .where('workspace_id', '=', caller.workspaceId)
          .where(visibleTo(caller))
          .orderBy('id', 'desc')
          .limit(size + 1)
        if (before !== undefined) select = select.where('id', '<', before)
        if (query.connector) select = select.where('connector', '=', query.connector)
        if (query.search) {
          const pattern = `%${query.search.replace(/[\\%_]/g, '\\$&')}%`
          select = select.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('connector', 'ilike', pattern)]))
        }
        return select.execute()
      })
      const page = toPage(
        found,
        size,
        (each) => each,
        (each) => each.id,
      )
      return { items: await view(caller.workspaceId, page.items), next_cursor: page.next_cursor }
    },

    async get(caller, id) {
      requireRole(caller, 'viewer')
      return viewOne(caller.workspaceId, await seen(caller, id))
    },

    async create(caller, request) {
      requireRole(caller, 'member')
      const owner = ownerOf(caller, request)
      requireManager(caller, owner)
      const connector = await connectors.compiled(caller.workspaceId, request.connector)
      const environment = chooseEnvironment(connector, request.environment)
      const { name: schemeName, scheme } = chooseScheme(connector, request.auth?.scheme)
      const fields = parseFields(scheme, request.auth?.fields ?? {})
      const settings = parseSettings(connector, environment, request.settings ?? {})
      connector.baseUrl(environment, settings) // throws naming a missing server variable
      const id = newId('connection', clock.now())
      const values = {
        id,
        workspace_id: caller.workspaceId,
        ...owner,
        connector: connector.id,
        name: request.name ?? connector.name,
        environment,
        scheme: schemeName,
        settings: JSON.stringify(settings),
        credential_version: 1,
        status: 'untested',
        status_detail: null,
        created_by: `${caller.kind}:${caller.id}`,
        tested_at: null,
      } as const
      try {
        await storeSealed(vault, caller.workspaceId, async () => {
          const sealed = await credentials.seal(caller.workspaceId, id, fields, 1)
          const credential = { credential: sealed?.ciphertext ?? null, credential_key_id: sealed?.keyId ?? null }
          await store.workspace(caller.workspaceId, async (db) => {
            await db
              .insertInto('connections')
              .values({ ...values, ...credential })
              .execute()
            await recordAct(db, caller.workspaceId, {
              kind: 'connection.created',
              by: caller,
              target: { kind: 'connection', id, name: values.name },
              after: connectionFacts({ ...values, settings }),
            })
          })
        })
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw new SallyportError('CONFLICT', {
          detail: `"${connector.id}" has a connection named "${values.name}" already. Give this one another name.`,
          cause: error,
        })
      }
      forget(caller.workspaceId)
      return viewOne(caller.workspaceId, await row(caller.workspaceId, id))
    },

    async update(caller, id, request) {
      const found = await managed(caller, id)
      const connector = await connectors.compiled(caller.workspaceId, found.connector)
      const environment = chooseEnvironment(connector, request.environment ?? found.environment)
      const settings = parseSettings(connector, environment, request.settings ?? found.settings)
      connector.baseUrl(environment, settings)
      try {
        const name = request.name ?? found.name
        await store.workspace(caller.workspaceId, async (db) => {
          await db
            .updateTable('connections')
            .set({ name, environment, settings: JSON.stringify(settings), updated_at: new Date(clock.now()) })
            .where('workspace_id', '=', caller.workspaceId)
            .where('id', '=', id)
            .execute()
          await recordAct(db, caller.workspaceId, {
            kind: 'connection.updated',
            by: caller,
            target: { kind: 'connection', id, name },
            before: connectionFacts(found),
            after: connectionFacts({ ...found, name, environment, settings }),
          })
        })
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw new SallyportError('CONFLICT', {
          detail: `Another connection of "${found.connector}" is named "${request.name}".`,
          cause: error,
        })
      }
      forget(caller.workspaceId)
      return viewOne(caller.workspaceId, await row(caller.workspaceId, id))
    },

    async rotate(caller, id, submitted) {
      const found = await managed(caller, id)
      const connector = await connectors.compiled(caller.workspaceId, found.connector)
      const { scheme } = chooseScheme(connector, found.scheme)
      const version = found.credential_version + 1
      const fields = parseFields(scheme, submitted)
      const changed = await storeSealed(vault, caller.workspaceId, async () => {
        const credential = await credentials.seal(caller.workspaceId, id, fields, version)
        return store.workspace(caller.workspaceId, async (db) => {
          const updated = await db
            .updateTable('connections')
            .set({
              credential: credential?.ciphertext ?? null,
              credential_key_id: credential?.keyId ?? null,
              credential_version: version,
              status: 'untested',
              status_detail: null,
              updated_at: new Date(clock.now()),
            })
            .where('workspace_id', '=', caller.workspaceId)
            .where('id', '=', id)
            .where('credential_version', '=', found.credential_version)
            .executeTakeFirst()
          if (updated.numUpdatedRows === 0n) return false
          await recordAct(db, caller.workspaceId, {
            kind: 'connection.credential_replaced',
            by: caller,
            target: { kind: 'connection', id, name: found.name },
            before: { credential_version: found.credential_version },
            after: { credential_version: version },
          })
          return true
        })
      })
      if (!changed)
        throw new SallyportError('CONFLICT', {
          detail: 'The credential was replaced by somebody else meanwhile. Look at it and try again.',
        })
      forget(caller.workspaceId)
      return viewOne(caller.workspaceId, await row(caller.workspaceId, id))
    },

    async remove(caller, id) {
      await managed(caller, id)
      await store.workspace(caller.workspaceId, async (db) => {
        const deleted = await db
          .deleteFrom('connections')
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', id)
          .returning(['connector', 'name', 'environment', 'scheme', 'settings', 'user_id', 'team_id'])
          .executeTakeFirst()
        if (deleted === undefined) throw notFound(id)
        await recordAct(db, caller.workspaceId, {
          kind: 'connection.deleted',
          by: caller,
          target: { kind: 'connection', id, name: deleted.name },
          before: connectionFacts(deleted),
        })
      })
      forget(caller.workspaceId)
    },
  }
}
