import type { Sallyport } from '@sallyport/sdk'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parseConnector } from '../src/definition/parse.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** What answers when an API fails: declared by the action, each a call of its own, and never more than its caller may. */

let first: CountingUpstream
let second: CountingUpstream
let gateway: GatewayProcess
let db: pg.Client
let owner: Sallyport
let agent: Sallyport

const input = { type: 'object', properties: { id: { type: 'string' } }, additionalProperties: false }
const get = { method: 'GET', path: '/people/{{id}}', input }
/** At its first failures an API has answered; then calls are held back for a moment. */
const outage = { code: expect.stringMatching(/^(UPSTREAM_ERROR|UNAVAILABLE)$/) }
const limits = { retries: 0, timeout_ms: 5000 }
const other = {
  connector: 'archive',
  action: 'find',
  input: { key: 'person-{{id}}' },
  output: { root: 'found', map: { id: 'key' } },
}

beforeAll(async () => {
  first = await new CountingUpstream().start()
  second = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  db = await superuserOf(gateway.dataDir)
  owner = gateway.client()
  agent = gateway.client((await owner.tokens.create({ name: 'agent', role: 'member' })).token)
  await owner.connectors.create({
    connector: 'people',
    name: 'People',
    servers: { production: { url: first.url }, standby: { url: second.url } },
    limits,
    actions: {
      plain: get,
      twice: { ...get, fallbacks: [{ connection: 'Standby' }] },
      elsewhere: { ...get, fallbacks: [other] },
      remembered: { ...get, fallbacks: [{ connection: 'Gone' }, { last_good_minutes: 60 }] },
      put: { method: 'PUT', path: '/put', idempotent: true, fallbacks: [{ connection: 'Standby' }] },
    },
  })
  const key = { type: 'string' }
  await owner.connectors.create({
    connector: 'archive',
    name: 'Archive',
    servers: { production: { url: second.url } },
    limits,
    actions: { find: { method: 'GET', path: '/archive/{{key}}', input: { type: 'object', properties: { key } } } },
  })
  await owner.connections.create({ connector: 'people', name: 'Main' })
  await owner.connections.create({ connector: 'people', name: 'Standby', environment: 'standby' })
  await owner.connections.create({ connector: 'archive' })
})
beforeEach(() => {
  first.reset()
  second.reset()
})
afterAll(async () => {
  await db?.end()
  await gateway?.stop()
  await first?.stop()
  await second?.stop()
  await removeDataDir(gateway.dataDir)
})

const fails = (status = 503) => {
  first.behave = (_request, response) => response.writeHead(status).end()
}
const says = (api: CountingUpstream, body: object) => {
  api.behave = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
async function call(action: string, by = agent, more: object = {}) {
  const answer = await by.calls.create({ connector: 'people', connection: 'Main', action, input: { id: '7' }, ...more })
  if (!('payload' in answer)) throw new Error('expected an answer')
  return answer
}
const last = async () => (await owner.calls.list({ limit: 2 })).items

test('what the API says to the call itself stands: 404, 403 and 400 bring no fallback, and a test of a connection has none', async () => {
  for (const status of [400, 403, 404]) {
    fails(status)
    await expect(call('twice')).rejects.toMatchObject({ outcome: 'done' })
  }
  await expect(call('twice', agent, { input: { wrong: 1 } })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(second.seen).toEqual([])
  fails()
  await expect(call('plain')).rejects.toMatchObject(outage)
  expect(second.seen).toEqual([])
})

test('another connection answers, as a call of its own that names the one it stands for', async () => {
  fails()
  says(second, { from: 'standby' })
  const answer = await call('twice')
  expect(answer).toMatchObject({ success: true, payload: { from: 'standby' } })
  const [stands, failed] = await last()
  expect(answer.id).toBe(stands?.id)
  expect(answer.diagnostics).toMatchObject({
    fallback: { by: 'Standby', instead_of: failed?.id, because: 'UPSTREAM_ERROR' },
  })
  expect(failed).toMatchObject({ status: 'failed', error_code: 'UPSTREAM_ERROR' })
  expect(stands).toMatchObject({ status: 'succeeded' })
  expect((await owner.calls.get(stands?.id ?? '')).trace[0]).toMatchObject({ stage: 'fallback', name: failed?.id })
  const audited: string[] = []
  for await (const line of owner.audit.export()) audited.push(line)
  for (const id of [failed?.id, stands?.id]) expect(audited.some((line) => line.includes(id ?? '-'))).toBe(true)
})

test("another connector's action answers, with the input and the answer mapped", async () => {
  fails()
  says(second, { found: { key: 'person-7', more: 1 } })
  expect(await call('elsewhere')).toMatchObject({
    payload: { id: 'person-7' },
    diagnostics: { fallback: { by: 'archive.find' } },
  })
  expect(second.seen.map(({ path }) => path)).toEqual(['/archive/person-7'])
})

test('the last good answer answers its own caller, and says how old it is', async () => {
  says(first, { name: 'Ada', secret: 'canary-of-the-answer' })
  await call('remembered')
  fails()
  const answer = await call('remembered')
  expect(answer).toMatchObject({ payload: { name: 'Ada' }, outcome: 'not_sent', status: null })
  expect(answer.diagnostics).toMatchObject({ answered_at: expect.any(String), fallback: { by: 'last good answer' } })
  const rows = await db.query('select * from sallyport.last_answers')
  expect(rows.rows).toHaveLength(1)
  expect(rows.rows[0].sealed_answer.toString('latin1')).not.toContain('canary')
  // Another caller, another input, and one that is too old.
  await expect(call('remembered', owner)).rejects.toMatchObject(outage)
  await expect(call('remembered', agent, { input: { id: '8' } })).rejects.toMatchObject(outage)
  await db.query(`update sallyport.last_answers set answered_at = now() - interval '61 minutes'`)
  await expect(call('remembered')).rejects.toMatchObject(outage)
})

test('nobody gets by a fallback what they may not have themselves', async () => {
  const selection = { select: { connectors: ['people'] }, include: [], exclude: [] }
  const toolset = await owner.toolsets.create({ slug: 'people', name: 'People', selection })
  const { token } = await owner.tokens.create({ name: 'bound', role: 'member', toolset: toolset.id })
  fails()
  says(second, { found: {} })
  await expect(call('elsewhere', gateway.client(token))).rejects.toMatchObject(outage)
  expect(second.seen).toEqual([])
  const [refused] = await last()
  expect(refused).toMatchObject({ connector: 'archive', status: 'failed', error_code: 'FORBIDDEN' })
})

test('a write falls back only where the document says that twice is as good as once', async () => {
  fails()
  says(second, { put: true })
  expect(await call('put', agent, { input: {} })).toMatchObject({ payload: { put: true } })
  const document = { connector: 'w', name: 'W', servers: { production: { url: 'https://api.example.test' } } }
  const write = { method: 'POST', path: '/w', fallbacks: [{ connection: 'Standby' }] }
  expect(() => parseConnector({ ...document, actions: { write } })).toThrow()
  expect(() => parseConnector({ ...document, actions: { write: { ...write, idempotent: true } } })).not.toThrow()
})
