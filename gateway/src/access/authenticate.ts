import { type Expression, sql, type Transaction } from 'kysely'
import { inRanges } from '../address-ranges.ts'
import { type Caller, type CallLimits, isConfined, type Role, roles, type TeamRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError, unreachable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Database, TokenRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import type { Toolset } from '../toolset.ts'
import { sha256SecretText } from '../vault/digest.ts'
import { LastUse } from './last-use.ts'
import type { People, Person, SignedIn } from './people.ts'
import type { TokenCache } from './token-cache.ts'
import type { Access, Credentials } from './types.ts'

type KnownToken = Pick<
  TokenRow,
  | 'id'
  | 'name'
  | 'role'
  | 'workspace_id'
  | 'created_by'
  | 'per_minute'
  | 'per_day'
  | 'expires_at'
  | 'revoked_at'
  | 'toolset_id'
  | 'resource'
  | 'environments'
  | 'caller_ips'
  | 'cassette'
  | 'hash'
  | 'previous_until'
> & {
  /** The one it is bound to, or asks for; null when there is none, or none any more. */
  readonly toolset: Toolset | null
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
const unconfined = { limits: unlimited, toolset: null, audience: null, environments: null, callerIps: null, cassette: null }

/** The teams of a person, as JSON. */
const teamsOf = (workspaceId: Expression<string>, userId: Expression<string | null>) => sql<Caller['teams']>`coalesce((
  select jsonb_agg(jsonb_build_object('id', team_id, 'role', role) order by team_id) from team_members
  where team_members.workspace_id = ${workspaceId} and team_members.user_id = ${userId}), '[]')`

const toolsetAsJson = sql<Toolset>`jsonb_build_object('id', toolsets.id, 'slug', toolsets.slug,
  'name', toolsets.name, 'mode', toolsets.mode, 'format', toolsets.format, 'approval', toolsets.approval,
  'selection', toolsets.selection, 'max_result_bytes', toolsets.max_result_bytes)`

/** `slug` names the toolset that a token asks for which is bound to none. */
function selectTokens(db: Transaction<Database>, slug?: string) {
  return db
    .selectFrom('tokens')
    .innerJoin('workspaces', 'workspaces.id', 'tokens.workspace_id')
    .leftJoin('toolsets', (join) =>
      join
        .onRef('toolsets.workspace_id', '=', 'tokens.workspace_id')
        .on((eb) =>
          eb.or([
            eb('toolsets.id', '=', eb.ref('tokens.toolset_id')),
            ...(slug === undefined ? [] : [eb.and([eb('tokens.toolset_id', 'is', null), eb('toolsets.slug', '=', slug)])]),
          ]),
        ),
    )
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
      'tokens.toolset_id',
      'tokens.resource',
      'tokens.environments',
      'tokens.caller_ips',
      'tokens.cassette',
      'tokens.hash',
      'tokens.previous_until',
      sql<Toolset | null>`case when toolsets.id is not null then ${toolsetAsJson} end`.as('toolset'),
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

/** A token that a person allowed for one resource is none at another (RFC 8707). A stored call came in where it was let in. */
function refuseElsewhere({ audience }: Caller, credentials: Credentials): void {
  if (audience === null || credentials.kind === 'stored') return
  if (credentials.kind === 'bearer' && credentials.resource === audience) return
  throw new SallyportError('UNAUTHENTICATED', {
    detail: `This token was allowed for ${audience} only. Sign in anew for this address.`,
  })
}

/** Finds out who asks. */
export function createAuthenticate({ store, clock, log, people, cache }: Services): Pick<Access, 'authenticate' | 'person'> {
  const lastUse = new LastUse(store, clock, log)
  // Requests that arrive together with one token share a lookup.
  const lookups = new Map<string, Promise<Caller>>()

  async function byToken(token: Secret, ip: string | undefined, slug: string | undefined): Promise<Caller> {
    const hash = sha256SecretText(token)
    const key = slug === undefined ? hash : `${hash} ${slug}`
    const caller = cache.get(key) ?? (await lookUpOnce(key, Buffer.from(hash, 'base64'), slug))
    if (caller.callerIps !== null && (ip === undefined || !inRanges(ip, caller.callerIps)))
      throw new SallyportError('FORBIDDEN', {
        detail: 'This token may not be used from this address. An admin can see its address ranges in the list of tokens.',
        ...(ip !== undefined && { internal: ip }),
      })
    lastUse.note(caller.workspaceId, caller.id)
    return caller
  }

  function lookUpOnce(key: string, hash: Buffer, slug: string | undefined): Promise<Caller> {
    // A lookup from before a revocation must not answer a request from after it.
    const shared = `${cache.generation} ${key}`
    const running = lookups.get(shared)
    if (running !== undefined) return running
    const lookup = lookUp(key, hash, slug).finally(() => lookups.delete(shared))
    lookups.set(shared, lookup)
    return lookup
  }

  async function lookUp(key: string, hash: Buffer, slug: string | undefined): Promise<Caller> {
    const { generation } = cache
    const row = await store.system((db) =>
      selectTokens(db, slug)
        .where((eb) => eb.or([eb('tokens.hash', '=', hash), eb('tokens.previous_hash', '=', hash)]))
        .executeTakeFirst(),
    )
    const caller = ofToken(row, slug)
    // The secret from before a rotation has an end of its own.
    const replaced = row === undefined || row.hash.equals(hash) ? null : (row.previous_until?.getTime() ?? 0)
    if (replaced !== null && replaced <= clock.now())
      throw new SallyportError('UNAUTHENTICATED', {
        detail: 'This token was rotated, and its old secret has ended. Use the new one.',
      })
    cache.keep(key, caller, Math.min(row?.expires_at?.getTime() ?? Infinity, replaced ?? Infinity), generation)
    return caller
  }

  /** The one the token is bound to, or asks for. Throws when that is gone, or another than the one it is bound to. */
  function toolsetOf({ toolset_id, toolset }: KnownToken, slug: string | undefined): Toolset | null {
    if (toolset_id !== null && toolset === null)
      throw new SallyportError('FORBIDDEN', {
        detail: 'The toolset of this token was deleted, so it opens nothing. Ask an admin for another token.',
      })
    if (slug === undefined || toolset?.slug === slug) return toolset
    throw new SallyportError('NOT_FOUND', { detail: `There is no toolset "${slug}" for this token.` })
  }

  function ofToken(row: KnownToken | undefined, slug?: string): Caller {
    // One answer for a token that never was and one that was revoked: neither is worth trying again.
    if (row === undefined || row.revoked_at !== null || row.maker_role === 'none')
      throw new SallyportError('UNAUTHENTICATED', { detail: 'This token is not valid: it is unknown or was revoked.' })
    if (row.expires_at !== null && row.expires_at.getTime() <= clock.now())
      throw new SallyportError('UNAUTHENTICATED', { detail: 'This token has expired.' })
    const { id, name, workspace_id, workspace_name, created_by, per_minute, per_day, environments, cassette } = row
    const toolset = toolsetOf(row, slug)
    const role = lower(row.role, row.maker_role)
    return vouch({
      kind: 'token',
      id,
      name,
      email: null,
      workspaceId: workspace_id,
      workspaceName: workspace_name,
      // Made with a higher role it could be rid of its limits.
      role: isConfined({ toolset, environments, cassette }) ? lower(role, 'member') : role,
      personId: row.user_id,
      teams: row.teams,
      createdBy: created_by,
      limits: { perMinute: per_minute, perDay: per_day },
      toolset,
      audience: row.resource,
      environments,
      callerIps: row.caller_ips,
      cassette,
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
    return vouch({ kind: 'session', id: userId, personId: userId, createdBy: null, ...unconfined, ...facts })
  }

  /** A person through a toolset of their workspace, as a token that is bound to it. */
  async function through(slug: string, person: Caller): Promise<Caller> {
    const { workspaceId, role } = person
    const found = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('toolsets')
        .select(toolsetAsJson.as('toolset'))
        .where('workspace_id', '=', workspaceId)
        .where('slug', '=', slug)
        .executeTakeFirst(),
    )
    if (found === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no toolset "${slug}".` })
    return vouch({ ...person, toolset: found.toolset, role: lower(role, 'member') })
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

  async function callerOf(credentials: Credentials, ip: string | undefined, toolset: string | undefined): Promise<Caller> {
    switch (credentials.kind) {
      case 'bearer':
        return byToken(credentials.token, ip, toolset)
      case 'session':
        return toolset === undefined ? bySession(credentials) : through(toolset, await bySession(credentials))
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
    async authenticate(credentials, ip, toolset) {
      const caller = await callerOf(credentials, ip, toolset)
      refuseElsewhere(caller, credentials)
      return ip === undefined ? caller : vouch({ ...caller, ip })
    },
  }
}
