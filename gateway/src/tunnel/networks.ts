import { sql, type Transaction } from 'kysely'
import { type Caller, hasRole, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { nameCursor, pageSize, parseNameCursor, toPage } from '../page.ts'
import { Secret } from '../secret.ts'
import { recordAct } from '../store/acts.ts'
import { isUniqueViolation } from '../store/constraints.ts'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { randomToken, sha256 } from '../vault/digest.ts'
import { isLive } from './replicas.ts'
import type { AgentView, Networks, NetworkTokenView, NetworkView, NewNetworkToken } from './types.ts'

/** Shown to recognise a token by: the prefix and 4 characters. */
const hintLength = 7
const maxAgents = 100

interface Dependencies {
  readonly store: Store
  readonly clock: Clock
  /** Links whose token or network is gone are cut. */
  readonly recheck: (workspaceId: string) => Promise<void>
}

const noNetwork = (id: string) =>
  new SallyportError('NOT_FOUND', { detail: `There is no private network "${id}" in this workspace.` })
const text = (at: Date | null) => at?.toISOString() ?? null

async function free<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new SallyportError('CONFLICT', { detail: `There is a private network named "${name}" already.`, cause: error })
  }
}

/** Only the SHA-256 of a token is stored: it is random, so no salt or slow hash is needed. */
async function insertToken(
  db: Transaction<Database>,
  caller: Caller,
  network: string,
  now: number,
  expiresAt: Date | null,
): Promise<NewNetworkToken & { readonly hint: string }> {
  const token = `sa_${randomToken(32)}`
  const [id, hint] = [newId('network_token', now), token.slice(0, hintLength)]
  await db
    .insertInto('network_tokens')
    .values({
      ...{ id, hint, workspace_id: caller.workspaceId, network_id: network, hash: sha256(token) },
      ...{ created_by: `${caller.kind}:${caller.id}`, created_at: new Date(now), expires_at: expiresAt },
    })
    .execute()
  return { id, hint, token: new Secret(token) }
}

async function agentsOf(db: Transaction<Database>, ids: readonly string[]): Promise<ReadonlyMap<string, AgentView[]>> {
  const { rows } = await sql<
    { network_id: string; gateways: number } & Record<'name' | 'version' | 'address', string> & {
        protocol: number
        connectors: readonly string[] | null
        connected_at: Date
        seen_at: Date
      }
  >`
    select * from (
      select a.network_id, a.name, a.version, a.protocol, a.connectors, a.address, a.connected_at, a.seen_at, (
        select count(*)::int from network_links l join gateway_replicas on gateway_replicas.id = l.replica_id
        where l.network_id = a.network_id and l.agent = a.name and ${isLive}
      ) as gateways, row_number() over (partition by a.network_id order by a.seen_at desc, a.name) as place
      from network_agents a where a.network_id = any(${ids}::text[])
    ) ranked where place <= ${maxAgents} order by place`.execute(db)
  const views = rows.map(({ network_id, connected_at, seen_at, gateways, name, version, protocol, connectors, address }) => ({
    network_id,
    view: {
      ...{ name, version, protocol, connectors, address, gateways, online: gateways > 0 },
      connected_at: connected_at.toISOString(),
      seen_at: seen_at.toISOString(),
    },
  }))
  return new Map(
    [...Map.groupBy(views, ({ network_id }) => network_id)].map(([id, found]) => [id, found.map(({ view }) => view)]),
  )
}

async function tokensOf(db: Transaction<Database>, ids: readonly string[]): Promise<ReadonlyMap<string, NetworkTokenView[]>> {
  const rows = await db
    .selectFrom('network_tokens')
    .select(['id', 'network_id', 'hint', 'created_at', 'expires_at', 'last_used_at', 'revoked_at'])
    .where('network_id', 'in', ids)
    .orderBy('id', 'desc')
    .execute()
  const grouped = Map.groupBy(rows, ({ network_id }) => network_id)
  return new Map(
    [...grouped].map(([network, found]) => [
      network,
      found.map(({ id, hint, created_at, expires_at, last_used_at, revoked_at }) => ({
        ...{ id, hint, created_at: created_at.toISOString() },
        ...{ expires_at: text(expires_at), last_used_at: text(last_used_at), revoked_at: text(revoked_at) },
      })),
    ]),
  )
}

/** Private networks, and the tokens with which agents in them come. */
export function createNetworks({ store, clock, recheck }: Dependencies): Networks {
  async function read(
    caller: Caller,
    { id, after, most }: { id?: string; after?: ReturnType<typeof parseNameCursor>; most: number },
  ): Promise<readonly NetworkView[]> {
    const { workspaceId } = caller
    return store.workspace(workspaceId, async (db) => {
      let select = db.selectFrom('networks').selectAll().where('workspace_id', '=', workspaceId)
      if (id !== undefined) select = select.where('id', '=', id)
      if (after !== undefined) select = select.where(sql<boolean>`(name, id) > (${after.name}, ${after.id})`)
      const found = await select.orderBy('name').orderBy('id').limit(most).execute()
      if (found.length === 0) return []
      const ids = found.map((network) => network.id)
      const agents = await agentsOf(db, ids)
      const tokens = hasRole(caller, 'admin') ? await tokensOf(db, ids) : null
      const counts = await db
        .selectFrom('connections')
        .select(({ fn }) => ['network_id', fn.countAll<string>().as('count')])
        .where('workspace_id', '=', workspaceId)
        .where('network_id', 'in', ids)
        .groupBy('network_id')
        .execute()
      const connections = new Map(counts.map(({ network_id, count }) => [network_id, Number(count)]))
      const { gateways } = await db
        .selectFrom('gateway_replicas')
        .select(({ fn }) => fn.countAll<string>().as('gateways'))
        .where(isLive)
        .executeTakeFirstOrThrow()
      return found.map((network) => ({
        id: network.id,
        name: network.name,
        created_at: network.created_at.toISOString(),
        online: agents.get(network.id)?.some(({ online }) => online) ?? false,
        gateways: Number(gateways),
        connections: connections.get(network.id) ?? 0,
        agents: agents.get(network.id) ?? [],
        tokens: tokens === null ? null : (tokens.get(network.id) ?? []),
      }))
    })
  }

  async function one(caller: Caller, id: string): Promise<NetworkView> {
    const [network] = await read(caller, { id, most: 1 })
    if (network === undefined) throw noNetwork(id)
    return network
  }

  async function lock(db: Transaction<Database>, { workspaceId }: Caller, id: string) {
    const select = db.selectFrom('networks').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id)
    const network = await select.forUpdate().executeTakeFirst()
    if (network === undefined) throw noNetwork(id)
    return network
  }

  function endOf(expiresAt: string | null): Date | null {
    if (expiresAt === null) return null
    const end = new Date(expiresAt)
    if (end.getTime() > clock.now()) return end
    throw new SallyportError('INVALID_INPUT', {
      detail: 'The token would have expired already: expires_at must be in the future.',
      diagnostics: { errors: [{ path: '/expires_at', message: 'must be in the future' }] },
    })
  }

  return {
    async list(caller, { limit, cursor }) {
      requireRole(caller, 'member')
      const size = pageSize(limit)
      const rows = await read(caller, { after: parseNameCursor(cursor), most: size + 1 })
      return toPage(rows, size, (row) => row, nameCursor)
    },

    async get(caller, id) {
      requireRole(caller, 'member')
      return one(caller, id)
    },

    async create(caller, name) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const now = clock.now()
      const id = newId('network', now)
      const { id: tokenId, token } = await free(name, () =>
        store.workspace(workspaceId, async (db) => {
          const values = {
            id,
            name,
            workspace_id: workspaceId,
            created_by: `${caller.kind}:${caller.id}`,
            created_at: new Date(now),
          }
          await db.insertInto('networks').values(values).execute()
          const made = await insertToken(db, caller, id, now, null)
          const target = { kind: 'network', id, name }
          await recordAct(db, workspaceId, { kind: 'network.created', by: caller, target, after: { name, token: made.hint } })
          return made
        }),
      )
      return { network: await one(caller, id), token: { id: tokenId, token } }
    },

    async rename(caller, id, name) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await free(name, () =>
        store.workspace(workspaceId, async (db) => {
          const before = await lock(db, caller, id)
          await db.updateTable('networks').set({ name }).where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
          const change = { before: { name: before.name }, after: { name } }
          const target = { kind: 'network', id, name }
          await recordAct(db, workspaceId, { kind: 'network.renamed', by: caller, target, ...change })
        }),
      )
      return one(caller, id)
    },

    async remove(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const { name } = await lock(db, caller, id)
        const used = await db
          .selectFrom('connections')
          .select('name')
          .where('workspace_id', '=', workspaceId)
          .where('network_id', '=', id)
          .limit(1)
          .executeTakeFirst()
        if (used !== undefined)
          throw new SallyportError('CONFLICT', {
            detail: `Connections lead through this network, such as "${used.name}". Change or delete them first.`,
          })
        await db.deleteFrom('networks').where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
        await recordAct(db, workspaceId, { kind: 'network.deleted', by: caller, target: { kind: 'network', id, name } })
      })
      await recheck(workspaceId)
    },

    async createToken(caller, id, expiresAt) {
      requireRole(caller, 'admin')
      const end = endOf(expiresAt)
      const { workspaceId } = caller
      const made = await store.workspace(workspaceId, async (db) => {
        const { name } = await lock(db, caller, id)
        const token = await insertToken(db, caller, id, clock.now(), end)
        await recordAct(db, workspaceId, {
          kind: 'network.token_created',
          by: caller,
          target: { kind: 'network', id, name },
          after: { token: token.hint, expires_at: end },
        })
        return token
      })
      return { id: made.id, token: made.token }
    },

    async revokeToken(caller, tokenId) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const revoked = await db
          .updateTable('network_tokens')
          .set({ revoked_at: new Date(clock.now()) })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', tokenId)
          .where('revoked_at', 'is', null)
          .returning(['hint', 'network_id as id'])
          .executeTakeFirst()
        if (revoked === undefined)
          throw new SallyportError('NOT_FOUND', { detail: `There is no token "${tokenId}" of a network that could be revoked.` })
        const { id } = revoked
        const { name } = await lock(db, caller, id)
        await recordAct(db, workspaceId, {
          kind: 'network.token_revoked',
          by: caller,
          target: { kind: 'network', id, name },
          before: { token: revoked.hint },
        })
      })
      await recheck(workspaceId)
    },
  }
}
