import { sql } from 'kysely'
import { type Caller, requireRole } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import { Secret } from '../../secret.ts'
import { recordAct } from '../../store/acts.ts'
import type { OAuthClientRow } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import { randomToken, safeEqual, sha256, sha256Secret } from '../../vault/digest.ts'
import { Attempts } from '../attempts.ts'
import type { TokenCache } from '../token-cache.ts'
import { type ClientDocuments, isDocumentId, shownName } from './client-document.ts'
import { endGrants } from './end-grants.ts'
import { OAuthProblem } from './problem.ts'
import { isRedirectUri, placeOf } from './redirect-uri.ts'

/** A program that wants to act for a person. */
export interface OAuthClient {
  readonly id: string
  readonly name: string
  /** Where it is at home; for one that registered, only what its redirect URI says. */
  readonly host: string
  /** Who says what it is: the document at its address, admins of the workspace, or nobody but itself. */
  readonly known: 'by_document' | 'by_admins' | 'by_itself'
  readonly redirectUris: readonly string[]
}

/** A program that admins registered. */
export interface ClientView {
  readonly id: string
  readonly name: string
  readonly redirect_uris: readonly string[]
  /** Whether it shows a secret with its codes. */
  readonly confidential: boolean
  readonly created_at: string
}

export interface Clients {
  /** Those that admins registered, newest first. */
  list(caller: Caller): Promise<readonly ClientView[]>
  create(
    caller: Caller,
    request: { name: string; redirect_uris: readonly string[]; confidential?: boolean },
  ): Promise<ClientView & { readonly secret: Secret | null }>
  /** Whatever people allowed it ends too. */
  remove(caller: Caller, id: string): Promise<void>
}

/** What a program says of itself (RFC 7591). */
export interface Registration {
  readonly name: string | undefined
  readonly redirectUris: readonly string[]
  /** `none`, or how it will show its secret. */
  readonly authMethod: string
}

/** How long a registration without a consent is kept: programs register at each new beginning. */
const unusedMs = 24 * 60 * 60_000

const unusable = (uri: string) =>
  `The redirect URI ${uri.slice(0, 200)} cannot be used: https, http on 127.0.0.1, [::1] or localhost, or the scheme of a program, without a fragment.`

function toView(row: OAuthClientRow): ClientView {
  return {
    id: row.id,
    name: row.name,
    redirect_uris: row.redirect_uris,
    confidential: row.secret_hash !== null,
    created_at: row.created_at.toISOString(),
  }
}

export interface ClientServices {
  readonly store: Store
  readonly clock: Clock
  readonly cache: TokenCache
  readonly documents: ClientDocuments
  readonly publicUrl: () => string
  /** False when the operator has switched registration off. */
  readonly registration: boolean
}

export function createClients({ store, clock, cache, documents, publicUrl, registration }: ClientServices) {
  const byAddress = new Attempts(clock, {
    most: 30,
    windowMs: 15 * 60_000,
    detail: 'Too many applications registered from this address. Wait before registering another.',
  })

  const service: Clients = {
    async list(caller) {
      requireRole(caller, 'admin')
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db.selectFrom('oauth_clients').selectAll().where('workspace_id', '=', caller.workspaceId).orderBy('id', 'desc').execute(),
      )
      return rows.map(toView)
    },

    async create(caller, { name, redirect_uris, confidential = false }) {
      requireRole(caller, 'admin')
      const wrong = redirect_uris.findIndex((uri) => !isRedirectUri(uri))
      if (wrong >= 0) {
        const errors = [{ path: `/redirect_uris/${wrong}`, message: 'cannot be used' }]
        throw new SallyportError('INVALID_INPUT', { detail: unusable(redirect_uris[wrong] ?? ''), diagnostics: { errors } })
      }
      const secret = confidential ? `sps_${randomToken(32)}` : null
      const { workspaceId } = caller
      return store.workspace(workspaceId, async (db) => {
        const row = await db
          .insertInto('oauth_clients')
          .values({
            id: newId('client', clock.now()),
            workspace_id: workspaceId,
            name,
            redirect_uris: JSON.stringify(redirect_uris),
            secret_hash: secret === null ? null : sha256(secret),
            created_at: new Date(clock.now()),
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        const target = { kind: 'client', id: row.id, name }
        await recordAct(db, workspaceId, { kind: 'client.created', by: caller, target, after: { redirect_uris, confidential } })
        return { ...toView(row), secret: secret === null ? null : new Secret(secret) }
      })
    },

    async remove(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const gone = await db
          .deleteFrom('oauth_clients')
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .returning(['name', 'redirect_uris'])
          .executeTakeFirst()
        if (gone === undefined)
          throw new SallyportError('NOT_FOUND', { detail: `There is no application "${id}" in this workspace.` })
        await endGrants(db, workspaceId, new Date(clock.now()), (grants) => grants.where('client_id', '=', id))
        const target = { kind: 'client', id, name: gone.name }
        const before = { redirect_uris: gone.redirect_uris }
        await recordAct(db, workspaceId, { kind: 'client.deleted', by: caller, target, before })
      })
      cache.clear(workspaceId)
    },
  }

  async function row(id: string): Promise<OAuthClientRow | undefined> {
    return store.system((db) => db.selectFrom('oauth_clients').selectAll().where('id', '=', id).executeTakeFirst())
  }

  return {
    service,
    registration,

    /** The program of this id, as somebody of the workspace may meet it. Throws NOT_FOUND. */
    async find(id: string, workspaceId: string): Promise<OAuthClient> {
      if (isDocumentId(id, publicUrl())) {
        const { name, redirectUris } = await documents.get(id)
        return { id, name, host: new URL(id).host, known: 'by_document', redirectUris }
      }
      if (/[:/]/.test(id))
        throw new SallyportError('INVALID_INPUT', {
          detail:
            'This client_id is an address, but none that a document is asked for at: https, as browsers write it, without user and fragment.',
        })
      const found = await row(id)
      if (found === undefined || (found.workspace_id !== null && found.workspace_id !== workspaceId))
        throw new SallyportError('NOT_FOUND', {
          detail: 'No application is registered under this client_id here. Have it sign in anew, or ask an admin to register it.',
        })
      const known = found.workspace_id === null ? 'by_itself' : 'by_admins'
      const host = placeOf(found.redirect_uris[0] ?? publicUrl())
      return { id, name: found.name, host, known, redirectUris: found.redirect_uris }
    },

    /** Throws `invalid_client` unless the program shows the secret it has; one without a secret shows none. */
    async authenticate(id: string, secret: Secret | null): Promise<void> {
      const hash = (await row(id))?.secret_hash ?? null
      if (hash === null && secret === null) return
      if (hash !== null && secret !== null && safeEqual(hash, sha256Secret(secret))) return
      throw new OAuthProblem('invalid_client', 'The client_secret is missing or wrong.')
    },

    /** Registers a program by what it says of itself. Throws RATE_LIMITED for an address with too many. */
    async register({ name, redirectUris, authMethod }: Registration, ip: string) {
      if (!registration)
        throw new OAuthProblem(
          'access_denied',
          'Applications do not register themselves here. Ask an admin to register this one.',
        )
      if (!['none', 'client_secret_basic', 'client_secret_post'].includes(authMethod))
        throw new OAuthProblem(
          'invalid_client_metadata',
          'token_endpoint_auth_method must be none, client_secret_basic or client_secret_post.',
        )
      const wrong = redirectUris.find((uri) => !isRedirectUri(uri))
      if (wrong !== undefined) throw new OAuthProblem('invalid_redirect_uri', unusable(wrong))
      byAddress.begin(ip)
      const secret = authMethod === 'none' ? null : `sps_${randomToken(32)}`
      const now = clock.now()
      const values = {
        id: newId('client', now),
        workspace_id: null,
        name: shownName(name ?? '') || placeOf(redirectUris[0] ?? ''),
        redirect_uris: JSON.stringify(redirectUris),
        secret_hash: secret === null ? null : sha256(secret),
        created_at: new Date(now),
      }
      await store.system(async (db) => {
        await sql`delete from oauth_clients c where workspace_id is null and created_at < ${new Date(now - unusedMs)}
          and not exists (select from oauth_grants g where g.client_id = c.id)`.execute(db)
        await db.insertInto('oauth_clients').values(values).execute()
      })
      return { id: values.id, name: values.name, issuedAt: now, secret: secret === null ? null : new Secret(secret) }
    },
  }
}
export type ClientRegistry = ReturnType<typeof createClients>
