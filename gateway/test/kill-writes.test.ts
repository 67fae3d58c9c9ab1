import { once } from 'node:events'
import { SallyportProblem } from '@sallyport/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CountingUpstream, connectLedger } from './support/counting-upstream.ts'
import { temporaryDataDir } from './support/data-dir.ts'
import { type GatewayProcess, ownerToken, removeDataDir, startGatewayProcess } from './support/gateway.ts'

let upstream: CountingUpstream
let dataDir: string
let gateway: GatewayProcess
let amount = 0

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  dataDir = await temporaryDataDir()
  gateway = await startGatewayProcess({ dataDir })
  await connectLedger(gateway.client(), upstream)
})

afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  await removeDataDir(dataDir)
})

async function kill(): Promise<void> {
  const exited = once(gateway.process, 'exit')
  gateway.process.kill('SIGKILL')
  await exited
}

const ok = '{"ok":true}'
const json = { 'content-type': 'application/json' }

/** When the gateway dies, seen from outside; each runs until it is dead. */
const moments: Record<string, (call: Promise<unknown>) => Promise<void>> = {
  'right after the call was handed over': async () => {
    await kill()
  },
  'when the API has the request and has not answered': async () => {
    upstream.behave = () => {}
    await upstream.until(1)
    await kill()
  },
  'when the API has sent the head of its answer': async () => {
    const answering = Promise.withResolvers<void>()
    upstream.behave = (_request, response) => {
      response.writeHead(200, json)
      response.write('{"ok"', () => answering.resolve())
    }
    await answering.promise
    await kill()
  },
  'as the API ends its answer': async () => {
    const answered = Promise.withResolvers<void>()
    upstream.behave = (_request, response) => response.writeHead(200, json).end(ok, () => answered.resolve())
    await answered.promise
    await kill()
  },
  'as the caller gets the answer': async (call) => {
    await call
    await kill()
  },
}

test.each(Object.entries(moments))(
  'killed %s, a write has happened at most once and its record says what is known',
  async (_moment, act) => {
    upstream.reset()
    amount++
    const request = { connector: 'ledger', action: 'pay', input: { amount }, idempotency_key: `key-${amount}` }
    const call = gateway.client().calls.create(request)
    const answered = call.then(
      (answer) => answer,
      () => null,
    )
    await act(answered)
    const acknowledged = await answered
    const sentBefore = upstream.seen.length
    upstream.behave = (_request, response) => response.writeHead(200, json).end(ok)

    gateway = await startGatewayProcess({ dataDir })
    const owner = gateway.client(ownerToken)
    const records = (await owner.calls.list({ action: 'pay', limit: 200 })).items
    const record = (await Promise.all(records.map((each) => owner.calls.get(each.id)))).find(
      (each) => (each.input as { amount: number }).amount === amount,
    )
    if (sentBefore > 0) {
      // The intent was durable before the socket opened, so whatever reached the API is on record as possibly done.
      expect(record).toBeDefined()
      expect(record?.status).not.toBe('started')
      expect(record?.outcome).not.toBe('not_sent')
    }
    if (acknowledged !== null) expect(record).toMatchObject({ status: 'succeeded', outcome: 'done' })

    const repeated = await owner.calls.create(request).catch((error: unknown) => error)
    expect(upstream.seen.length).toBeLessThanOrEqual(1)
    if (acknowledged !== null) expect(repeated).toEqual(acknowledged)
    else if (sentBefore > 0 && repeated instanceof SallyportProblem)
      expect(['OUTCOME_UNKNOWN', 'CONFLICT']).toContain(repeated.code)
  },
)

test('stopped with 500 calls under way, the gateway answers every one of them', async () => {
  upstream.reset()
  const held: (() => void)[] = []
  upstream.behave = (_request, response) => held.push(() => response.writeHead(200, json).end(ok))
  const owner = gateway.client()
  const calls = Array.from({ length: 500 }, () => owner.calls.create({ connector: 'ledger', action: 'look' }))
  await upstream.until(500)
  const stopped = gateway.stop()
  for (const release of held) release()
  const answers = await Promise.allSettled(calls)
  expect(answers.filter((answer) => answer.status === 'rejected')).toEqual([])
  expect(await stopped).toBe(0)
  gateway = await startGatewayProcess({ dataDir })
  const totals = await gateway.client().calls.totals({ window: '1h', connector: 'ledger' })
  expect(totals.succeeded).toBeGreaterThanOrEqual(500)
})

test('killed while an approved call runs, the approval is spent and the call is never run again', async () => {
  upstream.reset()
  const owner = gateway.client()
  const agent = gateway.client((await owner.tokens.create({ name: 'agent', role: 'member' })).token)
  const asked = await agent.calls.create({ connector: 'ledger', action: 'pay_asked', input: { amount: 99 } })
  if (!('approval' in asked)) throw new Error('expected to wait')
  upstream.behave = () => {}
  const decision = owner.approvals.approve(asked.approval.id).catch(() => null)
  await upstream.until(1)
  await kill()
  await decision

  gateway = await startGatewayProcess({ dataDir })
  const approvals = gateway.client().approvals
  expect(await approvals.get(asked.approval.id)).toMatchObject({ status: 'used' })
  await expect(approvals.approve(asked.approval.id)).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await gateway.client().calls.get(asked.id)).toMatchObject({
    status: 'failed',
    outcome: 'sent_unknown',
    error_code: 'OUTCOME_UNKNOWN',
  })
  expect(upstream.seen).toHaveLength(1)
})
