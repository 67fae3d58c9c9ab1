import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { allItems, PendingApproval, Sallyport, SallyportProblem, SallyportUnreachable } from './index.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
type Reply = {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly json?: unknown
  readonly text?: string
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A real HTTP server that answers as told and keeps what it saw. */
async function gateway(answer: (seen: Seen) => Reply): Promise<{ sallyport: Sallyport; url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      seen.push(one)
      const { status = 200, headers = {}, json, text } = answer(one)
      const type = status >= 400 ? 'application/problem+json; charset=utf-8' : 'application/json; charset=utf-8'
      response.writeHead(status, { 'content-type': text === undefined ? type : 'text/html', ...headers })
      response.end(text ?? (json === undefined ? undefined : JSON.stringify(json)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { sallyport: new Sallyport({ url: `${url}/`, token: 'sp_test' }), url, seen }
}

const answered = { id: 'call_1', success: true, outcome: 'done', status: 200, duration_ms: 3, payload: { name: 'Ada' } }
const problem = {
  type: 'urn:sallyport:problem:TIMEOUT',
  code: 'TIMEOUT',
  title: 'The API took too long',
  status: 504,
  detail: 'No answer within 30 s.',
  resolution: 'Raise timeout_ms.',
  call_id: 'call_2',
  outcome: 'sent_unknown',
  diagnostics: { timeout_ms: 30000 },
}

describe('requests', () => {
  test('carry the token and a JSON body to the path of the operation', async () => {
    const { sallyport, seen } = await gateway(() => ({ json: { id: 'con_1' } }))
    await sallyport.connections.update('con/1 ü', { name: 'New' })
    expect(seen).toMatchObject([{ method: 'PATCH', url: '/api/v1/connections/con%2F1%20%C3%BC', body: '{"name":"New"}' }])
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer sp_test', 'content-type': 'application/json' })
  })

  test('without a body say nothing of a content type, which the gateway would want a body for', async () => {
    const { sallyport, seen } = await gateway(() => ({ status: 204 }))
    expect(await sallyport.tokens.revoke('tok_1')).toBeUndefined()
    expect(seen[0]?.headers).not.toHaveProperty('content-type')
  })

  test.each(['', '.', '..'])('refuse the id %j, which would reach another route', async (id) => {
    const { sallyport, seen } = await gateway(() => ({ json: {} }))
    await expect(sallyport.connections.delete(id)).rejects.toThrow('is not a usable id')
    expect(seen).toEqual([])
  })

  test('put query values into the address and leave undefined ones out', async () => {
    const { sallyport, seen } = await gateway(() => ({ json: { items: [], next_cursor: null } }))
    await sallyport.request('get', '/api/v1/calls', { query: { limit: 5, connector: 'a&b' } })
    expect(seen[0]?.url).toBe('/api/v1/calls?limit=5&connector=a%26b')
  })

  test('stop when their signal says so', async () => {
    const { sallyport } = await gateway(() => ({ json: {} }))
    const request = sallyport.request('get', '/api/v1/session', { signal: AbortSignal.abort() })
    await expect(request).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('follow no redirect, so that a credential goes nowhere else', async () => {
    const elsewhere = await gateway(() => ({ json: answered }))
    const { sallyport } = await gateway(() => ({ status: 307, headers: { location: `${elsewhere.url}/api/v1/connections` } }))
    const request = sallyport.connections.create({ connector: 'crm', auth: { fields: { key: 'secret' } } })
    await expect(request).rejects.toThrow(`redirects to ${elsewhere.url}`)
    expect(elsewhere.seen).toEqual([])
  })
})

describe('listings', () => {
  test('of connectors read the next cursor from the Link header', async () => {
    const { sallyport } = await gateway(({ url }) =>
      url.includes('cursor=')
        ? { json: [{ id: 'b' }] }
        : { json: [{ id: 'a' }], headers: { link: '</api/v1/connectors?limit=1&cursor=a%2Bb>; rel="next"' } },
    )
    expect(await sallyport.connectors.list({ limit: 1 })).toMatchObject({ items: [{ id: 'a' }], next_cursor: 'a+b' })
    expect(await sallyport.connectors.list({ limit: 1, cursor: 'a+b' })).toMatchObject({
      items: [{ id: 'b' }],
      next_cursor: null,
    })
  })

  test('are walked to the end by allItems', async () => {
    const { sallyport, seen } = await gateway(({ url }) => ({
      json: url.includes('cursor=2')
        ? { items: [{ id: 'c' }], next_cursor: null }
        : { items: [{ id: 'a' }, { id: 'b' }], next_cursor: '2' },
    }))
    const ids: string[] = []
    for await (const call of allItems((cursor) => sallyport.calls.list(cursor === undefined ? {} : { cursor }))) ids.push(call.id)
    expect(ids).toEqual(['a', 'b', 'c'])
    expect(seen).toHaveLength(2)
  })
})

describe('custom', () => {
  test('calls an action by name and answers its payload', async () => {
    const { sallyport, seen } = await gateway(() => ({ json: answered }))
    const customer = await sallyport.custom.my_crm?.get_customer?.<{ name: string }>({ id: 'c_1' }, { connection: 'prod' })
    expect(customer?.name).toBe('Ada')
    expect(seen).toMatchObject([{ method: 'POST', url: '/api/v1/calls' }])
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      connector: 'my_crm',
      action: 'get_customer',
      input: { id: 'c_1' },
      connection: 'prod',
    })
  })

  test('calls the default action of a connector that is called itself, whatever its actions are named', async () => {
    const { sallyport, seen } = await gateway(() => ({ json: answered }))
    expect(await sallyport.custom.my_crm?.({ id: 'c_1' })).toEqual({ name: 'Ada' })
    await sallyport.custom.my_crm?.name({ id: 'c_1' })
    const bodies = seen.map(({ body }) => JSON.parse(body))
    expect(bodies).toEqual([
      { connector: 'my_crm', input: { id: 'c_1' } },
      { connector: 'my_crm', action: 'name', input: { id: 'c_1' } },
    ])
  })

  test('throws the problem of a failed call with all it says', async () => {
    const { sallyport } = await gateway(() => ({ status: 504, json: problem, headers: { 'retry-after': '7' } }))
    const failure = await sallyport.custom.crm?.get?.().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(SallyportProblem)
    expect(failure).toMatchObject({
      code: 'TIMEOUT',
      status: 504,
      detail: problem.detail,
      resolution: problem.resolution,
      callId: 'call_2',
      outcome: 'sent_unknown',
      diagnostics: { timeout_ms: 30000 },
      retryAfterSeconds: 7,
    })
  })

  test('throws when the API answered that the action failed', async () => {
    const { sallyport } = await gateway(() => ({
      json: { ...answered, success: false, error: 'no such customer', diagnostics: { a: 1 } },
    }))
    await expect(sallyport.custom.crm?.get?.()).rejects.toMatchObject({
      name: 'SallyportProblem',
      detail: 'no such customer',
      callId: 'call_1',
      diagnostics: { a: 1 },
    })
  })

  test('throws the approval that a call waits for', async () => {
    const approval = { id: 'apr_1', url: 'http://gateway/approvals/apr_1', expires_at: '2030-01-01T00:00:00Z' }
    const { sallyport } = await gateway(() => ({ status: 202, json: { id: 'call_3', status: 'pending_approval', approval } }))
    const waiting = await sallyport.custom.crm?.delete_customer?.({ id: 1 }).catch((error: unknown) => error)
    expect(waiting).toBeInstanceOf(PendingApproval)
    expect(waiting).toMatchObject({ callId: 'call_3', approval })
  })

  test('lists the connectors that are connected, over all pages', async () => {
    const { sallyport } = await gateway(({ url }) =>
      url.includes('cursor=')
        ? { json: [{ id: 'billing', connections: 2 }] }
        : {
            json: [
              { id: 'crm', connections: 1 },
              { id: 'idle', connections: 0 },
            ],
            headers: { link: '</api/v1/connectors?cursor=x>; rel="next"' },
          },
    )
    expect(await sallyport.custom.list()).toEqual(['billing', 'crm'])
  })

  test('answers the schema of a connector', async () => {
    const { sallyport, seen } = await gateway(() => ({
      json: { connector: 'crm', name: 'CRM', version: '1.0.0', actions: [], next_cursor: null },
    }))
    const schema = await sallyport.custom.crm?.schema()
    expect(schema?.version).toBe('1.0.0')
    expect(seen[0]?.url).toBe('/api/v1/connectors/crm/capabilities')
  })

  test('can be awaited and passed around without calling anything', async () => {
    const { sallyport, seen } = await gateway(() => ({ json: answered }))
    expect(await sallyport.custom).toBe(sallyport.custom)
    const crm = sallyport.custom.crm
    await Promise.resolve(crm)
    expect(seen).toEqual([])
  })
})

describe('without a gateway', () => {
  test('says that nothing listens at the address', async () => {
    const { sallyport, url } = await gateway(() => ({ json: {} }))
    for (const close of closers.splice(0)) close()
    const failure = await sallyport.session.get().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(SallyportUnreachable)
    expect(String(failure)).toContain(url)
    expect(String(failure)).toContain('ECONNREFUSED')
  })

  test('says that something else answers', async () => {
    const { sallyport } = await gateway(() => ({ status: 502, text: '<h1>Bad gateway</h1>' }))
    await expect(sallyport.session.get()).rejects.toThrow('status 502')
  })
})
