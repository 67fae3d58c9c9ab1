import type { Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import type { AuthScheme } from '../definition/document.ts'
import type { CompiledConnector, Settings } from '../definition/types.ts'
import type { Egress, Passage } from '../egress/types.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import type { Log } from '../log.ts'
import type { ConnectionRow, Database } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { checkAudience, createMcpSignIn, holderOf } from './mcp/sign-in.ts'
import { lackOf } from './mend.ts'
import type { OAuthAppRegistry } from './oauth/apps.ts'
import { clientOf } from './oauth/client.ts'
import { findEndpoints } from './oauth/endpoints.ts'
import { type FlowTarget, newGrant } from './oauth/flows.ts'
import { askServer } from './oauth/token-request.ts'
import { type Obtained, type ObtainedStore, obtainOnce } from './obtained.ts'
import { passageOf } from './on-premises.ts'
import { clientCertificateOf } from './schemes/client-certificate.ts'
import { schemeOf } from './schemes/registry.ts'
import type { CredentialFields } from './schemes/types.ts'

/** What connections whose credential is obtained have besides the others: a grant, and how they come by it. */

/** An opened credential; one that was obtained has a version, and is to be asked for again after `until` (monotonic). */
export interface OpenCredential {
  readonly fields: CredentialFields
  readonly version: number | null
  readonly until: number
}

/** What a new or changed connection begins with. */
export interface Plan {
  /** What stays with the connection: without tokens that were entered ready. */
  readonly fields: CredentialFields
  readonly grant: { readonly id: string; readonly isNew: boolean; readonly appId: string | null } | null
  readonly ready: Obtained | null
  /** Whether a person has to consent before it can be used, and why. */
  readonly consent: string | null
}

interface Subject {
  readonly workspaceId: string
  readonly connector: CompiledConnector
  readonly scheme: AuthScheme
  readonly settings: Settings
  readonly environment: string
  readonly fields: CredentialFields
  readonly scopes: readonly string[] | null
  readonly owner: Pick<ConnectionRow, 'user_id' | 'team_id'>
}

/** As much of a connection as its credential depends on. */
interface Granted {
  readonly id: string
  readonly workspaceId: string
  readonly connector: CompiledConnector
  readonly scheme: AuthScheme
  readonly settings: Settings
  readonly baseUrl: string | null
  readonly credential: { readonly version: number } | null
  readonly grantId: string | null
  readonly scopes: readonly string[] | null
  readonly isCandidate?: boolean
  readonly passage: Passage | null
}

interface Dependencies {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly egress: Egress
  readonly obtained: ObtainedStore
  readonly apps: OAuthAppRegistry
}

/** Scopes that are kept of what a server says that it wants. */
const maxMissing = 50

/** Whether a person gives the tokens, at a browser or by a device code. */
export function needsPerson(scheme: AuthScheme): boolean {
  if (scheme.type === 'mcp_oauth') return true
  const flow = scheme.type === 'oauth2' ? (scheme.flow ?? 'authorization_code') : null
  return flow === 'authorization_code' || flow === 'device_authorization'
}

export const wantedScopes = (scheme: AuthScheme, chosen: readonly string[] | null): readonly string[] =>
  chosen ?? (scheme.type === 'oauth2' ? scheme.default_scopes : undefined) ?? []

export function createGranting({ store, clock, log, egress, obtained, apps }: Dependencies) {
  const signIn = createMcpSignIn({ egress, clock, apps })

  const appOf = (workspaceId: string, connector: CompiledConnector, scheme: AuthScheme) =>
    apps.find(workspaceId, connector.id, scheme.type === 'oauth2' ? scheme.family : undefined)

  /** What somebody of the same owner has consented to with the same app, and which needs no more than was granted, comes first. */
  async function shareable(workspaceId: string, appId: string, owner: Subject['owner']) {
    const found = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connections')
        .innerJoin('upstream_grants', 'upstream_grants.id', 'connections.grant_id')
        .select(['upstream_grants.id', 'upstream_grants.scopes'])
        .where('connections.workspace_id', '=', workspaceId)
        .where('upstream_grants.app_id', '=', appId)
        .where('upstream_grants.lost', 'is', null)
        .where('upstream_grants.fields', 'is not', null)
        .where('connections.user_id', 'is not distinct from', owner.user_id)
        .where('connections.team_id', 'is not distinct from', owner.team_id)
        .orderBy('upstream_grants.id', 'desc')
        .execute(),
    )
    return new Set(found.map(({ id }) => id)).size === 1 ? (found[0] ?? null) : null
  }

  /** Null for schemes whose credential is only what was entered. Throws NEEDS_REAUTH when there is no OAuth client. */
  async function plan(subject: Subject): Promise<Plan | null> {
    const { workspaceId, connector, scheme, settings, owner } = subject
    if (schemeOf(scheme).obtainer === undefined) return null
    if (scheme.type === 'mcp_oauth') {
      await signIn.prepare({ ...subject, scheme })
      return { fields: {}, grant: null, ready: null, consent: 'Waits for somebody to sign in.' }
    }
    const { access_token, refresh_token, ...fields } = subject.fields
    const fresh = (appId: string | null) => ({ id: newId('grant', clock.now()), isNew: true, appId })
    const app = () => appOf(workspaceId, connector, scheme)
    if (access_token !== undefined) {
      const appId = fields.client_id === undefined ? ((await app())?.appId ?? null) : null
      const ready = { fields: { access_token, ...(refresh_token !== undefined && { refresh_token }) }, lifetimeMs: null }
      return { fields, grant: fresh(appId), ready, consent: null }
    }
    if (scheme.type !== 'oauth2') return { fields, grant: fresh(null), ready: null, consent: null }
    const { appId } = await clientOf({ connector, scheme, settings, fields, certificate: undefined, app })
    if (!needsPerson(scheme)) return { fields, grant: fresh(appId), ready: null, consent: null }
    const shared = scheme.family === undefined || appId === null ? null : await shareable(workspaceId, appId, owner)
    if (shared === null) return { fields, grant: null, ready: null, consent: 'Waits for somebody to consent.' }
    const missing = wantedScopes(scheme, subject.scopes).filter((scope) => !shared.scopes.includes(scope))
    const consent = missing.length === 0 ? null : `Waits for somebody to consent to ${missing.join(', ')}.`
    return { fields, grant: { id: shared.id, isNew: false, appId }, ready: null, consent }
  }

  /** What was consented to before. */
  async function grantedIn({ workspace_id: workspaceId, grant_id: grantId }: ConnectionRow): Promise<readonly string[]> {
    if (grantId === null) return []
    const grant = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('upstream_grants')
        .select('scopes')
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', grantId)
        .executeTakeFirst(),
    )
    return grant?.scopes ?? []
  }

  return {
    plan,

    /**
     * Scopes that a server wants and nobody has granted are kept for the next consent. What a caller is told; null when there are
     * none, and something else is the matter.
     */
    async lacking(row: ConnectionRow, wanted: readonly string[]): Promise<SallyportError | null> {
      const granted = await grantedIn(row)
      const missing = wanted.filter((scope) => !granted.includes(scope))
      if (missing.length === 0) return null
      const all = [...new Set([...(row.missing_scopes ?? []), ...missing])].slice(-maxMissing)
      await store.workspace(row.workspace_id, (db) =>
        db
          .updateTable('connections')
          .set({ missing_scopes: JSON.stringify(all) })
          .where('workspace_id', '=', row.workspace_id)
          .where('id', '=', row.id)
          .execute(),
      )
      return new SallyportError('NEEDS_REAUTH', { detail: lackOf(missing), diagnostics: { missing_scopes: missing } })
    },

    /** The same for a connection whose entered fields are replaced: what was obtained with the old ones counts no more. */
    async renewed(change: { row: ConnectionRow; connector: CompiledConnector; scheme: AuthScheme; fields: CredentialFields }) {
      const { row, connector, scheme, fields } = change
      const { workspace_id: workspaceId, settings, environment, scopes } = row
      return plan({ workspaceId, connector, scheme, settings, environment, fields, scopes, owner: row })
    },

    /** Makes the grant of a plan, as a part of the transaction that makes the connection. */
    async store(db: Transaction<Database>, workspaceId: string, { grant, ready }: Plan): Promise<void> {
      if (grant === null || !grant.isNew) return
      await db
        .insertInto('upstream_grants')
        .values(newGrant(grant.id, workspaceId, grant.appId))
        .execute()
      if (ready !== null) await obtained.replace(db, workspaceId, grant.id, ready)
    },

    /** The entered fields of a connection with what its grant holds. Throws NEEDS_REAUTH. */
    async open(connection: Granted, fields: CredentialFields, refused: number | undefined): Promise<OpenCredential> {
      const { scheme, connector, settings, baseUrl, workspaceId, grantId, scopes, passage } = connection
      const implementation = schemeOf(scheme)
      if (implementation.obtainer === undefined) return { fields, version: null, until: Number.POSITIVE_INFINITY }
      if (grantId === null)
        throw new SallyportError('NEEDS_REAUTH', { detail: 'Nobody has consented yet: authorize the connection.' })
      const certificate = clientCertificateOf(connection, fields)
      const app = () => appOf(workspaceId, connector, scheme)
      const knownAt = (issuer: string, clientId: string) => apps.knownAt(workspaceId, issuer, clientId)
      const context = { egress: egress.via(passage), connector, settings, baseUrl, certificate, scopes, app, knownAt }
      const obtainer = implementation.obtainer(scheme, fields, context)
      if (connection.isCandidate && !needsPerson(scheme) && fields.access_token === undefined)
        return { fields: { ...(await obtainOnce(obtainer)), ...fields }, version: null, until: Number.POSITIVE_INFINITY }
      const held = await obtained.current(workspaceId, grantId, obtainer, refused)
      if (scheme.type === 'mcp_oauth') checkAudience(held.fields, baseUrl)
      return { fields: { ...held.fields, ...fields }, version: held.version, until: held.until }
    },

    /** A connection whose tokens a person gives. Throws INVALID_INPUT for others. */
    async target(
      row: ConnectionRow,
      connector: CompiledConnector,
      scheme: AuthScheme,
      fields: CredentialFields,
    ): Promise<FlowTarget> {
      const granted = await grantedIn(row)
      if (scheme.type === 'mcp_oauth') {
        const { workspace_id: workspaceId, settings, environment } = row
        const { requester, scopes } = await signIn.prepare({
          ...{ workspaceId, connector, scheme, settings, environment },
          scopes: row.scopes,
        })
        return { row, requester, scopes: [...new Set([...scopes, ...(row.missing_scopes ?? [])])], granted }
      }
      if (scheme.type !== 'oauth2' || !needsPerson(scheme))
        throw new SallyportError('INVALID_INPUT', {
          detail: 'This connection needs nobody to consent: enter its credential again with rotate.',
        })
      const { workspace_id: workspaceId, settings } = row
      const certificate = clientCertificateOf({ id: row.id, scheme, credential: { version: row.credential_version } }, fields)
      const app = () => appOf(workspaceId, connector, scheme)
      const client = await clientOf({ connector, scheme, settings, fields, certificate, app })
      return {
        row,
        requester: { connector, scheme, settings, egress: egress.via(passageOf(row)), client },
        scopes: wantedScopes(scheme, row.scopes),
        granted,
      }
    },

    /** Ends a grant that no connection has any more, as a part of the transaction that removed the last. */
    async end(db: Transaction<Database>, workspaceId: string, grantId: string): Promise<boolean> {
      const others = await db
        .selectFrom('connections')
        .select('id')
        .where('workspace_id', '=', workspaceId)
        .where('grant_id', '=', grantId)
        .executeTakeFirst()
      if (others !== undefined) return false
      await db.deleteFrom('upstream_grants').where('workspace_id', '=', workspaceId).where('id', '=', grantId).execute()
      obtained.forget(grantId)
      return true
    },

    /**
     * What tells the authorization server that tokens are not needed any more (RFC 7009), as far as it can be told: to be called
     * when the connection is gone, and prepared while it is there.
     */
    async toRevoke(
      row: ConnectionRow,
      target: () => Promise<FlowTarget>,
      of: () => Promise<{ readonly connector: CompiledConnector; readonly scheme: AuthScheme }>,
    ): Promise<() => Promise<void>> {
      const { workspace_id: workspaceId, grant_id: grantId } = row
      if (grantId === null) return async () => {}
      const failed = (error: unknown) => log.warn({ err: error }, 'tokens of a removed connection could not be revoked')
      try {
        const tokens = await obtained.read(workspaceId, grantId)
        if (tokens === null) return async () => {}
        const { connector, scheme } = await of()
        const knownAt = (issuer: string, clientId: string) => apps.knownAt(workspaceId, issuer, clientId)
        const { settings } = row
        const requester =
          scheme.type === 'mcp_oauth'
            ? await holderOf(tokens, scheme, { egress: egress.via(passageOf(row)), connector, settings, knownAt })
            : (await target()).requester
        const { revocation } = await findEndpoints(requester, requester.egress, clock.monotonic())
        const token = tokens.refresh_token ?? tokens.access_token
        if (revocation === null || token === undefined) return async () => {}
        return async () => {
          const left = await store.workspace(workspaceId, (db) =>
            db.selectFrom('upstream_grants').select('id').where('id', '=', grantId).executeTakeFirst(),
          )
          if (left === undefined) await askServer(requester, revocation, { token }).catch(failed)
        }
      } catch (error) {
        failed(error)
        return async () => {}
      }
    },
  }
}
export type Granting = ReturnType<typeof createGranting>
