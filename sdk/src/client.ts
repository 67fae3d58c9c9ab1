import { createAlerts } from './alerts.ts'
import type { components, operations, paths } from './api.ts'
import { type Custom, createCustom } from './custom.ts'
import { McpBridge } from './mcp.ts'
import { allItems, type Page } from './page.ts'
import {
  type Answer,
  type Body,
  type Connection,
  download,
  type Operation,
  type Query,
  type RequestParts,
  send,
  sendWithProgress,
  streamLines,
} from './request.ts'
import { createSecrets } from './secrets.ts'
import { toolCaller } from './tool-caller.ts'
import { untilEnded } from './wait.ts'
import { createRuns, createWorkflows } from './workflows.ts'

type Schemas = components['schemas']
type BodyOf<Id extends keyof operations> = Body<operations[Id]>
type QueryOf<Id extends keyof operations> = Query<operations[Id]>

/** The words in which a family of models takes tools. */
export type ToolFormat = NonNullable<NonNullable<QueryOf<'listTools'>>['format']>

export interface SallyportOptions {
  /** Address of the gateway, e.g. http://127.0.0.1:8080. In a page served by the gateway leave it out: its own origin is used. */
  readonly url?: string
  /** A token of Sallyport (`sp_…`). Without one the browser's session cookie counts. */
  readonly token?: string
  /** Asked for each request: the id of the workspace that a session works in; by default the person's first. */
  readonly workspace?: () => string | undefined
  /** Stands in for the global `fetch`, e.g. to set a proxy. */
  readonly fetch?: typeof globalThis.fetch
  /** Cassette that the answers of all calls are recorded on. */
  readonly record?: string
  /** Cassette that all calls are answered from: nothing is sent. */
  readonly replay?: string
}

/** How far an import is: documents fetched from other addresses, or operations done of all. */
export interface ImportProgress {
  readonly stage: 'read' | 'fetched' | 'parsed' | 'operations'
  readonly done?: number
  readonly total?: number
}

/** What happens in a conversation: a turn of the model, or what came of a call, perhaps of one that waited. */
export type ChatEvent = { readonly message: Schemas['ChatMessage'] } | { readonly result: Schemas['ChatToolResult'] }

/**
 * A client of one gateway. Every method throws SallyportProblem when the gateway refuses or a call fails, and
 * SallyportUnreachable when there is no gateway.
 */
export class Sallyport {
  readonly #connection: Connection
  readonly #cassette: Pick<BodyOf<'createCall'>, 'record' | 'replay'>
  /** Actions as functions: `await sallyport.custom.my_crm.get_customer({ id: 'c_1' })`. */
  readonly custom: Custom

  constructor(options: SallyportOptions = {}) {
    const { url = '', token, workspace, fetch = globalThis.fetch.bind(globalThis), record, replay } = options
    this.#cassette = { ...(record !== undefined && { record }), ...(replay !== undefined && { replay }) }
    this.#connection = { url: url.replace(/\/+$/, ''), token, workspace, fetch }
    this.alerts = createAlerts(this.#connection)
    this.secrets = createSecrets(this.#connection)
    this.workflows = createWorkflows(this.#connection)
    this.runs = createRuns(this.#connection)
    this.custom = createCustom({
      list: () => this.#connectorsWithTools(),
      schema: (connector) => this.#schemaOf(connector),
      call: (request) => this.calls.create(request),
    })
  }

  /** Any operation of the API by method and path, typed by its OpenAPI description. */
  async request<P extends keyof paths, M extends 'get' | 'post' | 'put' | 'patch' | 'delete'>(
    method: M,
    path: P,
    parts: RequestParts<Operation<P, M>>,
  ): Promise<Answer<Operation<P, M>>> {
    return (await send(this.#connection, method, path, parts)).data
  }

  /**
   * A bridge for one MCP client, e.g. one that speaks over standard input and output: hands its messages to the gateway, and
   * those of the gateway to `deliver`. All tools of the token, or those of a toolset.
   */
  mcp(deliver: (message: unknown) => void, toolset?: string): McpBridge {
    return new McpBridge(this.#connection, toolset, deliver)
  }

  readonly session = {
    /** Who is asking; `caller` is null when nobody is. */
    get: () => this.request('get', '/api/v1/session', {}),
    signIn: (body: BodyOf<'signIn'>) => this.request('post', '/api/v1/session', { body }),
    signOut: () => this.request('delete', '/api/v1/session', {}),
    /** Ends a sign-in whose `next_step` is `second_factor`. */
    sendSecondFactor: (body: BodyOf<'sendSecondFactor'>) => this.request('post', '/api/v1/session/second-factor', { body }),
    /** Where to send the browser to sign in by the single sign-on of a workspace; it comes back to `return_to`. */
    beginSingleSignOn: (body: BodyOf<'beginSingleSignOn'>) => this.request('post', '/api/v1/session/sso', { body }),
    /** Has a link to set a new password mailed to whoever has this email. */
    requestRecovery: (email: string) => this.request('post', '/api/v1/recovery', { body: { email } }),
    /** Sets a new password with the code of such a link. */
    setPassword: (body: BodyOf<'setPassword'>) => this.request('post', '/api/v1/recovery/password', { body }),
    /** What the code of an invitation is to. */
    lookAtInvitation: (code: string) => this.request('post', '/api/v1/join/offer', { body: { code } }),
    join: (body: BodyOf<'join'>) => this.request('post', '/api/v1/join', { body }),
    /** Makes the first owner with the one-time code of the setup link, and signs in. */
    setUp: (body: BodyOf<'setUp'>) => this.request('post', '/api/v1/setup', { body }),
  }

  readonly connectors = {
    /**
     * Of the workspace and of the catalog, in a stable order; `source: 'own'` leaves the catalog out. The API answers an array
     * and names the next page in the Link header.
     */
    list: async (query: QueryOf<'listConnectors'> = {}): Promise<Page<Schemas['ConnectorListItem']>> => {
      const { data, headers } = await send(this.#connection, 'get', '/api/v1/connectors', { query })
      const next = /<[^>]*[?&]cursor=([^&>]+)[^>]*>; *rel="next"/.exec(headers.get('link') ?? '')?.[1]
      return { items: data, next_cursor: next === undefined ? null : decodeURIComponent(next) }
    },
    /** The connector document, verbatim. */
    get: (id: string) => this.request('get', '/api/v1/connectors/{id}', { params: { id } }),
    /** A connector document, or `{ spec | url | text, … }` to import one. */
    create: (body: BodyOf<'createConnector'>) => this.request('post', '/api/v1/connectors', { body }),
    /** A draft from an API document; nothing is stored. */
    parse: (body: BodyOf<'parseConnector'>) => this.request('post', '/api/v1/connectors/parse', { body }),
    /** What an API document would become, to choose from; nothing is stored. Aborted, the gateway stops reading too. */
    preview: (body: BodyOf<'previewImport'>, onProgress: (progress: ImportProgress) => void = () => {}, signal?: AbortSignal) =>
      sendWithProgress(this.#connection, '/api/v1/connectors/preview', { body }, onProgress, signal),
    update: (id: string, body: BodyOf<'updateConnector'>) =>
      this.request('put', '/api/v1/connectors/{id}', { params: { id }, body }),
    delete: (id: string) => this.request('delete', '/api/v1/connectors/{id}', { params: { id } }),
    /** The newest first, with where it was imported from and what the last check found. */
    versions: (id: string) => this.request('get', '/api/v1/connectors/{id}/versions', { params: { id } }),
    /** What differs in the newer document, and whom it concerns; without a source, in that where it was imported from. */
    check: (id: string, source: BodyOf<'checkConnector'> = {}) =>
      this.request('post', '/api/v1/connectors/{id}/check', { params: { id }, body: source }),
    /** Takes the newer document, or a part of it, as the next version. */
    reimport: (id: string, body: BodyOf<'reimportConnector'> = {}) =>
      this.request('post', '/api/v1/connectors/{id}/reimport', { params: { id }, body }),
    /** Stays on the stored version in spite of what the last check found. */
    pin: (id: string, fingerprint: string) =>
      this.request('post', '/api/v1/connectors/{id}/pin', { params: { id }, body: { fingerprint } }),
    /** The gateway checks by itself, at once and then every so many hours (1 to 720); null ends that. */
    scheduleChecks: (id: string, every_hours: number | null) =>
      this.request('put', '/api/v1/connectors/{id}/checks', { params: { id }, body: { every_hours } }),
    /** The types of built-in connectors: make an instance by `create({ connector, name, kind: 'builtin', builtin: { type } })`. */
    builtinTypes: () => this.request('get', '/api/v1/builtin-types', {}),
    /** The ways to connect an account of it, and the fields that each asks for. */
    schemes: (id: string) => this.request('get', '/api/v1/connectors/{id}/schemes', { params: { id } }),
    /** Tries a credential at the provider before installing; nothing is stored. */
    verify: async (id: string, body: BodyOf<'verifyConnector'>) =>
      this.request('post', '/api/v1/connectors/{id}/verify', { params: { id }, query: await this.#workspace(), body }),
    /** Adds a connector of the catalog and connects an account of it; with `next_step: 'oauth'` open `oauth_url` next. */
    install: async (id: string, body: BodyOf<'installConnector'>) =>
      this.request('post', '/api/v1/connectors/{id}/install', { params: { id }, query: await this.#workspace(), body }),
    /** Its actions with their schemas, at most 50 at once. */
    capabilities: (id: string, query: QueryOf<'getConnectorCapabilities'> = {}) =>
      this.request('get', '/api/v1/connectors/{id}/capabilities', { params: { id }, query }),
  }

  /** Connectors that nobody can connect or call before an admin has published them. */
  readonly connectorDrafts = {
    list: () => this.request('get', '/api/v1/connector-drafts', {}),
    get: (id: string) => this.request('get', '/api/v1/connector-drafts/{id}', { params: { id } }),
    put: (id: string, document: BodyOf<'putConnectorDraft'>['document']) =>
      this.request('put', '/api/v1/connector-drafts/{id}', { params: { id }, body: { document } }),
    /** Makes it the connector, or the next version of it. */
    publish: (id: string) => this.request('post', '/api/v1/connector-drafts/{id}/publish', { params: { id } }),
    discard: (id: string) => this.request('delete', '/api/v1/connector-drafts/{id}', { params: { id } }),
  }

  readonly connections = {
    list: (query: QueryOf<'listConnections'> = {}) => this.request('get', '/api/v1/connections', { query }),
    get: (id: string) => this.request('get', '/api/v1/connections/{id}', { params: { id } }),
    create: (body: BodyOf<'createConnection'>) => this.request('post', '/api/v1/connections', { body }),
    update: (id: string, body: BodyOf<'updateConnection'>) =>
      this.request('patch', '/api/v1/connections/{id}', { params: { id }, body }),
    /** What depends on it, and ends with it. */
    dependents: (id: string) => this.request('get', '/api/v1/connections/{id}/dependents', { params: { id } }),
    delete: (id: string) => this.request('delete', '/api/v1/connections/{id}', { params: { id } }),
    /** A new address to consent at, or a new device code, for a connection whose tokens a person gives; `scopes` asks for more. */
    reauthorize: (id: string, body: BodyOf<'reauthorizeConnection'> = {}) =>
      this.request('post', '/api/v1/connections/{id}/reauthorize', { params: { id }, body }),
    /** A link with which somebody without an account consents; once, within an hour. */
    consentLink: (id: string) => this.request('post', '/api/v1/connections/{id}/consent-link', { params: { id } }),
    /** Whether its device code was typed in. */
    pollDevice: (id: string) => this.request('post', '/api/v1/connections/{id}/device', { params: { id } }),
    /** Calls its read actions that need no input, and says how each went; `onCheck` hears of each check as it is done. */
    test: (id: string, onCheck?: (check: Schemas['TestCheck']) => void) =>
      onCheck === undefined
        ? this.request('post', '/api/v1/connections/{id}/test', { params: { id } })
        : sendWithProgress(this.#connection, '/api/v1/connections/{id}/test', { params: { id } }, onCheck),
    /** Replaces the whole credential. */
    rotate: (id: string, body: BodyOf<'rotateConnection'>) =>
      this.request('post', '/api/v1/connections/{id}/rotate', { params: { id }, body }),
  }

  readonly calls = {
    /** Runs an action. A call that waits for approval is answered with its `approval` and no `payload`. */
    create: (body: BodyOf<'createCall'>) => this.request('post', '/api/v1/calls', { body: { ...this.#cassette, ...body } }),
    list: (query: QueryOf<'listCalls'> = {}) => this.request('get', '/api/v1/calls', { query }),
    get: (id: string) => this.request('get', '/api/v1/calls/{id}', { params: { id } }),
    /** Waits until a call has ended, such as one that a person must approve; shortly after the signal is aborted, no longer. */
    wait: (id: string, signal?: AbortSignal) =>
      untilEnded(() => this.request('get', '/api/v1/calls/{id}', { params: { id }, ...(signal !== undefined && { signal }) })),
    /** Totals of a window such as `24h`. */
    totals: (query: QueryOf<'getCallTotals'> = {}) => this.request('get', '/api/v1/calls/summary', { query }),
  }

  /** What calls were answered, for replaying them without the API; by name. */
  readonly cassettes = {
    list: () => this.request('get', '/api/v1/cassettes', {}),
    recordings: (name: string, query: QueryOf<'listRecordings'> = {}) =>
      this.request('get', '/api/v1/cassettes/{id}', { params: { id: name }, query }),
    /** As a file, the same as long as no answer changes. */
    export: (name: string) => this.request('get', '/api/v1/cassettes/{id}/file', { params: { id: name } }),
    /** Makes the cassette what the file says. */
    import: (name: string, body: BodyOf<'importCassette'>) =>
      this.request('put', '/api/v1/cassettes/{id}', { params: { id: name }, body }),
    delete: (name: string) => this.request('delete', '/api/v1/cassettes/{id}', { params: { id: name } }),
    deleteRecording: (id: string) => this.request('delete', '/api/v1/recordings/{id}', { params: { id } }),
  }

  /** Actions in order: what a workflow is, and where it is deployed. */
  readonly workflows: ReturnType<typeof createWorkflows>
  readonly runs: ReturnType<typeof createRuns>

  /** Answers that were too large to be given whole: of a call with `max_result_bytes`, by the `handle` of its `rest`. */
  readonly results = {
    /** A page of what is at a path such as `items[0].name`. */
    read: (id: string, query: QueryOf<'readResult'> = {}) =>
      this.request('get', '/api/v1/results/{id}', { params: { id }, query }),
    /** The whole: a file as it is, anything else as JSON. */
    download: (id: string): Promise<Uint8Array> => download(this.#connection, '/api/v1/results/{id}/content', { params: { id } }),
  }

  readonly tools = {
    list: async (query: Omit<NonNullable<QueryOf<'listTools'>>, 'format'> = {}): Promise<Page<Schemas['Tool']>> => {
      // Without a format the API answers tools in its own words.
      return (await this.request('get', '/api/v1/tools', { query })) as Schemas['ToolPage']
    },
    /** Tools in the words of a model's API, ready to be handed to it. */
    listAs: async (format: ToolFormat, query: Omit<NonNullable<QueryOf<'listTools'>>, 'format'> = {}) => {
      return (await this.request('get', '/api/v1/tools', { query: { ...query, format } })) as Page<Record<string, unknown>>
    },
    /**
     * Calls a tool by its name with what a model gave; `format` as in `listAs`. With plain words alone, picks the tool and its
     * arguments first: what changes something is only planned, and confirmed by calling the tool it names.
     */
    call: toolCaller(
      (name, body: BodyOf<'callTool'>) => this.request('post', '/api/v1/tools/{id}/call', { params: { id: name }, body }),
      (text) => this.request('post', '/api/v1/tools/ask', { body: { text } }),
    ),
    search: (body: BodyOf<'searchTools'>) => this.request('post', '/api/v1/tools/search', { body }),
  }

  /**
   * Goes on with a conversation with the gateway's language model, which calls tools as you; `onEvent` hears of each turn and call as
   * it happens. The gateway stores none of it: send the answer's `messages` with the next question. After `end: 'waits'` send them
   * as they are, once the call is decided. Aborted, the conversation stops at the gateway too.
   */
  chat(body: BodyOf<'chat'>, onEvent: (event: ChatEvent) => void = () => {}, signal?: AbortSignal) {
    return sendWithProgress(this.#connection, '/api/v1/chat', { body }, onEvent, signal)
  }

  /** Where people are told that a call waits for them. */
  readonly notifications = {
    list: () => this.request('get', '/api/v1/notification-channels', {}),
    /** The `secret` of a webhook is shown this once. */
    create: (body: BodyOf<'createNotificationChannel'>) => this.request('post', '/api/v1/notification-channels', { body }),
    /** Sends a message that says nothing, and throws why it did not arrive. */
    test: (id: string) => this.request('post', '/api/v1/notification-channels/{id}/test', { params: { id } }),
    delete: (id: string) => this.request('delete', '/api/v1/notification-channels/{id}', { params: { id } }),
  }

  /** What is watched, what fires, and of what nobody is told. For admins. */
  readonly alerts: ReturnType<typeof createAlerts>

  readonly approvals = {
    /** What the one-time link of a notification shows; needs no token. */
    look: (code: string) => this.request('post', '/api/v1/approval-links/open', { body: { code } }),
    list: (query: QueryOf<'listApprovals'> = {}) => this.request('get', '/api/v1/approvals', { query }),
    get: (id: string) => this.request('get', '/api/v1/approvals/{id}', { params: { id } }),
    /** Runs the stored call, once, and answers how it ended. */
    approve: (id: string) => this.request('post', '/api/v1/approvals/{id}/approve', { params: { id } }),
    reject: (id: string, reason?: string) =>
      this.request('post', '/api/v1/approvals/{id}/reject', { params: { id }, body: reason === undefined ? {} : { reason } }),
    /** Lets the next calls like this one run for an hour: of the same caller, action and connection, nothing about them changed. */
    approveNext: (id: string, body: BodyOf<'createStandingApproval'>) =>
      this.request('post', '/api/v1/approvals/{id}/standing', { params: { id }, body }),
    listStanding: (query: QueryOf<'listStandingApprovals'> = {}) => this.request('get', '/api/v1/standing-approvals', { query }),
    revokeStanding: (id: string) => this.request('delete', '/api/v1/standing-approvals/{id}', { params: { id } }),
  }

  /** Apps that the workspace registered at providers, for connections that authorize by OAuth. */
  readonly oauthApps = {
    /** With the redirect URL to enter at providers. */
    list: () => this.request('get', '/api/v1/oauth-apps', {}),
    create: (body: BodyOf<'createOAuthApp'>) => this.request('post', '/api/v1/oauth-apps', { body }),
    update: (id: string, body: BodyOf<'updateOAuthApp'>) =>
      this.request('patch', '/api/v1/oauth-apps/{id}', { params: { id }, body }),
    delete: (id: string) => this.request('delete', '/api/v1/oauth-apps/{id}', { params: { id } }),
  }

  /** Secret-manager mode: credentials that workloads read from a secret manager of their own. */
  readonly secrets: ReturnType<typeof createSecrets>

  readonly tokens = {
    list: () => this.request('get', '/api/v1/tokens', {}),
    /** The token itself is in this answer and nowhere else. */
    create: (body: BodyOf<'createToken'>) => this.request('post', '/api/v1/tokens', { body }),
    /** Name, role and bounds; what is left out stays, null lifts a bound. */
    update: (id: string, body: BodyOf<'updateToken'>) => this.request('patch', '/api/v1/tokens/{id}', { params: { id }, body }),
    revoke: (id: string) => this.request('delete', '/api/v1/tokens/{id}', { params: { id } }),
    /** A new secret for the same token, in this answer and nowhere else; the old one counts for `overlap_seconds` more. */
    rotate: (id: string, body: BodyOf<'rotateToken'> = {}) =>
      this.request('post', '/api/v1/tokens/{id}/rotate', { params: { id }, body }),
  }

  /** Named selections of tools, by id or slug. */
  readonly toolsets = {
    list: () => this.request('get', '/api/v1/toolsets', {}),
    get: (id: string) => this.request('get', '/api/v1/toolsets/{id}', { params: { id } }),
    create: (body: BodyOf<'createToolset'>) => this.request('post', '/api/v1/toolsets', { body }),
    update: (id: string, body: BodyOf<'updateToolset'>) =>
      this.request('patch', '/api/v1/toolsets/{id}', { params: { id }, body }),
    /** Tokens bound to it open nothing any more. */
    delete: (id: string) => this.request('delete', '/api/v1/toolsets/{id}', { params: { id } }),
    /** Its tools and what they cost; with `show: 'all'` also why others are left out. */
    tools: (id: string, query: QueryOf<'listToolsetTools'> = {}) =>
      this.request('get', '/api/v1/toolsets/{id}/tools', { params: { id }, query }),
    /** The same of a selection that is stored nowhere yet. */
    preview: (body: BodyOf<'previewToolset'>, query: QueryOf<'previewToolset'> = {}) =>
      this.request('post', '/api/v1/toolsets/preview', { body, query }),
  }

  /** MCP clients and other programs that act for people by OAuth. */
  readonly clients = {
    /** Those that admins registered. */
    list: () => this.request('get', '/api/v1/clients', {}),
    /** The secret, if it has one, is in this answer and nowhere else. */
    create: (body: BodyOf<'createClient'>) => this.request('post', '/api/v1/clients', { body }),
    /** With everything that people allowed it. */
    delete: (id: string) => this.request('delete', '/api/v1/clients/{id}', { params: { id } }),
    /** What is connected: your own, and for admins everybody's. */
    grants: (query: QueryOf<'listGrants'> = {}) => this.request('get', '/api/v1/grants', { query }),
    revokeGrant: (id: string) => this.request('delete', '/api/v1/grants/{id}', { params: { id } }),
  }

  /** What an application asks of whoever is signed in: the parameters that it sent the browser with. */
  readonly authorization = {
    look: (body: BodyOf<'lookAtAuthorization'>) => this.request('post', '/api/v1/authorization/request', { body }),
    /** Answers where to send the browser. */
    decide: (body: BodyOf<'decideAuthorization'>) => this.request('post', '/api/v1/authorization', { body }),
  }

  readonly audit = {
    /** What people, tokens and the gateway did. For admins, as all of these. */
    list: (query: QueryOf<'listAudit'> = {}) => this.request('get', '/api/v1/audit', { query }),
    /** Looks at up to 100,000 entries: ask again `from` the answer's `next` until it is null. */
    verify: (query: QueryOf<'verifyAudit'> = {}) => this.request('get', '/api/v1/audit/verify', { query }),
    /** The signed end of the log, to be kept elsewhere. */
    checkpoint: () => this.request('post', '/api/v1/audit/checkpoints', {}),
    /** The whole log, calls included, as lines of JSON: for keeping, and for `verifyAuditExport`. */
    export: (query: QueryOf<'exportAudit'> = {}) => streamLines(this.#connection, '/api/v1/audit/export', query),
  }

  /** Your own account; for people who are signed in, not for tokens. */
  readonly account = {
    rename: (name: string) => this.request('patch', '/api/v1/account', { body: { name } }),
    changePassword: (body: BodyOf<'changePassword'>) => this.request('put', '/api/v1/account/password', { body }),
    sessions: () => this.request('get', '/api/v1/account/sessions', {}),
    endSession: (id: string) => this.request('delete', '/api/v1/account/sessions/{id}', { params: { id } }),
    endOtherSessions: () => this.request('delete', '/api/v1/account/sessions', {}),
    beginTwoFactor: (password: string) => this.request('post', '/api/v1/account/two-factor', { body: { password } }),
    confirmTwoFactor: (code: string) => this.request('post', '/api/v1/account/two-factor/confirm', { body: { code } }),
    endTwoFactor: (password: string) => this.request('post', '/api/v1/account/two-factor/off', { body: { password } }),
    newRecoveryCodes: (password: string) =>
      this.request('post', '/api/v1/account/two-factor/recovery-codes', { body: { password } }),
  }

  readonly workspaces = {
    create: (name: string) => this.request('post', '/api/v1/workspaces', { body: { name } }),
    /** Renames the workspace of the caller. */
    rename: (name: string) => this.request('patch', '/api/v1/workspace', { body: { name } }),
    /** With your own connections in it and the tokens you made. */
    leave: (id: string) => this.request('post', '/api/v1/workspaces/{id}/leave', { params: { id } }),
    /** For good; `name` is what the person typed to confirm. For owners. */
    delete: (id: string, name: string) =>
      this.request('post', '/api/v1/workspaces/{id}/delete', { params: { id }, body: { name } }),
    signInSettings: () => this.request('get', '/api/v1/sign-in-settings', {}),
    updateSignInSettings: (body: BodyOf<'updateSignInSettings'>) => this.request('patch', '/api/v1/sign-in-settings', { body }),
  }

  readonly members = {
    list: (query: QueryOf<'listMembers'> = {}) => this.request('get', '/api/v1/members', { query }),
    setRole: (id: string, role: Schemas['Role']) =>
      this.request('patch', '/api/v1/members/{id}', { params: { id }, body: { role } }),
    /** Answers what went with the membership: tokens, own connections, sessions. */
    remove: (id: string) => this.request('delete', '/api/v1/members/{id}', { params: { id } }),
    endSessions: (id: string) => this.request('delete', '/api/v1/members/{id}/sessions', { params: { id } }),
    /** A one-time link for the member to set a new password. */
    recover: (id: string, body: BodyOf<'recoverMember'> = {}) =>
      this.request('post', '/api/v1/members/{id}/recovery', { params: { id }, body }),
  }

  readonly teams = {
    list: (query: QueryOf<'listTeams'> = {}) => this.request('get', '/api/v1/teams', { query }),
    create: (body: BodyOf<'createTeam'>) => this.request('post', '/api/v1/teams', { body }),
    rename: (id: string, name: string) => this.request('patch', '/api/v1/teams/{id}', { params: { id }, body: { name } }),
    delete: (id: string) => this.request('delete', '/api/v1/teams/{id}', { params: { id } }),
    /** Takes a member in, changes the role in the team, or, with the role null, takes them out. */
    setMember: (id: string, body: BodyOf<'setTeamMember'>) =>
      this.request('put', '/api/v1/teams/{id}/members', { params: { id }, body }),
  }

  /** Private networks, whose agents are run by `sallyport agent`. */
  readonly networks = {
    list: (query: QueryOf<'listNetworks'> = {}) => this.request('get', '/api/v1/networks', { query }),
    get: (id: string) => this.request('get', '/api/v1/networks/{id}', { params: { id } }),
    /** With a token for its agents, which is in this answer and nowhere else. */
    create: (name: string) => this.request('post', '/api/v1/networks', { body: { name } }),
    rename: (id: string, name: string) => this.request('patch', '/api/v1/networks/{id}', { params: { id }, body: { name } }),
    delete: (id: string) => this.request('delete', '/api/v1/networks/{id}', { params: { id } }),
    /** Another token, to replace one without a break. */
    createToken: (id: string, body: BodyOf<'createNetworkToken'> = {}) =>
      this.request('post', '/api/v1/networks/{id}/tokens', { params: { id }, body }),
    /** Agents that are connected by it are disconnected at once. */
    revokeToken: (id: string) => this.request('delete', '/api/v1/network-tokens/{id}', { params: { id } }),
  }

  readonly invitations = {
    list: (query: QueryOf<'listInvitations'> = {}) => this.request('get', '/api/v1/invitations', { query }),
    /** The link is in this answer and nowhere else, unless it went by mail. */
    create: (body: BodyOf<'createInvitation'>) => this.request('post', '/api/v1/invitations', { body }),
    /** A new link in place of the old one. */
    renew: (id: string) => this.request('post', '/api/v1/invitations/{id}/renew', { params: { id } }),
    revoke: (id: string) => this.request('delete', '/api/v1/invitations/{id}', { params: { id } }),
  }

  /** A workspace as documents: `export`, then `plan` and `apply` what was edited. For admins. */
  readonly configuration = {
    export: () => this.request('get', '/api/v1/configuration', {}),
    /** Stores nothing. Its `fingerprint` is what `apply` takes. */
    plan: (body: BodyOf<'planConfiguration'>) => this.request('post', '/api/v1/configuration/plan', { body }),
    /** All of it or nothing; refused when anything has changed since the plan. */
    apply: (body: BodyOf<'applyConfiguration'>) => this.request('post', '/api/v1/configuration/apply', { body }),
  }

  readonly scripts = {
    /** Tries a script in the sandbox with the params and config given; nothing is stored, and no credential of the gateway used. */
    run: (body: BodyOf<'runScript'>) => this.request('post', '/api/v1/scripts/run', { body }),
  }

  readonly vault = {
    /**
     * Gives the workspace a new key and seals everything anew with it. Works for a few seconds: ask again, with the answer's
     * `key_id`, while its state is `running`. For owners.
     */
    rotate: (body: BodyOf<'rotateVault'> = {}) => this.request('post', '/api/v1/vault/rotate', { body }),
  }

  /** The workspace that the client works in, as a query. */
  async #workspace(): Promise<{ workspace_id: string }> {
    const chosen = this.#connection.workspace?.()
    return { workspace_id: chosen ?? (await this.session.get()).workspace?.id ?? '' }
  }

  /** A connector with all its actions. */
  async #schemaOf(connector: string): Promise<Schemas['Capabilities']> {
    let page = await this.connectors.capabilities(connector)
    const actions = [...page.actions]
    while (page.next_cursor !== null) {
      page = await this.connectors.capabilities(connector, { cursor: page.next_cursor })
      actions.push(...page.actions)
    }
    return { ...page, actions }
  }

  async #connectorsWithTools(): Promise<string[]> {
    const slugs = new Set<string>()
    for await (const { id, connections } of allItems((cursor) =>
      this.connectors.list({ source: 'own', limit: 200, ...(cursor !== undefined && { cursor }) }),
    ))
      if (connections > 0) slugs.add(id)
    return [...slugs].sort()
  }
}
