import type { Transaction } from 'kysely'
import type { Caller, CallerKind } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import type { Settings } from '../../definition/types.ts'
import { SallyportError, unreachable } from '../../errors.ts'
import { newId } from '../../id.ts'
import type { Log } from '../../log.ts'
import { Secret } from '../../secret.ts'
import { recordAct } from '../../store/acts.ts'
import type { ConnectionRow, Database, OAuthFlowRow } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import { randomToken, sha256 } from '../../vault/digest.ts'
import { storeSealed } from '../../vault/sealing.ts'
import type { Place, Vault } from '../../vault/types.ts'
import { GrantLost, type Obtained, type ObtainedStore } from '../obtained.ts'
import { findEndpoints, needed } from './endpoints.ts'
import { scopeParameter, withOrigin } from './obtain.ts'
import { refuseError, type TokenAnswer, tokensOf } from './token-answer.ts'
import { askServer, fillParameters } from './token-request.ts'
import type { OAuthRequester } from './types.ts'
import { valuesOf } from './values.ts'

/** What the person who connects has to do next. */
export type NextStep =
  | { readonly next_step: '' }
  | { readonly next_step: 'oauth'; readonly oauth_url: string; readonly expires_at: string }
  | {
      readonly next_step: 'device'
      readonly device: {
        readonly user_code: string
        readonly verification_uri: string
        readonly verification_uri_complete: string | null
        /** Seconds to wait between questions whether it is done. */
        readonly interval: number
      }
      readonly expires_at: string
    }

/** Without what else may be beside it. */
export function nextStepOf(step: NextStep): NextStep {
  switch (step.next_step) {
    case '':
      return { next_step: '' }
    case 'oauth':
      return { next_step: 'oauth', oauth_url: step.oauth_url, expires_at: step.expires_at }
    case 'device':
      return { next_step: 'device', device: step.device, expires_at: step.expires_at }
    default:
      return unreachable(step)
  }
}

/** A connection whose tokens a person gives, ready to ask for them. */
export interface FlowTarget {
  readonly row: ConnectionRow
  readonly requester: OAuthRequester
  /** Everything the connection shall be able to. */
  readonly scopes: readonly string[]
  /** What was granted before, where one consent serves several connections. */
  readonly granted: readonly string[]
}

export type DeviceStatus = 'pending' | 'authorized' | 'expired'

/** How a callback ended; `problem` is a public sentence. */
export interface CallbackEnd {
  readonly outcome: 'authorized' | 'refused' | 'failed'
  /** Of the connection; null when it is not known which. */
  readonly connection: { readonly id: string; readonly name: string } | null
  readonly problem: string | null
}

/** Whoever began a consent, with the rights that are left to them. Throws when these are none. */
export type CallerNow = (workspaceId: string, kind: CallerKind, id: string) => Promise<Caller>

/** Who comes back from a provider. */
export interface CallbackVisitor {
  /** Whose session it is. */
  readonly person: string | null
  /** What a browser has that followed a link. */
  readonly browser: string | null
}

export interface OAuthFlows {
  /**
   * Sends a person to consent, or shows a device code. A session's consent ends in that session; with `browser`, the hash of what
   * some browser has, in that one, whoever is signed in there.
   */
  begin(caller: Caller, target: FlowTarget, browser?: Buffer): Promise<NextStep>
  /**
   * What the provider sent the browser back with, and who is signed in there, if somebody is. Whoever began must have the right to it still.
   * Never throws for what a provider can send.
   */
  finish(params: URLSearchParams, who: CallbackVisitor, callerNow: CallerNow): Promise<CallbackEnd>
  /** Whether the person has typed the device code in; `expired` when none is waited for any more. */
  poll(target: FlowTarget): Promise<DeviceStatus>
}

interface Dependencies {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly log: Log
  readonly obtained: ObtainedStore
  readonly redirectUrl: () => string
  /** Throws NOT_FOUND and FORBIDDEN for a caller who may not change that connection. */
  readonly target: (caller: Caller, connection: string) => Promise<FlowTarget>
  /** Settings that came with the answer must be fit to be used. Throws INVALID_INPUT. */
  readonly checkSettings: (target: FlowTarget, settings: Settings) => void
  readonly changed: (workspaceId: string) => void
}

const untested = { status: 'untested', status_detail: null } as const

/** Ten minutes (RFC 9700 leaves it open): long enough to sign in at a provider. */
const flowMs = 10 * 60_000
const defaultIntervalS = 5

const place = (workspace: string, row: string): Place => ({ workspace, table: 'oauth_flows', row, column: 'secret', version: 1 })

const lapsed = 'This link was used already or is older than ten minutes. Begin again from the connection.'

export function createOAuthFlows(dependencies: Dependencies): OAuthFlows {
  const { store, vault, clock, log, obtained, redirectUrl, changed } = dependencies

  type NewFlow = Pick<OAuthFlowRow, 'state_hash' | 'redirect_uri' | 'issuer' | 'interval_s' | 'browser_hash'> & {
    readonly secret: Secret
    readonly expiresAt: number
  }

  /** Whoever begins again ends what was begun before. */
  async function insert(caller: Caller, { row, requester, scopes }: FlowTarget, flow: NewFlow): Promise<void> {
    const workspace = row.workspace_id
    const id = newId('oauthFlow', clock.now())
    await storeSealed(vault, workspace, async () => {
      const sealed = await vault.seal(place(workspace, id), flow.secret)
      await store.workspace(workspace, async (db) => {
        await db
          .deleteFrom('oauth_flows')
          .where('workspace_id', '=', workspace)
          .where((eb) => eb.or([eb('expires_at', '<', new Date(clock.now())), eb('connection_id', '=', row.id)]))
          .execute()
        await db
          .insertInto('oauth_flows')
          .values({
            id,
            workspace_id: workspace,
            connection_id: row.id,
            state_hash: flow.state_hash,
            user_id: caller.kind === 'session' && flow.browser_hash === null ? caller.personId : null,
            browser_hash: flow.browser_hash,
            app_id: requester.client.appId,
            begun_by: JSON.stringify({ kind: caller.kind, id: caller.id, name: caller.name }),
            secret: sealed.ciphertext,
            secret_key_id: sealed.keyId,
            redirect_uri: flow.redirect_uri,
            issuer: flow.issuer,
            scopes: JSON.stringify(scopes),
            interval_s: flow.interval_s,
            ask_after: null,
            expires_at: new Date(flow.expiresAt),
          })
          .execute()
      })
    })
  }

  async function sendToConsent(caller: Caller, target: FlowTarget, browser: Buffer | null): Promise<NextStep> {
    const { requester, scopes, granted } = target
    const { scheme, client } = requester
    const endpoints = await findEndpoints(requester, requester.egress, clock.monotonic())
    const url = new URL(needed(endpoints.authorization, 'authorization_url'))
    const state = randomToken(32)
    const verifier = randomToken(32)
    const asked = scheme.incremental_scopes
      ? scopes.filter((scope) => !granted.includes(scope))
      : [...new Set([...granted, ...scopes])]
    const parameters = {
      response_type: 'code',
      client_id: client.id,
      redirect_uri: redirectUrl(),
      ...scopeParameter(requester, asked),
      ...fillParameters(scheme.authorization_params, requester, client.id),
      state,
      ...(scheme.pkce !== false && { code_challenge: sha256(verifier).toString('base64url'), code_challenge_method: 'S256' }),
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    const expiresAt = clock.now() + flowMs
    await insert(caller, target, {
      state_hash: sha256(state),
      secret: new Secret(verifier),
      redirect_uri: parameters.redirect_uri,
      issuer: endpoints.namesItself ? endpoints.issuer : null,
      interval_s: null,
      browser_hash: browser,
      expiresAt,
    })
    return { next_step: 'oauth', oauth_url: url.href, expires_at: new Date(expiresAt).toISOString() }
  }

  async function showDeviceCode(caller: Caller, target: FlowTarget): Promise<NextStep> {
    const { requester, scopes, granted } = target
    const endpoints = await findEndpoints(requester, requester.egress, clock.monotonic())
    const asked = [...new Set([...granted, ...scopes])]
    const answer = await askServer(requester, needed(endpoints.device, 'device_authorization_url'), {
      ...scopeParameter(requester, asked),
    })
    refuse(answer)
    const text = (name: string) => textAt(answer.body, name)
    const [code, userCode, uri] = [text('device_code'), text('user_code'), text('verification_uri') ?? text('verification_url')]
    if (code === null || userCode === null || uri === null || !/^https?:\/\//.test(uri))
      throw new SallyportError('UPSTREAM_ERROR', { detail: 'The authorization server did not answer with a device code.' })
    const interval = Math.min(60, Math.max(1, Number(text('interval') ?? defaultIntervalS) || defaultIntervalS))
    const lifeMs = Math.min(30 * 60_000, (Number(text('expires_in')) || 600) * 1000)
    const expiresAt = clock.now() + lifeMs
    await insert(caller, target, {
      state_hash: null,
      secret: new Secret(code),
      redirect_uri: null,
      issuer: null,
      interval_s: interval,
      browser_hash: null,
      expiresAt,
    })
    const complete = text('verification_uri_complete')
    return {
      next_step: 'device',
      device: {
        user_code: userCode,
        verification_uri: uri,
        verification_uri_complete: complete !== null && /^https?:\/\//.test(complete) ? complete : null,
        interval,
      },
      expires_at: new Date(expiresAt).toISOString(),
    }
  }

  function refuse(answer: TokenAnswer): void {
    try {
      refuseError(answer)
    } catch (error) {
      if (error instanceof GrantLost) throw new SallyportError('NEEDS_REAUTH', { detail: error.message })
      throw error
    }
  }

  const openSecret = (flow: OAuthFlowRow) =>
    vault.open(place(flow.workspace_id, flow.id), { ciphertext: flow.secret, keyId: flow.secret_key_id })

  /** The grant that the answer goes into: the connection's own or shared one, unless that is another account's. */
  async function grantFor(db: Transaction<Database>, row: ConnectionRow, flow: OAuthFlowRow, what: Obtained): Promise<string> {
    const workspace = row.workspace_id
    if (row.grant_id !== null) {
      const known = await db
        .selectFrom('upstream_grants')
        .select(['subject', 'app_id'])
        .where('workspace_id', '=', workspace)
        .where('id', '=', row.grant_id)
        .forUpdate()
        .executeTakeFirst()
      const another = known?.subject != null && what.subject !== undefined && known.subject !== what.subject
      if (known !== undefined && !another && known.app_id === flow.app_id) return row.grant_id
    }
    const id = newId('grant', clock.now())
    await db
      .insertInto('upstream_grants')
      .values(newGrant(id, workspace, flow.app_id))
      .execute()
    return id
  }

  /** Stores what was obtained, with the settings that came along, and says so in the audit log. */
  async function complete(target: FlowTarget, flow: OAuthFlowRow, answer: TokenAnswer, callback: URLSearchParams): Promise<void> {
    const { row, requester } = target
    const workspace = row.workspace_id
    const fresh = withOrigin(tokensOf(answer, requester.scheme, null), requester)
    const settings = { ...row.settings, ...valuesOf(requester.scheme, answer.body, callback) }
    dependencies.checkSettings(target, settings)
    const scopes = fresh.scopes ?? [...new Set([...(requester.scheme.incremental_scopes ? target.granted : []), ...flow.scopes])]
    const before = row.grant_id === null ? null : await obtained.read(workspace, row.grant_id).catch(() => null)
    await storeSealed(vault, workspace, () =>
      store.workspace(workspace, async (db) => {
        const grant = await grantFor(db, row, flow, fresh)
        // Some give a refresh token with the first consent only.
        const keep = grant === row.grant_id ? before?.refresh_token : undefined
        const fields = { ...(keep !== undefined && { refresh_token: keep }), ...fresh.fields }
        await obtained.replace(db, workspace, grant, { ...fresh, fields, scopes })
        await db
          .updateTable('connections')
          .set({ grant_id: grant, settings: JSON.stringify(settings), missing_scopes: null, ...untested })
          .where('workspace_id', '=', workspace)
          .where('id', '=', row.id)
          .execute()
        await db
          .updateTable('connections')
          .set(untested)
          .where('workspace_id', '=', workspace)
          .where('grant_id', '=', grant)
          .where('status', '=', 'needs_reauth')
          .execute()
        await recordAct(db, workspace, {
          kind: 'connection.authorized',
          by: flow.begun_by,
          target: { kind: 'connection', id: row.id, name: row.name },
          after: { scopes, grant, ...(flow.browser_hash !== null && { by_link: true }) },
        })
        obtained.forget(grant)
      }),
    )
    changed(workspace)
  }

  /** A state counts once: whoever takes it has it, whatever comes of it. */
  async function take(state: string): Promise<OAuthFlowRow | null> {
    const flow = await store.system((db) =>
      db.deleteFrom('oauth_flows').where('state_hash', '=', sha256(state)).returningAll().executeTakeFirst(),
    )
    return flow === undefined || flow.expires_at.getTime() <= clock.now() ? null : flow
  }

  async function exchange(flow: OAuthFlowRow, target: FlowTarget, params: URLSearchParams): Promise<void> {
    const { requester } = target
    const { scheme, client } = requester
    const endpoints = await findEndpoints(requester, requester.egress, clock.monotonic())
    const verifier = await openSecret(flow)
    const answer = await askServer(requester, needed(endpoints.token, 'token_url'), {
      grant_type: 'authorization_code',
      code: new Secret(params.get('code') ?? ''),
      redirect_uri: flow.redirect_uri ?? '',
      ...(scheme.pkce !== false && { code_verifier: verifier }),
      ...fillParameters(scheme.token_params, requester, client.id),
    })
    await complete(target, flow, answer, params)
  }

  return {
    begin: (caller, target, browser) =>
      target.requester.scheme.flow === 'device_authorization'
        ? showDeviceCode(caller, target)
        : sendToConsent(caller, target, browser ?? null),

    async finish(params, { person, browser }, callerNow) {
      const failed = (problem: string, connection: CallbackEnd['connection'] = null) =>
        ({ outcome: 'failed', connection, problem }) as const
      const state = params.getAll('state')
      const flow = state.length === 1 && state[0] ? await take(state[0]) : null
      if (flow === null) return failed(lapsed)
      if (flow.user_id !== null && flow.user_id !== person)
        return failed('This was begun by somebody else, or in another browser. Sign in to Sallyport here and begin again.')
      if (flow.browser_hash !== null && (browser === null || !sha256(browser).equals(flow.browser_hash)))
        return failed('This was begun in another browser. Nothing was stored; ask for a new link.')
      const iss = params.get('iss')
      if (flow.issuer !== null && iss !== flow.issuer)
        return failed('The answer does not come from the server that was asked. Nothing was stored; begin again.')
      let connection: CallbackEnd['connection'] = null
      try {
        const caller = await callerNow(flow.workspace_id, flow.begun_by.kind, flow.begun_by.id)
        const target = await dependencies.target(caller, flow.connection_id)
        connection = { id: target.row.id, name: target.row.name }
        const said = params.get('error')
        if (said !== null) {
          const code = /^[\w.-]{1,60}$/.test(said) ? said : 'an error'
          return code === 'access_denied'
            ? { outcome: 'refused', connection, problem: 'Access was not granted. Nothing was changed.' }
            : failed(`The provider answered with "${code}".`, connection)
        }
        if (params.getAll('code').length !== 1 || params.get('code') === '')
          return failed('The provider sent no code. Begin again.', connection)
        // Also where it does not say beforehand that it names itself (RFC 9207, section 2.4).
        if (target.requester.server !== undefined && iss !== null && iss !== target.requester.server.metadata.issuer)
          return failed('The answer does not come from the server that was asked. Nothing was stored; begin again.', connection)
        if (target.requester.client.appId !== flow.app_id)
          return failed('The OAuth app of this connection was changed meanwhile. Begin again.', connection)
        await exchange(flow, target, params)
        return { outcome: 'authorized', connection, problem: null }
      } catch (error) {
        log.warn({ err: error, connection: flow.connection_id }, 'an authorization could not be completed')
        if (error instanceof SallyportError) return failed(error.detail, connection)
        return failed(
          error instanceof GrantLost
            ? 'The provider did not accept the code. Begin again.'
            : 'Something went wrong. Begin again.',
          connection,
        )
      }
    },

    async poll(target) {
      const workspace = target.row.workspace_id
      const now = clock.now()
      const flow = await store.workspace(workspace, async (db) => {
        const found = await db
          .selectFrom('oauth_flows')
          .selectAll()
          .where('workspace_id', '=', workspace)
          .where('connection_id', '=', target.row.id)
          .where('state_hash', 'is', null)
          .where('expires_at', '>', new Date(now))
          .forUpdate()
          .executeTakeFirst()
        if (found === undefined) return null
        if (found.ask_after !== null && found.ask_after.getTime() > now) return 'early'
        // However many ask here, the server is asked once in its interval.
        const askAfter = new Date(now + (found.interval_s ?? defaultIntervalS) * 1000)
        await db.updateTable('oauth_flows').set({ ask_after: askAfter }).where('id', '=', found.id).execute()
        return found
      })
      if (flow === null) return 'expired'
      if (flow === 'early') return 'pending'
      const { requester } = target
      const endpoints = await findEndpoints(requester, requester.egress, clock.monotonic())
      const answer = await askServer(requester, needed(endpoints.token, 'token_url'), {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: await openSecret(flow),
        ...fillParameters(requester.scheme.token_params, requester, requester.client.id),
      })
      if (answer.error === 'authorization_pending') return 'pending'
      const end = (db: Transaction<Database>) => db.deleteFrom('oauth_flows').where('id', '=', flow.id).execute()
      if (answer.error === 'slow_down') {
        await store.workspace(workspace, (db) =>
          db
            .updateTable('oauth_flows')
            .set({ interval_s: (flow.interval_s ?? defaultIntervalS) + 5 })
            .where('id', '=', flow.id)
            .execute(),
        )
        return 'pending'
      }
      if (answer.error !== null && answer.status < 500) await store.workspace(workspace, end)
      refuse(answer)
      await complete(target, flow, answer, new URLSearchParams())
      await store.workspace(workspace, end)
      return 'authorized'
    },
  }
}

export function newGrant(id: string, workspaceId: string, appId: string | null) {
  return {
    id,
    workspace_id: workspaceId,
    app_id: appId,
    fields: null,
    fields_key_id: null,
    obtained_at: null,
    expires_at: null,
    subject: null,
    lost: null,
  }
}

function textAt(body: unknown, name: string): string | null {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return null
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}
