import type { Caller, CallLimits } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError, unreachable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { TokenRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { sha256SecretText } from '../vault/digest.ts'
import { LastUse } from './last-use.ts'
import type { People, Person } from './people.ts'
import type { TokenCache } from './token-cache.ts'
import type { Access, Credentials } from './types.ts'

type KnownToken = Pick<
  TokenRow,
  'id' | 'name' | 'role' | 'workspace_id' | 'created_by' | 'per_minute' | 'per_day' | 'expires_at' | 'revoked_at'
> & {
  readonly workspace_name: string
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

const columns = [
  'tokens.id',
  'tokens.name',
  'tokens.role',
  'tokens.workspace_id',
  'tokens.created_by',
  'tokens.per_minute',
  'tokens.per_day',
  'tokens.expires_at',
  'tokens.revoked_at',
  'workspaces.name as workspace_name',
] as const

/** Finds out who asks. */
export function createAuthenticate({ store, clock, log, people, cache }: Services): Access['authenticate'] {
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
    const row = await store.system((db) =>
      db
        .selectFrom('tokens')
        .innerJoin('workspaces', 'workspaces.id', 'tokens.workspace_id')
        .select(columns)
        .where('tokens.hash', '=', hash)
        .executeTakeFirst(),
    )
    const caller = ofToken(row)
    cache.keep(key, caller, row?.expires_at?.getTime() ?? null, generation)
    return caller
  }

  function ofToken(row: KnownToken | undefined): Caller {
    // One answer for a token that never was and one that was revoked: neither is worth trying again.
    if (row === undefined || row.revoked_at !== null)
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
      role,
      createdBy: created_by,
      limits: { perMinute: per_minute, perDay: per_day },
    })
  }

  async function bySession(cookie: Secret): Promise<Caller> {
    const person = await people.whose(cookie)
    if (person === null)
      throw new SallyportError('UNAUTHENTICATED', { detail: 'Nobody is signed in here, or the session has ended.' })
    return ofMember(person.id, undefined)
  }

  async function ofMember(userId: string, workspaceId: string | undefined): Promise<Caller> {
    const member = await store.system((db) => {
      let select = db
        .withTables<{ user: Person }>()
        .selectFrom('members')
        .innerJoin('workspaces', 'workspaces.id', 'members.workspace_id')
        .innerJoin('user', 'user.id', 'members.user_id')
        .select(['user.name', 'user.email', 'members.role', 'workspaces.id as workspaceId', 'workspaces.name as workspaceName'])
        .where('members.user_id', '=', userId)
      if (workspaceId !== undefined) select = select.where('members.workspace_id', '=', workspaceId)
      return select.orderBy('members.created_at').limit(1).executeTakeFirst()
    })
    if (member === undefined)
      throw new SallyportError('UNAUTHENTICATED', { detail: 'This person is not a member of the workspace any more.' })
    return vouch({ kind: 'session', id: userId, createdBy: null, limits: unlimited, ...member })
  }

  /** Whoever asked first may have lost the right since, so nothing of them is taken from a cache. */
  async function byStored({ workspaceId, callerKind, callerId }: Extract<Credentials, { kind: 'stored' }>): Promise<Caller> {
    if (callerKind === 'session') return ofMember(callerId, workspaceId)
    return ofToken(
      await store.workspace(workspaceId, (db) =>
        db
          .selectFrom('tokens')
          .innerJoin('workspaces', 'workspaces.id', 'tokens.workspace_id')
          .select(columns)
          .where('tokens.workspace_id', '=', workspaceId)
          .where('tokens.id', '=', callerId)
          .executeTakeFirst(),
      ),
    )
  }

  async function callerOf(credentials: Credentials): Promise<Caller> {
    switch (credentials.kind) {
      case 'bearer':
        return byToken(credentials.token)
      case 'session':
        return bySession(credentials.cookie)
      case 'stored':
        return byStored(credentials)
      case 'none':
        throw new SallyportError('UNAUTHENTICATED')
      default:
        return unreachable(credentials)
    }
  }

  return async (credentials, ip) => {
    const caller = await callerOf(credentials)
    return ip === undefined ? caller : vouch({ ...caller, ip })
  }
}
