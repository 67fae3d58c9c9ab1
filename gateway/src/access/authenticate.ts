import { type Expression, sql, type Transaction } from 'kysely'
import { type Caller, type CallLimits, type Role, roles, type TeamRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError, unreachable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Database, TokenRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { sha256SecretText } from '../vault/digest.ts'
import { LastUse } from './last-use.ts'
import type { People, Person, SignedIn } from './people.ts'
import type { TokenCache } from './token-cache.ts'
import type { Access, Credentials } from './types.ts'

type KnownToken = Pick<
  TokenRow,
  'id' | 'name' | 'role' | 'workspace_id' | 'created_by' | 'per_minute' | 'per_day' | 'expires_at' | 'revoked_at'
> & {
  readonly workspace_name: string
  readonly user_id: string | null
  /** As the function maker_role of the database says it. */
  readonly maker_role: Role | 'none' | null
  /** Of the person the token acts for, or the one team it works in. */
  readonly teams: Caller['teams']
}
type Facts = { [K in keyof Caller as K extends string ? K : never]: Caller[K] }

/** The one place that vouches for a caller. */
function vouch(facts: Facts): Caller {
  return Object.freeze(facts) as Caller
}

interface Services {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly people: People
  readonly cache: TokenCache
}

const unlimited: CallLimits = { perMinute: null, perDay: null }

/** The teams of a person, as JSON. */
const teamsOf = (workspaceId: Expression<string>, userId: Expression<string | null>) => sql<Caller['teams']>`coalesce((
  select jsonb_agg(jsonb_build_object('id', team_id, 'role', role) order by team_id) from team_members
  where team_members.workspace_id = ${workspaceId} and team_members.user_id = ${userId}), '[]')`

function selectTokens(db: Transaction<Database>) {
  return db
    .selectFrom('tokens')
    .innerJoin('workspaces', 'workspaces.id', 'tokens.workspace_id')
    .select(({ ref }) => [
      'tokens.id',
      'tokens.name',
      'tokens.role',
      'tokens.workspace_id',
      'tokens.created_by',
      'tokens.per_minute',
      'tokens.per_day',
      'tokens.expires_at',
      'tokens.revoked_at',
      'tokens.user_id',
      'workspaces.name as workspace_name',
      sql<Role | 'none' | null>`maker_role(tokens.workspace_id, coalesce(tokens.user_id, tokens.created_by))`.as('maker_role'),
      sql<Caller['teams']>`case when tokens.team_id is null
        then ${teamsOf(ref('tokens.workspace_id'), ref('tokens.user_id'))}
        else jsonb_build_array(jsonb_build_object('id', tokens.team_id, 'role', ${'member' satisfies TeamRole}::text)) end`.as(
        'teams',
      ),
    ])
}

/** The weaker of two roles. */
function lower(role: Role, other: Role | null): Role {
  return other !== null && roles.indexOf(other) < roles.indexOf(role) ? other : role
}

/** Finds out who asks. */
export function createAuthenticate({ store, clock, log, people, cache }: Services): Pick<Access, 'authenticate' | 'person'> {
  const lastUse = new LastUse(store, clock, log)
  // Requests that arrive together with one token share a lookup.
  const lookups = new Map<string, Promise<Caller>>()

  async function byToken(token: Secret): Promise<Caller> {
    const key = sha256SecretText(token)
    const caller = cache.get(key) ?? (await lookUpOnce(key, Buffer.from(key, 'base64')))
    lastUse.note(caller.workspaceId, caller.id)
    return caller
  }

  function lookUpOnce(key: string, hash: Buffer): Promise<Caller> {
    // A lookup from before a revocation must not answer a request from after it.
    const shared = `${cache.generation} ${key}`
    const running = lookups.get(shared)
    if (running !== undefined) return running
    const lookup = lookUp(key, hash).finally(() => lookups.delete(shared))
    lookups.set(shared, lookup)
    return lookup
  }

  async function lookUp(key: string, hash: Buffer): Promise<Caller> {
    const { generation } = cache
    const row = await store.system((db) => selectTokens(db).where('tokens.hash', '=', hash).executeTakeFirst())
    const caller = ofToken(row)
    cache.keep(key, caller, row?.expires_at?.getTime() ?? null, generation)
    return caller
  }

  function ofToken(row: KnownToken | undefined): Caller {
    // One answer for a token that never was and one that was revoked: neither is worth trying again.
    if (row === undefined || row.revoked_at !== null || row.maker_role === 'none')
      throw new SallyportError('UNAUTHENTICATED', { detail: 'This token is not valid: it is unknown or was revoked.' })
    if (row.expires_at !== null && row.expires_at.getTime() <= clock.now())
      throw new SallyportError('UNAUTHENTICATED', { detail: 'This token has expired.' })
    const { id, name, role, workspace_id, workspace_name, created_by, per_minute, per_day } = row
    return vouch({
      kind: 'token',
      id,
      name,
      email: null,
      workspaceId: workspace_id,
      workspaceName: workspace_name,
      role: lower(role, row.maker_role),
      personId: row.user_id,
      teams: row.teams,
      createdBy: created_by,
      limits: { perMinute: per_minute, perDay: per_day },
    })
  }

  async function person(credentials: Credentials): Promise<SignedIn> {
    const found = credentials.kind === 'session' ? await people.whose(credentials.cookie) : null
    if (found !== null) return found
    throw new SallyportError('UNAUTHENTICATED', {
      detail:
        credentials.kind === 'bearer'
          ? 'This is about the account of a person, which no token opens: sign in.'
          : 'Nobody is signed in here, or the session has ended.',
    })
  }

  async function bySession(credentials: Extract<Credentials, { kind: 'session' }>): Promise<Caller> {
    const { id, onlyWorkspace } = await person(credentials)
    const { workspace } = credentials
    if (onlyWorkspace === null) return ofMember(id, workspace)
    // Its second factor is the provider's affair.
    if (workspace === undefined || workspace === onlyWorkspace) return ofMember(id, onlyWorkspace, true)
    throw notHere()
  }

  /** The same for a workspace that is not there. */
  function notHere(): SallyportError {
    return new SallyportError('UNAUTHENTICATED', { detail: 'This person is not a member of the workspace any more.' })
  }

  /** Without a workspace the one joined first. */
  async function ofMember(userId: string, workspaceId: string | undefined, excused = false): Promise<Caller> {
    const member = await store.system((db) => {
      let select = db
        .withTables<{ user: Person }>()
        .selectFrom('members')
        .innerJoin('workspaces', 'workspaces.id', 'members.workspace_id')
        .innerJoin('user', 'user.id', 'members.user_id')
        .leftJoin('sign_in_settings', 'sign_in_settings.workspace_id', 'members.workspace_id')
        .select(({ ref }) => [
          'user.name',
          'user.email',
          'user.twoFactorEnabled',
          'sign_in_settings.require_two_factor',
          'members.role',
          'workspaces.id as workspaceId',
          'workspaces.name as workspaceName',
          teamsOf(ref('members.workspace_id'), ref('members.user_id')).as('teams'),
        ])
        .where('members.user_id', '=', userId)
      if (workspaceId !== undefined) select = select.where('members.workspace_id', '=', workspaceId)
      return select.orderBy('members.created_at').limit(1).executeTakeFirst()
    })
    if (member === undefined) throw notHere()
    const { twoFactorEnabled, require_two_factor, ...facts } = member
    if (require_two_factor === true && !twoFactorEnabled && !excused) throw new SallyportError('TWO_FACTOR_REQUIRED')
    return vouch({ kind: 'session', id: userId, personId: userId, createdBy: null, limits: unlimited, ...facts })
  }

  /** Whoever asked first may have lost the right since, so nothing of them is taken from a cache. */
  async function byStored({ workspaceId, callerKind, callerId }: Extract<Credentials, { kind: 'stored' }>): Promise<Caller> {
    // The session that asked was let in; this is about what is left of its rights.
    if (callerKind === 'session') return ofMember(callerId, workspaceId, true)
    return ofToken(
      await store.workspace(workspaceId, (db) =>
        selectTokens(db).where('tokens.workspace_id', '=', workspaceId).where('tokens.id', '=', callerId).executeTakeFirst(),
      ),
    )
  }

  async function callerOf(credentials: Credentials): Promise<Caller> {
    switch (credentials.kind) {
      case 'bearer':
        return byToken(credentials.token)
      case 'session':
        return bySession(credentials)
      case 'stored':
        return byStored(credentials)
      case 'none':
        throw new SallyportError('UNAUTHENTICATED')
      default:
        return unreachable(credentials)
    }
  }

  return {
    person,
    async authenticate(credentials, ip) {
      const caller = await callerOf(credentials)
      return ip === undefined ? caller : vouch({ ...caller, ip })
    },
  }
}
