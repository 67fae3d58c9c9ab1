import type { Sallyport } from '@sallyport/sdk'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CountingUpstream } from './support/counting-upstream.ts'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** Which calls wait for a person, and which run because a person has decided on one like them. */

let upstream: CountingUpstream
let gateway: GatewayProcess
let db: pg.Client
let owner: Sallyport
let manager: Sallyport
let agent: Sallyport
let count = 0

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  db = await superuserOf(gateway.dataDir)
  await db.query('set search_path = sallyport')
  owner = gateway.client()
  manager = gateway.client((await owner.tokens.create({ name: 'manager', role: 'manager' })).token)
  agent = gateway.client((await owner.tokens.create({ name: 'agent', role: 'member' })).token)
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await db?.end()
  await gateway?.stop()
  await upstream?.stop()
  await removeDataDir(gateway.dataDir)
})

interface Bank {
  readonly slug: string
  readonly connection: string
}

function bankOf(slug: string): Record<string, unknown> {
  const input = { type: 'object', properties: { to: {}, amounts: { type: 'array' } }, additionalProperties: false }
  const body = { type: 'json', value: { to: '{{to}}', amounts: '{{amounts}}' } }
  return {
    connector: slug,
    name: 'Bank',
    servers: { production: { url: upstream.url } },
    auth: { key: { type: 'api_key', in: 'header', name: 'X-Key' } },
    limits: { per_minute: 100_000, timeout_ms: 5_000, retries: 0 },
    actions: {
      pay: { method: 'POST', path: '/pay', input, body },
      order: { method: 'POST', path: '/order', input, body, confirm: true },
    },
  }
}

async function openBank(approval: Parameters<Sallyport['connections']['update']>[1]['approval'] = null): Promise<Bank> {
  const slug = `bank-${++count}`
  await owner.connectors.create(bankOf(slug))
  const { id } = await owner.connections.create({
    connector: slug,
    name: 'Main',
    auth: { fields: { key: 'bank-key-0123456789' } },
  })
  await owner.connections.update(id, { approval })
  return { slug, connection: id }
}

type Input = Record<string, unknown>
const call = ({ slug }: Bank, action: string, input: Input = {}, as: Sallyport = agent) =>
  as.calls.create({ connector: slug, action, input })

/** The approval that a call waits for; null when it ran. */
async function approvalOf(bank: Bank, action: string, input: Input = {}, as: Sallyport = agent): Promise<string | null> {
  const answer = await call(bank, action, input, as)
  return 'approval' in answer ? answer.approval.id : null
}

async function waiting(bank: Bank, action: string, input: Input = {}, as: Sallyport = agent): Promise<string> {
  const id = await approvalOf(bank, action, input, as)
  if (id === null) throw new Error('expected to wait')
  return id
}

describe('the policy of a connection', () => {
  test('makes writes wait that their action lets through, and a dry run tells which rule says so', async () => {
    const bank = await openBank({ rule: 'writes' })
    const dry = await agent.calls.create({ connector: bank.slug, action: 'pay', input: {}, dry_run: true })
    if ('approval' in dry) throw new Error('a dry run')
    expect(dry.plan).toMatchObject({
      needs_approval: true,
      risk: 'medium',
      policy: [
        { rule: 'action', asks: false },
        { rule: 'connection', asks: true },
      ],
    })
    const id = await waiting(bank, 'pay')
    expect(await manager.approvals.get(id)).toMatchObject({ risk: 'medium', policy: dry.plan?.policy })
    expect(upstream.seen).toHaveLength(0)
  })

  test('makes what is large, or goes to a target, wait on the very conditions that were set', async () => {
    const bank = await openBank({ rule: 'never', over_items: 2 })
    expect(await approvalOf(bank, 'pay', { amounts: [1, 2] })).toBeNull()
    const { risk, policy } = await manager.approvals.get(await waiting(bank, 'pay', { amounts: [1, 2, 3] }))
    expect({ risk, items: policy.find(({ rule }) => rule === 'items')?.asks }).toEqual({ risk: 'high', items: true })
    await owner.connections.update(bank.connection, { approval: { rule: 'never', over_bytes: 40 } })
    expect(await approvalOf(bank, 'pay', { to: 'a' })).toBeNull()
    await waiting(bank, 'pay', { to: 'a'.repeat(40) })
    await owner.connections.update(bank.connection, { approval: { rule: 'never', targets: [`${upstream.url}/pa*`] } })
    await waiting(bank, 'pay')
    await owner.connections.update(bank.connection, { approval: null })
    expect(await approvalOf(bank, 'pay', { amounts: [1, 2, 3] })).toBeNull()
    expect(upstream.seen).toHaveLength(3)
  })

  test('is shown in the tools, and set by admins only, with targets that mean something', async () => {
    const bank = await openBank({ rule: 'writes' })
    const { items } = await agent.tools.list({ connector: bank.slug })
    expect(items.map(({ action, confirm }) => [action, confirm])).toEqual([
      ['order', true],
      ['pay', true],
    ])
    await expect(manager.connections.update(bank.connection, { approval: null })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const wrong = owner.connections.update(bank.connection, { approval: { rule: 'never', targets: ['/pay'] } })
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await manager.connections.update(bank.connection, { name: 'Other' })).toMatchObject({ approval: { rule: 'writes' } })
  })
})

test('an approval shows how the last calls of its action ended', async () => {
  const bank = await openBank({ rule: 'never', over_items: 1 })
  await call(bank, 'pay')
  upstream.behave = (_request, response) => response.writeHead(500).end()
  await call(bank, 'pay').catch(() => {})
  const { similar } = await manager.approvals.get(await waiting(bank, 'pay', { amounts: [1, 2] }))
  expect(similar).toMatchObject({ succeeded: 1, failed: 1, calls: [{ status: 'failed' }, { status: 'succeeded' }] })
})

describe('a standing approval', () => {
  test('lets exactly as many calls through as were approved, however many ask at once', async () => {
    const bank = await openBank()
    const standing = await manager.approvals.approveNext(await waiting(bank, 'order'), { count: 3 })
    expect(standing).toMatchObject({ status: 'open', total: 3, used: 0, same: {}, granted_by: { name: 'manager' } })
    const asked = await Promise.all(Array.from({ length: 12 }, (_, n) => approvalOf(bank, 'order', { to: `p${n}` })))
    expect(asked.filter((id) => id === null)).toHaveLength(3)
    expect(upstream.seen).toHaveLength(3)
    const { items } = await manager.approvals.listStanding({ limit: 1 })
    expect(items).toMatchObject([{ id: standing.id, status: 'used_up', used: 3 }])
  })

  test('holds for the values it was bound to, and for no others', async () => {
    const bank = await openBank()
    const id = await waiting(bank, 'order', { to: 'alice', amounts: [1] })
    await expect(manager.approvals.approveNext(id, { count: 9, same: ['too'] })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await manager.approvals.approveNext(id, { count: 9, same: ['to'] })
    for (const input of [{}, { to: 'bob' }, { to: ['alice'] }, { to: '\u0430lice' }, { amounts: [1] }])
      await waiting(bank, 'order', input)
    expect(await approvalOf(bank, 'order', { amounts: [2], to: 'alice' })).toBeNull()
    expect(upstream.seen).toHaveLength(1)
  })

  test('does not hold for a call for which another rule asks', async () => {
    const bank = await openBank({ rule: 'never', over_items: 2 })
    await manager.approvals.approveNext(await waiting(bank, 'order', { amounts: [1] }), { count: 9 })
    expect(await approvalOf(bank, 'order', { amounts: [1, 2] })).toBeNull()
    await waiting(bank, 'order', { amounts: [1, 2, 3] })
  })

  test('holds for its caller and its connection only', async () => {
    const bank = await openBank()
    await manager.approvals.approveNext(await waiting(bank, 'order'), { count: 9 })
    const other = gateway.client((await owner.tokens.create({ name: 'other', role: 'member' })).token)
    await waiting(bank, 'order', {}, other)
    const { id } = await owner.connections.create({ connector: bank.slug, name: 'Other', auth: { fields: { key: 'k' } } })
    const elsewhere = await agent.calls.create({ connector: bank.slug, action: 'order', connection: id, input: {} })
    expect(elsewhere).toMatchObject({ status: 'pending_approval' })
    expect(upstream.seen).toHaveLength(0)
  })

  test('is granted by whoever may decide on the call, which its asker may not', async () => {
    const bank = await openBank()
    const own = await waiting(bank, 'order', {}, manager)
    await expect(manager.approvals.approveNext(own, { count: 1 })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(agent.approvals.approveNext(own, { count: 1 })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await owner.approvals.reject(own)
    await expect(owner.approvals.approveNext(own, { count: 1 })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  type End = (bank: Bank, standing: string, granter: string) => Promise<unknown>
  const ends: [what: string, end: End][] = [
    ['it was revoked', (_bank, standing) => manager.approvals.revokeStanding(standing)],
    [
      'its hour is over',
      (_bank, standing) => db.query('update standing_approvals set expires_at = now() where id = $1', [standing]),
    ],
    ['its granter is no manager any more', (_bank, _standing, granter) => owner.tokens.update(granter, { role: 'member' })],
    ['the token it was granted with was revoked', (_bank, _standing, granter) => owner.tokens.revoke(granter)],
    [
      'the connector has another version',
      ({ slug }) => owner.connectors.update(slug, { document: { ...bankOf(slug), description: 'New' }, autoBump: true }),
    ],
    [
      'the connector leads to another host',
      ({ slug }) =>
        owner.connectors.update(slug, {
          document: { ...bankOf(slug), servers: { production: { url: `${upstream.url}/other` } } },
          autoBump: true,
        }),
    ],
  ]
  test.each(ends)('lets nothing through once %s', async (_what, end) => {
    const bank = await openBank()
    const granter = await owner.tokens.create({ name: 'granter', role: 'manager' })
    const standing = await gateway.client(granter.token).approvals.approveNext(await waiting(bank, 'order'), { count: 9 })
    expect(await approvalOf(bank, 'order')).toBeNull()
    await end(bank, standing.id, granter.id)
    await waiting(bank, 'order')
    expect(upstream.seen).toHaveLength(1)
  })

  test('leaves who granted it and each call it let through in the audit log', async () => {
    const bank = await openBank()
    const { id } = await manager.approvals.approveNext(await waiting(bank, 'order'), { count: 1 })
    const ran = await call(bank, 'order')
    const { items } = await owner.audit.list({ target: id })
    expect(items.map(({ kind, actor }) => [kind, actor.name])).toEqual([
      ['call.decided', 'manager'],
      ['standing_approval.created', 'manager'],
    ])
    expect(items[0]?.after).toMatchObject({ status: 'approved', call_id: ran.id })
  })
})
