import { type Caller, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { Egress } from '../egress/types.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import type { Log } from '../log.ts'
import { recordAct } from '../store/acts.ts'
import { isUniqueViolation } from '../store/constraints.ts'
import { isJoined, nowAndAfterwards, onceCommitted } from '../store/joined.ts'
import type { ConnectionRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { storeSealed } from '../vault/sealing.ts'
import type { Vault } from '../vault/types.ts'
import { connectionFacts } from './acts.ts'
import { Cache } from './cache.ts'
import { createConfigured } from './configured.ts'
import { listConnections } from './connection-list.ts'
import { createConnectionViews } from './connection-views.ts'
import type { ConnectorRegistry } from './connectors.ts'
import { createCredentials, credentialOf } from './credentials.ts'
import { chooseConnection, dropDefault } from './default-connection.ts'
import { dependentsOf } from './dependents.ts'
import { createEntered } from './entered.ts'
import { awaitedSettings, chooseEnvironment, chooseScheme, fitTo, parseSettings } from './fit.ts'
import { createGranting } from './granting.ts'
import { partsOf } from './new-connection.ts'
import type { OAuthAppRegistry } from './oauth/apps.ts'
import { createConsentLinks } from './oauth/consent-links.ts'
import { createOAuthFlows, type FlowTarget } from './oauth/flows.ts'
import type { ObtainedStore } from './obtained.ts'
import { checkAgentSecrets, requireHttp, requireNetwork } from './on-premises.ts'
import { isVisible, nearest, reachable, reachKey, recordOf, requireManager } from './owners.ts'
import { policyOf } from './policy.ts'
import { type ConnectionRegistry, type LoadedConnection, loadConnection, loadPinned } from './registry.ts'
import { certificateEndOf } from './schemes/client-certificate.ts'
import { parseFields, settingsIn } from './schemes/credential.ts'
import type { ConnectionView } from './types.ts'

interface Dependencies {
  readonly store: Store
  readonly vault: Vault
  readonly connectors: ConnectorRegistry
  readonly clock: Clock
  readonly log: Log
  readonly egress: Egress
  readonly obtained: ObtainedStore
  readonly apps: OAuthAppRegistry
  readonly publicUrl: () => string
}

function notFound(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no connection "${id}" in this workspace.` })
}

export function createConnections(dependencies: Dependencies): ConnectionRegistry {
  const { store, vault, connectors, clock, obtained } = dependencies
  const credentials = createCredentials(vault)
  const granting = createGranting(dependencies)
  const mendUrl = (id: string) => `${dependencies.publicUrl()}/connections/${id}`
  const view = createConnectionViews({ ...dependencies, mendUrl })
  const managedTarget = async (caller: Caller, id: string) => target(await managed(caller, id))
  const flows = createOAuthFlows({
    ...dependencies,
    redirectUrl: dependencies.apps.redirectUrl,
    target: managedTarget,
    checkSettings: ({ row: { environment }, requester: { connector, scheme } }, settings) =>
      void connector.baseUrl(environment, parseSettings(connector, environment, settings, scheme)),
    changed: forget,
  })
  const byWorkspace = new Cache<Promise<readonly ConnectionRow[]>>({ max: 1_000, ttlMs: 5_000, clock })
  const loaded = new Cache<LoadedConnection>({ max: 10_000, ttlMs: 5_000, clock })

  /** Grows with each change: what was read before one must not be kept after it. */
  let changes = 0

  function forget(workspaceId: string): void {
    nowAndAfterwards(() => changes++)
    byWorkspace.delete(workspaceId)
    loaded.clear()
  }

  async function load(row: ConnectionRow): Promise<LoadedConnection> {
    const connector = await connectors.compiled(row.workspace_id, row.connector)
    return loadConnection(connector, row, mendUrl(row.id))
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

  const openEntered = createEntered({ credentials, forget, row })

  async function usedBy(found: ConnectionRow) {
    const connector = await connectors.compiled(found.workspace_id, found.connector)
    return { connector, scheme: chooseScheme(connector, found.scheme).scheme }
  }

  async function target(found: ConnectionRow): Promise<FlowTarget> {
    const { connector, scheme } = await usedBy(found)
    const fields = await openEntered(found.workspace_id, found.id, scheme, credentialOf(found), found.agent_secrets ?? {})
    return granting.target(found, connector, scheme, fields)
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

  async function viewOne(workspaceId: string, found: ConnectionRow): Promise<ConnectionView> {
    const [shown] = await view(workspaceId, [found])
    if (shown === undefined) throw notFound(found.id)
    return shown
  }

  async function find(key: string, caller: Caller, connector: string, connection: string | undefined): Promise<LoadedConnection> {
    const { workspaceId } = caller
    const before = changes
    const match = chooseConnection(caller, await rows(workspaceId), connector, connection)
    if (match === null) {
      await connectors.compiled(workspaceId, connector) // throws when the connector itself is unknown
      throw new SallyportError('NOT_FOUND', {
        detail:
          connection === undefined
            ? `"${connector}" has no connection yet. Connect it first.`
            : `"${connector}" has no connection "${connection}".`,
      })
    }
    const result = await load(match)
    if (changes === before) loaded.set(key, result)
    return result
  }

  return {
    ...createConfigured({ store, connectors, openEntered }),
    ...createConsentLinks({ ...dependencies, flows, target: managedTarget }),

    resolve(caller, connector, connection) {
      const { workspaceId } = caller
      const key = `${workspaceId}/${reachKey(caller)}/${caller.environments?.join(' ') ?? ''}/${connector}/${connection ?? ''}`
      const hit = loaded.get(key)
      return hit !== undefined && connectors.compiled(workspaceId, connector) === hit.connector
        ? hit
        : find(key, caller, connector, connection)
    },

    pinned: (connection, version) => loadPinned(connectors, connection, version, row, mendUrl),
    async shared(workspaceId, connector) {
      const found = (await rows(workspaceId)).find(
        (each) => each.connector === connector && each.user_id === null && each.team_id === null,
      )
      return found === undefined ? null : load(found)
    },

    async reachable(caller, connector) {
      const near = nearest(
        caller,
        (await rows(caller.workspaceId)).filter((each) => each.connector === connector),
      )
      const found = near.find(({ is_default }) => is_default) ?? near[0]
      return found === undefined ? null : load(found)
    },

    async all(caller) {
      const { workspaceId } = caller
      const usable: LoadedConnection[] = []
      for (const each of reachable(caller, await rows(workspaceId))) {
        const connector = await connectors.compiled(workspaceId, each.connector)
        const { scheme, problem } = fitTo(connector, each)
        if (problem === null && awaitedSettings(scheme, each.settings).length === 0)
          usable.push(loadConnection(connector, each, mendUrl(each.id)))
      }
      return usable
    },

    async openCredential(connection, refused) {
      const { workspaceId, id, scheme, credential, agentSecrets } = connection
      return granting.open(connection, await openEntered(workspaceId, id, scheme, credential, agentSecrets), refused)
    },

    mayRenew: ({ grantId }) => grantId !== null && obtained.mayHelp(grantId),

    mendUrl,

    renewedInVain({ grantId }) {
      if (grantId !== null) obtained.futile(grantId)
    },

    async lacksScopes({ workspaceId, id }, scopes) {
      const problem = await granting.lacking(await row(workspaceId, id), scopes)
      if (problem !== null) forget(workspaceId)
      return problem
    },

    finishAuthorization: flows.finish,

    async reauthorize(caller, id, more) {
      const found = await managedTarget(caller, id)
      return flows.begin(caller, { ...found, scopes: [...new Set([...found.scopes, ...more])] })
    },

    async pollDevice(caller, id) {
      const status = await flows.poll(await managedTarget(caller, id))
      return { status, connection: await viewOne(caller.workspaceId, await row(caller.workspaceId, id)) }
    },

    async report(connection, status, detail, tested = false) {
      if (connection.status === status && !tested) return
      await store.workspace(connection.workspaceId, (db) =>
        db
          .updateTable('connections')
          .set({ status, status_detail: detail, ...(tested ? { tested_at: new Date(clock.now()) } : {}) })
          .where('workspace_id', '=', connection.workspaceId)
          .where('id', '=', connection.id)
          // A call that still went with the credential before this one says nothing about this one.
          .where('credential_version', '=', connection.credentialVersion)
          .execute(),
      )
      forget(connection.workspaceId)
    },

    async list(caller, query) {
      requireRole(caller, 'viewer')
      const page = await listConnections(store, caller, query)
      return { items: await view(caller.workspaceId, page.items), next_cursor: page.next_cursor }
    },

    async get(caller, id) {
      requireRole(caller, 'viewer')
      return viewOne(caller.workspaceId, await seen(caller, id))
    },

    async check(caller, connector, request) {
      await partsOf(granting, caller, connector, request)
    },

    async create(caller, request) {
      requireRole(caller, 'member')
      const connector = await connectors.compiled(caller.workspaceId, request.connector)
      const { owner, environment, schemeName, entered, agentSecrets, settings, plan, lacking } = await partsOf(
        granting,
        caller,
        connector,
        request,
      )
      const { workspaceId } = caller
      const scopes = request.auth?.scopes ?? null
      const fields = plan?.fields ?? entered
      const awaited = plan?.consent ?? (lacking ? 'Enter its credential.' : null)
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
        mock: request.mock ?? null,
        status: awaited ? 'needs_reauth' : 'untested',
        status_detail: awaited,
        grant_id: plan?.grant?.id ?? null,
        scopes: scopes === null ? null : JSON.stringify(scopes),
        created_by: `${caller.kind}:${caller.id}`,
        tested_at: null,
        network_id: request.network ?? null,
      } as const
      const agent_secrets = Object.keys(agentSecrets).length === 0 ? null : agentSecrets
      try {
        await storeSealed(vault, caller.workspaceId, async () => {
          const sealed = await credentials.seal(caller.workspaceId, id, fields, 1)
          const credential = { credential: sealed?.ciphertext ?? null, credential_key_id: sealed?.keyId ?? null }
          const credential_ends_at = certificateEndOf(fields)
          await store.workspace(caller.workspaceId, async (db) => {
            await requireNetwork(db, workspaceId, values.network_id)
            if (plan !== null) await granting.store(db, workspaceId, plan)
            const names = agent_secrets === null ? null : JSON.stringify(agent_secrets)
            await db
              .insertInto('connections')
              .values({ ...values, ...credential, credential_ends_at, agent_secrets: names })
              .execute()
            await recordAct(db, caller.workspaceId, {
              kind: 'connection.created',
              by: caller,
              target: { kind: 'connection', id, name: values.name },
              after: connectionFacts({ ...values, settings, agent_secrets }),
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
      const made = await row(caller.workspaceId, id)
      // Nobody is there to follow the link while a folder of files is applied.
      const next = plan?.consent && !isJoined() ? await flows.begin(caller, await target(made)) : ({ next_step: '' } as const)
      return { ...(await viewOne(caller.workspaceId, made)), ...next }
    },

    async update(caller, id, request) {
      const found = await managed(caller, id)
      const approval = policyOf(caller, found, request)
      const connector = await connectors.compiled(caller.workspaceId, found.connector)
      const environment = chooseEnvironment(connector, request.environment ?? found.environment)
      const { scheme } = chooseScheme(connector, found.scheme)
      const settings = parseSettings(connector, environment, request.settings ?? found.settings, scheme)
      if (awaitedSettings(scheme, settings).length === 0) connector.baseUrl(environment, settings)
      const network_id = request.network === undefined ? found.network_id : request.network
      checkAgentSecrets(scheme, found.agent_secrets ?? {}, network_id)
      requireHttp(connector, scheme, network_id)
      try {
        const name = request.name ?? found.name
        const mock = request.mock === undefined ? found.mock : request.mock
        const record = recordOf(found, request)
        await store.workspace(caller.workspaceId, async (db) => {
          await requireNetwork(db, caller.workspaceId, network_id)
          if (request.default === true) await dropDefault(db, found)
          const is_default = request.default ?? found.is_default
          await db
            .updateTable('connections')
            .set({
              name,
              environment,
              is_default,
              approval: approval === null ? null : JSON.stringify(approval),
              mock,
              record,
              network_id,
              settings: JSON.stringify(settings),
              updated_at: new Date(clock.now()),
            })
            .where('workspace_id', '=', caller.workspaceId)
            .where('id', '=', id)
            .execute()
          await recordAct(db, caller.workspaceId, {
            kind: 'connection.updated',
            by: caller,
            target: { kind: 'connection', id, name },
            before: connectionFacts(found),
            after: connectionFacts({ ...found, name, environment, settings, is_default, approval, mock, record, network_id }),
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

    async candidate(caller, id, submitted) {
      const connection = await load(await managed(caller, id))
      const { workspaceId, scheme, connector, environment, credentialVersion } = connection
      const version = credentialVersion + 1
      const entered = parseFields(scheme, submitted, connection.agentSecrets)
      const credential = await credentials.seal(workspaceId, id, entered, version)
      const candidate = { ...connection, credential, credentialVersion: version, isCandidate: true }
      const said = settingsIn(scheme, submitted)
      if (Object.keys(said).length === 0) return candidate
      const settings = parseSettings(connector, environment, connection.settings, scheme, said)
      return { ...candidate, settings, baseUrl: connector.baseUrl(environment, settings) }
    },

    async rotate(caller, id, submitted, tried = false) {
      const found = await managed(caller, id)
      const connector = await connectors.compiled(caller.workspaceId, found.connector)
      const { scheme } = chooseScheme(connector, found.scheme)
      const version = found.credential_version + 1
      const entered = parseFields(scheme, submitted, found.agent_secrets ?? {})
      const { workspaceId } = caller
      const plan = await granting.renewed({ row: found, connector, scheme, fields: entered })
      const fields = plan?.fields ?? entered
      const settings = parseSettings(connector, found.environment, found.settings, scheme, settingsIn(scheme, submitted))
      const changed = await storeSealed(vault, caller.workspaceId, async () => {
        const credential = await credentials.seal(caller.workspaceId, id, fields, version)
        return store.workspace(caller.workspaceId, async (db) => {
          if (plan !== null) await granting.store(db, workspaceId, plan)
          const updated = await db
            .updateTable('connections')
            .set({
              credential: credential?.ciphertext ?? null,
              credential_key_id: credential?.keyId ?? null,
              credential_version: version,
              credential_ends_at: certificateEndOf(fields),
              secret_references: null,
              settings: JSON.stringify(settings),
              status: plan?.consent ? 'needs_reauth' : tried ? 'active' : 'untested',
              status_detail: plan?.consent ?? null,
              ...(plan !== null && { grant_id: plan.grant?.id ?? null }),
              ...(tried && { tested_at: new Date(clock.now()) }),
              updated_at: new Date(clock.now()),
            })
            .where('workspace_id', '=', caller.workspaceId)
            .where('id', '=', id)
            .where('credential_version', '=', found.credential_version)
            .executeTakeFirst()
          if (updated.numUpdatedRows === 0n) return false
          if (plan !== null && found.grant_id !== null) await granting.end(db, workspaceId, found.grant_id)
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

    async dependents(caller, id) {
      const found = await managed(caller, id)
      return store.workspace(caller.workspaceId, (db) => dependentsOf(db, caller.workspaceId, found, new Date(clock.now())))
    },

    async remove(caller, id) {
      const found = await managed(caller, id)
      const revoke = await granting.toRevoke(
        found,
        () => target(found),
        () => usedBy(found),
      )
      await store.workspace(caller.workspaceId, async (db) => {
        const deleted = await db
          .deleteFrom('connections')
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', id)
          .returning(['connector', 'name', 'environment', 'scheme', 'settings', 'user_id', 'team_id'])
          .executeTakeFirst()
        if (deleted === undefined) throw notFound(id)
        if (found.grant_id !== null) await granting.end(db, caller.workspaceId, found.grant_id)
        await recordAct(db, caller.workspaceId, {
          kind: 'connection.deleted',
          by: caller,
          target: { kind: 'connection', id, name: deleted.name },
          before: connectionFacts(deleted),
        })
      })
      forget(caller.workspaceId)
      await onceCommitted(revoke)
    },
  }
}
