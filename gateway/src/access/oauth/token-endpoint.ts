import type { Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import { Secret } from '../../secret.ts'
import { gatewayActor, recordAct } from '../../store/acts.ts'
import type { Database, OAuthGrantRow } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import { randomToken, safeEqual, sha256, sha256Secret } from '../../vault/digest.ts'
import type { TokenCache } from '../token-cache.ts'
import type { ClientRegistry } from './clients.ts'
import { endGrants, factsOf } from './end-grants.ts'
import { OAuthProblem } from './problem.ts'
import { resourcePath } from './request.ts'

/** An access token counts this long. */
const accessMs = 10 * 60_000
/** The one before a refresh counts a little longer, for requests that are on their way. */
const overlapMs = 30_000
/** A refresh token that is not used for so long is dead. */
const refreshMs = 30 * 24 * 60 * 60_000

/** A program at the token or revocation endpoint. */
export interface ClientCredentials {
  readonly clientId: string
  readonly secret: Secret | null
}

export interface TokenRequest extends ClientCredentials {
  readonly ip: string
  readonly resource: string | undefined
  readonly grant:
    | { readonly type: 'code'; readonly code: Secret; readonly redirectUri: string; readonly verifier: Secret }
    | { readonly type: 'refresh'; readonly token: Secret }
}

export interface IssuedTokens {
  readonly access: Secret
  readonly refresh: Secret
  /** Of the access token, in seconds. */
  readonly expiresIn: number
}

/** Why a grant ended without anybody asking for it. */
const codeTwice = 'its code was spent twice'
const refreshTwice = 'a refresh token was used twice'

const invalid = (what: string) => new OAuthProblem('invalid_grant', what)

interface Services {
  readonly store: Store
  readonly clock: Clock
  readonly cache: TokenCache
  readonly clients: ClientRegistry
  readonly publicUrl: () => string
}

/** Spends codes and refresh tokens, each once: the grant's row is locked while that is decided. */
export function createTokenEndpoint({ store, clock, cache, clients, publicUrl }: Services) {
  function requireResource(asked: string | undefined, grant: OAuthGrantRow): void {
    if (asked === undefined || resourcePath(asked, publicUrl()) === grant.resource) return
    throw new OAuthProblem('invalid_target', 'The person allowed another resource than the one asked for.')
  }

  /** To be committed, so it answers the refusal rather than throwing it. */
  async function end(db: Transaction<Database>, grant: OAuthGrantRow, reason: string, ip: string): Promise<OAuthProblem> {
    await endGrants(db, grant.workspace_id, new Date(clock.now()), (grants) => grants.where('id', '=', grant.id))
    const target = { kind: 'grant', id: grant.id, name: grant.client_name }
    const act = { kind: 'grant.revoked', by: gatewayActor, ip, target, before: factsOf(grant), reason } as const
    await recordAct(db, grant.workspace_id, act)
    return invalid(`Everything this application was allowed here has ended, because ${reason}. Have the person allow it again.`)
  }

  async function issueRefresh(db: Transaction<Database>, grant: OAuthGrantRow): Promise<Secret> {
    const refresh = `spr_${randomToken(32)}`
    const now = clock.now()
    await db
      .deleteFrom('oauth_refresh_tokens')
      .where('workspace_id', '=', grant.workspace_id)
      .where('grant_id', '=', grant.id)
      .where('expires_at', '<', new Date(now))
      .execute()
    await db
      .insertInto('oauth_refresh_tokens')
      .values({
        hash: sha256(refresh),
        workspace_id: grant.workspace_id,
        grant_id: grant.id,
        expires_at: new Date(now + refreshMs),
        used_at: null,
      })
      .execute()
    return new Secret(refresh)
  }

  function lockGrant(db: Transaction<Database>, id: string): Promise<OAuthGrantRow | undefined> {
    return db.selectFrom('oauth_grants').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  }

  async function spendCode(
    db: Transaction<Database>,
    { clientId, resource, ip }: TokenRequest,
    { code, redirectUri, verifier }: Extract<TokenRequest['grant'], { type: 'code' }>,
  ): Promise<IssuedTokens | OAuthProblem> {
    const unknown = invalid('The code is unknown, expired, or not of this application.')
    const hash = sha256Secret(code)
    const found = await db.selectFrom('oauth_grants').select('id').where('code_hash', '=', hash).executeTakeFirst()
    const grant = found === undefined ? undefined : await lockGrant(db, found.id)
    const now = clock.now()
    if (grant === undefined || grant.client_id !== clientId) return unknown
    if (grant.code_used_at !== null) return end(db, grant, codeTwice, ip)
    if (grant.code_expires_at.getTime() <= now) return unknown
    if (grant.redirect_uri !== redirectUri) return invalid('The redirect_uri is not the one that the code was sent to.')
    if (!safeEqual(Buffer.from(sha256Secret(verifier).toString('base64url')), Buffer.from(grant.code_challenge)))
      return invalid('The code_verifier does not belong to the code_challenge.')
    requireResource(resource, grant)
    const access = `spa_${randomToken(32)}`
    await db
      .updateTable('oauth_grants')
      .set({ code_used_at: new Date(now) })
      .where('id', '=', grant.id)
      .execute()
    await db
      .insertInto('tokens')
      .values({
        id: grant.id,
        workspace_id: grant.workspace_id,
        name: grant.client_name,
        role: 'member',
        hash: sha256(access),
        hint: access.slice(0, 8),
        created_by: grant.user_id,
        user_id: grant.user_id,
        toolset_id: grant.toolset_id,
        resource: grant.resource,
        created_at: new Date(now),
        expires_at: new Date(now + accessMs),
      })
      .execute()
    return { access: new Secret(access), refresh: await issueRefresh(db, grant), expiresIn: accessMs / 1000 }
  }

  async function spendRefresh(
    db: Transaction<Database>,
    { clientId, resource, ip }: TokenRequest,
    token: Secret,
  ): Promise<IssuedTokens | OAuthProblem> {
    const unknown = invalid('The refresh token is unknown, expired, or not of this application. Have the person allow it again.')
    const hash = sha256Secret(token)
    const select = db.selectFrom('oauth_refresh_tokens').selectAll().where('hash', '=', hash)
    const found = await select.executeTakeFirst()
    const grant = found === undefined ? undefined : await lockGrant(db, found.grant_id)
    // As it is now that nobody else can spend it.
    const current = await select.executeTakeFirst()
    if (grant === undefined || current === undefined || grant.client_id !== clientId) return unknown
    if (current.used_at !== null) return end(db, grant, refreshTwice, ip)
    const now = clock.now()
    if (current.expires_at.getTime() <= now) return unknown
    requireResource(resource, grant)
    const access = `spa_${randomToken(32)}`
    const before = await db
      .selectFrom('tokens')
      .select(['hash', 'expires_at'])
      .where('id', '=', grant.id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (before === undefined) return unknown
    await db
      .updateTable('tokens')
      .set({
        hash: sha256(access),
        hint: access.slice(0, 8),
        expires_at: new Date(now + accessMs),
        previous_hash: before.hash,
        previous_until: new Date(Math.min(before.expires_at?.getTime() ?? now, now + overlapMs)),
      })
      .where('id', '=', grant.id)
      .execute()
    await db
      .updateTable('oauth_refresh_tokens')
      .set({ used_at: new Date(now) })
      .where('hash', '=', hash)
      .execute()
    return { access: new Secret(access), refresh: await issueRefresh(db, grant), expiresIn: accessMs / 1000 }
  }

  return {
    /** Throws OAuthProblem. */
    async issue(request: TokenRequest): Promise<IssuedTokens> {
      await clients.authenticate(request.clientId, request.secret)
      const { grant } = request
      const answer = await store.system((db) =>
        grant.type === 'code' ? spendCode(db, request, grant) : spendRefresh(db, request, grant.token),
      )
      if (!(answer instanceof OAuthProblem)) return answer
      cache.clear()
      throw answer
    },

    /** Ends the grant of an access or refresh token of this program; says nothing of one that it has not (RFC 7009). */
    async revoke({ clientId, secret, token, ip }: ClientCredentials & { token: Secret; ip: string }): Promise<void> {
      await clients.authenticate(clientId, secret)
      const hash = sha256Secret(token)
      await store.system(async (db) => {
        const found =
          (await db.selectFrom('oauth_refresh_tokens').select('grant_id as id').where('hash', '=', hash).executeTakeFirst()) ??
          (await db
            .selectFrom('tokens')
            .select('id')
            .where((eb) => eb.or([eb('hash', '=', hash), eb('previous_hash', '=', hash)]))
            .executeTakeFirst())
        const grant = found === undefined ? undefined : await lockGrant(db, found.id)
        if (grant?.client_id !== clientId) return
        await end(db, grant, 'the application signed out', ip)
      })
      cache.clear()
    },
  }
}
