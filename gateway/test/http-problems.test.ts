import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { type ErrorCode, errorCatalogue, errorCodes, SallyportError } from '../src/errors.ts'
import { type Entrance, knowsOne, openEntrance, type Services, token } from './http-harness.ts'

let entrance: Entrance
afterEach(() => entrance.close())

async function open(services: Services = {}, options: Parameters<typeof openEntrance>[1] = {}): Promise<Entrance['ask']> {
  entrance = await openEntrance({ access: knowsOne, ...services }, options)
  return entrance.ask
}

describe('an error', () => {
  test.each(errorCodes)('%s is a problem document with its status and way out', async (code: ErrorCode) => {
    const thrown = new SallyportError(code, {
      detail: 'What happened.',
      diagnostics: { fact: 1 },
      retryAfterSeconds: 1.2,
      internal: 'canary-internal',
    })
    const ask = await open({ connections: { get: () => Promise.reject(thrown) } })
    const answer = await ask('/api/v1/connections/con_1', { headers: token })
    const { status, title, resolution } = errorCatalogue[code]
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.headers['retry-after']).toBe('2')
    const type = `urn:sallyport:problem:${code}`
    expect(answer.json).toEqual({ type, code, title, status, resolution, detail: 'What happened.', diagnostics: { fact: 1 } })
  })

  test.each(errorCodes)('%s says when to come back if it passes, though nobody knows the time', async (code: ErrorCode) => {
    const ask = await open({ connections: { get: () => Promise.reject(new SallyportError(code)) } })
    const answer = await ask('/api/v1/connections/con_1', { headers: token })
    expect(answer.headers['retry-after']).toBe([429, 503].includes(answer.status) ? '5' : undefined)
  })

  test('that is no SallyportError says nothing of itself', async () => {
    const ask = await open({ connections: { get: () => Promise.reject(new TypeError('canary: password of the database')) } })
    const answer = await ask('/api/v1/connections/con_1', { headers: token })
    expect(answer).toMatchObject({ status: 500, json: { code: 'INTERNAL' } })
    expect(answer.text).not.toContain('canary')
  })

  test('of the gateway is logged with its internal detail, without the request', async () => {
    const lines: string[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const failing = { create: () => Promise.reject(new SallyportError('INTERNAL', { internal: 'what broke' })) }
    const ask = await open({ connections: failing }, { log: pino({ level: 'trace' }, stream) })
    await ask('/api/v1/connections?x=canary-query', {
      method: 'POST',
      headers: { ...token, cookie: 'a=canary-cookie' },
      body: { connector: 'canary-body' },
    })
    await ask('/api/v1/connections', { headers: { authorization: 'Bearer canary-token' } })
    expect(lines.join()).toContain('what broke')
    expect(lines.filter((line) => line.includes('"route"'))).toHaveLength(1)
    expect(lines.join()).not.toMatch(/canary|sp_valid/)
  })
})

describe('a request that cannot be read', () => {
  const post = { method: 'POST', headers: token }
  test.each([
    ['broken JSON', { ...post, body: '{"connector":' }, 400, 'INVALID_INPUT', 'The body is not valid JSON.'],
    [
      'a key that would reach the prototype',
      { ...post, body: '{"__proto__":{"a":1}}' },
      400,
      'INVALID_INPUT',
      'The body is not valid JSON.',
    ],
    [
      'a form',
      { ...post, headers: { ...token, 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1' },
      400,
      'INVALID_INPUT',
      'application/json',
    ],
    [
      'plain text',
      { ...post, headers: { ...token, 'content-type': 'text/plain' }, body: '{}' },
      400,
      'INVALID_INPUT',
      'application/json',
    ],
    [
      'a body that is too large',
      { ...post, body: JSON.stringify({ connector: 'x'.repeat(1_100_000) }) },
      413,
      'PAYLOAD_TOO_LARGE',
      'larger',
    ],
    ['no body', post, 400, 'INVALID_INPUT', 'lacks "connector"'],
  ])('because of %s is refused as a problem', async (_name, ask, status, code, detail) => {
    const answer = await (await open())('/api/v1/connections', ask)
    expect(answer).toMatchObject({ status, json: { code, detail: expect.stringContaining(detail) } })
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  })

  test.each(['/api/v1/connections/%zz', '/%E0%A4%A'])('because of the address %s is refused as a problem', async (path) => {
    expect(await (await open())(path, { headers: token })).toMatchObject({ status: 400, json: { code: 'INVALID_INPUT' } })
  })

  test.each([
    ['/api/v1/connectors', 73],
    ['/api/v1/calls', 11],
  ])('%s takes no more than it should', async (path, megabytes) => {
    const ask = await open()
    const headers = { ...token, 'content-type': 'application/json', 'content-length': String(megabytes * 1024 * 1024) }
    // Only announced: refused before it is sent.
    const answer = await ask(path, { method: 'POST', headers })
    expect(answer).toMatchObject({ status: 413, json: { code: 'PAYLOAD_TOO_LARGE' } })
  })
})

describe('a request that does not match its schema', () => {
  test('is told every field and what is wrong with it', async () => {
    const ask = await open()
    const body = { role: 'king', expires_at: 'tomorrow', nam: 'typo' }
    const answer = await ask('/api/v1/tokens', { method: 'POST', headers: token, body })
    expect(answer).toMatchObject({ status: 400, json: { code: 'INVALID_INPUT' } })
    expect(answer.json.diagnostics).toEqual({
      errors: expect.arrayContaining([
        { path: '', message: 'lacks "name"' },
        { path: '', message: 'has unknown keys: "nam"' },
        { path: '/role', message: 'must be one of "viewer", "member", "manager", "admin", "owner"' },
        { path: '/expires_at', message: expect.stringContaining('date-time') },
      ]),
    })
  })

  test('never has its values turned into others', async () => {
    const ask = await open()
    const answer = await ask('/api/v1/tokens', { method: 'POST', headers: token, body: { name: 5 } })
    expect(answer.json.diagnostics).toEqual({ errors: [{ path: '/name', message: 'must be string' }] })
  })

  test('is answered with at most twenty errors', async () => {
    const settings = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`s${n}`, {}]))
    const answer = await (await open())('/api/v1/connections', {
      method: 'POST',
      headers: token,
      body: { connector: 'crm', settings },
    })
    expect((answer.json.diagnostics as { errors: unknown[] }).errors).toHaveLength(20)
    expect(answer.status).toBe(400)
  })

  test.each([
    'limit=0',
    'limit=201',
    'limit=many',
    'limit=1.5',
    'limit=true',
    'limit=',
    'limit=1&limit=2',
    `cursor=${'x'.repeat(1001)}`,
  ])('by its query %s is refused', async (query) => {
    const answer = await (await open())(`/api/v1/connections?${query}`, { headers: token })
    expect(answer).toMatchObject({ status: 400, json: { detail: expect.stringContaining('query') } })
  })

  test('by its query is read as what the schema says where it does', async () => {
    const seen: unknown[] = []
    const ask = await open({
      connections: {
        async list(_caller, query) {
          seen.push(query)
          return { items: [], next_cursor: null }
        },
      },
    })
    await ask('/api/v1/connections?limit=7&search=5', { headers: token })
    await ask('/api/v1/connections', { headers: token })
    expect(seen).toEqual([{ limit: 7, search: '5' }, { limit: 50 }])
  })
})

describe('an unknown path', () => {
  test.each([
    ['GET', '/api/v1/nothing'],
    ['POST', '/api/v1/session/nothing'],
    ['DELETE', '/'],
    ['GET', '/api/v1/../../etc/passwd'],
    ['GET', '/assets/none.js'],
  ])('%s %s is a problem, not a page', async (method, path) => {
    expect(await (await open())(path, { method, headers: token })).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } })
  })
})
