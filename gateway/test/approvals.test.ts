import type { Sallyport } from '@sallyport/sdk'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CountingUpstream } from './support/counting-upstream.ts'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

// Ways around an approval, or to have more than it permits.
const person = { name: 'Ada', email: 'ada@example.test', password: 'correct horse battery' }

let upstream: CountingUpstream
let elsewhere: CountingUpstream
let gateway: GatewayProcess
let db: pg.Client
let owner: Sallyport
let manager: Sallyport
let agentToken: string
let agent: Sallyport
let session: Record<string, string>
let count = 0

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  elsewhere = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  db = await superuserOf(gateway.dataDir)
  await db.query('set search_path = sallyport')
  owner = gateway.client()
  manager = gateway.client((await owner.tokens.create({ name: 'manager', role: 'manager' })).token)
  agentToken = (await owner.tokens.create({ name: 'agent', role: 'member' })).token
  agent = gateway.client(agentToken)
  const code = new URL(gateway.setupUrl ?? '').hash.replace('#code=', '')
  const signedUp = await ask('/api/v1/setup', { code, ...person }, {})
  session = { cookie: signedUp.cookie, 'sec-fetch-site': 'same-origin' }
})

beforeEach(() => {
  upstream.reset()
  elsewhere.reset()
})

afterAll(async () => {
  await db?.end()
  await gateway?.stop()
  await upstream?.stop()
  await elsewhere?.stop()
  await removeDataDir(gateway.dataDir)
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function ask(path: string, body: unknown, headers: Record<string, string>) {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const cookie = response.headers.getSetCookie().map((line) => line.split(';', 1)[0])
  return { status: response.status, json: (await response.json()) as Record<string, unknown>, cookie: cookie.join('; ') }
}

/** An API of its own for a test that changes it: its server has a variable, its requests hold settings. */
function bankOf(connector: string): Record<string, unknown> {
  const input = { type: 'object', properties: { amount: {}, to: {}, note: {} }, additionalProperties: false }
  const body = { type: 'json', value: { amount: '{{amount}}', to: '{{to}}', note: '{{note}}', branch: '{{settings.branch}}' } }
  return {
    connector,
    name: 'Bank',
    servers: {
      production: { url: `${upstream.url}/{region}`, variables: { region: { default: 'eu' } } },
      staging: { url: elsewhere.url },
    },
    auth: { key: { type: 'api_key', in: 'header', name: 'X-Key' } },
    fields: { branch: { default: 'main' }, tenant: { default: 'acme' } },
    limits: { per_minute: 100_000, timeout_ms: 5_000, retries: 0 },
    actions: {
      look: { method: 'GET', path: '/look' },
      pay: { method: 'POST', path: '/pay', headers: { 'X-Tenant': '{{settings.tenant}}' }, input, body, confirm: true },
      refund: { method: 'POST', path: '/refund', input, body, confirm: true },
    },
  }
}

interface Bank {
  readonly slug: string
  readonly connection: string
}

async function openBank(): Promise<Bank> {
  const slug = `bank-${++count}`
  await owner.connectors.create(bankOf(slug))
  const { id } = await owner.connections.create({
    connector: slug,
    name: 'Main',
    auth: { fields: { key: 'bank-key-0123456789' } },
  })
  return { slug, connection: id }
}

interface Waiting {
  readonly id: string
  readonly callId: string
}

async function askToPay({ slug }: Bank, input: Record<string, unknown> = { amount: 1 }, as: Sallyport = agent): Promise<Waiting> {
  const waiting = await as.calls.create({ connector: slug, action: 'pay', input })
  if (!('approval' in waiting)) throw new Error('expected to wait')
  return { id: waiting.approval.id, callId: waiting.id }
}

const paid = () => upstream.seen.length + elsewhere.seen.length

/** The approval was granted, but what it was granted for is not what would run. */
async function expectRefused({ id, callId }: Waiting, code: string): Promise<void> {
  const { problem, call } = await manager.approvals.approve(id)
  expect(call).toBeNull()
  expect(problem).toMatchObject({ code, outcome: 'not_sent' })
  expect(paid()).toBe(0)
  expect(await agent.calls.get(callId)).toMatchObject({ status: 'failed', outcome: 'not_sent', error_code: code })
  await expect(manager.approvals.approve(id)).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(paid()).toBe(0)
}

test('whoever may delete a connection learns what goes by it', async () => {
  const bank = await openBank()
  const selection = { select: null, include: [{ connector: bank.slug, connection: bank.connection }], exclude: [] }
  await owner.toolsets.create({ slug: bank.slug, name: 'Desk', selection })
  await askToPay(bank)
  const ends = { default: false, toolsets: [{ name: 'Desk', tokens: 0 }], waiting_calls: 1, standing_approvals: 0 }
  expect(await manager.connections.dependents(bank.connection)).toMatchObject(ends)
})

describe('an approval runs its call exactly once', () => {
  test('however often it is replayed, and whoever does it', async () => {
    const waiting = await askToPay(await openBank())
    const { call } = await manager.approvals.approve(waiting.id)
    expect(call).toMatchObject({ id: waiting.callId, success: true })
    for (const who of [manager, owner, manager]) {
      await expect(who.approvals.approve(waiting.id)).rejects.toMatchObject({ code: 'CONFLICT' })
      await expect(who.approvals.reject(waiting.id, 'too late')).rejects.toMatchObject({ code: 'CONFLICT' })
    }
    expect(paid()).toBe(1)
    expect(await agent.calls.get(waiting.callId)).toMatchObject({ status: 'succeeded', outcome: 'done' })
  })

  test('when two managers press at once, many times, some to approve and some to reject', async () => {
    const bank = await openBank()
    for (let round = 0; round < 5; round++) {
      upstream.reset()
      const { id, callId } = await askToPay(bank)
      const presses = Array.from({ length: 8 }, (_, n) => {
        const who = n % 2 === 0 ? manager : owner
        return n % 4 === round % 4 ? who.approvals.reject(id, 'no') : who.approvals.approve(id)
      })
      const ends = await Promise.allSettled(presses)
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const { status } = await agent.calls.get(callId)
      expect({ status, paid: paid() }).toEqual(status === 'rejected' ? { status, paid: 0 } : { status: 'succeeded', paid: 1 })
    }
  })

  test('also when the API fails: the approval is spent, and the next attempt is another call', async () => {
    const waiting = await askToPay(await openBank())
    upstream.behave = (_request, response) => response.destroy()
    const { problem } = await manager.approvals.approve(waiting.id)
    expect(problem).toMatchObject({ code: 'OUTCOME_UNKNOWN', outcome: 'sent_unknown' })
    await expect(manager.approvals.approve(waiting.id)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(paid()).toBe(1)
  })
})

describe('a call that is not the approved one any more is not sent, after', () => {
  const withDocument = async ({ slug }: Bank, change: (document: Record<string, unknown>) => object) =>
    owner.connectors.update(slug, { document: { ...bankOf(slug), ...change(bankOf(slug)) }, autoBump: true })
  const again = async (bank: Bank) => {
    await owner.connections.delete(bank.connection)
    await owner.connections.create({ connector: bank.slug, name: 'Main', auth: { fields: { key: 'bank-key-0123456789' } } })
  }
  const retarget = (url: string) => (document: Record<string, unknown>) => ({
    servers: { ...(document.servers as object), production: { url } },
  })

  const edits: [what: string, edit: (bank: Bank, waiting: Waiting) => Promise<unknown>, code: string][] = [
    [
      'a new version of the connector, whatever is new in it',
      (bank) => withDocument(bank, () => ({ description: 'New' })),
      'CONFLICT',
    ],
    ['the connector was led to another host', (bank) => withDocument(bank, retarget(elsewhere.url)), 'CONFLICT'],
    ['the connector was led to another path', (bank) => withDocument(bank, retarget(`${upstream.url}/other`)), 'CONFLICT'],
    [
      'the connection was moved to another environment',
      ({ connection }) => owner.connections.update(connection, { environment: 'staging' }),
      'CONFLICT',
    ],
    [
      'a setting was changed that stands in the address',
      ({ connection }) => owner.connections.update(connection, { settings: { region: 'us' } }),
      'CONFLICT',
    ],
    [
      'a setting was changed that stands in a header',
      ({ connection }) => owner.connections.update(connection, { settings: { tenant: 'other' } }),
      'CONFLICT',
    ],
    [
      'a setting was changed that stands in the body',
      ({ connection }) => owner.connections.update(connection, { settings: { branch: 'other' } }),
      'CONFLICT',
    ],
    ['the connection was deleted', ({ connection }) => owner.connections.delete(connection), 'NOT_FOUND'],
    ['the connection was made again under its name', again, 'NOT_FOUND'],
    [
      'connector and connection were made again under their names',
      async (bank) => {
        await owner.connections.delete(bank.connection)
        await owner.connectors.delete(bank.slug)
        await owner.connectors.create({ ...bankOf(bank.slug), ...retarget(elsewhere.url)(bankOf(bank.slug)) })
        await owner.connections.create({ connector: bank.slug, name: 'Main', auth: { fields: { key: 'bank-key-0123456789' } } })
      },
      'NOT_FOUND',
    ],
    [
      'its action was changed in the database',
      (_bank, { id }) => db.query("update approvals set action = 'refund' where id = $1", [id]),
      'CONFLICT',
    ],
    [
      'its connection was changed in the database',
      async (bank, { id }) => {
        const other = await owner.connections.create({ connector: bank.slug, name: 'Other', auth: { fields: { key: 'k' } } })
        await db.query('update approvals set connection_id = $2 where id = $1', [id, other.id])
      },
      'CONFLICT',
    ],
    [
      'its asker was changed in the database',
      async (_bank, { id }) => {
        const other = await owner.tokens.create({ name: 'other agent', role: 'member' })
        await db.query('update approvals set caller = $2 where id = $1', [
          id,
          JSON.stringify({ kind: 'token', id: other.id, name: 'x' }),
        ])
      },
      'CONFLICT',
    ],
    [
      'its time was extended in the database',
      (_bank, { id }) => db.query("update approvals set expires_at = expires_at + interval '1 year' where id = $1", [id]),
      'CONFLICT',
    ],
  ]
  test.each(edits)('%s', async (_what, edit, code) => {
    const bank = await openBank()
    const waiting = await askToPay(bank)
    await edit(bank, waiting)
    await expectRefused(waiting, code)
  })

  test('its sealed arguments were replaced by those of another approval', async () => {
    const bank = await openBank()
    const [small, large] = [await askToPay(bank, { amount: 1 }), await askToPay(bank, { amount: 1_000_000 })]
    await db.query(
      'update approvals set (sealed_call, sealed_key_id) = (select sealed_call, sealed_key_id from approvals where id = $2) where id = $1',
      [small.id, large.id],
    )
    await expect(manager.approvals.approve(small.id)).rejects.toMatchObject({ code: 'DECRYPT_FAILED' })
    expect(paid()).toBe(0)
    expect(await agent.calls.get(small.callId)).toMatchObject({ outcome: 'not_sent' })
  })

  test('nothing but a replaced credential, which changes nothing that was shown', async () => {
    const bank = await openBank()
    const waiting = await askToPay(bank)
    await owner.connections.rotate(bank.connection, { fields: { key: 'bank-key-rotated-987654321' }, verify: false })
    await manager.approvals.approve(waiting.id)
    expect(upstream.seen.map(({ headers }) => headers['x-key'])).toEqual(['bank-key-rotated-987654321'])
  })
})

describe('what is shown is what is sent', () => {
  const bodies: [what: string, input: string, sent: object][] = [
    ['the last of two equal keys', '{"amount":1,"amount":1000000}', { amount: 1_000_000 }],
    ['equal keys in different spellings', '{"to":"alice","\\u0074o":"mallory"}', { to: 'mallory' }],
    ['1.0, which is 1', '{"amount":1.0}', { amount: 1 }],
    ['an exponent', '{"amount":1e3}', { amount: 1000 }],
    ['a number that has no exact form', '{"amount":9007199254740993}', { amount: 9_007_199_254_740_992 }],
    ['0.1 + 0.2', '{"amount":0.30000000000000004}', { amount: 0.300_000_000_000_000_04 }],
    ['a number as text', '{"amount":"1"}', { amount: '1' }],
    ['Cyrillic letters that look Latin', '{"to":"\\u0440\\u0430yp\\u0430l"}', { to: '\u0440\u0430yp\u0430l' }],
    ['a letter with its accent apart', '{"to":"Zoe\\u0308"}', { to: 'Zoe\u0308' }],
    ['the same letter in one', '{"to":"Zo\\u00eb"}', { to: 'Zo\u00eb' }],
    ['characters of no width', '{"to":"al\\u200bi\\u2060ce\\ufeff"}', { to: 'al\u200bi\u2060ce\ufeff' }],
    ['text turned right to left', '{"to":"\\u202egpj.exe"}', { to: '\u202egpj.exe' }],
    ['tags nobody sees', '{"note":"hi\\udb40\\udc69\\udb40\\udc67"}', { note: 'hi\u{e0069}\u{e0067}' }],
    ['lines and quotes', '{"note":"a\\"},\\n{\\"amount\\":9"}', { note: 'a"},\n{"amount":9' }],
    ['a long text to its end', JSON.stringify({ note: `${'x'.repeat(50_000)}END` }), { note: `${'x'.repeat(50_000)}END` }],
  ]
  test.each(bodies)('%s', async (_what, input, sent) => {
    const bank = await openBank()
    const body = `{"connector":"${bank.slug}","action":"pay","input":${input}}`
    const { json } = await ask('/api/v1/calls', body, bearer(agentToken))
    const { id } = json.approval as { id: string }
    const shown = await manager.approvals.get(id)
    await manager.approvals.approve(id)
    const [request] = upstream.seen
    expect(upstream.seen).toHaveLength(1)
    const arrived: unknown = JSON.parse(request?.body ?? '')
    expect(arrived).toEqual({ ...sent, branch: 'main' })
    if ('command' in shown.request) throw new Error('a command, not a request')
    expect(shown.request.body).toEqual(arrived)
    expect(shown.input).toEqual(sent)
    expect(`${shown.request.method} ${shown.request.url}`).toBe(`${request?.method} ${upstream.url}${request?.path}`)
    for (const [name, value] of Object.entries(shown.request.headers))
      if (!name.startsWith('(')) expect(request?.headers[name.toLowerCase()]).toBe(value)
  })

  test('of two keys of the call itself the one that runs is the one that was judged', async () => {
    const { slug } = await openBank()
    const body = `{"connector":"${slug}","action":"look","action":"pay","input":{"amount":1}}`
    expect(await ask('/api/v1/calls', body, bearer(agentToken))).toMatchObject({ status: 202 })
    expect(paid()).toBe(0)
  })

  test('what the database could not show is not asked', async () => {
    const { slug } = await openBank()
    for (const text of ['\\u0000', '\\ud800']) {
      const body = `{"connector":"${slug}","action":"pay","input":{"note":"a${text}b"}}`
      expect(await ask('/api/v1/calls', body, bearer(agentToken))).toMatchObject({ status: 400, json: { code: 'INVALID_INPUT' } })
    }
    expect(paid()).toBe(0)
  })

  test('the answer goes to the asker and to those who may decide, and to nobody else', async () => {
    upstream.behave = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"balance":"answer-4711"}')
    const { id, callId } = await askToPay(await openBank())
    await manager.approvals.approve(id)
    const another = gateway.client((await owner.tokens.create({ name: 'another', role: 'member' })).token)
    expect((await agent.calls.get(callId)).result).toMatchObject({ payload: { balance: 'answer-4711' } })
    expect((await manager.calls.get(callId)).result).toMatchObject({ payload: { balance: 'answer-4711' } })
    expect(JSON.stringify([await another.calls.get(callId), await another.approvals.get(id)])).not.toContain('answer-4711')
  })
})

describe('nobody decides on a call of their own', () => {
  test('neither the token that asked', async () => {
    const bank = await openBank()
    const { id } = await askToPay(bank, { amount: 1 }, manager)
    expect(await manager.approvals.get(id)).toMatchObject({ can_decide: false })
    await expect(manager.approvals.approve(id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(manager.approvals.reject(id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await owner.approvals.get(id)).toMatchObject({ can_decide: true })
    expect(paid()).toBe(0)
  })

  test('nor a token it made, nor one that such a token made, however far', async () => {
    const bank = await openBank()
    const asker = await owner.tokens.create({ name: 'asker', role: 'admin' })
    const { id } = await askToPay(bank, { amount: 1 }, gateway.client(asker.token))
    let maker = gateway.client(asker.token)
    for (let generation = 1; generation <= 4; generation++) {
      const made = gateway.client((await maker.tokens.create({ name: `generation ${generation}`, role: 'admin' })).token)
      expect(await made.approvals.get(id)).toMatchObject({ can_decide: false })
      expect((await made.approvals.list({ limit: 1 })).items[0]).toMatchObject({ id, can_decide: false })
      await expect(made.approvals.approve(id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
      maker = made
    }
    expect(paid()).toBe(0)
    // Also once the makers in between are gone.
    for (const { id: token, name } of (await owner.tokens.list()).items)
      if (name === 'generation 2' || name === 'generation 3') await owner.tokens.revoke(token)
    await expect(maker.approvals.approve(id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await manager.approvals.approve(id)
    expect(paid()).toBe(1)
  })

  test('nor a person who asked, in the browser or with a token of theirs', async () => {
    const { slug } = await openBank()
    const asked = await ask('/api/v1/calls', { connector: slug, action: 'pay', input: { amount: 1 } }, session)
    const { id } = asked.json.approval as { id: string }
    const own = await ask('/api/v1/tokens', { name: 'my other self', role: 'manager' }, session)
    for (const headers of [session, bearer(String(own.json.token))])
      expect(await ask(`/api/v1/approvals/${id}/approve`, {}, headers)).toMatchObject({
        status: 403,
        json: { code: 'FORBIDDEN' },
      })
    expect(paid()).toBe(0)
    await manager.approvals.approve(id)
    expect(paid()).toBe(1)
  })

  test('nor an agent, whose role is too low, over any entrance', async () => {
    const { id } = await askToPay(await openBank(), { amount: 1 }, owner)
    await expect(agent.approvals.approve(id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const tools = await ask(
      '/mcp',
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/list',
        params: {
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      },
      {
        ...bearer(agentToken),
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/list',
      },
    )
    const { tools: listed } = tools.json.result as { tools: { name: string }[] }
    expect(listed.length).toBeGreaterThan(0)
    expect(listed.filter(({ name }) => /approv|reject|decide/.test(name))).toEqual([])
    expect(paid()).toBe(0)
  })
})

describe('rights count at the moment of the decision', () => {
  const role = (name: string) => db.query('update members set role = $1', [name])

  test('an approver whose role was lowered decides nothing', async () => {
    const { id } = await askToPay(await openBank())
    await role('member')
    expect(await ask(`/api/v1/approvals/${id}/approve`, {}, session)).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } })
    await role('owner')
    expect(await ask(`/api/v1/approvals/${id}/approve`, {}, session)).toMatchObject({ status: 200 })
    expect(paid()).toBe(1)
  })

  test('an approver whose token was revoked decides nothing', async () => {
    const { id } = await askToPay(await openBank())
    const made = await owner.tokens.create({ name: 'short-lived', role: 'manager' })
    const approver = gateway.client(made.token)
    expect(await approver.approvals.get(id)).toMatchObject({ can_decide: true })
    await owner.tokens.revoke(made.id)
    await expect(approver.approvals.approve(id)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(paid()).toBe(0)
  })

  test('the call of an asker whose token was revoked is not sent', async () => {
    const made = await owner.tokens.create({ name: 'asker', role: 'member' })
    const waiting = await askToPay(await openBank(), { amount: 1 }, gateway.client(made.token))
    await owner.tokens.revoke(made.id)
    await expectRefused(waiting, 'UNAUTHENTICATED')
  })

  test('nor that of a person whose role was lowered, or who is no member any more', async () => {
    const { slug } = await openBank()
    for (const lower of [() => role('viewer'), () => db.query('delete from members')]) {
      const { rows } = await db.query('select * from members')
      const asked = await ask('/api/v1/calls', { connector: slug, action: 'pay', input: { amount: 1 } }, session)
      await lower()
      const { id } = asked.json.approval as { id: string }
      await expectRefused(
        { id, callId: String(asked.json.id) },
        (await db.query('select from members')).rowCount === 0 ? 'UNAUTHENTICATED' : 'FORBIDDEN',
      )
      await db.query('delete from members')
      await db.query('insert into members select * from jsonb_populate_recordset(null::members, $1)', [JSON.stringify(rows)])
    }
  })
})

describe('an approval ends at its time', () => {
  const expire = (id: string, ago: string) =>
    db.query(`update approvals set expires_at = date_trunc('milliseconds', now()) - $2::interval where id = $1`, [id, ago])

  test('one that is a millisecond late approves nothing, and its call says so', async () => {
    const { id, callId } = await askToPay(await openBank())
    await expire(id, '1 millisecond')
    await expect(manager.approvals.approve(id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(manager.approvals.reject(id)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await manager.approvals.get(id)).toMatchObject({ status: 'expired', can_decide: false })
    expect(await agent.calls.get(callId)).toMatchObject({ status: 'expired', outcome: 'not_sent' })
    expect(paid()).toBe(0)
  })

  test('one that was granted before its gateway died, and never ran, ends at its time as well', async () => {
    const { id, callId } = await askToPay(await openBank())
    await db.query("update approvals set status = 'approved', decided_at = now() where id = $1", [id])
    await expect(manager.approvals.approve(id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expire(id, '1 millisecond')
    expect(await manager.approvals.get(id)).toMatchObject({ status: 'expired' })
    expect(await agent.calls.get(callId)).toMatchObject({ status: 'expired', outcome: 'not_sent' })
    expect(paid()).toBe(0)
  })

  test('the listing shows none as waiting whose time is over', async () => {
    const { id } = await askToPay(await openBank())
    await expire(id, '1 hour')
    const { items } = await manager.approvals.list({ status: 'pending', limit: 200 })
    expect(items.map((item) => item.id)).not.toContain(id)
  })
})
