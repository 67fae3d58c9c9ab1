import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Sallyport } from '@sallyport/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CountingUpstream, type Seen } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

let gateway: GatewayProcess
let upstream: CountingUpstream
let owner: Sallyport

/** Keys that the API takes now. */
const accepted = new Set<string>()
const keyOf = (number: number) => `key-${number}-0123456789`

function answer({ headers }: Seen, response: ServerResponse): void {
  const known = accepted.has(String(headers['x-key']))
  response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end('{}')
}

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  owner = gateway.client()
  await owner.connectors.create({
    connector: 'ledger',
    name: 'Ledger',
    servers: { production: { url: upstream.url } },
    auth: { key: { type: 'api_key', name: 'X-Key' } },
    limits: { per_minute: 1_000_000, retries: 0 },
    actions: { look: { method: 'GET', path: '/look' }, book: { method: 'POST', path: '/book' } },
  })
})
beforeEach(() => {
  upstream.reset()
  upstream.behave = answer
  accepted.clear()
})
afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

async function connect(name: string, key: string): Promise<string> {
  return (await owner.connections.create({ connector: 'ledger', name, auth: { fields: { key } } })).id
}
const keysSeen = () => upstream.seen.map(({ headers }) => headers['x-key'])

describe('replacing a credential', () => {
  test('fails no call while both count, and every call that begins later takes the new one', async () => {
    const id = await connect('Busy', keyOf(0))
    accepted.add(keyOf(0))
    let going = true
    const failures: unknown[] = []
    const turns = Array.from({ length: 8 }, () => 0)
    const caller = async (_: unknown, index: number) => {
      for (let turn = 0; going; turn++) {
        const action = turn % 2 === 0 ? 'look' : 'book'
        await owner.calls
          .create({ connector: 'ledger', connection: id, action, input: {} })
          .catch((error) => failures.push(error))
        turns[index] = turn + 1
      }
    }
    const callers = turns.map(caller)
    for (let number = 1; number <= 5; number++) {
      accepted.add(keyOf(number))
      await owner.connections.rotate(id, { fields: { key: keyOf(number) } })
      // What was under way is over when every caller has ended a call that began afterwards.
      const before = [...turns]
      while (turns.some((turn, index) => turn < (before[index] ?? 0) + 2)) await new Promise(setImmediate)
      accepted.delete(keyOf(number - 1))
    }
    going = false
    await Promise.all(callers)
    expect(failures).toEqual([])
    expect(turns.reduce((sum, turn) => sum + turn)).toBeGreaterThan(80)
    expect(keysSeen().at(-1)).toBe(keyOf(5))
    expect(await owner.connections.get(id)).toMatchObject({ status: 'active', status_detail: null })
  })

  test('keeps the stored one when the API refuses the new one, and says so', async () => {
    const id = await connect('Kept', keyOf(0))
    accepted.add(keyOf(0))
    await owner.calls.create({ connector: 'ledger', connection: id, action: 'look', input: {} })
    await expect(owner.connections.rotate(id, { fields: { key: keyOf(9) } })).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      detail: expect.stringContaining('The stored credential stays'),
    })
    expect(keysSeen().at(-1)).toBe(keyOf(9))
    expect(await owner.connections.get(id)).toMatchObject({ status: 'active' })
    await owner.calls.create({ connector: 'ledger', connection: id, action: 'look', input: {} })
    expect(keysSeen().at(-1)).toBe(keyOf(0))
  })

  test('keeps the stored one while the API is away, unless told not to try', async () => {
    const id = await connect('Away', keyOf(0))
    upstream.behave = (_request, response) => response.destroy()
    await expect(owner.connections.rotate(id, { fields: { key: keyOf(1) } })).rejects.toMatchObject({
      detail: expect.stringContaining('"verify": false'),
    })
    const from = upstream.seen.length
    expect(await owner.connections.rotate(id, { fields: { key: keyOf(1) }, verify: false })).toMatchObject({ status: 'untested' })
    expect(upstream.seen).toHaveLength(from)
    upstream.behave = answer
    accepted.add(keyOf(1))
    await owner.calls.create({ connector: 'ledger', connection: id, action: 'look', input: {} })
    expect(keysSeen().at(-1)).toBe(keyOf(1))
  })

  test('is not undone by a refusal of the old one that arrives later', async () => {
    const id = await connect('Late', keyOf(0))
    accepted.add(keyOf(1))
    const held: ServerResponse[] = []
    upstream.behave = (request, response) => {
      if (request.headers['x-key'] === keyOf(0)) held.push(response)
      else answer(request, response)
    }
    const late = owner.calls.create({ connector: 'ledger', connection: id, action: 'look', input: {} })
    await upstream.until(1)
    await owner.connections.rotate(id, { fields: { key: keyOf(1) } })
    for (const response of held) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{}')
      await once(response, 'close')
    }
    // The call is told the truth: nobody tries it again with another credential behind its back.
    await expect(late).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' })
    expect(await owner.connections.get(id)).toMatchObject({ status: 'active', status_detail: null })
    expect(keysSeen()).toEqual([keyOf(0), keyOf(1)])
  })
})

describe('a default among several connections', () => {
  test('is what a call means that names none; without one the choices are named', async () => {
    const call = () => owner.calls.create({ connector: 'pair', action: 'look', input: {} })
    await owner.connectors.create({
      connector: 'pair',
      name: 'Pair',
      servers: { production: { url: upstream.url } },
      auth: { key: { type: 'api_key', name: 'X-Key' } },
      limits: { per_minute: 1000 },
      actions: { look: { method: 'GET', path: '/look' } },
    })
    const made = []
    for (const name of ['One', 'Two']) {
      accepted.add(`${name}-key-0123456789`)
      made.push(await owner.connections.create({ connector: 'pair', name, auth: { fields: { key: `${name}-key-0123456789` } } }))
    }
    const [one, two] = made.map(({ id }) => id)
    if (one === undefined || two === undefined) throw new Error('not made')
    await expect(call()).rejects.toMatchObject({ code: 'INVALID_INPUT', detail: expect.stringMatching(/One, Two/) })
    for (const [id, key] of [
      [two, 'Two-key-0123456789'],
      [one, 'One-key-0123456789'],
    ] as const) {
      expect(await owner.connections.update(id, { default: true })).toMatchObject({ default: true })
      await call()
      expect(keysSeen().at(-1)).toBe(key)
    }
    expect(await owner.connections.get(two)).toMatchObject({ default: false })
    await owner.connections.update(one, { default: false })
    await expect(call()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
