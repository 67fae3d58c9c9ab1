import { Sallyport } from '@sallyport/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../src/caller.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { absent, joinAs } from './support/workspaces.ts'

/** Every caller × every connection × every way to reach one: whose connection it is decides, not the role. */

interface Someone {
  readonly role: Role
  readonly person: string | null
  readonly teams: readonly string[]
  readonly client: Sallyport
}

interface Connected {
  readonly id: string
  readonly name: string
  /** What the API is sent with it. */
  readonly key: string
  readonly person: string | null
  readonly team: string | null
}

let gateway: GatewayProcess
let upstream: CountingUpstream
let makers: { readonly owner: Sallyport }
const callers = new Map<string, Someone>()
const connected = new Map<string, Connected>()

const callerNames = [
  'owner',
  'admin',
  'manager in x',
  'member in x',
  'member in y',
  'member',
  'owner’s token',
  'admin’s own token',
  'token of y',
]
const connectionNames = [
  'the workspace’s',
  'x’s',
  'y’s',
  'the owner’s',
  'the admin’s',
  'the manager’s',
  'the first member’s',
  'the second member’s',
]

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  const { url } = gateway
  const root = gateway.client()
  makers = { owner: root }
  const x = (await root.teams.create({ name: 'x' })).id
  const y = (await root.teams.create({ name: 'y' })).id
  const add = async (name: string, role: Role, team?: string) => {
    const { id, headers } = await joinAs(gateway, root, `${name.replaceAll(' ', '-')}@example.test`, role)
    if (team !== undefined) await root.teams.setMember(team, { person: id, role: 'member' })
    const browser: typeof fetch = (input, init) => {
      const all = new Headers(init?.headers)
      for (const [header, value] of Object.entries(headers)) all.set(header, value)
      return fetch(input, { ...init, headers: all })
    }
    callers.set(name, {
      role,
      person: id,
      teams: team === undefined ? [] : [team],
      client: new Sallyport({ url, fetch: browser }),
    })
  }
  await add('owner', 'owner')
  await add('admin', 'admin')
  await add('manager in x', 'manager', x)
  await add('member in x', 'member', x)
  await add('member in y', 'member', y)
  await add('member', 'member')
  const tokenOf = async (name: string, by: string, more: { personal?: boolean; team?: string }) => {
    const { client, person } = who(by)
    const { token } = await client.tokens.create({ name, role: 'admin', ...more })
    const teams = more.team === undefined ? [] : [more.team]
    callers.set(name, { role: 'admin', person: more.personal ? person : null, teams, client: new Sallyport({ url, token }) })
  }
  await tokenOf('owner’s token', 'owner', {})
  await tokenOf('admin’s own token', 'admin', { personal: true })
  await tokenOf('token of y', 'owner', { team: y })

  await root.connectors.create({
    connector: 'ledger',
    name: 'Ledger',
    servers: { production: { url: upstream.url } },
    auth: { key: { type: 'api_key', in: 'header', name: 'X-Key' } },
    limits: { per_minute: 100_000 },
    actions: { look: { method: 'GET', path: '/look' } },
  })
  const connect = async (name: string, by: string, more: { personal?: boolean; team?: string }) => {
    const { client, person } = who(by)
    const key = `key-of-${name.replaceAll(/[^a-z]/g, '-')}-0123456789`
    // The same name for all: nobody learns by it that others have one.
    const made = await client.connections.create({ connector: 'ledger', name: 'Main', auth: { fields: { key } }, ...more })
    connected.set(name, { id: made.id, name: made.name, key, person: more.personal ? person : null, team: more.team ?? null })
  }
  await connect('the workspace’s', 'owner', {})
  await root.teams.setMember(y, { person: who('manager in x').person ?? '', role: 'member' })
  await connect('x’s', 'manager in x', { team: x })
  await connect('y’s', 'manager in x', { team: y })
  await root.teams.setMember(y, { person: who('manager in x').person ?? '', role: null })
  await connect('the owner’s', 'owner', { personal: true })
  await connect('the admin’s', 'admin', { personal: true })
  await connect('the manager’s', 'manager in x', { personal: true })
  await connect('the first member’s', 'member in x', { personal: true })
  await connect('the second member’s', 'member in y', { personal: true })
})
afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

function who(name: string): Someone {
  const found = callers.get(name)
  if (found === undefined) throw new Error(`no caller ${name}`)
  return found
}

function which(name: string): Connected {
  const found = connected.get(name)
  if (found === undefined) throw new Error(`no connection ${name}`)
  return found
}

/** The rule, written once more. */
function reaches({ person, teams }: Someone, connection: Connected): boolean {
  if (connection.person !== null) return connection.person === person
  return connection.team === null || teams.includes(connection.team)
}

/** The code of the refusal, or what the work answered. */
async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: { code?: string; detail?: string }) => `${error.code}: ${error.detail}`,
  )
}

const keysSince = (from: number) => upstream.seen.slice(from).map(({ headers }) => headers['x-key'])

describe.each(callerNames)('%s', (callerName) => {
  test.each(connectionNames)('reaches %s connection exactly when it is theirs, their team’s or everybody’s', async (name) => {
    const someone = who(callerName)
    const connection = which(name)
    const { client, role } = someone
    const may = reaches(someone, connection)
    const from = upstream.seen.length
    const { items } = await client.connections.list({ limit: 200 })
    expect(items.some(({ id }) => id === connection.id)).toBe(may)
    const tools = await client.tools.list({ limit: 200, connection: connection.id })
    expect(tools.items).toHaveLength(may ? 1 : 0)

    const ways = (id: string) => [
      client.connections.get(id),
      client.calls.create({ connector: 'ledger', connection: id, action: 'look', input: {} }),
      client.calls.create({ connector: 'ledger', connection: id, action: 'look', input: {}, dry_run: true }),
    ]
    const changes = (id: string) => [client.connections.test(id), client.connections.update(id, { name: 'Main' })]
    const none = absent(connection.id)
    const told = async (work: Promise<unknown>[], id: string) =>
      (await Promise.all(work.map(outcome))).map((text) => text.replaceAll(id, '<id>'))
    if (may) {
      expect(await told(ways(connection.id), connection.id)).toEqual(['done', 'done', 'done'])
      expect(keysSince(from)).toEqual([connection.key])
    } else {
      // As if it had never been.
      expect(await told(ways(connection.id), connection.id)).toEqual(await told(ways(none), none))
      expect(await told(changes(connection.id), connection.id)).toEqual(await told(changes(none), none))
      expect(await outcome(client.connections.rotate(connection.id, { fields: { key: 'k' } }))).toMatch(/^NOT_FOUND/)
      expect(await outcome(client.connections.delete(connection.id))).toMatch(/^NOT_FOUND/)
      expect(keysSince(from)).toEqual([])
      return
    }
    const changesIt = connection.person !== null || ['manager', 'admin', 'owner'].includes(role)
    for (const answer of await told(changes(connection.id), connection.id))
      expect(answer).toMatch(changesIt ? /^done$/ : /^FORBIDDEN/)
  })

  test('calls without naming one by the nearest: their own, then their team’s, then everybody’s', async () => {
    const someone = who(callerName)
    const mine = [...connected.values()].filter((each) => reaches(someone, each))
    const expected =
      mine.find(({ person }) => person !== null) ?? mine.find(({ team }) => team !== null) ?? which('the workspace’s')
    for (const connection of [undefined, 'Main']) {
      const from = upstream.seen.length
      await someone.client.calls.create({
        connector: 'ledger',
        action: 'look',
        input: {},
        ...(connection !== undefined && { connection }),
      })
      expect(keysSince(from)).toEqual([expected.key])
    }
    const tools = await someone.client.tools.list({ limit: 200 })
    expect(tools.items.find(({ name }) => name === 'ledger_look')).toMatchObject({ connection: { id: expected.id } })
  })
})

describe('a connection', () => {
  test('of one’s own is made by members; of the workspace and of teams by managers, and by a team’s own', async () => {
    const connect = (name: string, more: object) =>
      outcome(
        who(name).client.connections.create({ connector: 'ledger', name: 'Another', auth: { fields: { key: 'k' } }, ...more }),
      )
    const [x = '', y = ''] = [which('x’s').team, which('y’s').team].map((team) => team ?? '')
    expect(await connect('member', { personal: true })).toBe('done')
    expect(await connect('member', {})).toMatch(/^FORBIDDEN/)
    expect(await connect('member in x', { team: x })).toMatch(/^FORBIDDEN/)
    expect(await connect('manager in x', { team: y })).toMatch(/^NOT_FOUND/)
    expect(await connect('owner’s token', { personal: true })).toMatch(/^INVALID_INPUT/)
    expect(await connect('member in x', { personal: true, team: x })).toMatch(/^INVALID_INPUT/)
    await makers.owner.teams.setMember(x, { person: who('member in x').person ?? '', role: 'manager' })
    expect(await connect('member in x', { team: x })).toBe('done')
  })

  test('that is somebody’s or a team’s has calls that they, who made them and admins read, also after it is deleted', async () => {
    const call = { connector: 'ledger', action: 'look', input: {} }
    const made = async (by: string, connection: string) =>
      (await who(by).client.calls.create({ ...call, connection: which(connection).id })).id
    const personal = await made('member in y', 'the second member’s')
    const ofTeam = await made('token of y', 'y’s')
    const open = await made('member', 'the workspace’s')
    const reads = async (name: string, id: string) => {
      const { calls } = who(name).client
      const listed = (await calls.list({ limit: 200 })).items.some((item) => item.id === id)
      const found = (await calls.list({ limit: 200, connector: 'ledger', action: 'look' })).items.some((item) => item.id === id)
      const shown = await outcome(calls.get(id))
      expect([found, shown === 'done']).toEqual([listed, listed])
      if (!listed) expect(shown).toMatch(/^NOT_FOUND/)
      return listed
    }
    const readers = async (id: string) => {
      const names: string[] = []
      for (const name of callerNames) if (await reads(name, id)) names.push(name)
      return names
    }
    const admins = ['owner', 'admin', 'owner’s token', 'admin’s own token', 'token of y']
    const expectReaders = async () => {
      expect(new Set(await readers(personal))).toEqual(new Set([...admins, 'member in y']))
      expect(new Set(await readers(ofTeam))).toEqual(new Set([...admins, 'member in y']))
      expect(await readers(open)).toEqual(callerNames)
    }
    await expectReaders()
    // Totals count them all, and tell nothing of one connection to others.
    const count = async (name: string, connection?: string) =>
      (await who(name).client.calls.totals({ window: '1h', ...(connection !== undefined && { connection }) })).total
    expect(await count('member')).toBe(await count('owner'))
    const { id } = which('the second member’s')
    expect(await count('owner', id)).toBeGreaterThan(0)
    expect(await count('member in y', id)).toBe(await count('owner', id))
    expect(await count('manager in x', id)).toBe(0)
    await who('member in y').client.connections.delete(id)
    await expectReaders()
  })

  test('goes with the person it belongs to, and so do the tokens that acted for them', async () => {
    const { client, person } = who('admin')
    expect(await makers.owner.members.remove(person ?? '')).toEqual({
      tokens_revoked: 1,
      connections_deleted: 1,
      sessions_ended: 0,
    })
    expect(await outcome(client.connections.list())).toMatch(/^UNAUTHENTICATED/)
    expect(await outcome(who('admin’s own token').client.connections.list())).toMatch(/^UNAUTHENTICATED/)
  })
})
