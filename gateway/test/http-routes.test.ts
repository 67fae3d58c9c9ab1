import { afterEach, describe, expect, test } from 'vitest'
import type { CallRequest, CallResult, ToolView } from '../src/call/types.ts'
import type { ConnectorListItem } from '../src/connections/types.ts'
import { SallyportError } from '../src/errors.ts'
import { type Entrance, knowsOne, openEntrance, type Services, shown, token } from './http-harness.ts'

let entrance: Entrance
afterEach(() => entrance.close())

async function open(services: Services): Promise<Entrance['ask']> {
  entrance = await openEntrance({ access: knowsOne, ...services })
  return entrance.ask
}

describe('POST /calls', () => {
  const seen: CallRequest[] = []
  const call = async (result: CallResult | Error, body: unknown = { connector: 'crm', action: 'get' }) => {
    seen.length = 0
    const ask = await open({
      calls: {
        async run(request) {
          seen.push(request)
          if (result instanceof Error) throw result
          return result
        },
      },
    })
    return ask('/api/v1/calls', { method: 'POST', headers: token, body })
  }

  test('hands everything to the pipeline, which finds out itself who asks', async () => {
    const body = { connector: 'crm', action: 'get', connection: 'prod', input: { id: 1 }, dry_run: true }
    await call({ kind: 'answered', id: 'call_1', outcome: 'done', status: 200, durationMs: 1, answer: { success: true } }, body)
    const { credentials, ip, ...rest } = seen[0] ?? {}
    expect(credentials && shown(credentials)).toBe('bearer sp_valid')
    expect(ip).toBe('127.0.0.1')
    expect(rest).toEqual({
      entrance: 'http',
      connector: 'crm',
      action: 'get',
      connection: 'prod',
      input: { id: 1 },
      dryRun: true,
    })
  })

  test('answers what the API answered', async () => {
    const answer = { success: true, payload: [1, null], variables: { next: 2 }, diagnostics: { warning: 'w' } }
    const result = await call({ kind: 'answered', id: 'call_1', outcome: 'done', status: 201, durationMs: 2.5, answer })
    expect(result).toMatchObject({
      status: 200,
      json: { id: 'call_1', outcome: 'done', status: 201, duration_ms: 2.5, ...answer },
    })
  })

  test('answers an answer that says the action failed as one', async () => {
    const answer = { success: false, error: 'no such customer' }
    const result = await call({ kind: 'answered', id: 'call_1', outcome: 'done', status: 200, durationMs: 1, answer })
    expect(result).toMatchObject({ status: 200, json: answer })
  })

  test('answers a dry run with the plan', async () => {
    const plan = { method: 'POST', url: 'https://api.example.com/x', headers: { 'x-api-key': '[redacted]' }, body: { a: 1 } }
    const rulings = [{ rule: 'action', asks: true, says: 'The action asks for approval.' }] as const
    const judgement = { asks: true, risk: 'medium', rulings } as const
    const result = await call({ kind: 'planned', id: 'call_2', durationMs: 1, plan, hash: 'abc', judgement })
    const json = {
      id: 'call_2',
      success: true,
      outcome: 'not_sent',
      status: null,
      duration_ms: 1,
      plan: { ...plan, hash: 'abc', needs_approval: true, risk: 'medium', policy: rulings },
    }
    expect(result).toMatchObject({ status: 200, json })
  })

  test('answers a call that waits with the page to decide on it', async () => {
    const result = await call({ kind: 'pending', id: 'call_3', approvalId: 'apr_1', expiresAt: '2030-01-01T00:00:00.000Z' })
    const approval = { id: 'apr_1', url: `${entrance.url}/approvals/apr_1`, expires_at: '2030-01-01T00:00:00.000Z' }
    expect(result).toMatchObject({ status: 202, json: { id: 'call_3', status: 'pending_approval', approval } })
  })

  test('answers a failed call as a problem that names the call and whether the API saw it', async () => {
    const error = new SallyportError('TIMEOUT', {
      detail: 'Too slow.',
      diagnostics: { timeout_ms: 1 },
      retryAfterSeconds: 3,
      internal: 'canary',
    })
    const result = await call({ kind: 'failed', id: 'call_4', outcome: 'sent_unknown', status: null, durationMs: 1, error })
    const json = { code: 'TIMEOUT', call_id: 'call_4', outcome: 'sent_unknown', diagnostics: { timeout_ms: 1 } }
    expect(result).toMatchObject({ status: 504, headers: { 'retry-after': '3' }, json })
    expect(result.text).not.toContain('canary')
  })

  test('hands the idempotency key on, from the body or the header, and refuses a longer one than it keeps', async () => {
    await call(new Error('called'), { connector: 'crm', action: 'pay', idempotency_key: 'k' })
    expect(seen.at(-1)).toMatchObject({ idempotencyKey: 'k' })
    const result = await call(new Error('called'), { connector: 'crm', action: 'pay', idempotency_key: 'k'.repeat(256) })
    expect(result).toMatchObject({ status: 400, json: { code: 'INVALID_INPUT' } })
  })

  test('refuses strangers before their body is read', async () => {
    const ask = await open({})
    const headers = { 'content-type': 'application/json', 'content-length': '999999999' }
    expect((await ask('/api/v1/calls', { method: 'POST', headers })).status).toBe(401)
    expect((await ask('/api/v1/connectors', { method: 'POST', headers })).status).toBe(401)
  })
})

describe('POST /approvals/{id}/approve', () => {
  const approval = { id: 'apr_1' } as never
  test('answers the decision with the answer of the call', async () => {
    const call: CallResult = {
      kind: 'answered',
      id: 'call_1',
      outcome: 'done',
      status: 200,
      durationMs: 1,
      answer: { success: true, payload: 1 },
    }
    const ask = await open({ approvals: { approve: async () => ({ approval, call }) } })
    const { status, json } = await ask('/api/v1/approvals/apr_1/approve', { method: 'POST', headers: token })
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { approval: { id: 'apr_1' }, call: { id: 'call_1', payload: 1 }, problem: null },
    })
  })

  test('answers the decision with the problem of the call', async () => {
    const call: CallResult = {
      kind: 'failed',
      id: 'call_1',
      outcome: 'done',
      status: 500,
      durationMs: 1,
      error: new SallyportError('UPSTREAM_ERROR'),
    }
    const ask = await open({ approvals: { approve: async () => ({ approval, call }) } })
    const { status, json } = await ask('/api/v1/approvals/apr_1/approve', { method: 'POST', headers: token })
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { call: null, problem: { code: 'UPSTREAM_ERROR', call_id: 'call_1' } },
    })
  })

  test('takes no body, or an empty one, to reject', async () => {
    const reasons: unknown[] = []
    const ask = await open({
      approvals: {
        async reject(_caller, _id, reason) {
          reasons.push(reason)
          return approval
        },
      },
    })
    for (const body of [undefined, {}, { reason: 'too risky' }])
      await ask('/api/v1/approvals/apr_1/reject', { method: 'POST', headers: token, body })
    expect(reasons).toEqual([undefined, undefined, 'too risky'])
  })
})

describe('GET /connectors', () => {
  test('is an array, and names the next page with the same query in the Link header', async () => {
    const item = { id: 'crm' } as ConnectorListItem
    const ask = await open({
      connectors: { list: async (_caller, { cursor }) => ({ items: [item], next_cursor: cursor === undefined ? 'c/1' : null }) },
    })
    const first = await ask('/api/v1/connectors?limit=1&search=a%26b', { headers: token })
    expect(JSON.parse(first.text)).toEqual([item])
    const next = /^<(.*)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? ''
    expect(Object.fromEntries(new URL(next, 'http://x').searchParams)).toEqual({ limit: '1', search: 'a&b', cursor: 'c/1' })
    expect((await ask(next, { headers: token })).headers).not.toHaveProperty('link')
  })
})

describe('GET /tools', () => {
  const tool = {
    name: 'crm_get',
    connector: 'crm',
    action: 'get',
    title: 'Get',
    description: 'Gets a customer.',
    effect: 'read',
    method: 'GET',
    path: '/customers/{id}',
    connection: { id: 'con_1', name: 'CRM', environment: 'production' },
    input_schema: { type: 'object', properties: { id: {} } },
    output_schema: null,
  } as unknown as ToolView

  const name = 'crm_get'
  const description = 'Gets a customer.'
  const schema = { type: 'object', properties: { id: {} } }

  test.each([
    [
      'mcp',
      { name, title: 'Get', description, inputSchema: schema, annotations: { readOnlyHint: true, destructiveHint: false } },
    ],
    ['openai', { type: 'function', function: { name, description, parameters: schema } }],
    ['openai-strict', { type: 'function', function: { name, description, strict: true, parameters: schema } }],
    ['anthropic', { name, description, input_schema: schema }],
    ['gemini', { name, description, parametersJsonSchema: schema }],
  ])('speaks the words of %s', async (format, expected) => {
    const queries: unknown[] = []
    const ask = await open({
      tools: {
        async list(_caller, query) {
          queries.push(query)
          return { items: [tool], next_cursor: null }
        },
      },
    })
    const { json } = await ask(`/api/v1/tools?format=${format}`, { headers: token })
    expect(json).toMatchObject({ items: [expected], next_cursor: null })
    expect(queries).toEqual([{ limit: 50, format }])
  })

  test('searches with the score of each match, and why', async () => {
    const limits: number[] = []
    const ask = await open({
      tools: {
        async search(_caller, _query, limit) {
          limits.push(limit)
          return [{ tool, score: 0.5, matched: [{ word: 'customer', in: ['path'] }] }]
        },
      },
    })
    const { json } = await ask('/api/v1/tools/search', { method: 'POST', headers: token, body: { query: 'customer' } })
    expect(json).toEqual({
      items: [
        {
          tool: 'crm_get',
          connector: 'crm',
          action: 'get',
          connection: { id: 'con_1', name: 'CRM', environment: 'production' },
          description: 'Gets a customer.',
          effect: 'read',
          method: 'GET',
          path: '/customers/{id}',
          score: 0.5,
          matched: [{ word: 'customer', in: ['path'] }],
        },
      ],
    })
    expect(limits).toEqual([10])
  })
})

describe('for machines', () => {
  test.each(['', '/api/v1'])('health, readiness and descriptions are open under %j', async (prefix) => {
    const ask = await open({ ready: () => Promise.resolve() })
    expect((await ask(`${prefix}/healthz`)).json).toEqual({ status: 'ok' })
    expect((await ask(`${prefix}/connector.schema.json`)).json).toEqual({ title: 'the connector schema' })
    expect((await ask(`${prefix}/openapi.json`)).json).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } })
  })

  test('readiness fails while the database does not answer, and health does not', async () => {
    entrance = await openEntrance({
      ready: () => Promise.reject(new SallyportError('UNAVAILABLE', { retryAfterSeconds: 1 })),
    })
    expect(await entrance.ask('/readyz')).toMatchObject({
      status: 503,
      json: { code: 'UNAVAILABLE' },
      headers: { 'retry-after': '1' },
    })
    expect((await entrance.ask('/healthz')).status).toBe(200)
  })
})
