import { type DemoCrm, startDemoCrm } from '@sallyport/demo-crm'
import { startTokenServer, type TokenServer } from '@sallyport/sdk/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { callback, Program, pkce } from './oauth-harness.ts'
import { DescribedApi } from './support/described-api.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { codeIn, type MailServer, startMailServer } from './support/mail-server.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { connectorOf } from './support/oauth-connector.ts'
import { type OidcServer, startOidcServer } from './support/oidc-server.ts'
import { codeOf } from './support/totp.ts'
import { WebSession } from './support/web-session.ts'

const password = 'correct horse battery'

let crm: DemoCrm
let mail: MailServer
let model: ModelServer
let gateway: GatewayProcess
let oidc: OidcServer
let tokens: TokenServer
let ask: DescribedApi['ask']
let api: DescribedApi

beforeAll(async () => {
  crm = await startDemoCrm({ apiKey: 'key-of-the-demo' })
  mail = await startMailServer()
  model = await startModelServer()
  gateway = await startGatewayProcess({ env: { ...mail.env, ...model.env } })
  tokens = await startTokenServer()
  oidc = await startOidcServer(`${gateway.url}/api/v1/session/sso/callback`)
  api = new DescribedApi(gateway)
  ask = api.ask
})
afterAll(async () => {
  await gateway?.stop()
  await oidc?.close()
  await tokens?.close()
  await mail?.close()
  await model?.stop()
  await crm?.close()
  if (gateway) await removeDataDir(gateway.dataDir)
})

/** The first owner, signed in, and the id of the workspace. */
async function setUp(): Promise<{ ada: WebSession; workspace: string }> {
  const ada = new WebSession(gateway.url)
  await ask('getSession', { as: ada })
  const code = codeIn(await vi.waitUntil(() => gateway.setupUrl))
  await ask('setUp', { body: { code, name: 'Ada', email: 'ada@example.com', password }, as: ada })
  const { json } = await ask('getSession', { as: ada })
  return { ada, workspace: json.workspace.id }
}

/** A workflow from its file to its end, and all that can be done with its runs. */
async function runWorkflows(): Promise<void> {
  const file = (name: string, action: string, more: object = {}) => ({
    workflow: 'flow',
    name,
    slots: { crm: { connector: 'crm' } },
    steps: [
      { id: 'look', call: { slot: 'crm', action, input: { query: 'a', limit: 1 } }, outputKey: 'found' },
      { id: 'ask', approval: { message: 'So?' } },
    ],
    ...more,
  })
  const body = { document: file('Flow', 'search_customers') }
  await ask('checkWorkflow', { body })
  await ask('checkWorkflow', { body: { text: 'workflow: [' } })
  await ask('createWorkflow', { body })
  await ask('listWorkflows')
  await ask('getWorkflow', { id: 'flow' })
  await ask('updateWorkflow', { id: 'flow', body: { text: JSON.stringify(file('Flow again', 'search_customers')) } })
  await ask('deployWorkflow', { id: 'flow', body: { bindings: { shop: 'none' } } })
  const deployed = await ask('deployWorkflow', { id: 'flow', body: {} })
  const settled = async (id: string) =>
    vi.waitUntil(async () => {
      const { json } = await ask('getRun', { id })
      return json.status === 'queued' || json.status === 'running' ? null : json
    })
  const preview = await ask('previewWorkflow', { id: 'flow', body: {} })
  await settled(preview.json.id)
  const started = await ask('startRun', {
    token: (await ask('createToken', { body: { name: 'starter', role: 'member' } })).json.token,
    body: { workflow: 'flow' },
  })
  const { timeline } = await settled(started.json.id)
  await ask('decideRunStep', { id: timeline[1].id, body: { approved: false, reason: 'no' } })
  await vi.waitUntil(async () => (await ask('getRun', { id: started.json.id })).json.status === 'failed')
  await ask('retryRun', { id: started.json.id, body: {} })
  await ask('cancelRun', { id: started.json.id })
  const replayed = await ask('replayRun', { id: started.json.id, body: {} })
  await ask('listRuns')
  await ask('deleteWorkflow', { id: 'flow' })
  await ask('undeployWorkflow', { id: deployed.json.id })
  await ask('cancelRun', { id: replayed.json.id })
  await ask('deleteWorkflow', { id: 'flow' })
}

/** The connector of the demo API and a connection to it: its id. */
async function connect(): Promise<string> {
  const parsed = await ask('parseConnector', { body: { url: `${crm.url}/openapi.json`, connector: 'crm' } })
  await ask('previewImport', { body: { url: `${crm.url}/openapi.json` } })
  const verify = { action: 'list_customers' }
  const document = { ...parsed.json.document, verify, limits: { per_minute: 100, timeout_ms: 2000, retries: 0 } }
  document.actions.add_note.confirm = true
  await ask('createConnector', { body: document })
  await ask('createConnector', { body: document })
  await ask('updateConnector', { id: 'crm', body: { document: { ...document, description: 'Changed' }, autoBump: true } })
  await ask('listConnectors', { query: '?limit=1' })
  await ask('getConnector', { id: 'crm' })
  await ask('getConnector', { id: 'none' })
  await ask('getConnectorCapabilities', { id: 'crm' })
  const draft = { id: 'drafted', body: { document: { ...document, connector: 'drafted' } } }
  await ask('putConnectorDraft', draft)
  await ask('listConnectorDrafts')
  await ask('getConnectorDraft', { id: 'drafted' })
  await ask('publishConnectorDraft', { id: 'drafted' })
  await ask('putConnectorDraft', draft)
  await ask('discardConnectorDraft', { id: 'drafted' })
  await ask('listConnectorSchemes', { id: 'crm' })
  await ask('listBuiltinTypes')

  const created = await ask('createConnection', {
    body: { connector: 'crm', name: 'Demo', auth: { fields: { key: 'key-of-the-demo' } } },
  })
  const id: string = created.json.id
  await ask('testConnection', { id })
  await ask('rotateConnection', { id, body: { fields: { key: 'key-of-the-demo' } } })
  const approval = { rule: 'never', over_items: 10, over_bytes: 10_000, targets: [`${crm.url}/none/*`] }
  await ask('updateConnection', { id, body: { name: 'Renamed', approval } })
  await ask('listConnections')
  await ask('getConnection', { id })
  return id
}

/** What an agent does, and the people who decide on it. */
async function callAsAgent(): Promise<void> {
  const made = await ask('createToken', { body: { name: 'agent' } })
  const agent: string = made.json.token
  await ask('listTokens')
  await ask('listTokens', { token: agent })
  await ask('getSession', { token: agent })
  await ask('getSession', { token: 'sp_unknown' })
  const tools = await ask('listTools')
  for (const format of ['mcp', 'openai', 'anthropic', 'gemini']) await ask('listTools', { query: `?format=${format}` })
  await ask('searchTools', { body: { query: 'customers' } })

  const call = (action: string, input: object, more: object = {}) =>
    ask('createCall', { token: agent, body: { connector: 'crm', action, input, ...more } })
  const listed = await call('search_customers', { query: 'a', limit: 1 })
  const answer = await call('add_note', { customer_id: 'cus_1', text: 'x' }, { dry_run: true })
  expect(answer.json.plan).toBeDefined()
  const failed = await call('failing', {})
  expect(failed.json.code).toBe('UPSTREAM_ERROR')
  const channel = await ask('createNotificationChannel', { body: { kind: 'email', name: 'Boss', email: 'boss@example.com' } })
  await ask('testNotificationChannel', { id: channel.json.id })
  let pending = answer
  const letter = await mail.next(async () => {
    pending = await call('add_note', { customer_id: 'cus_1', text: 'x' })
  })
  await ask('openApprovalLink', { body: { code: codeIn(letter) } })
  await ask('listNotificationChannels')
  const rule = await ask('createAlertRule', { body: { name: 'Broken', kind: 'connection_failing', channels: [channel.json.id] } })
  await ask('updateAlertRule', { id: rule.json.id, body: { severity: 'critical' } })
  await ask('testAlertRule', { id: rule.json.id })
  await ask('listAlertRules')
  const silence = await ask('createAlertSilence', {
    body: { reason: 'Tests', until: new Date(Date.now() + 60_000).toISOString() },
  })
  await ask('listAlertSilences')
  await ask('endAlertSilence', { id: silence.json.id })
  const any = { name: 'Any call', kind: 'error_rate', group_by: 'workspace', threshold: 0, min_calls: 0 }
  const fires = await ask('createAlertRule', { body: any })
  const alerts = await vi.waitUntil(async () => {
    const page = await ask('listAlerts', { query: `?rule=${fires.json.id}` })
    return page.json.items.length > 0 ? page : null
  })
  await ask('getAlert', { id: alerts.json.items[0].id })
  for (const { id } of [rule.json, fires.json]) await ask('deleteAlertRule', { id })
  await ask('deleteNotificationChannel', { id: channel.json.id })
  const refused = await call('add_note', { customer_id: 'cus_1', text: 'y' })
  const toolOf = (action: string): string => tools.json.items.find((tool: { action: string }) => tool.action === action).name
  const { json: large } = await call('list_customers', {}, { max_result_bytes: 1024 })
  await ask('readResult', { id: large.rest.handle, token: agent, query: '?path=items[0]' })
  await ask('downloadResult', { id: large.rest.handle, token: agent })
  await ask('readResult', { id: large.rest.handle })
  const record = (action: string, input: object) =>
    ask('createCall', { body: { connector: 'crm', action, input, record: 'demo' } })
  await record('search_customers', { query: 'a', limit: 1 })
  await record('get_customer', { customer_id: 'cus_none' })
  await ask('listCassettes')
  const recorded = await ask('listRecordings', { id: 'demo' })
  const file = await ask('exportCassette', { id: 'demo' })
  await ask('importCassette', { id: 'copy', body: file.json })
  await ask('deleteRecording', { id: recorded.json.items[0].id })
  await ask('deleteCassette', { id: 'demo' })
  await call('search_customers', { query: 'a', limit: 1 }, { replay: 'copy' })
  await call('search_customers', { query: 'other' }, { replay: 'copy' })
  await ask('callTool', { id: toolOf('search_customers'), token: agent, body: { arguments: { query: 'a', limit: 1 } } })
  await ask('callTool', { id: toolOf('add_note'), token: agent, body: { arguments: { customer_id: 'cus_1', text: 'z' } } })
  await ask('askTools', { token: agent, body: { text: 'list the first 2 customers' } })
  await ask('askTools', { token: agent, body: { text: 'add a note "x" to customer cus_1' } })
  await ask('askTools', { token: agent, body: { text: 'export invoices' } })
  model.play({ calls: [{ name: toolOf('add_note'), input: { customer_id: 'cus_1', text: 'w' } }] })
  const talk = await ask('chat', { token: agent, body: { messages: [{ role: 'user', text: 'Add a note' }] } })
  await ask('chat', { token: agent, body: { messages: talk.json.messages } })
  await ask('listApprovals')
  await ask('listApprovals', { query: '?status=pending' })
  await ask('getApproval', { id: pending.json.approval.id })
  const standing = await ask('createStandingApproval', { id: pending.json.approval.id, body: { count: 1, same: ['text'] } })
  await ask('listStandingApprovals')
  await ask('revokeStandingApproval', { id: standing.json.id })
  await ask('approve', { id: pending.json.approval.id })
  await ask('approve', { id: pending.json.approval.id })
  await ask('reject', { id: refused.json.approval.id, body: { reason: 'no' } })
  await ask('listCalls')
  for (const record of [listed, failed, pending, refused])
    await ask('getCall', { id: record.json.id ?? record.json.call_id, token: agent })
  await ask('getCallTotals', { query: '?window=1h' })
  const source = 'function main() { floh.log.info(1); return { payload: floh.http.get(floh.params.url).status } }'
  await ask('runScript', { body: { source, command: 'main', params: { url: `${crm.url}/openapi.json` } } })
  await ask('runScript', { body: { source, command: 'none' } })
  const sealed = await ask('rotateVault', { body: {} })
  await ask('rotateVault', { body: { key_id: sealed.json.key_id } })
  await ask('rotateVault', { body: { key_id: 'key_of_another' } })
  await ask('revokeToken', { id: made.json.id })
  await ask('exportConfiguration')
  const documents = [
    { file: 'team.yaml', document: { team: 'Of files' } },
    { file: 'hook.yaml', document: { notification: 'Of files', kind: 'webhook', url: { env: 'HOOK' } } },
  ]
  const { fingerprint } = (await ask('planConfiguration', { body: { documents } })).json
  await ask('planConfiguration', { body: { documents: [{ file: 'a.yaml', document: { colour: 'red' } }] } })
  await ask('applyConfiguration', { body: { documents, fingerprint: 'of another' } })
  await ask('applyConfiguration', { body: { documents, fingerprint, secrets: { 'env:HOOK': `${crm.url}/hook` } } })
}

async function pickToolsets(): Promise<void> {
  const selection = { select: { connectors: ['crm'] }, include: [], exclude: [{ connector: 'crm', action: 'failing' }] }
  await ask('previewToolset', { query: '?show=all', body: { selection } })
  const made = await ask('createToolset', { body: { slug: 'readers', name: 'Readers', selection } })
  const { id } = made.json
  const bound = await ask('createToken', { body: { name: 'reader', toolset: 'readers', per_minute: 10 } })
  await ask('listToolsets')
  await ask('getToolset', { id: 'readers' })
  for (const show of ['included', 'left_out']) await ask('listToolsetTools', { id, query: `?show=${show}` })
  await ask('updateToolset', { id, body: { approval: 'destructive', mode: 'search' } })
  await ask('updateToken', { id: bound.json.id, body: { per_minute: 60 } })
  await ask('rotateToken', { id: bound.json.id, body: { overlap_seconds: 60 } })
  await ask('listTokens')
}

/** Programs that act for a person. */
async function allowPrograms(ada: WebSession): Promise<void> {
  const body = { name: 'Reader', redirect_uris: [callback] }
  await ask('createClient', { body })
  const { json: client } = await ask('createClient', { body: { ...body, confidential: true } })
  await ask('listClients')
  const program = new Program(gateway.url, {})
  await program.register()
  await ask('lookAtAuthorization', { body: { client_id: program.id, redirect_uri: callback }, as: ada })
  program.id = client.id
  program.secret = client.secret
  const { verifier, challenge } = pkce()
  const asked = {
    client_id: client.id,
    redirect_uri: callback,
    response_type: 'code',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  for (const path of ['/mcp', '/mcp/readers', '/elsewhere'])
    await ask('lookAtAuthorization', { body: { ...asked, resource: `${gateway.url}${path}` }, as: ada })
  const resource = `${gateway.url}/mcp/readers`
  await ask('decideAuthorization', { body: { ...asked, resource, allow: false }, as: ada })
  const allowed = await ask('decideAuthorization', { body: { ...asked, resource, allow: true }, as: ada })
  const code = new URL(allowed.json.url).searchParams.get('code') ?? ''
  expect((await program.spend({ code, verifier })).status).toBe(200)
  const grants = await ask('listGrants', { as: ada })
  await ask('revokeGrant', { id: grants.json.items[0].id, as: ada })
  await ask('deleteClient', { id: client.id })
}

/** A private network that no agent has come from yet. */
async function tendNetwork(): Promise<void> {
  const { json } = await ask('createNetwork', { body: { name: 'Office' } })
  const { id } = json.network
  const token = await ask('createNetworkToken', { id, body: {} })
  await ask('revokeNetworkToken', { id: token.json.id })
  await ask('listNetworks')
  await ask('getNetwork', { id })
  await ask('renameNetwork', { id, body: { name: 'Head office' } })
  await ask('deleteNetwork', { id })
}

/** Somebody who is invited into a team and joins: their id and session. */
async function join(email: string): Promise<{ id: string; person: WebSession }> {
  const team = await ask('createTeam', { body: { name: 'Support' } })
  await ask('renameTeam', { id: team.json.id, body: { name: 'Helpers' } })
  const invitation = { email, role: 'member', teams: [{ id: team.json.id, role: 'manager' }] }
  const taken = await ask('createInvitation', { body: { ...invitation, email: 'max@example.com' } })
  await ask('revokeInvitation', { id: taken.json.id })
  const sent = await ask('createInvitation', { body: invitation })
  const code = codeIn(await mail.next(() => ask('renewInvitation', { id: sent.json.id })))
  const person = new WebSession(gateway.url)
  await ask('lookAtInvitation', { body: { code }, as: person })
  await ask('join', { body: { code, name: 'Kim', password }, as: person })
  await ask('listInvitations')
  const { json: session } = await ask('getSession', { as: person })
  const { id } = session.person
  await ask('listTeams')
  await ask('listMembers')
  await ask('setTeamMember', { id: team.json.id, body: { person: id, role: 'member' } })
  await ask('deleteTeam', { id: team.json.id })
  return { id, person }
}

/** What people do with their own account. */
async function tendAccount(person: WebSession, email: string): Promise<void> {
  await ask('updateAccount', { body: { name: 'Kim K.' }, as: person })
  const elsewhere = new WebSession(gateway.url)
  await ask('signIn', { body: { email, password }, as: elsewhere })
  const sessions = await ask('listMySessions', { as: person })
  const other = sessions.json.items.find(({ current }: { current: boolean }) => !current)
  await ask('endMySession', { id: other.id, as: person })
  await ask('endMyOtherSessions', { as: person })
  await ask('changePassword', { body: { current_password: password, new_password: password }, as: person })
  const begun = await ask('beginTwoFactor', { body: { password }, as: person })
  await ask('confirmTwoFactor', { body: { code: codeOf(begun.json.uri) }, as: person })
  const renewed = await ask('newRecoveryCodes', { body: { password }, as: person })
  await ask('signOut', { as: person })
  await ask('signIn', { body: { email, password }, as: person })
  await ask('sendSecondFactor', { body: { recovery_code: renewed.json.recovery_codes[0] }, as: person })
  await ask('endTwoFactor', { body: { password }, as: person })
}

/** What admins do about a member, to the end of the membership. */
async function tendMember(id: string, email: string): Promise<void> {
  await ask('updateMember', { id, body: { role: 'viewer' } })
  await ask('endMemberSessions', { id })
  await mail.next(() => ask('requestRecovery', { body: { email } }))
  const { json: link } = await ask('recoverMember', { id, body: { remove_two_factor: true } })
  await ask('setPassword', { body: { code: codeIn(link.url), password } })
  await ask('removeMember', { id })
}

async function signInBySso(workspace: string): Promise<void> {
  const { issuer, clientId: client_id, clientSecret: client_secret } = oidc
  const single_sign_on = { issuer, client_id, client_secret, domains: ['corp.example'], default_role: 'member' }
  await ask('updateSignInSettings', { body: { require_two_factor: false, single_sign_on } })
  await ask('getSignInSettings')
  const browser = new WebSession(gateway.url)
  await ask('getSession', { as: browser })
  const newcomer = { sub: 'sub-1', email: 'new@corp.example', email_verified: true, name: 'Newcomer' }
  for (const account of [null, newcomer]) {
    oidc.account = account
    const begun = await ask('beginSingleSignOn', { body: { workspace }, as: browser })
    await ask('endSingleSignOn', { query: new URL(await oidc.visit(begun.json.url)).search, as: browser })
  }
  const { json } = await ask('getSession', { as: browser })
  expect(json.person).toMatchObject({ single_sign_on: true })
  await ask('listMySessions', { as: browser })
  await ask('leaveWorkspace', { id: workspace, as: browser })
  await ask('updateSignInSettings', { body: { single_sign_on: null } })
}

/** A secret manager where nobody answers, and a connection whose secret is to be there. */
async function replicateSecrets(): Promise<void> {
  const settings = { address: 'http://127.0.0.1:9' }
  const body = { name: 'Vault', kind: 'vault', settings, credential: { token: 'a-token' } }
  const { id } = (await ask('createSecretBackend', { body })).json
  const connector = { connector: 'kept', name: 'Kept', servers: { production: { url: crm.url } } }
  const auth = { key: { type: 'api_key', name: 'X-Key' } }
  await ask('createConnector', { body: { ...connector, auth, actions: { look: { method: 'GET', path: '/' } } } })
  const made = (await ask('createConnection', { body: { connector: 'kept', auth: { fields: { key: 'k' } } } })).json
  await ask('refreshConnectionSecret', { id: made.id, body: { version: '1.0' } })
  await ask('moveConnectionSecret', { id: made.id, body: { to: id } })
  await ask('rewriteConnectionSecret', { id: made.id })
  await ask('getConnectionSecret', { id: made.id })
  await ask('refreshConnectionSecret', { id: made.id, body: { version: '1.0' } })
  await ask('getManifest')
  await ask('listReplicatedSecrets', { id })
  await ask('syncSecretBackend', { id })
  await ask('testSecretBackend', { id })
  await ask('updateSecretBackend', { id, body: { name: 'Renamed' } })
  await ask('listSecretBackends')
  await ask('deleteSecretBackend', { id })
  await ask('deleteSecretBackend', { id, query: '?abandon=true' })
  await ask('deleteConnection', { id: made.id })
  await ask('deleteConnector', { id: 'kept' })
}

/** An OAuth app, and connections that a person consents to, at a page or with a device code. */
async function authorizeByOAuth(): Promise<void> {
  for (const flow of ['authorization_code', 'device_authorization']) {
    await ask('createConnector', { body: connectorOf(flow, tokens, { flow, family: 'family' }) })
    const app = { family: 'family', client_id: tokens.clientId, client_secret: tokens.clientSecret }
    const { id: appId } = (await ask('createOAuthApp', { body: app })).json
    await ask('updateOAuthApp', { id: appId, body: { name: 'Renamed' } })
    await ask('listOAuthApps')
    const made = await ask('createConnection', { body: { connector: flow } })
    await ask('reauthorizeConnection', { id: made.json.id, body: { scopes: ['more'] } })
    if (flow === 'authorization_code') await ask('makeConsentLink', { id: made.json.id })
    await ask('pollConnectionDevice', { id: made.json.id })
    await ask('getConnectionDependents', { id: made.json.id })
    await ask('deleteConnection', { id: made.json.id })
    await ask('deleteOAuthApp', { id: appId })
    await ask('deleteConnector', { id: flow })
  }
}

/** The document behind a connector changes, and everything goes. */
async function changeAndDelete(connection: string): Promise<void> {
  const source = { url: `${crm.url}/openapi.json` }
  await ask('scheduleConnectorChecks', { id: 'crm', body: { every_hours: null } })
  const found = await ask('checkConnector', { id: 'crm', body: source })
  await ask('pinConnector', { id: 'crm', body: { fingerprint: found.json.fingerprint } })
  await ask('listConnectorSchemes', { id: 'crm' })
  await ask('listConnectorVersions', { id: 'crm' })
  await ask('reimportConnector', { id: 'crm', body: { source, fingerprint: found.json.fingerprint } })
  await ask('listConnectorVersions', { id: 'crm' })

  const { json: toolset } = await ask('getToolset', { id: 'readers' })
  await ask('deleteToolset', { id: toolset.id })
  await ask('listTokens')
  await ask('deleteConnector', { id: 'crm' })
  await ask('deleteConnection', { id: connection })
  await ask('deleteConnector', { id: 'crm' })
}

test('every operation answers as the description says, in all of its successes', async () => {
  const { ada, workspace } = await setUp()
  const connection = await connect()
  const probed = { id: 'crm', query: `?workspace_id=${workspace}`, body: { fields: { key: 'key-of-the-demo' } } }
  await ask('verifyConnector', probed)
  const installed = await ask('installConnector', { ...probed, body: { ...probed.body, name: 'Installed' } })
  await ask('deleteConnection', { id: installed.json.integration_id })
  await callAsAgent()
  await runWorkflows()
  await tendNetwork()
  await pickToolsets()
  await allowPrograms(ada)
  const email = 'kim@example.com'
  const { id, person } = await join(email)
  await tendAccount(person, email)
  await tendMember(id, email)
  await signInBySso(workspace)
  await authorizeByOAuth()
  await replicateSecrets()
  await ask('renameWorkspace', { body: { name: 'Renamed' } })
  const second = await ask('createWorkspace', { body: { name: 'Second' }, as: ada })
  await ask('getSession', { as: ada })
  await ask('deleteWorkspace', { id: second.json.id, body: { name: 'Second' }, as: ada })
  await changeAndDelete(connection)
  for (const operationId of ['listAudit', 'verifyAudit', 'createAuditCheckpoint', 'exportAudit']) await ask(operationId)
  for (const operationId of ['getHealth', 'getReadiness', 'getOpenApi', 'getConnectorSchema', 'getWorkflowSchema'])
    await ask(operationId)
  expect(api.unseen()).toEqual({})
}, 60_000)
