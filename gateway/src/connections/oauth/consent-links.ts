import type { Caller } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import { recordAct } from '../../store/acts.ts'
import type { Store } from '../../store/types.ts'
import { randomToken, sha256 } from '../../vault/digest.ts'
import type { CallerNow, FlowTarget, OAuthFlows } from './flows.ts'

/** What the page of a link says: who asks for what. */
export interface ConsentAsked {
  readonly by: string
  readonly workspace: string
  readonly connector: string
  readonly connection: string
  readonly scopes: readonly string[]
}

/** One-time links with which a person without an account finishes exactly the consent of one connection. */
export interface ConsentLinks {
  /** For those who may change the connection. Earlier links of it count no more. */
  makeConsentLink(caller: Caller, id: string): Promise<{ readonly url: string; readonly expires_at: string }>
  /** Throws NOT_FOUND for a link that was used, has expired or never was. Does not use it up. */
  readConsentLink(code: string, callerNow: CallerNow): Promise<ConsentAsked>
  /** Uses the link up. `browser` is what the one who follows it has to come back with. Throws as reading it does. */
  followConsentLink(code: string, callerNow: CallerNow): Promise<{ readonly url: string; readonly browser: string }>
}

/** Where people follow links. */
export const consentPath = '/oauth/consent'
const lifeMs = 3_600_000

const gone = () =>
  new SallyportError('NOT_FOUND', {
    detail: 'This link was used already, is older than an hour, or was replaced. Ask for a new one.',
  })

interface Dependencies {
  readonly store: Store
  readonly clock: Clock
  readonly publicUrl: () => string
  readonly flows: OAuthFlows
  /** Throws NOT_FOUND and FORBIDDEN for a caller who may not change that connection. */
  readonly target: (caller: Caller, connection: string) => Promise<FlowTarget>
}

export function createConsentLinks({ store, clock, publicUrl, flows, target }: Dependencies): ConsentLinks {
  /** Whoever made the link must have the right to it still. */
  async function standing(
    link:
      | { readonly workspace_id: string; readonly connection_id: string; readonly made_by: { kind: Caller['kind']; id: string } }
      | undefined,
    callerNow: CallerNow,
  ): Promise<{ caller: Caller; found: FlowTarget }> {
    if (link === undefined) throw gone()
    try {
      const caller = await callerNow(link.workspace_id, link.made_by.kind, link.made_by.id)
      return { caller, found: await target(caller, link.connection_id) }
    } catch (error) {
      throw error instanceof SallyportError && error.code !== 'UNAVAILABLE' ? gone() : error
    }
  }

  return {
    async makeConsentLink(caller, id) {
      const { row, requester } = await target(caller, id)
      if (requester.scheme.flow === 'device_authorization')
        throw new SallyportError('INVALID_INPUT', {
          detail: 'Its tokens come by a device code, which needs no link. Begin it anew.',
        })
      const code = randomToken(32)
      const expiresAt = new Date(clock.now() + lifeMs)
      await store.workspace(caller.workspaceId, async (db) => {
        await db
          .deleteFrom('consent_links')
          .where('workspace_id', '=', caller.workspaceId)
          .where((eb) => eb.or([eb('expires_at', '<=', new Date(clock.now())), eb('connection_id', '=', id)]))
          .execute()
        const made_by = JSON.stringify({ kind: caller.kind, id: caller.id, name: caller.name })
        await db
          .insertInto('consent_links')
          .values({ hash: sha256(code), workspace_id: caller.workspaceId, connection_id: id, made_by, expires_at: expiresAt })
          .execute()
        await recordAct(db, caller.workspaceId, {
          kind: 'connection.consent_link_made',
          by: caller,
          target: { kind: 'connection', id, name: row.name },
          after: { expires_at: expiresAt.toISOString() },
        })
      })
      return { url: `${publicUrl()}${consentPath}/${code}`, expires_at: expiresAt.toISOString() }
    },

    async readConsentLink(code, callerNow) {
      const link = await store.system((db) =>
        db
          .selectFrom('consent_links')
          .selectAll()
          .where('hash', '=', sha256(code))
          .where('expires_at', '>', new Date(clock.now()))
          .executeTakeFirst(),
      )
      const { caller, found } = await standing(link, callerNow)
      const { row, requester, scopes } = found
      const { workspaceName: workspace, name: by } = caller
      return { by, workspace, connector: requester.connector.name, connection: row.name, scopes }
    },

    async followConsentLink(code, callerNow) {
      const link = await store.system((db) =>
        db
          .deleteFrom('consent_links')
          .where('hash', '=', sha256(code))
          .where('expires_at', '>', new Date(clock.now()))
          .returningAll()
          .executeTakeFirst(),
      )
      const { caller, found } = await standing(link, callerNow)
      const browser = randomToken(32)
      const next = await flows.begin(caller, found, sha256(browser))
      if (next.next_step !== 'oauth') throw gone()
      return { url: next.oauth_url, browser }
    },
  }
}
