import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sallyport } from '@sallyport/sdk'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { closeAll, run, temporaryFolder } from './cli-harness.ts'
import { CountingUpstream, type Seen } from './support/counting-upstream.ts'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { addToken, joinAs } from './support/workspaces.ts'

/** A workspace as a folder of YAML files: exported, compared, applied, all or nothing. */

const key = 'canary-key-of-the-crm-0123456789'
const hook = 'canary-hook-0123456789'
let api: CountingUpstream
let gateway: GatewayProcess
let db: pg.Client
let owner: Sallyport
let folder: string

beforeAll(async () => {
  api = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  db = await superuserOf(gateway.dataDir)
  await db.query('set search_path = sallyport')
  owner = gateway.client()
  folder = await temporaryFolder()
})
afterAll(async () => {
  await closeAll()
  await db?.end()
  await gateway?.stop()
  await api?.stop()
  await removeDataDir(gateway.dataDir)
})

let spaces = 0
/** A workspace with nothing in it, and the token of its owner. */
async function emptyWorkspace(): Promise<string> {
  const id = `ws_empty${++spaces}`
  await db.query('insert into workspaces (id, name) values ($1, $1)', [id])
  return (await addToken(db, id, { role: 'owner' })).token
}

async function cli(token: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return run(args, { cwd: folder, env: { SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: token, ...env } })
}

async function filesOf(path: string): Promise<Record<string, string>> {
  const names = await readdir(join(folder, path), { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(
    files.sort().map(async (file) => [file.slice(join(folder, path).length), await readFile(file, 'utf8')]),
  )
  return Object.fromEntries(texts)
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(join(folder, file, '..'), { recursive: true })
  await writeFile(join(folder, file), text)
}

const crm = () => ({
  connector: 'crm',
  name: 'Company CRM',
  version: '1.4.0',
  servers: { production: { url: `${api.url}/v1` }, staging: { url: `${api.url}/staging` } },
  auth: { key: { type: 'api_key', name: 'X-Key' }, login: { type: 'basic' } },
  fields: { region: { type: 'string', default: 'eu' } },
  limits: { per_minute: 500, connection_per_day: 9000 },
  actions: {
    get_customer: {
      method: 'GET',
      path: '/customers/{id}',
      query: { region: '{{settings.region}}' },
      tags: ['people'],
      output: { $ref: '#/schemas/Customer' },
    },
    pay: {
      method: 'POST',
      path: '/pay',
      input: { type: 'object', properties: { amount: { type: 'integer' } }, additionalProperties: false },
      body: { type: 'json', value: { amount: '{{amount}}' } },
    },
  },
  schemas: { Customer: { type: 'object', properties: { ok: { type: 'boolean' } } } },
})

const scripts = {
  connector: 'scores',
  name: 'Scores',
  version: '1.0.0',
  kind: 'script',
  script: { source: 'function score() {\n  // By rule of thumb.\n  return { success: true, payload: 42 }\n}\n' },
  actions: { score: { description: 'Scores: "yes" # or no' } },
}
const builtin = { connector: 'pause', name: 'Pause', kind: 'builtin', builtin: { type: 'delay' } }
const external = {
  connector: 'worker',
  name: 'Worker',
  version: '2.0.0',
  kind: 'external',
  servers: { production: { url: 'https://worker.example.test' } },
  actions: { work: { description: 'Works.' } },
}
const mcp = {
  connector: 'notes',
  name: 'Notes',
  version: '1.0.0',
  kind: 'mcp',
  mcp: {},
  servers: { production: { url: 'https://notes.example.test/mcp' } },
  actions: { find: { tool: { name: 'find', fingerprint: 'ab'.repeat(32) } } },
}
const renewed = { type: 'oauth2', flow: 'client_credentials', family: 'suite', token_url: 'https://suite.example.test/token' }

/** Everything that files can say, made by hand. */
async function fill(sallyport: Sallyport): Promise<void> {
  for (const document of [crm(), scripts, builtin, external, mcp]) await sallyport.connectors.create(document)
  const suite = { connector: 'suite', name: 'Suite', servers: { production: { url: api.url } }, auth: { app: renewed } }
  await sallyport.connectors.create({ ...suite, actions: { look: { method: 'GET', path: '/look' } } })
  await sallyport.oauthApps.create({
    name: 'Our app',
    family: 'suite',
    client_id: 'client-1',
    client_secret: 'canary-client-secret',
  })
  await sallyport.connections.create({ connector: 'suite', name: 'Main' })
  await sallyport.connections.create({ connector: 'scores', name: 'Scores' })
  await sallyport.connections.create({ connector: 'pause', name: 'Pause' })
  const main = await sallyport.connections.create({ connector: 'crm', name: 'Main', auth: { fields: { key } } })
  await sallyport.connections.update(main.id, { default: true, approval: { rule: 'writes', over_items: 5 } })
  const second = await sallyport.connections.create({
    ...{ connector: 'crm', name: 'Für Tests: 2', environment: 'staging', settings: { region: 'us' } },
    auth: { scheme: 'login', fields: { username: 'ada', password: 'canary-password' } },
  })
  await sallyport.toolsets.create({
    ...{ slug: 'support', name: 'Support', mode: 'search', approval: 'destructive', max_result_bytes: 4096 },
    selection: {
      select: { connectors: ['crm'], tags: ['people'] },
      include: [{ connector: 'crm', action: 'pay', connection: second.id }],
      exclude: [],
    },
  })
  await sallyport.teams.create({ name: 'Sales' })
  await sallyport.notifications.create({ kind: 'webhook', name: 'Ops', url: `${api.url}/${hook}` })
}

/** Of the references that an export writes where nobody said where a secret is. */
const environment = () => ({
  CRM_MAIN_KEY: key,
  CRM_F_R_TESTS_2_PASSWORD: 'canary-password',
  CRM_F_R_TESTS_2_USERNAME: 'ada',
  OAUTH_SUITE_CLIENT_SECRET: 'canary-client-secret',
  NOTIFICATION_OPS_URL: `${api.url}/${hook}`,
  NOTIFICATION_OPS_SIGNING_SECRET: 'whsec_canary-of-signing',
})

/** What an agent gets, and what the API saw of it. */
async function behaviourOf(sallyport: Sallyport) {
  api.reset()
  const ask = async (connection: string | undefined, action: string, input: Record<string, unknown>) => {
    const call = { connector: 'crm', action, input, ...(connection !== undefined && { connection }) }
    const answer = await sallyport.calls.create(call)
    return 'approval' in answer ? 'waits' : answer.payload
  }
  const answers = [
    await ask(undefined, 'get_customer', { id: 'c 1' }),
    await ask('Für Tests: 2', 'get_customer', { id: 'c_2' }),
    await ask('Main', 'pay', { amount: 1 }),
    await ask('Für Tests: 2', 'pay', { amount: 2 }),
    (await sallyport.calls.create({ connector: 'scores', action: 'score', input: {} })) as { payload?: unknown },
  ].map((answer) => (typeof answer === 'object' && answer !== null && 'payload' in answer ? answer.payload : answer))
  const seen = ({ method, path, body, headers }: Seen) => [method, path, body, headers['x-key'], headers.authorization]
  const tools = await sallyport.toolsets.tools('support')
  return {
    answers,
    seen: api.seen.filter(({ path }) => !path.includes('hook')).map(seen),
    tools: tools.items.map(({ name, confirm }) => [name, confirm]),
  }
}

describe('a folder of files', () => {
  test('rebuilds an empty workspace to the same behaviour, and its export is the same bytes', async () => {
    await fill(owner)
    await joinAs(gateway, owner, 'ada@example.test', 'manager')
    const exported = await cli(gateway.token, ['export', 'rich'])
    expect(exported).toMatchObject({ code: 0, stderr: '' })
    const files = await filesOf('rich')
    expect(JSON.stringify(files)).not.toMatch(/canary/)
    expect(files['/connections/crm.main.yaml']).toContain('env: CRM_MAIN_KEY')
    expect(files['/connectors/scores.yaml']).toContain('\n    function score() {\n      // By rule of thumb.\n')
    expect((await cli(gateway.token, ['diff', 'rich'])).code).toBe(0)

    const token = await emptyWorkspace()
    const other = gateway.client(token)
    const planned = await cli(token, ['diff', 'rich', '--json'])
    expect(planned.code).toBe(1)
    const plan = JSON.parse(planned.stdout)
    expect(plan.changes.filter((change: { action: string }) => change.action !== 'create')).toEqual([])
    expect(plan.notes).toEqual([expect.stringContaining('ada@example.test is no member')])
    const missing = await cli(token, ['apply', 'rich', '--yes'])
    expect(missing.stderr).toContain('env:CRM_MAIN_KEY')
    const applied = await cli(token, ['apply', 'rich', '--yes', '--fingerprint', plan.fingerprint], environment())
    expect(applied.stderr).not.toContain('error')
    expect(applied).toMatchObject({ code: 0 })
    expect(applied.stdout + applied.stderr).not.toContain('canary')

    await joinAs(gateway, other, 'ada@example.test', 'viewer').catch(() => db.query(joinedAgain, [`ws_empty${spaces}`]))
    const promoted = await cli(token, ['apply', 'rich', '--yes'])
    expect(promoted.stdout).toContain('~ member ada@example.test')
    expect((await cli(token, ['diff', 'rich'])).stdout).toBe('The workspace is what the files say.\n')
    expect(await cli(token, ['export', 'again'])).toMatchObject({ code: 0 })
    expect(await filesOf('again')).toEqual(files)

    expect(await behaviourOf(other)).toEqual(await behaviourOf(owner))
    expect((await behaviourOf(other)).seen).toContainEqual(['GET', '/v1/customers/c%201?region=eu', '', key, undefined])
    const acts = (await other.audit.list({ limit: 200 })).items.map(({ kind }) => kind)
    for (const kind of [
      'connector.created',
      'connection.created',
      'connection.updated',
      'oauth_app.created',
      'toolset.created',
      'team.created',
      'notification_channel.created',
      'member.updated',
    ])
      expect(acts).toContain(kind)
    const { rows } = await db.query('select secret_references::text as text from connections where secret_references is not null')
    expect(JSON.stringify(rows)).not.toContain('canary')
  }, 120_000)

  test('is applied as a whole or not at all, and only as it was planned', async () => {
    const token = await emptyWorkspace()
    const other = gateway.client(token)
    await write('whole/connectors/crm.yaml', stringify(crm()))
    await write('whole/toolsets.yaml', 'toolset: all\nselect: {}\n---\ntoolset: none\n')
    const good = { connection: 'Good', connector: 'crm', secrets: { key: { env: 'GOOD' } } }
    // A key is a text in a header: only the gateway can tell what is wrong with it.
    const bad = { connection: 'Late', connector: 'crm', secrets: { key: { file: 'key.txt' } } }
    await write('whole/connections.yaml', `${stringify(good)}---\n# Comes last.\n${stringify(bad)}`)
    await write('whole/key.txt', 'two\nlines')
    const before = await other.audit.list({ limit: 200 })
    const refused = await cli(token, ['apply', 'whole', '--yes', '--json'], { GOOD: key })
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.stderr).diagnostics.errors[0]).toMatchObject({ place: 'connections.yaml:8' })
    expect(refused.stderr).toContain('must not contain line breaks')
    expect(await other.configuration.export()).toEqual({ items: [] })
    expect((await other.audit.list({ limit: 200 })).items).toEqual(before.items)
    await expect(other.calls.create({ connector: 'crm', action: 'get_customer', input: { id: '1' } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })

    const documents = [{ file: 'a.yaml', document: { toolset: 'a', select: {} } }]
    const { fingerprint } = await other.configuration.plan({ documents })
    await other.toolsets.create({ slug: 'a', name: 'a', selection: { select: null, include: [], exclude: [] } })
    await expect(other.configuration.apply({ documents, fingerprint })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await other.toolsets.get('a')).selection.select).toBeNull()

    await write('whole/key.txt', 'one line')
    const applied = await cli(token, ['apply', 'whole', '--yes', '--prune', '--json'], { GOOD: key })
    expect(JSON.parse(applied.stdout).changes.at(-1)).toMatchObject({ action: 'delete', type: 'toolset', key: 'a' })
    // Callers see at once what was committed, and nothing of what was not.
    await other.calls.create({ connector: 'crm', connection: 'Late', action: 'get_customer', input: { id: '1' } })
    expect(api.seen.at(-1)?.headers['x-key']).toBe('one line')
  })

  test('keeps comments where it is exported over, follows changes made elsewhere, and sets secrets again when asked', async () => {
    const token = await emptyWorkspace()
    const other = gateway.client(token)
    const text = '# Ours.\ntoolset: kept # in the address\nselect: {} # everything\n---\ntoolset: other\nselect: { tags: [x] }\n'
    await write('kept/toolsets.yaml', text)
    await write('kept/connector.yaml', `# By hand.\n${stringify({ ...crm(), version: undefined })}`)
    await write('kept/main.yaml', 'connection: Main\nconnector: crm\nsecrets: { key: { env: KEY } } # of the crew\n')
    expect(await cli(token, ['apply', 'kept', '--yes'], { KEY: 'first' })).toMatchObject({ code: 0 })
    const before = await filesOf('kept')
    expect(await cli(token, ['export', 'kept'])).toMatchObject({
      code: 0,
      stdout: 'The files say what the workspace is already.\n',
    })
    expect(await filesOf('kept')).toMatchObject(before)

    await other.toolsets.update('kept', { mode: 'search' })
    await other.toolsets.create({ slug: 'new', name: 'New', selection: { select: {}, include: [], exclude: [] } })
    const differs = await cli(token, ['diff', 'kept'])
    expect(differs).toMatchObject({ code: 1 })
    expect(differs.stdout).toContain('~ toolset kept  (toolsets.yaml)\n    mode: search → direct')
    await cli(token, ['export', 'kept'])
    const after = await filesOf('kept')
    expect(after['/toolsets.yaml']).toContain('# Ours.\ntoolset: kept # in the address\nselect: {} # everything\n')
    expect(after['/toolsets.yaml']).toContain('mode: search')
    expect(after['/toolsets/new.yaml']).toContain('toolset: new')
    expect(after['/main.yaml']).toBe(before['/main.yaml'])
    expect((await cli(token, ['diff', 'kept'])).code).toBe(0)

    const keyNow = async () => {
      await other.calls.create({ connector: 'crm', action: 'get_customer', input: { id: '1' } })
      return api.seen.at(-1)?.headers['x-key']
    }
    await cli(token, ['apply', 'kept', '--yes'], { KEY: 'second' })
    expect(await keyNow()).toBe('first')
    await cli(token, ['apply', 'kept', '--yes', '--renew-secrets'], { KEY: 'second' })
    expect(await keyNow()).toBe('second')
    const [main] = (await other.connections.list()).items
    await other.connections.rotate(main?.id ?? '', { fields: { key: 'by hand' } })
    expect((await cli(token, ['diff', 'kept'])).stdout).toContain('secrets.key.env: CRM_MAIN_KEY → KEY')
  })

  test('is checked without a gateway, and every problem names file, line and what to do', async () => {
    await write('wrong/a.yaml', '# One\ntoolset: A B\n')
    await write('wrong/b.yaml', 'connection: Main\nconnector: crm\nsecrets:\n  key: canary-in-the-open\n')
    await write('wrong/c.yaml', stringify({ ...crm(), schemes: {} }))
    await write('wrong/d.yaml', 'toolsett: x\n---\nteam: T\n---\nteam: T\n')
    const checked = await run(['validate', 'wrong'], { cwd: folder })
    expect(checked.code).toBe(1)
    expect(checked.stderr).toContain('a.yaml:2: ')
    expect(checked.stderr).toMatch(/b\.yaml:4: A secret has no place in a file\. Write where it is: \{env: NAME\}/)
    expect(checked.stderr).not.toContain('canary')
    expect(checked.stderr).toMatch(/c\.yaml:\d+: /)
    expect(checked.stderr).toContain('d.yaml:1: This is no resource')
    expect(checked.stderr).toContain('Did you mean toolset?')
    expect(checked.stderr).toContain('d.yaml:5: The team T is in d.yaml already.')
    await write('bad/x.yaml', 'a: [1\nb: 2\n')
    expect((await run(['validate', 'bad'], { cwd: folder })).stderr).toContain('x.yaml:2: ')
    await write('fine/x.yaml', 'toolset: fine\n')
    expect((await run(['validate', 'fine'], { cwd: folder })).code).toBe(0)
    expect((await cli('sp_nobody', ['diff', 'fine'])).code).toBe(2)
  })

  test('takes a custom API whole: references between its schemas, its limits, and the place of its key in a vault', async () => {
    const token = await emptyWorkspace()
    const other = gateway.client(token)
    await write('custom/crm.yaml', customApi(api.url))
    await write(
      'bin/vault',
      '#!/bin/sh\n[ "$*" = "kv get -field=key users/user_xyz/apis/api_abc123" ] && echo key-of-the-vault\n',
    )
    await chmod(join(folder, 'bin/vault'), 0o755)
    const applied = await cli(token, ['apply', 'custom', '--yes'], { PATH: `${join(folder, 'bin')}:${process.env.PATH}` })
    expect(applied).toMatchObject({ code: 0 })
    const ask = (action: string, input: Record<string, unknown>) =>
      other.calls.create({ connector: 'my_company_crm', action, input })
    const ada = { id: 'cust_1', name: 'Ada', email: 'ada@example.test', company: 'Engines' }
    api.behave = ({ path }, response) => {
      const body = path.endsWith('/search') ? [ada] : ada
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    expect(await ask('get_customer', { customer_id: 'cust_1' })).toMatchObject({ payload: ada })
    expect(await ask('search_customers', { query: 'Ada' })).toMatchObject({ payload: [ada] })
    const [found, searched] = api.seen.slice(-2)
    expect([found?.path, found?.headers['x-api-key']]).toEqual(['/api/v1/customers/cust_1', 'key-of-the-vault'])
    expect(JSON.parse(searched?.body ?? '')).toEqual({ query: 'Ada' })
    api.behave = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify([{ ...ada, email: 7 }]))
    }
    await expect(ask('search_customers', { query: 'Ada' })).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
    api.reset()

    await cli(token, ['export', 'meaning'])
    const files = await filesOf('meaning')
    const connector = parse(files['/connectors/my_company_crm.yaml'] ?? '')
    expect(connector).toMatchObject({
      name: 'My Company CRM',
      servers: { production: { url: `${api.url}/api/v1` } },
      auth: { api_key: { type: 'api_key', name: 'X-API-Key' } },
      limits: { timeout_ms: 30_000, retries: 3, per_minute: 60, connection_per_minute: 60, connection_per_day: 10_000 },
      security: { url_patterns: [`${api.url}/*`], verify_ssl: true },
      schemas: { get_customer_response: { properties: { email: { type: 'string' } } } },
    })
    expect(connector.actions.search_customers.output).toEqual({
      type: 'array',
      items: { $ref: '#/schemas/get_customer_response' },
    })
    expect(parse(files['/connections/my_company_crm.my-company-crm.yaml'] ?? '')).toMatchObject({
      secrets: { key: { vault: 'users/user_xyz/apis/api_abc123#key' } },
    })
    const again = await emptyWorkspace()
    const both = await cli(again, ['apply', 'custom', '--yes', '--json'], { PATH: `${join(folder, 'bin')}:${process.env.PATH}` })
    expect(JSON.parse(both.stdout).changes).toHaveLength(2)
    expect((await cli(again, ['diff', 'meaning'])).stdout).toBe('The workspace is what the files say.\n')
    expect((await cli(again, ['export', 'custom'])).stdout).toContain('already')
    const imported = await gateway.client(await emptyWorkspace()).connectors.create({ text: customApi(api.url) })
    expect(imported).toMatchObject({ connector: 'my_company_crm', actions: ['get_customer', 'search_customers'] })
  })
})

/** Somebody who has an account already is made a member as accepting an invitation would. */
const joinedAgain = `insert into members (workspace_id, user_id, role) select $1, id, 'viewer' from "user" where email = 'ada@example.test'`

/** The complete example of a custom API, at another address. */
const customApi = (origin: string) => `custom_api:
  id: "api_abc123"
  user_id: "user_xyz"
  name: "My Company CRM"
  slug: "my_company_crm"
  connection:
    base_url: "${origin}/api/v1"
    timeout_ms: 30000
    retry_attempts: 3
    verify_ssl: true
  authentication:
    type: "api_key"
    config:
      header_name: "X-API-Key"
      key_vault_ref: "vault://users/user_xyz/apis/api_abc123/key"
  endpoints:
    - name: "get_customer"
      description: "Retrieve customer by ID"
      method: "GET"
      path: "/customers/{customer_id}"
      parameters:
        - { name: "customer_id", in: "path", type: "string", required: true, description: "Unique customer identifier" }
      response_schema:
        type: "object"
        properties:
          id: { type: "string" }
          name: { type: "string" }
          email: { type: "string" }
          company: { type: "string" }
    - name: "search_customers"
      description: "Search customers by query"
      method: "POST"
      path: "/customers/search"
      request_body:
        type: "object"
        properties:
          query: { type: "string" }
          limit: { type: "integer", default: 10 }
      response_schema:
        type: "array"
        items:
          $ref: "#/endpoints/0/response_schema"
  security:
    url_allowlist:
      - "${origin}/*"
    rate_limit:
      requests_per_minute: 60
      requests_per_day: 10000
    ip_allowlist: null
  tunnel:
    enabled: false
    type: null
    tunnel_id: null
  metadata:
    created_at: "2024-01-15T10:00:00Z"
    total_calls: 1247
    status: "active"
`
