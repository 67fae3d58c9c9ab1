import { sql } from 'kysely'
import { type Caller, requireRole } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import type { SecretManager } from '../../egress/secret-managers/types.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import type { Log } from '../../log.ts'
import { pageSize, parseCursor, toPage } from '../../page.ts'
import { createRounds } from '../../rounds.ts'
import { Secret } from '../../secret.ts'
import { recordAct } from '../../store/acts.ts'
import { isUniqueViolation } from '../../store/constraints.ts'
import type { ConnectionRow, SecretBackendRow } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import { randomToken } from '../../vault/digest.ts'
import { sealFields } from '../../vault/fields.ts'
import { storeSealed } from '../../vault/sealing.ts'
import type { Vault } from '../../vault/types.ts'
import { isVisible, requireManager } from '../owners.ts'
import { parseCredential, parseSettings, secretName } from './kinds.ts'
import { backendPlace, type Managers, problemOf } from './managers.ts'
import type { ReplicaOutbox } from './outbox.ts'
import type { SecretBackends, SecretPlacement } from './types.ts'
import { countsOf, replicaRows, viewBackend, viewReplica } from './views.ts'
import type { ReplicaWatch } from './watch.ts'

/** How often what is due is looked for, beside what this gateway knows to be. */
const roundMs = 2_000

interface Dependencies {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly managers: Managers
  readonly outbox: ReplicaOutbox
  readonly watch: ReplicaWatch
}

const facts = ({ name, kind, settings, is_default }: Pick<SecretBackendRow, 'name' | 'kind' | 'settings' | 'is_default'>) => ({
  name,
  kind,
  settings,
  default: is_default,
})
const target = ({ id, name }: Pick<SecretBackendRow, 'id' | 'name'>) => ({ kind: 'secret_backend', id, name })
const wrapped = (fields: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, new Secret(value)]))

export function createSecretBackends({ store, vault, clock, managers, outbox, watch }: Dependencies) {
  const notFound = (id: string) =>
    new SallyportError('NOT_FOUND', { detail: `There is no secret backend "${id}" in this workspace.` })
  const taken = (name: string, cause: unknown) =>
    new SallyportError('CONFLICT', {
      detail: `There is a secret backend named "${name}" already, or one for the same place.`,
      cause,
    })

  const rounds = createRounds({
    everyMs: roundMs,
    async round() {
      // Most installations have none.
      const some = await store.system((db) => db.selectFrom('secret_backends').select('id').limit(1).execute())
      if (some.length === 0) return
      await watch.renewals()
      await outbox.work()
      await watch.checks()
    },
  })

  async function found(workspaceId: string, id: string): Promise<SecretBackendRow> {
    const row = await managers.row(workspaceId, id)
    if (row === undefined) throw notFound(id)
    return row
  }

  const shown = async (workspaceId: string, id: string) =>
    viewBackend(await found(workspaceId, id), await store.workspace(workspaceId, (db) => countsOf(db, workspaceId)))

  /** Every connection that may be another's from now on. */
  const planAll = (workspaceId: string) => sql`select plan_secret_replica(workspace_id, id) from connections
    where workspace_id = ${workspaceId} and secret_backend is null and user_id is null`

  async function connection(caller: Caller, id: string): Promise<ConnectionRow> {
    const row = await store.workspace(caller.workspaceId, (db) =>
      db
        .selectFrom('connections')
        .selectAll()
        .where('workspace_id', '=', caller.workspaceId)
        .where('id', '=', id)
        .executeTakeFirst(),
    )
    if (row === undefined || !isVisible(caller, row))
      throw new SallyportError('NOT_FOUND', { detail: `There is no connection "${id}" in this workspace.` })
    return row
  }

  async function placementOf(caller: Caller, row: ConnectionRow): Promise<SecretPlacement> {
    const { workspaceId } = caller
    const rows = await store.workspace(workspaceId, (db) =>
      replicaRows(db, workspaceId).where('r.connection_id', '=', row.id).execute(),
    )
    return {
      chosen: row.user_id !== null ? 'proxy' : (row.secret_backend ?? 'workspace'),
      mode: rows.some(({ present }) => present) ? 'secret_manager' : 'proxy',
      replicas: rows.map((each) => viewReplica(caller, each)),
    }
  }

  /** A round trip with a secret that means nothing. */
  async function tryOut(manager: SecretManager, name: string): Promise<string | null> {
    const version = await manager.write(name, new Secret('{"sallyport":"test"}'), null)
    const read = await manager.version(name)
    await manager.remove(name)
    return read === version ? null : 'What was written was not there when it was looked for.'
  }

  const service: SecretBackends = {
    async list(caller) {
      requireRole(caller, 'manager')
      const { workspaceId } = caller
      return store.workspace(workspaceId, async (db) => {
        const rows = await db
          .selectFrom('secret_backends')
          .selectAll()
          .where('workspace_id', '=', workspaceId)
          .orderBy('name')
          .execute()
        const counts = await countsOf(db, workspaceId)
        return { items: rows.map((row) => viewBackend(row, counts)) }
      })
    },

    async create(caller, request) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const { name, kind, default: is_default = false } = request
      const settings = parseSettings(kind, request.settings)
      const credential = wrapped(parseCredential(kind, settings, request.credential))
      const id = newId('secret_backend', clock.now())
      try {
        await storeSealed(vault, workspaceId, async () => {
          const sealed = await sealFields(vault, backendPlace(workspaceId, id, 1), credential)
          await store.workspace(workspaceId, async (db) => {
            if (is_default)
              await db.updateTable('secret_backends').set({ is_default: false }).where('workspace_id', '=', workspaceId).execute()
            await db
              .insertInto('secret_backends')
              .values({
                id,
                workspace_id: workspaceId,
                kind,
                name,
                settings: JSON.stringify(settings),
                credential: sealed.ciphertext,
                credential_key_id: sealed.keyId,
                is_default,
                created_by: `${caller.kind}:${caller.id}`,
              })
              .execute()
            if (is_default) await planAll(workspaceId).execute(db)
            const after = facts({ name, kind, settings, is_default })
            await recordAct(db, workspaceId, { kind: 'secret_backend.created', by: caller, target: target({ id, name }), after })
          })
        })
      } catch (error) {
        throw isUniqueViolation(error) ? taken(name, error) : error
      }
      rounds.wake()
      return shown(workspaceId, id)
    },

    async update(caller, id, request) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const before = await found(workspaceId, id)
      const name = request.name ?? before.name
      const is_default = request.default ?? before.is_default
      const credential =
        request.credential === undefined ? null : wrapped(parseCredential(before.kind, before.settings, request.credential))
      const version = before.credential_version + 1
      try {
        await storeSealed(vault, workspaceId, async () => {
          const sealed = credential === null ? null : await sealFields(vault, backendPlace(workspaceId, id, version), credential)
          await store.workspace(workspaceId, async (db) => {
            if (is_default && !before.is_default)
              await db.updateTable('secret_backends').set({ is_default: false }).where('workspace_id', '=', workspaceId).execute()
            const { numUpdatedRows } = await db
              .updateTable('secret_backends')
              .set({
                name,
                is_default,
                ...(sealed !== null && {
                  credential: sealed.ciphertext,
                  credential_key_id: sealed.keyId,
                  credential_version: version,
                  problem: null,
                }),
              })
              .where('workspace_id', '=', workspaceId)
              .where('id', '=', id)
              .where('credential_version', '=', before.credential_version)
              .executeTakeFirst()
            if (numUpdatedRows === 0n)
              throw new SallyportError('CONFLICT', {
                detail: 'Somebody else has changed this backend meanwhile. Look at it again.',
              })
            if (is_default !== before.is_default) await planAll(workspaceId).execute(db)
            // What was denied may be let in now.
            if (sealed !== null)
              await sql`update secret_replicas set due_at = now(), attempts = 0
                where workspace_id = ${workspaceId} and backend_id = ${id} and due_at is not null`.execute(db)
            const after = { ...facts({ ...before, name, is_default }), credential_changed: sealed !== null }
            await recordAct(db, workspaceId, {
              kind: 'secret_backend.updated',
              by: caller,
              target: target({ id, name }),
              before: facts(before),
              after,
            })
          })
        })
      } catch (error) {
        throw isUniqueViolation(error) ? taken(name, error) : error
      }
      rounds.wake()
      return shown(workspaceId, id)
    },

    async remove(caller, id, abandon) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const before = await found(workspaceId, id)
      await store.workspace(workspaceId, async (db) => {
        const chosen = await db
          .selectFrom('connections')
          .select('id')
          .where('workspace_id', '=', workspaceId)
          .where('secret_backend', '=', id)
          .limit(1)
          .execute()
        const left = await sql<{ count: string }>`
          select count(*) as count from secret_replicas where workspace_id = ${workspaceId} and backend_id = ${id}`.execute(db)
        const count = Number(left.rows[0]?.count ?? 0)
        if (!abandon && (count > 0 || chosen.length > 0 || before.is_default))
          throw new SallyportError('CONFLICT', {
            detail: `${count} secrets of connections are in "${before.name}", or are to be. Bring the workspace and its connections back to proxy mode first: then they are removed. Or abandon them where they are.`,
          })
        await sql`delete from secret_replicas where workspace_id = ${workspaceId} and backend_id = ${id}`.execute(db)
        // Now it is the default of nobody, and none of those that named it is planned anew.
        await sql`update secret_backends set is_default = false where workspace_id = ${workspaceId} and id = ${id}`.execute(db)
        await sql`update connections set secret_backend = 'proxy'
          where workspace_id = ${workspaceId} and secret_backend = ${id}`.execute(db)
        await db.deleteFrom('secret_backends').where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
        await recordAct(db, workspaceId, {
          kind: 'secret_backend.deleted',
          by: caller,
          target: target(before),
          before: { ...facts(before), abandoned: count },
        })
      })
    },

    async test(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const row = await found(workspaceId, id)
      const name = secretName(row.kind, row.settings, workspaceId, `test_${randomToken(9).replace(/[^A-Za-z0-9]/g, '')}`)
      const problem = await managers
        .of(row)
        .then((manager) => tryOut(manager, name))
        .catch(problemOf)
      await store.workspace(workspaceId, (db) =>
        sql`update secret_backends set problem = ${problem}, tested_at = now()
          where workspace_id = ${workspaceId} and id = ${id}`.execute(db),
      )
      return { ok: problem === null, message: problem ?? 'A secret was written, found and removed.' }
    },

    async sync(caller, id) {
      requireRole(caller, 'manager')
      const { workspaceId } = caller
      const row = await found(workspaceId, id)
      await store.workspace(workspaceId, (db) =>
        sql`update secret_replicas set due_at = now(), attempts = 0 where workspace_id = ${workspaceId} and backend_id = ${id}
          and (due_at is not null or last_error is not null)`.execute(db),
      )
      rounds.wake()
      await watch.check(row)
      return shown(workspaceId, id)
    },

    async replicas(caller, id, { limit, cursor, problems = false }) {
      requireRole(caller, 'manager')
      const { workspaceId } = caller
      await found(workspaceId, id)
      const size = pageSize(limit)
      const after = parseCursor(cursor) ?? ''
      const rows = await store.workspace(workspaceId, (db) =>
        replicaRows(db, workspaceId)
          .where('r.backend_id', '=', id)
          .where('r.connection_id', '>', after)
          .$if(problems, (query) =>
            query.where((eb) => eb.or([eb('r.last_error', 'is not', null), eb('r.drift', 'is not', null)])),
          )
          .orderBy('r.connection_id')
          .limit(size + 1)
          .execute(),
      )
      return toPage(
        rows,
        size,
        (row) => viewReplica(caller, row),
        (row) => row.connection_id,
      )
    },

    async placement(caller, id) {
      requireRole(caller, 'viewer')
      return placementOf(caller, await connection(caller, id))
    },

    async move(caller, id, to) {
      requireRole(caller, 'member')
      const { workspaceId } = caller
      const row = await connection(caller, id)
      requireManager(caller, row)
      if (row.user_id !== null && to !== 'proxy' && to !== 'workspace')
        throw new SallyportError('INVALID_INPUT', {
          detail:
            "A person's own account stays with the gateway: whoever reads the workspace's secret manager is not that person.",
        })
      if (to !== 'proxy' && to !== 'workspace') await found(workspaceId, to)
      await store.workspace(workspaceId, async (db) => {
        await db
          .updateTable('connections')
          .set({ secret_backend: to === 'workspace' ? null : to })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .execute()
        await recordAct(db, workspaceId, {
          kind: 'connection.secret_moved',
          by: caller,
          target: { kind: 'connection', id, name: row.name },
          before: { secret: row.secret_backend ?? 'workspace' },
          after: { secret: to },
        })
      })
      rounds.wake()
      return placementOf(caller, await connection(caller, id))
    },

    async rewrite(caller, id) {
      requireRole(caller, 'member')
      const row = await connection(caller, id)
      requireManager(caller, row)
      await store.workspace(caller.workspaceId, (db) =>
        sql`update secret_replicas set change = change + 1, attempts = 0, due_at = now()
          where workspace_id = ${caller.workspaceId} and connection_id = ${id} and present`.execute(db),
      )
      await outbox.workOn(caller.workspaceId, id)
      return placementOf(caller, await connection(caller, id))
    },
  }

  return {
    ...service,
    /** Something of a credential has changed. */
    wake: rounds.wake,
    /** Works from now on; what it returns ends that, after the work under way. */
    start: (log: Log) =>
      rounds.start((error) => log.warn({ err: error }, 'secrets could not be replicated; they are tried again')),
  }
}
