import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Role, roles } from '../src/caller.ts'
import { openEntrance } from './http-harness.ts'
import { type Answer, type Makers, missingCases, queryOf, type Route, routes, send, withoutId } from './support/routes.ts'
import {
  absent,
  addToken,
  browserOf,
  contentOf,
  openTwoWorlds,
  type TwoWorlds,
  tracesOf,
  type World,
} from './support/workspaces.ts'

/** Every route × every id × every kind of caller that must not get through; routes come from the description of the API. */

const person = { email: 'ada@example.test', password: 'correct horse battery' }
const guarded = routes.filter((route): route is Route & { role: Role } => route.role !== null && route.role !== 'person')
const personal = routes.filter(({ role }) => role === 'person')
/** The lowest role whom the table's own request succeeds for. */
const neededFor = (route: Route & { role: Role }) => route.needs ?? route.role
/** What a role is told that a request does not succeed for. */
const refusalOf = (route: Route & { role: Role }, role: Role) =>
  route.onlyMaker === true && roles.indexOf(role) >= roles.indexOf(route.role)
    ? { status: 404, code: 'NOT_FOUND' }
    : { status: 403, code: 'FORBIDDEN' }
const withId = guarded.filter((route) => route.path.includes('{') && route.chosen !== true)

let worlds: TwoWorlds
let makers: Makers
let session: Record<string, string>

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function signIn(path: 'setup' | 'session' | 'join', body: object): Promise<Record<string, string>> {
  const response = await fetch(`${worlds.gateway.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return browserOf(response)
}

beforeAll(async () => {
  worlds = await openTwoWorlds()
  const { gateway, ours } = worlds
  makers = {
    owner: gateway.client(ours.tokens.owner),
    agent: gateway.client(ours.tokens.member),
    async join(url) {
      const body = { code: new URL(url).hash.replace('#code=', ''), name: 'Guest', password: person.password }
      const joined = await signIn('join', body)
      const answer = (await (await fetch(`${gateway.url}/api/v1/session`, { headers: joined })).json()) as {
        person: { id: string }
      }
      return answer.person.id
    },
  }
  const code = new URL(gateway.setupUrl ?? '').hash.replace('#code=', '')
  session = await signIn('setup', { code, name: 'Ada', ...person })
})
afterAll(() => worlds?.close())

/** What a world's answers show that no other world's may. */
function expectNothingOf(world: World, { text }: Answer, probed = ''): void {
  const shown = text.replaceAll(probed, '')
  for (const trace of tracesOf(world)) expect(shown).not.toContain(trace)
}

/** What a refused call leaves: its record, and an entry of the audit log. */
const recordOfCall = ['calls', 'call_facets', 'call_figures', 'audit_log', 'log_heads']

/** Holds that these requests change nothing in the database, and send nothing. */
async function withoutEffect(work: () => Promise<void>, but: readonly string[] = []): Promise<void> {
  const before = await contentOf(worlds.db, { without: but })
  const sent = worlds.upstream.seen.length
  await work()
  expect(await contentOf(worlds.db, { without: but })).toEqual(before)
  expect(worlds.upstream.seen.length).toBe(sent)
}

describe('the table', () => {
  test('has a request for every route of the API', () => {
    expect(missingCases()).toEqual({ withoutCase: [], withoutRoute: [] })
    expect(withId.filter((route) => route.id === undefined).map(({ operationId }) => operationId)).toEqual([])
    // One parameter a path, which the table knows how to fill.
    expect(routes.filter(({ path }) => /\{(?!id\})/.test(path) || path.split('{').length > 2)).toEqual([])
  })

  test('opens to anyone what these routes do, and nothing else', () => {
    expect(
      routes
        .filter(({ role }) => role === null)
        .map(({ operationId }) => operationId)
        .sort(),
    ).toEqual([
      'beginSingleSignOn',
      'endSingleSignOn',
      'getConnectorSchema',
      'getHealth',
      'getOpenApi',
      'getReadiness',
      'getSession',
      'getWorkflowSchema',
      'join',
      'lookAtInvitation',
      'openApprovalLink',
      'requestRecovery',
      'sendSecondFactor',
      'setPassword',
      'setUp',
      'signIn',
      'signOut',
    ])
  })

  test('cannot be extended by a route that says nobody’s role', async () => {
    const mount = (app: Parameters<NonNullable<Parameters<typeof openEntrance>[1]>['mount'] & object>[0]) => {
      app.get('/api/v1/everything', () => 'everything')
    }
    await expect(openEntrance({}, { mount })).rejects.toThrow('GET /api/v1/everything declares neither a role')
  })
})

describe('the role of a caller decides exactly, for', () => {
  test.each(guarded.map((route) => [route.operationId, route] as const))('%s', async (_name, route) => {
    for (const role of roles) {
      const may = roles.indexOf(role) >= roles.indexOf(neededFor(route))
      if (!may) continue
      const id = await (route.fresh ?? (async () => route.id?.(worlds.ours)))(worlds.ours, makers)
      const answer = await send(worlds.gateway.url, route, worlds.ours, bearer(worlds.ours.tokens[role]), id)
      expect({ role, ok: answer.status >= 200 && answer.status < 300, text: answer.text }).toMatchObject({ role, ok: true })
      expectNothingOf(worlds.theirs, answer)
    }
    // A refused call is on record, and that is all it leaves.
    await withoutEffect(
      async () => {
        for (const role of roles.slice(0, roles.indexOf(neededFor(route)))) {
          const answer = await send(worlds.gateway.url, route, worlds.ours, bearer(worlds.ours.tokens[role]))
          expect({ role, status: answer.status, code: answer.code }).toEqual({ role, ...refusalOf(route, role) })
        }
      },
      route.operationId === 'createCall' ? recordOfCall : [],
    )
  })
})

describe('an id of another workspace is as good as none, for', () => {
  test.each(withId.map((route) => [route.operationId, route] as const))('%s', async (_name, route) => {
    const [theirId, noId] = [route.id?.(worlds.theirs) ?? '', absent(route.id?.(worlds.theirs) ?? '')]
    await withoutEffect(async () => {
      for (const role of roles) {
        const as = bearer(worlds.ours.tokens[role])
        const [foreign, none] = [
          await send(worlds.gateway.url, route, worlds.ours, as, theirId),
          await send(worlds.gateway.url, route, worlds.ours, as, noId),
        ]
        expect(withoutId(foreign, theirId)).toEqual(withoutId(none, noId))
        const may = roles.indexOf(role) >= roles.indexOf(route.role)
        expect(foreign).toMatchObject(may ? { status: 404, code: 'NOT_FOUND' } : { status: 403, code: 'FORBIDDEN' })
        expectNothingOf(worlds.theirs, foreign, theirId)
      }
      const bySession = await send(worlds.gateway.url, route, worlds.ours, session, theirId)
      expect(withoutId(bySession, theirId)).toEqual(
        withoutId(await send(worlds.gateway.url, route, worlds.ours, session, noId), noId),
      )
      expect(bySession).toMatchObject({ status: 404, code: 'NOT_FOUND' })
      if (route.method !== 'GET') return
      const head = await send(worlds.gateway.url, route, worlds.ours, bearer(worlds.ours.tokens.owner), theirId, 'HEAD')
      expect(head).toMatchObject({ status: 404, text: '' })
    })
  })
})

test('a cassette under a name that another workspace uses too is this one’s own', async () => {
  const named = (operationId: string, of: World) => {
    const route = routes.find((one) => one.operationId === operationId)
    if (route === undefined) throw new Error(`${operationId} is no route`)
    return send(worlds.gateway.url, route, of, bearer(of.tokens.owner), worlds.theirs.word)
  }
  const { ours, theirs } = worlds
  const before = await named('exportCassette', theirs)
  expect(before).toMatchObject({ status: 200 })
  expect(await named('importCassette', ours)).toMatchObject({ status: 200 })
  expect((await named('exportCassette', ours)).text).toContain(ours.word)
  expect((await named('exportCassette', theirs)).text).toBe(before.text)
  expect(await named('deleteCassette', ours)).toMatchObject({ status: 204 })
  expect((await named('exportCassette', theirs)).text).toBe(before.text)
})

describe('an account is its person’s alone, for', () => {
  test.each(personal.map((route) => [route.operationId, route] as const))('%s', async (_name, route) => {
    await withoutEffect(async () => {
      for (const world of [worlds.ours, worlds.theirs])
        for (const role of roles) {
          const answer = await send(worlds.gateway.url, route, world, bearer(world.tokens[role]))
          expect({ role, status: answer.status, code: answer.code }).toEqual({ role, status: 401, code: 'UNAUTHENTICATED' })
        }
    })
    const id = route.id?.(worlds.theirs)
    if (id === undefined) return
    const foreign = await send(worlds.gateway.url, route, worlds.ours, session, id)
    const none = await send(worlds.gateway.url, route, worlds.ours, session, absent(id))
    expect(foreign).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    expect(withoutId(foreign, id)).toEqual(withoutId(none, absent(id)))
  })
})

describe('nobody gets through without being known, to', () => {
  const strangers: [name: string, headers: () => Promise<Record<string, string>> | Record<string, string>][] = [
    ['nothing', () => ({})],
    ['a token that never was', () => bearer(`sp_${'a'.repeat(43)}`)],
    ['a token cut short', () => bearer(worlds.ours.tokens.owner.slice(0, -1))],
    ['an empty bearer', () => ({ authorization: 'Bearer ' })],
    ['the token as a password', () => ({ authorization: `Basic ${btoa(`:${worlds.ours.tokens.owner}`)}` })],
    ['the token in another header', () => ({ 'x-api-key': worlds.ours.tokens.owner })],
    [
      'a token revoked after use',
      async () => {
        const { id, token } = await makers.owner.tokens.create({ name: 'revoked', role: 'owner' })
        await worlds.gateway.client(token).tokens.list()
        await makers.owner.tokens.revoke(id)
        return bearer(token)
      },
    ],
    [
      'a token revoked before use',
      async () => bearer((await addToken(worlds.db, worlds.ours.workspaceId, { role: 'owner', revokedAt: new Date() })).token),
    ],
    [
      'a token that has expired',
      async () =>
        bearer(
          (await addToken(worlds.db, worlds.ours.workspaceId, { role: 'owner', expiresAt: new Date(Date.now() - 1) })).token,
        ),
    ],
    ['a session that never was', () => ({ ...session, cookie: 'sallyport.session_token=made.up' })],
    ['a session with another signature', () => ({ ...session, cookie: `${session.cookie?.slice(0, -6)}AAAA%3D` })],
    [
      'a session that was ended',
      async () => {
        const ended = await signIn('session', person)
        await fetch(`${worlds.gateway.url}/api/v1/session`, { method: 'DELETE', headers: ended })
        return ended
      },
    ],
    [
      'the session of somebody who is no member any more',
      async () => {
        await worlds.db.query('delete from sallyport.members')
        return session
      },
    ],
  ]
  const callers = new Map<string, Record<string, string>>()
  let restore: () => Promise<unknown>

  beforeAll(async () => {
    const kept: [string, string][] = []
    // What people allowed goes with their membership.
    for (const table of ['sallyport.members', 'sallyport.oauth_grants']) {
      const { rows } = await worlds.db.query<{ all: string }>(`select jsonb_agg(to_jsonb(t))::text as all from ${table} t`)
      kept.push([table, rows[0]?.all ?? '[]'])
    }
    restore = async () => {
      for (const [table, rows] of kept)
        await worlds.db.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [rows])
    }
    for (const [name, headers] of strangers) callers.set(name, await headers())
  })
  afterAll(() => restore())

  test.each(guarded.map((route) => [route.operationId, route] as const))('%s', async (_name, route) => {
    await withoutEffect(async () => {
      for (const [stranger, headers] of callers) {
        const answer = await send(worlds.gateway.url, route, worlds.ours, headers)
        expect({ stranger, status: answer.status, code: answer.code }).toEqual({ stranger, status: 401, code: 'UNAUTHENTICATED' })
        expect(answer.headers['www-authenticate']).toBe('Bearer')
        expectNothingOf(worlds.ours, answer, route.id?.(worlds.ours))
        if (route.method === 'GET')
          expect((await send(worlds.gateway.url, route, worlds.ours, headers, undefined, 'HEAD')).status).toBe(401)
      }
      // The token where logs would keep it.
      const query = `${queryOf(route, worlds.ours) || '?'}&access_token=${worlds.ours.tokens.owner}&token=${worlds.ours.tokens.owner}`
      expect((await send(worlds.gateway.url, { ...route, query }, worlds.ours, {})).status).toBe(401)
    })
  })

  test('the routes for anyone, which tell them nothing of anybody', async () => {
    for (const route of routes.filter(({ role }) => role === null)) {
      for (const headers of callers.values()) {
        const answer = await send(worlds.gateway.url, route, worlds.ours, headers)
        for (const world of [worlds.ours, worlds.theirs]) expectNothingOf(world, answer)
        if (route.operationId === 'getSession') expect(JSON.parse(answer.text)).toMatchObject({ caller: null, workspace: null })
      }
    }
  })
})

describe('a person’s role counts as it is at this moment, for', () => {
  const become = (role: Role) =>
    worlds.db.query('update sallyport.members set role = $1 where workspace_id = $2', [role, worlds.ours.workspaceId])
  let mine: Record<string, string>
  beforeAll(async () => {
    mine = await signIn('session', person)
  })

  test.each(guarded.filter(({ role }) => role !== 'viewer').map((route) => [route.operationId, route] as const))(
    '%s',
    async (_name, route) => {
      await withoutEffect(
        async () => {
          for (const role of roles.slice(0, roles.indexOf(neededFor(route)))) {
            await become(role)
            expect(await send(worlds.gateway.url, route, worlds.ours, mine)).toMatchObject(refusalOf(route, role))
          }
        },
        route.operationId === 'createCall' ? [...recordOfCall, 'members'] : ['members'],
      )
    },
  )
})
