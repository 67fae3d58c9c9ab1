import { createHash } from 'node:crypto'
import description from '../../openapi.json' with { type: 'json' }
import type { Role } from '../../src/caller.ts'
import type { Makers, RouteCase } from './route-case.ts'
import { backendOf, type World } from './workspaces.ts'

export type { Makers, RouteCase } from './route-case.ts'

/** How a valid request of each route is built; a route of the API that is not in the table fails the tests that use it. */

export interface Route extends RouteCase {
  readonly operationId: string
  readonly method: string
  /** As in the description, with `{id}`. */
  readonly path: string
  /** Null for a route that anyone may call, `person` for one about the account of whoever is signed in. */
  readonly role: Role | 'person' | null
}

let count = 0
const unique = (word: string) => `${word}-${++count}`

const freshConnector = async (world: World, { owner }: Makers) =>
  (await owner.connectors.create(plainConnector(unique('fresh'), world.word))).id
const freshDraft = async (world: World, { owner }: Makers) => {
  const slug = unique('draft')
  return (await owner.connectorDrafts.put(slug, plainConnector(slug, world.word))).connector
}
/** The fingerprint of the last one. */
let drift = ''
const freshDrift = async (world: World, makers: Makers) => {
  const id = await freshConnector(world, makers)
  drift = (await makers.owner.connectors.check(id, { spec: tinySpec(unique('newer')) })).fingerprint ?? ''
  return id
}
const freshConnection = async (world: World, { owner }: Makers) =>
  (await owner.connections.create({ connector: world.connector, name: unique('Fresh'), auth: { fields: { key: 'k' } } })).id
/** One that waits for somebody to consent. */
const freshConsent = async (world: World, { owner }: Makers) => {
  const slug = unique('consent')
  const oauth = { type: 'oauth2', authorization_url: 'https://auth.example.test/a', token_url: 'https://auth.example.test/t' }
  await owner.connectors.create({ ...plainConnector(slug, world.word), auth: { oauth } })
  const fields = { client_id: 'client', client_secret: 'a client secret' }
  return (await owner.connections.create({ connector: slug, auth: { fields } })).id
}
const freshOAuthApp = async (_world: World, { owner }: Makers) =>
  (await owner.oauthApps.create({ family: unique('family'), client_id: 'client' })).id
const freshBackend = async (_world: World, { owner }: Makers) => (await owner.secrets.addBackend(backendOf(unique('backend')))).id
/** One whose secret is to be at the backend of its world. */
const freshReplica = async (world: World, makers: Makers) => {
  const id = await freshConnection(world, makers)
  await makers.owner.secrets.move(id, world.secretBackend)
  return id
}
const freshApproval = async (world: World, { agent }: Makers) => {
  const call = { connector: world.connector, connection: world.connection, action: 'pay_asked', input: { amount: 100 + ++count } }
  const waiting = await agent.calls.create(call)
  if (!('approval' in waiting)) throw new Error('expected to wait')
  return waiting.approval.id
}

/** Of another amount each, so that none covers the next. */
const alike = { count: 1, same: ['amount'] }
/** Nothing listens there. */
export const channelOf = (word: string) => ({ kind: 'slack' as const, name: word, url: 'http://127.0.0.1:9/hook' })
/** Watched by nobody, so that the clock changes nothing of it. */
export const quietRule = (name: string) => ({ name, kind: 'connection_failing' as const, enabled: false })
export const quiet = (reason: string) => ({ reason, until: new Date(Date.now() + 3_600_000).toISOString() })
const freshRule = async ({ word }: World, { owner }: Makers) => (await owner.alerts.createRule(quietRule(unique(word)))).id
const freshStanding = async (world: World, makers: Makers) =>
  (await makers.owner.approvals.approveNext(await freshApproval(world, makers), alike)).id

/** Of a command, with a signature of nothing. */
const noRequest = { version: '1.0.0', method: null, url: null, status: null, signature: '0'.repeat(64) }
const freshCassette = async ({ connector, connection }: World, { owner }: Makers) => {
  const record = unique('fresh')
  await owner.calls.create({ connector, connection, action: 'pay', input: { amount: 3 }, record })
  return record
}

function plainConnector(slug: string, word: string): Record<string, unknown> {
  const servers = { production: { url: 'https://api.example.test' } }
  return { connector: slug, name: `Plain of ${word}`, servers, actions: { look: { method: 'GET', path: '/look' } } }
}

let guests = 0
const guest = () => `guest-${++guests}@example.test`
const freshTeam = async (_world: World, { owner }: Makers) => (await owner.teams.create({ name: unique('fresh') })).id
const selectAll = { select: {}, include: [], exclude: [] }
const freshNetwork = async (_world: World, { owner }: Makers) => (await owner.networks.create(unique('fresh'))).network.id
const freshToolset = async (_world: World, { owner }: Makers) => {
  const slug = unique('fresh')
  return (await owner.toolsets.create({ slug, name: slug, selection: selectAll })).id
}
const freshInvitation = async (_world: World, { owner }: Makers) =>
  (await owner.invitations.create({ email: guest(), role: 'viewer' })).id
const freshMember = async (_world: World, { owner, join }: Makers) => {
  const { url } = await owner.invitations.create({ email: guest(), role: 'viewer' })
  return join(url ?? '')
}

function tinySpec(word: string): Record<string, unknown> {
  const servers = [{ url: 'https://api.example.test' }]
  return { openapi: '3.1.0', info: { title: `Spec of ${word}` }, servers, paths: { '/look': { get: { responses: {} } } } }
}

function flowOf(workflow: string, word: string) {
  return { workflow, name: `Flow of ${word}`, steps: [{ id: 'wait', wait: { for: '300d' } }] }
}
const freshWorkflow = async ({ word }: World, { owner }: Makers) =>
  (await owner.workflows.create(flowOf(unique('fresh'), word))).id
const freshRun = async ({ workflow }: World, { owner }: Makers) => {
  const { id } = await owner.runs.start({ workflow })
  return (await owner.runs.wait(id)).id
}
/** A step that waits for a person, of a run that a member started. */
const freshQuestion = async ({ word }: World, { owner, agent }: Makers) => {
  const workflow = unique('asks')
  await owner.workflows.create({ workflow, name: word, steps: [{ id: 'ask', approval: { message: 'So?' } }] })
  await owner.workflows.deploy(workflow)
  const { timeline } = await owner.runs.wait((await agent.runs.start({ workflow })).id)
  return timeline[0]?.id ?? ''
}

const connector = (world: World) => world.connector
const inWorkspace = (world: World) => `?workspace_id=${world.workspaceId}`
const connection = (world: World) => world.connection
const backend = (world: World) => world.secretBackend
const approval = (world: World) => world.approval

/** Of a plan without changes. */
const nothingPlanned = (workspaceId: string) =>
  createHash('sha256')
    .update(JSON.stringify([workspaceId, []]))
    .digest('hex')
    .slice(0, 32)

const cases: Readonly<Record<string, RouteCase>> = {
  getHealth: {},
  getReadiness: {},
  getOpenApi: {},
  getConnectorSchema: {},
  getWorkflowSchema: {},
  getSession: {},
  signOut: {},
  signIn: { body: () => ({ email: 'nobody@example.test', password: 'wrong but long enough' }) },
  setUp: { body: () => ({ code: 'none', name: 'N', email: 'nobody@example.test', password: 'long enough to be one' }) },

  listConnectors: { query: '?limit=200' },
  createConnector: { body: ({ word }) => plainConnector(unique('made'), word) },
  parseConnector: { body: ({ word }) => ({ text: JSON.stringify(plainConnector('parsed', word)) }) },
  previewImport: { body: ({ word }) => ({ text: JSON.stringify(tinySpec(word)) }) },
  getConnector: { id: connector },
  getConnectorCapabilities: { id: connector },
  listConnectorSchemes: { id: connector },
  listBuiltinTypes: {},
  updateConnector: {
    id: connector,
    fresh: freshConnector,
    body: ({ connector: slug, word }) => ({ document: plainConnector(slug, `${word} ${unique('v')}`), autoBump: true }),
  },
  verifyConnector: { id: connector, query: inWorkspace, body: () => ({ fields: { key: 'k' } }) },
  installConnector: {
    id: connector,
    query: inWorkspace,
    body: () => ({ name: unique('Installed'), fields: { key: 'k' } }),
  },
  deleteConnector: { id: connector, fresh: freshConnector },
  listConnectorVersions: { id: connector },
  checkConnector: { id: connector, body: ({ word }) => ({ spec: tinySpec(word) }) },
  reimportConnector: {
    id: connector,
    fresh: freshConnector,
    body: ({ word }) => ({ source: { spec: tinySpec(`${word} ${unique('v')}`) } }),
  },
  scheduleConnectorChecks: { id: connector, body: () => ({ every_hours: null }) },
  pinConnector: { id: connector, fresh: freshDrift, body: () => ({ fingerprint: drift }) },

  listConnectorDrafts: {},
  getConnectorDraft: { id: ({ draft }) => draft },
  putConnectorDraft: {
    id: ({ draft }) => draft,
    body: ({ draft, word }) => ({ document: plainConnector(draft, word) }),
  },
  publishConnectorDraft: { id: ({ draft }) => draft, fresh: freshDraft },
  discardConnectorDraft: { id: ({ draft }) => draft, fresh: freshDraft },

  listConnections: { query: '?limit=200' },
  createConnection: {
    needs: 'manager',
    body: ({ connector: slug }) => ({ connector: slug, name: unique('Made'), auth: { fields: { key: 'k' } } }),
  },
  getConnection: { id: connection },
  updateConnection: { id: connection, needs: 'manager', fresh: freshConnection, body: () => ({ name: unique('Renamed') }) },
  getConnectionDependents: { id: connection, needs: 'manager' },
  deleteConnection: { id: connection, needs: 'manager', fresh: freshConnection },
  testConnection: { id: connection, needs: 'manager', fresh: freshConnection },
  reauthorizeConnection: { id: connection, needs: 'manager', fresh: freshConsent, body: () => ({}) },
  makeConsentLink: { id: connection, needs: 'manager', fresh: freshConsent },
  pollConnectionDevice: { id: connection, needs: 'manager', fresh: freshConsent },

  listOAuthApps: {},
  createOAuthApp: { body: () => ({ family: unique('family'), client_id: 'client', client_secret: 'a client secret' }) },
  updateOAuthApp: { id: ({ oauthApp }) => oauthApp, fresh: freshOAuthApp, body: () => ({ name: unique('Renamed') }) },
  deleteOAuthApp: { id: ({ oauthApp }) => oauthApp, fresh: freshOAuthApp },

  listSecretBackends: {},
  createSecretBackend: { body: () => backendOf(unique('made')) },
  updateSecretBackend: { id: backend, fresh: freshBackend, body: () => ({ name: unique('Renamed') }) },
  deleteSecretBackend: { id: backend, fresh: freshBackend },
  testSecretBackend: { id: backend },
  syncSecretBackend: { id: backend },
  listReplicatedSecrets: { id: backend },
  getConnectionSecret: { id: connection },
  moveConnectionSecret: { id: connection, needs: 'manager', body: () => ({ to: 'proxy' }) },
  rewriteConnectionSecret: { id: connection, needs: 'manager' },
  refreshConnectionSecret: { id: connection, fresh: freshReplica, body: () => ({ version: '1.0' }) },
  getManifest: {},

  rotateConnection: { id: connection, needs: 'manager', fresh: freshConnection, body: () => ({ fields: { key: 'another' } }) },

  createCall: {
    body: (world) => ({ connector: world.connector, connection: world.connection, action: 'pay', input: { amount: 2 } }),
  },
  listCalls: { query: '?limit=200' },
  getCallTotals: { query: '?window=1h' },
  getCall: { id: ({ call }) => call },
  readResult: { id: ({ result }) => result, needs: 'owner', onlyMaker: true },
  downloadResult: { id: ({ result }) => result, needs: 'owner', onlyMaker: true },
  listCassettes: {},
  listRecordings: { id: ({ word }) => word, query: '?limit=200' },
  exportCassette: { id: ({ word }) => word },
  importCassette: {
    id: ({ word }) => word,
    chosen: true,
    fresh: async () => unique('fresh'),
    body: ({ word }) => ({
      format: 1,
      recordings: [{ ...noRequest, connector: word, action: 'look', input: {}, answer: { payload: word } }],
    }),
  },
  deleteCassette: { id: ({ word }) => word, fresh: freshCassette },
  deleteRecording: {
    id: ({ recording }) => recording,
    fresh: async (world, makers) => {
      const { items } = await makers.owner.cassettes.recordings(await freshCassette(world, makers))
      return items[0]?.id ?? ''
    },
  },
  listTools: { query: '?limit=200' },
  callTool: { id: (world) => `${world.connector}_pay`, body: () => ({ arguments: { amount: 2 } }) },
  searchTools: { body: () => ({ query: 'ledger look', limit: 50 }) },
  askTools: { body: () => ({ text: 'ledger look' }) },
  chat: { body: () => ({ messages: [{ role: 'user', text: 'Hello' }] }) },

  listApprovals: { query: '?limit=200' },
  getApproval: { id: approval },
  approve: { id: approval, fresh: freshApproval },
  reject: { id: approval, fresh: freshApproval, body: () => ({ reason: 'no' }) },

  createStandingApproval: { id: approval, fresh: freshApproval, body: () => alike },
  listStandingApprovals: { query: '?limit=200' },
  revokeStandingApproval: { id: ({ standing }) => standing, fresh: freshStanding },

  openApprovalLink: { body: () => ({ code: 'none' }) },
  listAlerts: {},
  getAlert: { id: ({ alert }) => alert },
  listAlertRules: {},
  createAlertRule: { body: ({ word }) => quietRule(unique(word)) },
  updateAlertRule: { id: ({ alertRule }) => alertRule, fresh: freshRule, body: () => ({ threshold: 3 }) },
  deleteAlertRule: { id: ({ alertRule }) => alertRule, fresh: freshRule },
  testAlertRule: { id: ({ alertRule }) => alertRule },
  listAlertSilences: {},
  createAlertSilence: { body: ({ word }) => quiet(word) },
  endAlertSilence: {
    id: ({ silence }) => silence,
    fresh: async ({ word }, { owner }) => (await owner.alerts.silence(quiet(word))).id,
  },
  listNotificationChannels: {},
  createNotificationChannel: { body: ({ word }) => ({ ...channelOf(word), name: unique(word) }) },
  testNotificationChannel: { id: ({ channel }) => channel },
  deleteNotificationChannel: {
    id: ({ channel }) => channel,
    fresh: async ({ word }, { owner }) => (await owner.notifications.create({ ...channelOf(word), name: unique(word) })).id,
  },

  listTokens: {},
  createToken: { body: () => ({ name: unique('made'), role: 'viewer' }) },
  revokeToken: {
    id: ({ token }) => token,
    fresh: async (_world, { owner }) => (await owner.tokens.create({ name: unique('fresh'), role: 'viewer' })).id,
  },

  listClients: {},
  createClient: {
    body: ({ word }) => ({ name: `${word} ${unique('client')}`, redirect_uris: ['https://app.example.test/callback'] }),
  },
  deleteClient: {
    id: ({ client }) => client,
    fresh: async (_world, { owner }) =>
      (await owner.clients.create({ name: unique('fresh'), redirect_uris: ['https://app.example.test/callback'] })).id,
  },
  listGrants: {},
  revokeGrant: { id: ({ grant }) => grant, fresh: (world) => world.makeGrant(), needs: 'admin' },
  lookAtAuthorization: { body: ({ client }) => ({ client_id: client, redirect_uri: 'https://app.example.test/callback' }) },
  decideAuthorization: {
    body: ({ client }) => ({ client_id: client, redirect_uri: 'https://app.example.test/callback', allow: false }),
  },

  updateToken: {
    id: ({ token }) => token,
    fresh: async (_world, { owner }) => (await owner.tokens.create({ name: unique('fresh'), role: 'viewer' })).id,
    body: () => ({ name: unique('renamed') }),
  },
  rotateToken: {
    id: ({ token }) => token,
    fresh: async (_world, { owner }) => (await owner.tokens.create({ name: unique('fresh'), role: 'viewer' })).id,
    body: () => ({ overlap_seconds: 60 }),
  },

  listToolsets: {},
  createToolset: { body: ({ word }) => ({ slug: unique('made'), name: word, selection: selectAll }) },
  previewToolset: { body: () => ({ selection: selectAll }), query: '?show=all&limit=200' },
  getToolset: { id: ({ toolset }) => toolset },
  listToolsetTools: { id: ({ toolset }) => toolset, query: '?show=all&limit=200' },
  updateToolset: { id: ({ toolset }) => toolset, fresh: freshToolset, body: () => ({ name: unique('Renamed') }) },
  deleteToolset: { id: ({ toolset }) => toolset, fresh: freshToolset },

  runScript: { body: () => ({ source: 'function test() {}', command: 'test' }) },

  listAudit: { query: '?limit=200' },
  verifyAudit: {},
  createAuditCheckpoint: {},
  exportAudit: {},

  listMembers: {},
  updateMember: { id: ({ member }) => member, fresh: freshMember, body: () => ({ role: 'member' }) },
  removeMember: { id: ({ member }) => member, fresh: freshMember },
  endMemberSessions: { id: ({ member }) => member, fresh: freshMember },
  recoverMember: { id: ({ member }) => member, fresh: freshMember, body: () => ({}) },

  listTeams: {},
  createTeam: { body: () => ({ name: unique('team') }) },
  renameTeam: { id: ({ team }) => team, fresh: freshTeam, body: () => ({ name: unique('renamed') }) },
  deleteTeam: { id: ({ team }) => team, fresh: freshTeam },
  setTeamMember: {
    id: ({ team }) => team,
    fresh: freshTeam,
    needs: 'admin',
    body: ({ member }) => ({ person: member, role: 'member' }),
  },

  listNetworks: { query: '?limit=200' },
  createNetwork: { body: () => ({ name: unique('network') }) },
  getNetwork: { id: ({ network }) => network },
  renameNetwork: { id: ({ network }) => network, fresh: freshNetwork, body: () => ({ name: unique('renamed') }) },
  deleteNetwork: { id: ({ network }) => network, fresh: freshNetwork },
  createNetworkToken: { id: ({ network }) => network, fresh: freshNetwork, body: () => ({}) },
  revokeNetworkToken: {
    id: ({ networkToken }) => networkToken,
    fresh: async ({ network }, { owner }) => (await owner.networks.createToken(network)).id,
  },

  listInvitations: {},
  createInvitation: { body: () => ({ email: guest(), role: 'viewer' }) },
  renewInvitation: { id: ({ invitation }) => invitation, fresh: freshInvitation },
  revokeInvitation: { id: ({ invitation }) => invitation, fresh: freshInvitation },
  lookAtInvitation: { body: () => ({ code: 'none' }) },
  join: { body: () => ({ code: 'none', name: 'N', password: 'long enough to be one' }) },

  renameWorkspace: { body: ({ word }) => ({ name: word }) },
  getSignInSettings: {},
  updateSignInSettings: { body: () => ({ require_two_factor: false }) },
  beginSingleSignOn: { body: () => ({ workspace: 'ws_00000000000000000000000000' }) },
  endSingleSignOn: { query: '?code=none&state=none' },
  sendSecondFactor: { body: () => ({ code: '000000' }) },
  requestRecovery: { body: () => ({ email: 'nobody@example.test' }) },
  setPassword: { body: () => ({ code: 'none', password: 'long enough to be one' }) },

  updateAccount: { body: () => ({ name: 'Somebody' }) },
  changePassword: { body: () => ({ current_password: 'wrong', new_password: 'long enough to be one' }) },
  listMySessions: {},
  endMySession: { id: ({ session }) => session },
  endMyOtherSessions: {},
  beginTwoFactor: { body: () => ({ password: 'wrong' }) },
  confirmTwoFactor: { body: () => ({ code: '000000' }) },
  endTwoFactor: { body: () => ({ password: 'wrong' }) },
  newRecoveryCodes: { body: () => ({ password: 'wrong' }) },
  leaveWorkspace: { id: ({ workspaceId }) => workspaceId },
  deleteWorkspace: { id: ({ workspaceId }) => workspaceId, body: ({ word }) => ({ name: word }) },
  createWorkspace: { body: () => ({ name: unique('workspace') }) },

  rotateVault: { body: () => ({}) },

  exportConfiguration: {},
  planConfiguration: { body: ({ word }) => ({ documents: [{ file: 'team.yaml', document: { team: `Planned of ${word}` } }] }) },
  applyConfiguration: { body: ({ workspaceId }) => ({ documents: [], fingerprint: nothingPlanned(workspaceId) }) },
  listWorkflows: {},
  createWorkflow: { body: ({ word }) => ({ document: flowOf(unique('made'), word) }) },
  checkWorkflow: { body: ({ word }) => ({ document: flowOf('checked', word) }) },
  getWorkflow: { id: ({ workflow }) => workflow },
  updateWorkflow: { id: ({ workflow }) => workflow, body: ({ word, workflow }) => ({ document: flowOf(workflow, word) }) },
  deleteWorkflow: { id: ({ workflow }) => workflow, fresh: freshWorkflow },
  deployWorkflow: { id: ({ workflow }) => workflow, fresh: freshWorkflow, body: () => ({}) },
  undeployWorkflow: {
    id: ({ deployment }) => deployment,
    fresh: async (world, makers) => (await makers.owner.workflows.deploy(await freshWorkflow(world, makers))).id,
  },
  previewWorkflow: { id: ({ workflow }) => workflow, body: () => ({}) },
  listRuns: {},
  startRun: { body: ({ workflow }) => ({ workflow }) },
  getRun: { id: ({ run }) => run },
  cancelRun: { id: ({ run }) => run, fresh: freshRun, needs: 'manager' },
  retryRun: {
    id: ({ run }) => run,
    fresh: async (world, makers) => (await makers.owner.runs.cancel(await freshRun(world, makers))).id,
    body: () => ({}),
  },
  replayRun: { id: ({ run }) => run, body: () => ({}) },
  decideRunStep: { id: ({ run }) => run, fresh: freshQuestion, body: () => ({ approved: true }) },
}

interface Operation {
  readonly operationId: string
  readonly security?: readonly object[]
  readonly 'x-minimum-role'?: string
}

const described = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
)

/** Operations of the description that the table does not have, and the other way round. */
export function missingCases(): { readonly withoutCase: readonly string[]; readonly withoutRoute: readonly string[] } {
  const ids = described.map(({ operation }) => operation.operationId)
  return {
    withoutCase: ids.filter((id) => !Object.hasOwn(cases, id)),
    withoutRoute: Object.keys(cases).filter((id) => !ids.includes(id)),
  }
}

export const routes: readonly Route[] = described.map(({ path, method, operation }) => ({
  ...cases[operation.operationId],
  operationId: operation.operationId,
  method: method.toUpperCase(),
  path,
  // A route with neither is for nobody, and so nobody's request would succeed.
  role: operation.security?.length === 0 ? null : (operation['x-minimum-role'] as Role | 'person'),
}))

export interface Answer {
  readonly status: number
  readonly text: string
  /** What may differ from answer to answer left out. */
  readonly headers: Readonly<Record<string, string>>
  readonly code: string | undefined
}

export const queryOf = ({ query = '' }: RouteCase, world: World) => (typeof query === 'string' ? query : query(world))

/** Sends the request of a route for a world; `id` takes the place of the world's own. */
export async function send(
  url: string,
  route: Route,
  world: World,
  headers: Readonly<Record<string, string>>,
  id: string | undefined = route.id?.(world),
  method: string = route.method,
): Promise<Answer> {
  // The id in a path also names what a document in the body is of.
  const body = route.body?.(id !== undefined && route.operationId === 'updateConnector' ? { ...world, connector: id } : world)
  const response = await fetch(`${url}${route.path.replace('{id}', id ?? '')}${queryOf(route, world)}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const code =
    /\/(?:problem\+)?json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text).code : undefined
  const changing = ['date', 'content-length', 'connection', 'keep-alive']
  const kept = [...response.headers].filter(([name]) => !changing.includes(name))
  return { status: response.status, text, headers: Object.fromEntries(kept), code }
}

/** An answer with the probed id taken out, so that two can be compared. */
export function withoutId({ status, text, headers }: Answer, id: string) {
  return { status, headers, text: text.replaceAll(id, '<id>').replace(/"call_id":"call_\w+"/, '"call_id":"<call>"') }
}
