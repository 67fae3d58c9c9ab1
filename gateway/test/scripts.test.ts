import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { type Sallyport, SallyportProblem } from '@sallyport/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completeScript, scriptApi } from '../../dashboard/src/lib/script-completions.ts'
import { prelude } from '../src/call/executors/script/prelude.ts'
import { run as runCli } from './cli-harness.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** The connector of seeds/floh.md, step 1, in the words of a connector file; its script is that of step 2, word for word. */
const flohScript = `
function listContacts() {
  var url = floh.config.baseUrl + "/api/contacts";
  url += "?limit=" + (floh.params.limit || 50);
  url += "&offset=" + (floh.params.offset || 0);
  var resp = floh.http.get(url, {
    Authorization: "Bearer " + floh.config.apiKey,
  });
  if (resp.status >= 400) {
    return { success: false, error: "API returned " + resp.status };
  }
  return {
    success: true,
    payload: { contacts: resp.body.data, total: resp.body.total },
    variables: { contactCount: resp.body.total },
  };
}

function createContact() {
  var resp = floh.http.post(
    floh.config.baseUrl + "/api/contacts",
    JSON.stringify({
      email: floh.params.email,
      first_name: floh.params.firstName,
      last_name: floh.params.lastName,
    }),
    { Authorization: "Bearer " + floh.config.apiKey },
  );
  if (resp.status >= 400) {
    return { success: false, error: "Failed to create contact: " + resp.status };
  }
  return { success: true, payload: { contactId: resp.body.id } };
}

function test() {
  var resp = floh.http.get(floh.config.baseUrl + "/api/health", {
    Authorization: "Bearer " + floh.config.apiKey,
  });
  return { success: resp.status < 400 };
}
`
const apiKey = 'sk-floh-3f9a27c1d05e48b6'
const servers = { production: { url: '{baseUrl}', variables: { baseUrl: { description: 'CRM API base URL' } } } }
const flohConnector = {
  connector: 'my_crm',
  name: 'My CRM',
  kind: 'script',
  servers,
  auth: { keys: { type: 'secrets', fields: { apiKey: { description: 'API key', required: true } } } },
  limits: { per_minute: 1000 },
  actions: {
    listContacts: {
      effect: 'read',
      input: { type: 'object', properties: { limit: { type: 'integer' }, offset: { type: 'integer' } } },
    },
    createContact: {
      effect: 'write',
      input: { type: 'object', properties: { email: {}, firstName: {}, lastName: {} } },
    },
    test: { effect: 'read' },
  },
  script: { source: flohScript },
}

/** A script of our own: everything that floh has not, and everything that must not work. */
const ownScript = `
type Contact = { id: string; email: string }

export async function viaAuth() {
  const answer = await sallyport.http.get('/api/contacts?limit=1')
  return { payload: { contacts: answer.body.data as Contact[], config: Object.keys(sallyport.config).sort() } }
}
export function patch() {
  const { status, body } = sallyport.http.patch('/api/contacts/c_1', { email: 'new@example.com' })
  return { payload: { status, body } }
}
export const elsewhere = () => ({ payload: sallyport.http.get('http://127.0.0.1:1/other').body })
export const caught = () => {
  try {
    sallyport.http.get('http://127.0.0.1:1/other')
  } catch (error) {
    return { payload: { code: error.code } }
  }
}
export const digests = () => ({
  payload: {
    hash: sallyport.crypto.hash('sha256', 'abc'),
    hmac: sallyport.crypto.hmac('sha256', 'key', 'text', 'base64'),
    random: sallyport.crypto.random(16).length,
    uuid: sallyport.crypto.uuid().length,
    base64: sallyport.crypto.fromBase64(sallyport.crypto.base64('grüße')),
  },
})
export const count = () => {
  const n = (sallyport.state.get('n') ?? 0) + 1
  sallyport.state.set('n', n)
  return { payload: { n } }
}
export const hoard = () => sallyport.state.set('much', 'x'.repeat(9000))
export const legacy = () => ({ success: true, data: { id: 1 } })
export const unslotted = () => ({ id: 1 })
export const nothing = () => {}
export const plainFailure = () => ({ error: 'No seats left.', diagnostics: { statusCode: 409 } })
export const logs = () => {
  sallyport.log.warn('the log line of a script', { n: 1 })
  return {}
}
export const forever = () => {
  for (;;);
}
export const many = () => {
  for (let i = 0; i < 200; i++) sallyport.http.get('/api/health')
}
export const thrown = () => {
  throw new Error('no such thing')
}
`
const names = [...ownScript.matchAll(/^export (?:async )?(?:function|const) (\w+)/gm)].map(([, name]) => String(name))
const ownConnector = {
  connector: 'own',
  name: 'Own',
  kind: 'script',
  servers,
  auth: { token: { type: 'bearer' } },
  limits: { per_minute: 1000, timeout_ms: 10_000 },
  actions: Object.fromEntries(
    names.map((name) => [
      name,
      { effect: name === 'patch' ? 'write' : 'read', ...(name === 'forever' && { limits: { timeout_ms: 500 } }) },
    ]),
  ),
  script: { source: ownScript, language: 'typescript' },
}

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
const asked: Asked[] = []
let crm: Server
let crmUrl: string
let gateway: GatewayProcess
let owner: Sallyport

const contacts = [{ id: 'c_1', email: 'ada@example.com' }]

async function startCrm(): Promise<void> {
  crm = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '', headers } = request
    asked.push({ method, url, headers, body })
    const answer = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (headers.authorization !== `Bearer ${apiKey}`) answer(401, { error: 'who are you?' })
    else if (method === 'GET' && url.startsWith('/api/contacts')) answer(200, { data: contacts, total: 1 })
    else if (method === 'POST') answer(201, { id: 'c_2', echo: headers.authorization })
    else if (method === 'PATCH') answer(200, { ...contacts[0], ...JSON.parse(body) })
    else answer(200, { ok: true })
  }).listen(0, '127.0.0.1')
  await once(crm, 'listening')
  crmUrl = `http://127.0.0.1:${(crm.address() as AddressInfo).port}`
}

beforeAll(async () => {
  await startCrm()
  gateway = await startGatewayProcess()
  owner = gateway.client()
  await owner.connectors.create(flohConnector)
  await owner.connectors.create(ownConnector)
  const settings = { baseUrl: crmUrl }
  await owner.connections.create({ connector: 'my_crm', name: 'CRM', auth: { fields: { apiKey } }, settings })
  await owner.connections.create({ connector: 'own', name: 'Own', auth: { fields: { token: apiKey } }, settings })
})
afterAll(async () => {
  crm?.close()
  await gateway?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

async function call(connector: string, action: string, input: Record<string, unknown> = {}) {
  const result = await owner.calls.create({ connector, action, input })
  if ('approval' in result) throw new Error('expected an answer')
  return result
}

const failure = async (connector: string, action: string, input?: Record<string, unknown>) => {
  const error: unknown = await call(connector, action, input).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SallyportProblem)) throw new Error('expected a problem')
  return error
}

describe('a script written for Floh runs unchanged', () => {
  test('reads with its config and params, and answers payload and variables', async () => {
    const result = await call('my_crm', 'listContacts', { limit: 7 })
    expect(result).toMatchObject({ success: true, payload: { contacts, total: 1 }, variables: { contactCount: 1 } })
    expect(asked.at(-1)).toMatchObject({ method: 'GET', url: '/api/contacts?limit=7&offset=0' })
  })

  test('writes, and the key that it places itself is nowhere in the answer or in the log', async () => {
    const result = await call('my_crm', 'createContact', { email: 'b@example.com', firstName: 'B', lastName: 'C' })
    expect(result).toMatchObject({ success: true, payload: { contactId: 'c_2' } })
    expect(asked.at(-1)).toMatchObject({
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      body: '{"email":"b@example.com","first_name":"B","last_name":"C"}',
    })
    expect(JSON.stringify(await owner.calls.get(result.id))).not.toContain(apiKey)
    expect(gateway.output()).not.toContain(apiKey)
  })

  test('is tested by its command "test"', async () => {
    expect(await call('my_crm', 'test')).toMatchObject({ success: true })
    const [connection] = (await owner.connections.list({ connector: 'my_crm' })).items
    const tested = await owner.connections.test(connection?.id ?? '')
    expect(tested).toMatchObject({ ok: true, connection: { status: 'active' } })
  })
})

describe('the editor of the dashboard', () => {
  test('offers the API that the gateway puts into a script, and nothing else', () => {
    const data = { config: {}, params: {}, variables: {} }
    const api: Record<string, object> = runInNewContext(`(${prelude})(host, data); sallyport`, { host: () => null, data })
    const offered = completeScript('sallyport.', { params: {}, config: {} })?.words.map(({ label }) => label)
    expect(offered?.toSorted()).toEqual(Object.keys(api).toSorted())
    for (const [name, words] of Object.entries(scriptApi))
      expect(words.map(({ label }) => label).toSorted()).toEqual(Object.keys(api[name] ?? {}).toSorted())
  })
})

describe('a script', () => {
  test('holds no secret where the gateway injects it', async () => {
    const result = await call('own', 'viaAuth')
    expect(result.payload).toEqual({ contacts, config: ['baseUrl'] })
    expect(asked.at(-1)?.headers.authorization).toBe(`Bearer ${apiKey}`)
  })

  test('may PATCH, with an object as its body', async () => {
    expect((await call('own', 'patch')).payload).toEqual({ status: 200, body: { id: 'c_1', email: 'new@example.com' } })
  })

  test('gets no further than the servers of its connector', async () => {
    const before = asked.length
    expect(await failure('own', 'elsewhere')).toMatchObject({ code: 'URL_NOT_ALLOWED' })
    expect((await call('own', 'caught')).payload).toEqual({ code: 'URL_NOT_ALLOWED' })
    expect(asked.length).toBe(before)
  })

  test('has digests, random bytes and base64', async () => {
    expect((await call('own', 'digests')).payload).toEqual({
      hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      hmac: createHmac('sha256', 'key').update('text').digest('base64'),
      random: 32,
      uuid: 36,
      base64: 'grüße',
    })
  })

  test('keeps small things from call to call, for its connection only', async () => {
    expect((await call('own', 'count')).payload).toEqual({ n: 1 })
    expect((await call('own', 'count')).payload).toEqual({ n: 2 })
    const other = { connector: 'own', name: 'Other', auth: { fields: { token: apiKey } }, settings: { baseUrl: crmUrl } }
    const made = await owner.connections.create(other)
    const result = await owner.calls.create({ connector: 'own', connection: made.id, action: 'count', input: {} })
    expect(result).toMatchObject({ payload: { n: 1 } })
    await owner.connections.delete(made.id)
    expect(await failure('own', 'hoard')).toMatchObject({ code: 'SCRIPT_LIMIT', diagnostics: { limit: 'state' } })
  })

  test('has its outcome normalised, and legacy keys refused with what to write instead', async () => {
    const { payload, ...rest } = await call('own', 'nothing')
    expect(rest).toMatchObject({ success: true })
    expect(payload ?? null).toBeNull()
    const failed = await failure('own', 'plainFailure')
    expect(failed).toMatchObject({ code: 'UPSTREAM_ERROR', diagnostics: { statusCode: 409 } })
    expect(failed.detail).toContain('No seats left.')
    const legacy = await failure('own', 'legacy')
    expect(legacy.code).toBe('SCRIPT_FAILED')
    expect(legacy.detail).toMatch(/"data".*1\.x.*2\.0.*payload/)
    expect((await failure('own', 'unslotted')).detail).toContain('Return { success: true, payload: … }')
  })

  test('is ended at its limits, and told where it threw', async () => {
    expect(await failure('own', 'forever')).toMatchObject({ code: 'SCRIPT_LIMIT', diagnostics: { limit: 'time' } })
    const before = asked.length
    expect(await failure('own', 'many')).toMatchObject({ code: 'SCRIPT_LIMIT', diagnostics: { limit: 'requests' } })
    expect(asked.length - before).toBe(100)
    const thrown = await failure('own', 'thrown')
    expect(thrown).toMatchObject({ code: 'SCRIPT_FAILED', detail: 'The script failed: no such thing.' })
    expect(thrown.diagnostics?.at).toEqual([expect.stringContaining('script.js:')])
  })

  test('logs into the log of the gateway, with the call it belongs to', async () => {
    const { id } = await call('own', 'logs')
    await expect.poll(() => gateway.output()).toMatch(new RegExp(`"call":"${id}".*the log line of a script \\{.*n.*1`))
  })
})

describe('the sample', () => {
  const sample = (action: string, input?: Record<string, unknown>) => call('sample_script', action, input)

  test('runs its five commands', async () => {
    const file = await readFile(new URL('../../examples/sample-script/connector.yaml', import.meta.url), 'utf8')
    const { document } = await owner.connectors.parse({ text: file })
    const made = await owner.connectors.create(document)
    expect(made.actions).toEqual(['test', 'lookupEmployee', 'listEmployees', 'createEmployee', 'echo'])
    await owner.connections.create({ connector: 'sample_script', settings: { company: 'Acme' } })
    expect((await sample('test')).payload).toEqual({ version: '1.0.0', employees: 4 })
    expect(await sample('lookupEmployee', { email: 'carla.ruiz@example.com' })).toMatchObject({
      payload: { employee: { id: 'E-1003' } },
      variables: { employeeId: 'E-1003' },
    })
    expect(await sample('listEmployees', { department: 'Engineering', limit: 1 })).toMatchObject({
      payload: { employees: [{ id: 'E-1001' }], total: 2 },
    })
    const employee = { name: 'Eva Lind', email: 'eva.lind@example.com', department: 'Support' }
    expect(await sample('createEmployee', employee)).toMatchObject({ payload: { employee: { id: 'E-1005', ...employee } } })
    expect((await sample('echo', { a: 1 })).payload).toEqual({ params: { a: 1 }, config: { company: 'Acme' }, variables: {} })
    expect(await failure('sample_script', 'createEmployee', { name: 'Eva' })).toMatchObject({
      diagnostics: { problems: [expect.stringContaining('email'), expect.stringContaining('department')] },
    })
    expect(await failure('sample_script', 'lookupEmployee', { id: 'E-9' })).toMatchObject({ code: 'ENDPOINT_NOT_FOUND' })
  })
})

describe('a trial', () => {
  test('runs what is stored nowhere, with what it is given, and shows logs and requests', async () => {
    const source = `function main() { floh.log.info('asking'); return { payload: floh.http.get('/api/contacts', { Authorization: 'Bearer ' + floh.config.apiKey }).body } }`
    const ran = await owner.scripts.run({ source, command: 'main', config: { baseUrl: crmUrl, apiKey } })
    expect(ran).toMatchObject({
      outcome: { success: true, payload: { data: contacts } },
      problem: null,
      logs: [{ level: 'info', message: 'asking' }],
      requests: [{ method: 'GET', url: '/api/contacts', status: 200 }],
    })
  })

  test('tells what is wrong, with the log until then', async () => {
    const source = `function main() { floh.log.warn('before'); const x: number = 1; throw new TypeError('bad ' + x) }`
    expect(await owner.scripts.run({ source, command: 'main', language: 'typescript' })).toMatchObject({
      outcome: null,
      problem: {
        code: 'SCRIPT_FAILED',
        detail: 'The script failed: TypeError: bad 1.',
        diagnostics: { at: [expect.any(String)] },
      },
      logs: [{ level: 'warn', message: 'before' }],
    })
    const unreachable = `function main() { return floh.http.get('http://169.254.169.254/latest') }`
    expect(await owner.scripts.run({ source: unreachable, command: 'main' })).toMatchObject({
      problem: { code: 'URL_NOT_ALLOWED' },
    })
  })

  test('is for managers', async () => {
    const { token } = await owner.tokens.create({ name: 'member', role: 'member' })
    const trial = gateway.client(token).scripts.run({ source: 'function main() {}', command: 'main' })
    await expect(trial).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('runs a file from the command line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-script-'))
    try {
      const file = join(folder, 'greet.ts')
      await writeFile(
        file,
        `export const greet = () => { console.log('hi'); return { payload: { hello: String(sallyport.params.name) } } }`,
      )
      const env = { SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: gateway.token }
      const ran = await runCli(['script', 'run', file, '--command', 'greet', '--params', '{"name":"Ada"}'], { env })
      expect(ran).toMatchObject({ code: 0 })
      expect(ran.stdout).toMatch(/info +hi.*hello.*Ada/s)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
