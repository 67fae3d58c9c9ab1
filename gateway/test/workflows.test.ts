import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { defineWorkflow, SallyportProblem } from '@sallyport/sdk'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CountingUpstream, connectLedger } from './support/counting-upstream.ts'
import { temporaryDataDir } from './support/data-dir.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

let upstream: CountingUpstream
let dataDir: string
let gateway: GatewayProcess

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

beforeEach(() => upstream.reset())

async function killAndRestart(): Promise<void> {
  const exited = once(gateway.process, 'exit')
  gateway.process.kill('SIGKILL')
  await exited
  gateway = await startGatewayProcess({ dataDir })
}

const slots = { ledger: { connector: 'ledger' } } as const
const call = (action: string, input: object = {}) => ({ slot: 'ledger' as const, action, input })

type Document = Parameters<ReturnType<typeof gateway.client>['workflows']['create']>[0]

/** Stores and deploys a workflow, and answers how to run it. */
async function deployed(document: Document & { readonly workflow: string }): Promise<(input?: object) => Promise<string>> {
  const owner = gateway.client()
  await owner.workflows.create(document)
  await owner.workflows.deploy(document.workflow)
  return async (input = {}) => (await gateway.client().runs.start({ workflow: document.workflow, input })).id
}

const paths = () => upstream.seen.map(({ method, path }) => `${method} ${path}`)

test('a lookup, a branch, an approval, a write and a notice run from a file, and the run page tells them', async () => {
  const text = `workflow: story
name: Story
slots: {crm: {connector: ledger}, shop: {connector: ledger}}
steps:
  - {id: find, name: Look the customer up, call: {slot: crm, action: look}, outputKey: customer, variables: []}
  - id: known
    if: customer.ok && trigger.input.amount > 10
    then:
      - {id: order, call: {slot: shop, action: pay_asked, input: {amount: "{{trigger.input.amount}}"}}, outputKey: order}
    else:
      - {id: small, transform: "'small'", outputKey: order}
  - {id: tell, call: {slot: crm, action: pay, input: {amount: 1}}, outputKey: told}
output: {order: "{{order}}", told: "{{told.ok}}"}
`
  const owner = gateway.client()
  const made = await owner.workflows.create(text)
  expect(made).toMatchObject({ id: 'story', version: 1, source: text, deployments: [] })
  const deployment = await owner.workflows.deploy('story', { bindings: { shop: 'Ledger' } })
  expect(deployment.pins).toEqual({ crm: '1.0.0', shop: '1.0.0' })

  const { id } = await owner.runs.start({ workflow: 'story', input: { amount: 99 } })
  const waiting = await owner.runs.wait(id)
  expect(waiting.status).toBe('waiting')
  const asked = waiting.timeline.find(({ step }) => step === 'order')
  expect(paths()).toEqual(['GET /look'])
  await killAndRestart()
  const { approval } = await gateway.client().approvals.approve(asked?.approval_id ?? '')
  expect(approval.requested_by.name).toBe('workflow story (production)')
  const run = await gateway.client().runs.wait(id)
  expect(run).toMatchObject({ status: 'succeeded', output: { order: { ok: true }, told: true } })
  expect(paths()).toEqual(['GET /look', 'POST /pay-asked', 'POST /pay'])
  expect(run.timeline.map(({ place, status }) => `${place} ${status}`)).toEqual([
    'find succeeded',
    'known succeeded',
    'known/order succeeded',
    'tell succeeded',
  ])
  const record = await gateway.client().calls.get(run.timeline[3]?.call_id ?? '')
  expect(record).toMatchObject({ entrance: 'workflow', caller: { kind: 'token', id: deployment.token }, status: 'succeeded' })
  expect(run.timeline[3]?.result).toMatchObject({ input: { amount: 1 }, payload: { ok: true } })
})

test('killed while a write is on its way, the run goes on, and the write is made once unless the API recognises it', async () => {
  const run = await deployed({
    workflow: 'killed',
    name: 'Killed',
    slots,
    steps: [
      { id: 'read', call: call('look'), outputKey: 'seen' },
      {
        id: 'both',
        parallel: {
          plain: [
            {
              id: 'plain',
              call: call('pay', { amount: 1 }),
              on_error: [{ id: 'why', transform: 'error.code', outputKey: 'why' }],
            },
          ],
          safe: [{ id: 'safe', call: call('pay_safely', { amount: 2 }), outputKey: 'safe' }],
        },
      },
    ],
    output: { why: '{{why}}', safe: '{{safe}}' },
  })
  upstream.behave = ({ path }, response) => {
    if (path === '/look') response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  }
  const id = await run()
  await upstream.until(3)
  upstream.behave = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  await killAndRestart()
  const ended = await gateway.client().runs.wait(id)
  expect(ended).toMatchObject({ status: 'succeeded', output: { why: 'OUTCOME_UNKNOWN', safe: { ok: true } } })
  expect(paths().sort()).toEqual(['GET /look', 'POST /pay', 'POST /pay-safely', 'POST /pay-safely'])
  const keys = upstream.seen.flatMap(({ headers }) => headers['idempotency-key'] ?? [])
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
})

test('a write that the API refused is not made again by itself, and by a person from the step that failed', async () => {
  const run = await deployed({
    workflow: 'retried',
    name: 'Retried',
    slots,
    steps: [
      { id: 'first', call: call('pay', { amount: 1 }) },
      { id: 'second', call: call('pay', { amount: 2 }), retries: 3 },
    ],
  })
  upstream.behave = ({ body }, response) =>
    response.writeHead(body.includes('2') ? 503 : 200, { 'content-type': 'application/json' }).end('{}')
  const id = await run()
  const owner = gateway.client()
  expect(await owner.runs.wait(id)).toMatchObject({ status: 'failed', error: { code: 'UPSTREAM_ERROR', step: 'second' } })
  expect(upstream.seen).toHaveLength(2)
  upstream.reset()
  await owner.runs.retry(id)
  const again = await owner.runs.wait(id)
  expect(again.status).toBe('succeeded')
  expect(upstream.seen.map(({ body }) => body)).toEqual(['{"amount":2}'])
  expect(again.timeline.map(({ step, status, superseded }) => `${step} ${status} ${superseded}`)).toEqual([
    'first succeeded false',
    'second failed true',
    'second succeeded false',
  ])
  const replayed = await owner.runs.replay(id)
  expect(await owner.runs.wait(replayed.id)).toMatchObject({ status: 'succeeded', replay_of: id })
  expect(upstream.seen).toHaveLength(3)
})

test('a loop keeps to its bounds, a wait ends, a script computes, another workflow runs, and variables are what steps set', async () => {
  const inner = await deployed({
    workflow: 'inner',
    name: 'Inner',
    input: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } },
    steps: [{ id: 'double', transform: 'trigger.input.n * 2', outputKey: 'doubled' }],
    output: '{{doubled}}',
  })
  expect(await gateway.client().runs.wait(await inner({ n: 4 }))).toMatchObject({ output: 8 })
  await expect(inner({ n: 'four' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  let atOnce = 0
  let most = 0
  upstream.behave = (_request, response) => {
    most = Math.max(most, ++atOnce)
    setImmediate(() => {
      atOnce--
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
    })
  }
  const outer = await deployed(
    defineWorkflow({
      workflow: 'outer',
      name: 'Outer',
      slots,
      steps: [
        { id: 'list', script: 'console.log("hi"); return [1, 2, 3, 4, 5, 6]', outputKey: 'list' },
        {
          id: 'each',
          for_each: '{{list}}',
          as: 'n',
          concurrency: 2,
          steps: [
            { id: 'look', call: { slot: 'ledger', action: 'look' }, outputKey: 'seen' },
            { id: 'twice', workflow: { workflow: 'inner', input: { n: '{{n}}' } }, outputKey: 'twice' },
          ],
          collect: '{{twice}}',
          outputKey: 'all',
        },
        { id: 'pause', wait: { for: '10ms' } },
      ],
      output: '{{all}}',
    }),
  )
  let run = await gateway.client().runs.wait(await outer())
  // It waits for the inner ones in between.
  while (run.status === 'waiting') run = await gateway.client().runs.wait(run.id)
  expect(run).toMatchObject({ status: 'succeeded', output: [2, 4, 6, 8, 10, 12] })
  expect(upstream.seen).toHaveLength(6)
  expect(most).toBeLessThanOrEqual(2)
  expect(run.timeline[0]?.result).toMatchObject({ diagnostics: { console: ['hi'] } })
})

test('what is too much, without end or against the rules ends a run with a reason', async () => {
  const owner = gateway.client()
  const run = await deployed({
    workflow: 'bounds',
    name: 'Bounds',
    slots,
    steps: [
      {
        id: 'endless',
        script: 'for (;;) {}',
        timeout_ms: 200,
        on_error: [{ id: 'a', transform: 'error.code', outputKey: 'endless' }],
      },
      { id: 'large', script: 'return "x".repeat(3000000)', on_error: [{ id: 'b', transform: 'error.code', outputKey: 'large' }] },
      { id: 'chance', transform: 'Math.random()', on_error: [{ id: 'c', transform: 'error.code', outputKey: 'chance' }] },
      { id: 'loop', for_each: '{{trigger.input.list}}', max_items: 2, steps: [{ id: 'd', transform: '1' }] },
    ],
    output: '{{endless}}',
  })
  const ended = await owner.runs.wait(await run({ list: [1, 2, 3] }))
  expect(ended).toMatchObject({ status: 'failed', error: { code: 'INVALID_INPUT', step: 'loop' } })
  expect(ended.timeline.filter(({ error }) => error !== null).map(({ step, error }) => `${step} ${error?.code}`)).toEqual([
    'endless SCRIPT_LIMIT',
    'large SCRIPT_LIMIT',
    'chance SCRIPT_FAILED',
    'loop INVALID_INPUT',
  ])
  await expect(run({ text: 'x'.repeat(1024 * 1024) })).rejects.toBeInstanceOf(SallyportProblem)
  await expect(
    owner.workflows.check({ workflow: 'a', name: 'A', steps: [{ id: 'x', workflow: { workflow: 'a' } }] }),
  ).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  await owner.workflows.create({ workflow: 'ring', name: 'Ring', steps: [{ id: 'x', workflow: { workflow: 'ring_b' } }] })
  await expect(
    owner.workflows.create({ workflow: 'ring_b', name: 'Ring', steps: [{ id: 'x', workflow: { workflow: 'ring' } }] }),
  ).rejects.toMatchObject({ detail: 'The workflow runs itself: ring_b → ring → ring_b.' })
})

test('a deployment says which bindings are missing, runs no more than its owner may, and a preview stops before it writes', async () => {
  const owner = gateway.client()
  await owner.workflows.create({
    workflow: 'bound',
    name: 'Bound',
    slots: { ledger: { connector: 'ledger' }, other: { connector: 'nowhere' } },
    steps: [
      { id: 'read', call: call('look'), outputKey: 'seen' },
      { id: 'write', call: call('pay', { amount: 5 }) },
    ],
  })
  const refused = await owner.workflows.deploy('bound').catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'CONFLICT', diagnostics: { bindings: [{ slot: 'other' }] } })
  const steps = [
    { id: 'read', call: call('look'), outputKey: 'seen' },
    { id: 'write', call: call('pay', { amount: 5 }) },
  ]
  await owner.workflows.update('bound', { workflow: 'bound', name: 'Bound', slots, steps })
  const previewed = await owner.runs.wait((await owner.workflows.preview('bound')).id)
  expect(previewed).toMatchObject({ status: 'checkpoint', mode: 'preview' })
  expect(previewed.timeline[1]).toMatchObject({ status: 'planned', result: { plan: { method: 'POST', body: { amount: 5 } } } })
  expect(paths()).toEqual(['GET /look'])

  const viewer = await owner.tokens.create({ name: 'viewer', role: 'viewer' })
  await expect(gateway.client(viewer.token).runs.start({ workflow: 'bound' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  const admin = await owner.tokens.create({ name: 'admin', role: 'admin' })
  const deployment = await gateway.client(admin.token).workflows.deploy('bound')
  await owner.tokens.revoke(deployment.token)
  const run = await owner.runs.start({ workflow: 'bound' })
  expect(await owner.runs.wait(run.id)).toMatchObject({ status: 'failed', error: { code: 'UNAUTHENTICATED' } })
  expect(upstream.seen).toHaveLength(1)
})

test('a person answers an approval step, and nobody one of their own; a cancelled run asks for nothing any more', async () => {
  await deployed({
    workflow: 'asked',
    name: 'Asked',
    slots,
    steps: [
      { id: 'ask', approval: { message: 'Pay {{trigger.input.amount}}?' }, outputKey: 'decision' },
      { id: 'pay', call: call('pay_asked', { amount: 1 }) },
    ],
  })
  const owner = gateway.client()
  const manager = gateway.client((await owner.tokens.create({ name: 'boss', role: 'manager' })).token)
  const starter = gateway.client((await owner.tokens.create({ name: 'starter', role: 'manager' })).token)
  const { id } = await starter.runs.start({ workflow: 'asked', input: { amount: 7 } })
  const waiting = await owner.runs.wait(id)
  const [step] = waiting.timeline
  expect(step).toMatchObject({ status: 'waiting', result: { input: { message: 'Pay 7?' } } })
  await expect(starter.runs.decide(step?.id ?? '', { approved: true })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await manager.runs.decide(step?.id ?? '', { approved: true, reason: 'fine' })
  await expect(manager.runs.decide(step?.id ?? '', { approved: false })).rejects.toMatchObject({ code: 'CONFLICT' })
  const now = await owner.runs.wait(id)
  expect(now.timeline[0]).toMatchObject({ status: 'succeeded', decided_by: { name: 'boss' } })
  await starter.runs.cancel(id)
  await expect(owner.approvals.approve(now.timeline[1]?.approval_id ?? '')).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(upstream.seen).toEqual([])

  const { id: other } = await starter.runs.start({ workflow: 'asked', input: { amount: 8 } })
  const { timeline } = await owner.runs.wait(other)
  await manager.runs.decide(timeline[0]?.id ?? '', { approved: false, reason: 'too much' })
  expect(await owner.runs.wait(other)).toMatchObject({
    status: 'failed',
    error: { code: 'APPROVAL_REQUIRED', detail: 'boss said no: too much.' },
  })
})

test('a webhook that is signed starts one run for each delivery, and none for a forged, a late or a repeated one', async () => {
  const owner = gateway.client()
  const hooked = { workflow: 'hooked', name: 'Hooked', trigger: { webhook: { per_minute: 6 } }, slots }
  const steps = [{ id: 'pay', call: call('pay', { amount: '{{trigger.body.amount}}' }) }]
  await owner.workflows.create({ ...hooked, steps })
  const { webhook } = await owner.workflows.deploy('hooked')
  const key = Buffer.from((webhook?.secret ?? '').replace('whsec_', ''), 'base64')
  const deliver = async (id: string, body: string, { at = Math.floor(Date.now() / 1000), signed = body } = {}) => {
    const signature = `v1,${createHmac('sha256', key).update(`${id}.${at}.${signed}`).digest('base64')}`
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signature }
    const response = await fetch(`${gateway.url}${webhook?.path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    })
    return { status: response.status, json: (await response.json()) as { run: string; duplicate: boolean; code?: string } }
  }
  const first = await deliver('msg_1', '{"amount":3}')
  expect(first).toMatchObject({ status: 202, json: { duplicate: false } })
  expect(await deliver('msg_1', '{"amount":3}')).toMatchObject({ status: 202, json: { run: first.json.run, duplicate: true } })
  expect(await deliver('msg_2', '{"amount":4}', { signed: '{"amount":3}' })).toMatchObject({ status: 401 })
  expect(await deliver('msg_3', '{"amount":5}', { at: Math.floor(Date.now() / 1000) - 600 })).toMatchObject({ status: 401 })
  expect(await owner.runs.wait(first.json.run)).toMatchObject({
    status: 'succeeded',
    trigger: 'webhook',
    started_by: { kind: 'trigger' },
  })
  expect(upstream.seen.map(({ body }) => body)).toEqual(['{"amount":3}'])
  // The same address after it is deployed again, and a flood is told to wait.
  expect((await owner.workflows.deploy('hooked')).webhook).toEqual(webhook)
  const flood = await Promise.all(Array.from({ length: 10 }, (_, index) => deliver(`flood_${index}`, '{"amount":1}')))
  expect(flood.filter(({ status }) => status === 202)).toHaveLength(6)
  expect(flood.filter(({ status }) => status === 429)).toHaveLength(4)
  expect((await fetch(`${gateway.url}/hooks/none`, { method: 'POST', body: 'x' })).status).toBe(404)
})
