import { type Sallyport, SallyportProblem } from '@sallyport/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { CountingUpstream, connectLedger } from './support/counting-upstream.ts'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

let upstream: CountingUpstream
let gateway: GatewayProcess
let owner: Sallyport
let agent: Sallyport

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  owner = gateway.client()
  await connectLedger(owner, upstream)
  agent = gateway.client((await owner.tokens.create({ name: 'agent', role: 'member' })).token)
})

afterEach(() => upstream.reset())

afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  await removeDataDir(gateway.dataDir)
})

const pay = (amount: number, idempotency_key?: string, action = 'pay') =>
  agent.calls.create({
    connector: 'ledger',
    action,
    input: { amount },
    ...(idempotency_key !== undefined && { idempotency_key }),
  })

async function problemOf(call: Promise<unknown>): Promise<SallyportProblem> {
  const error = await call.catch((thrown: unknown) => thrown)
  if (error instanceof SallyportProblem) return error
  throw new Error(`expected a problem, got ${JSON.stringify(error)}`)
}

describe('a write happens at most once', () => {
  test('the same key and parameters run once and are answered alike', async () => {
    const first = await pay(1, 'order-1')
    const second = await pay(1, 'order-1')
    expect(second).toEqual(first)
    expect(upstream.seen).toHaveLength(1)
  })

  test('of many at once with one key exactly one reaches the API, and the others are told to ask again', async () => {
    const held: (() => void)[] = []
    upstream.behave = (_request, response) =>
      held.push(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'))
    let told = 0
    const others = Promise.withResolvers<void>()
    const calls = Array.from({ length: 20 }, () =>
      pay(2, 'order-2').then(
        () => 'answered',
        (error: SallyportProblem) => {
          if (++told === 19) others.resolve()
          return error.code
        },
      ),
    )
    await upstream.until(1)
    await others.promise
    for (const release of held) release()
    const ends = await Promise.all(calls)
    expect(ends.filter((end) => end === 'answered')).toHaveLength(1)
    expect(ends.filter((end) => end === 'CONFLICT')).toHaveLength(19)
    expect(upstream.seen).toHaveLength(1)
  })

  test('a key with other parameters is refused', async () => {
    await pay(3, 'order-3')
    expect(await problemOf(pay(4, 'order-3'))).toMatchObject({ code: 'CONFLICT' })
    expect(upstream.seen).toHaveLength(1)
  })

  test('a key is kept for 24 hours, and no longer', async () => {
    const db = await superuserOf(gateway.dataDir)
    try {
      const age = (interval: string) =>
        db.query(`update sallyport.idempotency_keys set created_at = now() - interval '${interval}' where key = 'order-old'`)
      const first = await pay(1, 'order-old')
      await age('23 hours 59 minutes')
      expect(await pay(1, 'order-old')).toEqual(first)
      expect(upstream.seen).toHaveLength(1)
      await age('24 hours 1 minute')
      expect(await pay(1, 'order-old')).not.toMatchObject({ id: 'id' in first ? first.id : '' })
      expect(upstream.seen).toHaveLength(2)
    } finally {
      await db.end()
    }
  })

  test('a key belongs to one caller', async () => {
    const other = gateway.client((await owner.tokens.create({ name: 'other', role: 'member' })).token)
    await pay(5, 'order-5')
    await other.calls.create({ connector: 'ledger', action: 'pay', input: { amount: 6 }, idempotency_key: 'order-5' })
    expect(upstream.seen).toHaveLength(2)
  })

  test('an error the API answered is the answer of every repetition', async () => {
    upstream.behave = (_request, response) =>
      response.writeHead(422, { 'content-type': 'application/json' }).end('{"error":"no"}')
    expect(await problemOf(pay(7, 'order-7'))).toMatchObject({ code: 'UPSTREAM_ERROR' })
    upstream.behave = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    expect(await problemOf(pay(7, 'order-7'))).toMatchObject({ code: 'UPSTREAM_ERROR' })
    expect(upstream.seen).toHaveLength(1)
  })

  test('a write that left and got no answer is unknown, is never sent again, and stays unknown for its key', async () => {
    upstream.behave = (_request, response) => response.destroy()
    const problem = await problemOf(pay(8, 'order-8'))
    expect(problem).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(await agent.calls.get(problem.callId ?? '')).toMatchObject({ status: 'failed', outcome: 'sent_unknown' })
    expect(await problemOf(pay(8, 'order-8'))).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(upstream.seen).toHaveLength(1)
  })

  test('a write that never left may run again with its key', async () => {
    const { url } = upstream
    const port = Number(new URL(url).port)
    await owner.connectors.update('ledger', {
      document: { ...(await owner.connectors.get('ledger')), servers: { production: { url: 'http://127.0.0.1:9' } } },
      autoBump: true,
    })
    expect(await problemOf(pay(9, 'order-9'))).toMatchObject({ code: 'CONNECTION_REFUSED' })
    await owner.connectors.update('ledger', {
      document: { ...(await owner.connectors.get('ledger')), servers: { production: { url: `http://127.0.0.1:${port}` } } },
      autoBump: true,
    })
    expect(await pay(9, 'order-9')).toMatchObject({ success: true })
    expect(upstream.seen).toHaveLength(1)
  })

  test('a call that waits for approval waits once per key', async () => {
    const first = await pay(10, 'order-10', 'pay_asked')
    const second = await pay(10, 'order-10', 'pay_asked')
    expect(second).toEqual(first)
    if (!('approval' in first)) throw new Error('expected to wait')
    await owner.approvals.approve(first.approval.id)
    expect(await pay(10, 'order-10', 'pay_asked')).toMatchObject({ id: first.id, success: true, payload: { ok: true } })
    expect(upstream.seen).toHaveLength(1)
  })
})

describe('what the API itself recognises may be tried again', () => {
  test('each attempt of a write carries one and the same key', async () => {
    let requests = 0
    upstream.behave = (_request, response) => {
      requests++
      if (requests < 3) response.writeHead(503, { 'retry-after': '0' }).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
    }
    expect(await pay(11, undefined, 'pay_safely')).toMatchObject({ success: true })
    expect(upstream.seen).toHaveLength(3)
    expect(new Set(upstream.seen.map((request) => request.headers['idempotency-key'])).size).toBe(1)
  })

  test('the API never learns the caller’s own key', async () => {
    await pay(12, 'order-secret-12', 'pay_safely')
    expect(upstream.seen[0]?.headers['idempotency-key']).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(JSON.stringify(upstream.seen)).not.toContain('order-secret-12')
  })

  test('a write without such a header is sent once, whatever the API answers', async () => {
    upstream.behave = (_request, response) => response.writeHead(503, { 'retry-after': '0' }).end()
    expect(await problemOf(pay(13))).toMatchObject({ code: 'UPSTREAM_ERROR' })
    expect(upstream.seen).toHaveLength(1)
  })

  test('a read is retried after 503 until it is answered', async () => {
    let requests = 0
    upstream.behave = (_request, response) => {
      requests++
      if (requests < 3) response.writeHead(503, { 'retry-after': '0' }).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
    }
    expect(await agent.calls.create({ connector: 'ledger', action: 'look' })).toMatchObject({ success: true })
    expect(upstream.seen).toHaveLength(3)
  })
})
