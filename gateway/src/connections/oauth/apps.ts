import type { Transaction } from 'kysely'
import { type Caller, requireRole } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import { Secret } from '../../secret.ts'
import { gatewayActor, recordAct } from '../../store/acts.ts'
import { isUniqueViolation } from '../../store/constraints.ts'
import type { Database, OAuthAppRow } from '../../store/schema.ts'
import type { SecretReferences } from '../../store/secret-references.ts'
import type { Store } from '../../store/types.ts'
import { openCurrent, storeSealed } from '../../vault/sealing.ts'
import type { Place, Sealed, Vault } from '../../vault/types.ts'
import { clientDocument, type RegisteredClient } from './registration.ts'
import type { OAuthClient } from './types.ts'

/** Where providers send the browser back to. */
export const callbackPath = '/oauth/callback'

/** An app that a workspace registered at a provider. Its secret is never shown. */
export interface OAuthAppView {
  readonly id: string
  readonly name: string
  /** It serves every connector of this family, or the one connector. */
  readonly family: string | null
  readonly connector: string | null
  /** The authorization server that it is for, where it is of no use at another. */
  readonly issuer: string | null
  /** Whether the gateway registered it there by itself. */
  readonly registered: boolean
  readonly client_id: string
  readonly has_secret: boolean
  /** To be entered at the provider. */
  readonly redirect_url: string
  /** Connections whose tokens it obtained. */
  readonly connections: number
  readonly created_at: string
}

export interface NewOAuthApp {
  readonly name?: string
  readonly family?: string
  readonly connector?: string
  readonly client_id: string
  /** Or the private key in PEM, where the connector authenticates its client with one. */
  readonly client_secret?: string
  /** Where files say that the secret comes from. */
  readonly references?: SecretReferences
}

/** The OAuth apps of a workspace. Managers see them, admins change them. */
export interface OAuthApps {
  /** How the gateway describes itself as a client, for servers that look a client up by its address. */
  clientDocument(): Readonly<Record<string, unknown>>
  list(caller: Caller): Promise<{ readonly redirect_url: string; readonly items: readonly OAuthAppView[] }>
  /** By id, where files say that the secret of an app comes from. */
  references(caller: Caller): Promise<ReadonlyMap<string, SecretReferences>>
  /** Throws CONFLICT when the connector or family has one. */
  create(caller: Caller, request: NewOAuthApp): Promise<OAuthAppView>
  /** What is left out stays. */
  update(
    caller: Caller,
    id: string,
    request: { name?: string; client_id?: string; client_secret?: string; references?: SecretReferences },
  ): Promise<OAuthAppView>
  /** Throws CONFLICT while connections depend on it. */
  remove(caller: Caller, id: string): Promise<void>
}

export interface OAuthAppRegistry extends OAuthApps {
  /** The app of a connector: its own, or that of its family. Null when there is none. */
  find(workspaceId: string, connector: string, family: string | undefined): Promise<OAuthClient | null>
  /** A client that the gateway registered at a server, fit for a consent that begins now. */
  registeredAt(workspaceId: string, issuer: string): Promise<OAuthClient | null>
  /** Keeps one that it has just registered. */
  keep(workspaceId: string, issuer: string, client: RegisteredClient): Promise<OAuthClient>
  /** The client that tokens of a server were obtained with, whoever registered it. */
  knownAt(workspaceId: string, issuer: string, clientId: string): Promise<OAuthClient | null>
  /** Binds an app that somebody entered to the first server that it is used at. Throws CONFLICT when that is another one by now. */
  bind(workspaceId: string, client: OAuthClient, issuer: string): Promise<void>
  readonly redirectUrl: () => string
  readonly publicUrl: () => string
}

interface Dependencies {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly publicUrl: () => string
}

interface SealedSecret extends Sealed {
  readonly version: number
}

const place = (workspace: string, row: string, version: number): Place => ({
  workspace,
  table: 'oauth_apps',
  row,
  column: 'secret',
  version,
})

const facts = ({ name, family, connector, client_id }: Pick<OAuthAppRow, 'name' | 'family' | 'connector' | 'client_id'>) => ({
  name,
  family,
  connector,
  client_id,
})

const sealedOf = ({ secret: ciphertext, secret_key_id: keyId, secret_version: version }: OAuthAppRow): SealedSecret | null =>
  ciphertext === null || keyId === null ? null : { ciphertext, keyId, version }

function notFound(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no OAuth app "${id}" in this workspace.` })
}

export function createOAuthApps({ store, vault, clock, publicUrl }: Dependencies): OAuthAppRegistry {
  const redirectUrl = () => `${publicUrl()}${callbackPath}`

  async function rows(workspaceId: string): Promise<readonly OAuthAppRow[]> {
    return store.workspace(workspaceId, (db) =>
      db.selectFrom('oauth_apps').selectAll().where('workspace_id', '=', workspaceId).orderBy('id', 'desc').execute(),
    )
  }

  async function row(workspaceId: string, id: string): Promise<OAuthAppRow> {
    const found = (await rows(workspaceId)).find((each) => each.id === id)
    if (found === undefined) throw notFound(id)
    return found
  }

  async function clientIn(app: OAuthAppRow): Promise<OAuthClient> {
    const { workspace_id: workspaceId } = app
    const sealed = sealedOf(app)
    const secret =
      sealed === null
        ? null
        : await openCurrent(
            sealed,
            (value) => vault.open(place(workspaceId, app.id, value.version), value),
            async () => {
              vault.refresh(workspaceId)
              const current = sealedOf(await row(workspaceId, app.id))
              return current === null || current.ciphertext.equals(sealed.ciphertext) ? null : current
            },
          )
    const { id: appId, client_id: id, issuer, registered } = app
    return { appId, id, secret, certificate: undefined, issuer, ...(registered !== null && { method: registered.method }) }
  }

  async function view(workspaceId: string, shown: readonly OAuthAppRow[]): Promise<OAuthAppView[]> {
    const uses = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connections')
        .innerJoin('upstream_grants', 'upstream_grants.id', 'connections.grant_id')
        .select(({ fn }) => ['upstream_grants.app_id', fn.countAll<string>().as('count')])
        .where('connections.workspace_id', '=', workspaceId)
        .groupBy('upstream_grants.app_id')
        .execute(),
    )
    return shown.map((each) => ({
      id: each.id,
      ...facts(each),
      issuer: each.issuer,
      registered: each.registered !== null,
      has_secret: each.secret !== null,
      redirect_url: redirectUrl(),
      connections: Number(uses.find((use) => use.app_id === each.id)?.count ?? 0),
      created_at: each.created_at.toISOString(),
    }))
  }

  async function viewOne(workspaceId: string, id: string): Promise<OAuthAppView> {
    const [shown] = await view(workspaceId, [await row(workspaceId, id)])
    if (shown === undefined) throw notFound(id)
    return shown
  }

  /** What could not be renewed with the client as it was may be with the new one. */
  async function tryAgain(db: Transaction<Database>, workspaceId: string, appId: string): Promise<void> {
    const mended = await db
      .updateTable('upstream_grants')
      .set({ lost: null })
      .where('workspace_id', '=', workspaceId)
      .where('app_id', '=', appId)
      .where('fields', 'is not', null)
      .returning('id')
      .execute()
    if (mended.length === 0) return
    await db
      .updateTable('connections')
      .set({ status: 'untested', status_detail: null })
      .where('workspace_id', '=', workspaceId)
      .where(
        'grant_id',
        'in',
        mended.map(({ id }) => id),
      )
      .where('status', '=', 'needs_reauth')
      .execute()
  }

  const taken = (error: unknown, of: string | undefined): unknown =>
    isUniqueViolation(error)
      ? new SallyportError('CONFLICT', { detail: `There is an OAuth app for "${of}" already. Change that one.`, cause: error })
      : error

  return {
    redirectUrl,
    publicUrl,

    clientDocument: () => clientDocument(publicUrl(), redirectUrl()),

    async find(workspaceId, connector, family) {
      const found = await store.workspace(workspaceId, (db) =>
        db
          .selectFrom('oauth_apps')
          .selectAll()
          .where('workspace_id', '=', workspaceId)
          .where((eb) => eb.or([eb('connector', '=', connector), ...(family === undefined ? [] : [eb('family', '=', family)])]))
          .execute(),
      )
      const app = found.find((each) => each.connector !== null) ?? found[0]
      if (app === undefined) return null
      return clientIn(app)
    },

    async registeredAt(workspaceId, issuer) {
      const ours = (await rows(workspaceId)).find(
        ({ registered, issuer: at }) =>
          at === issuer &&
          registered?.redirect_uri === redirectUrl() &&
          (registered.expires_at === null || registered.expires_at > clock.now() + 60_000),
      )
      return ours === undefined ? null : clientIn(ours)
    },

    async keep(workspaceId, issuer, { id: clientId, secret, registered }) {
      const id = newId('oauthApp', clock.now())
      const values = { id, workspace_id: workspaceId, name: new URL(issuer).host, family: null, connector: null }
      await storeSealed(vault, workspaceId, async () => {
        const sealed = secret === null ? null : await vault.seal(place(workspaceId, id, 1), secret)
        await store.workspace(workspaceId, async (db) => {
          const { numInsertedOrUpdatedRows } = await db
            .insertInto('oauth_apps')
            .values({
              ...{ ...values, client_id: clientId, created_by: 'gateway', issuer, registered: JSON.stringify(registered) },
              ...{ secret: sealed?.ciphertext ?? null, secret_key_id: sealed?.keyId ?? null },
            })
            // Two at once bring the same document.
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirst()
          if (numInsertedOrUpdatedRows !== 1n) return
          await recordAct(db, workspaceId, {
            kind: 'oauth_app.created',
            by: gatewayActor,
            target: { kind: 'oauth_app', id, name: values.name },
            after: { ...facts({ ...values, client_id: clientId }), issuer, registered: true },
          })
        })
      })
      const kept = (await rows(workspaceId)).find((one) => one.issuer === issuer && one.client_id === clientId)
      if (kept === undefined) throw notFound(id)
      return clientIn(kept)
    },

    async knownAt(workspaceId, issuer, clientId) {
      const found = (await rows(workspaceId)).find((one) => one.issuer === issuer && one.client_id === clientId)
      return found === undefined ? null : clientIn(found)
    },

    async bind(workspaceId, { appId, issuer: known = null }, issuer) {
      if (known === issuer || appId === null) return
      const { numUpdatedRows } = await store.workspace(workspaceId, (db) =>
        db
          .updateTable('oauth_apps')
          .set({ issuer })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', appId)
          .where((eb) => eb.or([eb('issuer', 'is', null), eb('issuer', '=', issuer)]))
          .executeTakeFirst(),
      )
      if (numUpdatedRows === 1n) return
      throw new SallyportError('CONFLICT', {
        detail: `The OAuth app of this connector is for ${known ?? 'another server'}, and the MCP server now names ${issuer} to sign in at. Nothing was sent there. If that is right, remove the app and enter the one of the new server.`,
      })
    },

    async list(caller) {
      requireRole(caller, 'manager')
      return { redirect_url: redirectUrl(), items: await view(caller.workspaceId, await rows(caller.workspaceId)) }
    },

    async references(caller) {
      requireRole(caller, 'manager')
      const found = await rows(caller.workspaceId)
      return new Map(found.flatMap(({ id, secret_references }) => (secret_references === null ? [] : [[id, secret_references]])))
    },

    async create(caller, request) {
      requireRole(caller, 'admin')
      const { family, connector, client_id, client_secret } = request
      if ((family === undefined) === (connector === undefined))
        throw new SallyportError('INVALID_INPUT', {
          detail: 'An OAuth app serves one connector or one family: name one of them.',
        })
      const id = newId('oauthApp', clock.now())
      const { workspaceId } = caller
      const values = {
        id,
        workspace_id: workspaceId,
        name: request.name ?? family ?? connector ?? '',
        family: family ?? null,
        connector: connector ?? null,
        client_id,
        secret_references: request.references === undefined ? null : JSON.stringify(request.references),
        created_by: `${caller.kind}:${caller.id}`,
      }
      try {
        await storeSealed(vault, workspaceId, async () => {
          const sealed =
            client_secret === undefined ? null : await vault.seal(place(workspaceId, id, 1), new Secret(client_secret))
          await store.workspace(workspaceId, async (db) => {
            await db
              .insertInto('oauth_apps')
              .values({ ...values, secret: sealed?.ciphertext ?? null, secret_key_id: sealed?.keyId ?? null })
              .execute()
            const target = { kind: 'oauth_app', id, name: values.name }
            await recordAct(db, workspaceId, { kind: 'oauth_app.created', by: caller, target, after: facts(values) })
          })
        })
      } catch (error) {
        throw taken(error, connector ?? family)
      }
      return viewOne(workspaceId, id)
    },

    async update(caller, id, { name, client_id, client_secret, references }) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const found = await row(workspaceId, id)
      const next = { ...found, name: name ?? found.name, client_id: client_id ?? found.client_id }
      const version = found.secret_version + 1
      await storeSealed(vault, workspaceId, async () => {
        const sealed =
          client_secret === undefined ? null : await vault.seal(place(workspaceId, id, version), new Secret(client_secret))
        await store.workspace(workspaceId, async (db) => {
          const updated = await db
            .updateTable('oauth_apps')
            .set({
              name: next.name,
              client_id: next.client_id,
              // Another client is bound to the first server that it is used at.
              ...(next.client_id !== found.client_id && found.registered === null && { issuer: null }),
              updated_at: new Date(clock.now()),
              ...(sealed !== null && {
                secret: sealed.ciphertext,
                secret_key_id: sealed.keyId,
                secret_version: version,
                secret_references: references === undefined ? null : JSON.stringify(references),
              }),
            })
            .where('workspace_id', '=', workspaceId)
            .where('id', '=', id)
            .where('secret_version', '=', found.secret_version)
            .executeTakeFirst()
          if (updated.numUpdatedRows === 0n)
            throw new SallyportError('CONFLICT', {
              detail: 'Somebody else has changed this OAuth app meanwhile. Look at it again.',
            })
          if (sealed !== null || next.client_id !== found.client_id) await tryAgain(db, workspaceId, id)
          await recordAct(db, workspaceId, {
            kind: 'oauth_app.updated',
            by: caller,
            target: { kind: 'oauth_app', id, name: next.name },
            before: facts(found),
            after: { ...facts(next), secret_changed: sealed !== null },
          })
        })
      })
      return viewOne(workspaceId, id)
    },

    async remove(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const found = await viewOne(workspaceId, id)
      if (found.connections > 0)
        throw new SallyportError('CONFLICT', {
          detail: `${found.connections} connections got their tokens with this OAuth app. Remove them first.`,
        })
      await store.workspace(workspaceId, async (db) => {
        await db.deleteFrom('oauth_apps').where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
        const target = { kind: 'oauth_app', id, name: found.name }
        await recordAct(db, workspaceId, { kind: 'oauth_app.deleted', by: caller, target, before: facts(found) })
      })
    },
  }
}
