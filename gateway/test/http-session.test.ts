import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ada, type Installation, openInstallation } from './access-harness.ts'
import { type Answer, type Entrance, openEntrance } from './http-harness.ts'

let installation: Installation
let entrance: Entrance
let code: string

beforeAll(async () => {
  installation = await openInstallation()
})
afterAll(() => installation.close())
beforeEach(async () => {
  await installation.empty()
  const access = installation.access()
  code = (await access.createSetupCode()) ?? ''
  entrance = await openEntrance({ access })
  return () => entrance.close()
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  entrance.ask(path, { method: 'POST', body, headers })
const cookieOf = (answer: Answer) => ({
  cookie: (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0]).join('; '),
})
const setUp = () => post('/api/v1/setup', { code, ...ada })
/** As the pages of the gateway send it. */
const own = { 'sec-fetch-site': 'same-origin' }

describe('the first person', () => {
  test('sets the gateway up and is signed in from then on', async () => {
    expect((await entrance.ask('/api/v1/session')).json).toEqual({
      setup_required: true,
      caller: null,
      person: null,
      workspaces: [],
      next_step: null,
      single_sign_on: null,
      mails: false,
      language_model: null,
      programs: [],
      workspace: null,
      version: '1.2.3',
    })
    const answer = await setUp()
    const session = {
      setup_required: false,
      caller: { kind: 'session', id: expect.stringMatching(/^usr_/), name: 'Ada', email: ada.email, role: 'owner' },
      workspace: { id: expect.stringMatching(/^ws_/), name: 'Default' },
      person: {
        id: expect.stringMatching(/^usr_/),
        name: 'Ada',
        email: ada.email,
        two_factor: false,
        single_sign_on: false,
      },
      workspaces: [{ id: expect.stringMatching(/^ws_/), name: 'Default', role: 'owner' }],
      next_step: null,
      single_sign_on: null,
      mails: false,
      language_model: null,
      programs: [],
      version: '1.2.3',
    }
    expect(answer).toMatchObject({ status: 201, json: session })
    expect((await entrance.ask('/api/v1/session', { headers: cookieOf(answer) })).json).toEqual(session)
  })

  test('is one, when two people use the link at once', async () => {
    const answers = await Promise.all([setUp(), post('/api/v1/setup', { code, ...ada, email: 'eve@example.com' })])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(answers.find(({ status }) => status === 409)?.headers).not.toHaveProperty('set-cookie')
  })

  test.each([
    ['a short password', { password: 'too short' }, '/password'],
    ['an email that is none', { email: 'ada' }, '/email'],
    ['no name', { name: '' }, '/name'],
  ])('is not made with %s, and may try again', async (_name, change, path) => {
    const answer = await post('/api/v1/setup', { code, ...ada, ...change })
    expect(answer).toMatchObject({ status: 400, json: { diagnostics: { errors: [{ path }] } } })
    expect((await setUp()).status).toBe(201)
  })
})

describe('a person', () => {
  test('signs in, makes a token, and signs out', async () => {
    await setUp()
    const signedIn = await post('/api/v1/session', { email: ada.email, password: ada.password }, own)
    const cookie = cookieOf(signedIn)
    const made = await post('/api/v1/tokens', { name: 'agent', role: 'viewer' }, { ...cookie, ...own })
    expect(made).toMatchObject({ status: 201, json: { name: 'agent', role: 'viewer', token: expect.stringMatching(/^sp_/) } })
    const byToken = { authorization: `Bearer ${made.json.token}` }
    expect((await entrance.ask('/api/v1/session', { headers: byToken })).json).toMatchObject({
      caller: { kind: 'token', role: 'viewer' },
    })

    const list = await entrance.ask('/api/v1/tokens', { headers: cookie })
    expect(list.json).toMatchObject({
      items: [{ id: made.json.id, hint: String(made.json.token).slice(0, 7) }],
      next_cursor: null,
    })
    expect(list.text).not.toContain(made.json.token)

    const signedOut = await entrance.ask('/api/v1/session', { method: 'DELETE', headers: { ...cookie, ...own } })
    expect(signedOut.status).toBe(204)
    expect(String(signedOut.headers['set-cookie'])).toMatch(/session_token=;.*Max-Age=0/)
    expect((await entrance.ask('/api/v1/tokens', { headers: cookie })).status).toBe(401)
  })

  test('gets a new session id by signing in: one planted before is neither kept nor accepted', async () => {
    await setUp()
    const idOf = ({ cookie }: { readonly cookie: string }) => cookie.match(/session_token=([^;]+)/)?.[1] ?? ''
    const credentials = { email: ada.email, password: ada.password }
    const known = cookieOf(await post('/api/v1/session', credentials, own))
    // One made up, the signed one of a session that was ended, and one that is alive.
    const ended = cookieOf(await post('/api/v1/session', credentials, own))
    await entrance.ask('/api/v1/session', { method: 'DELETE', headers: { ...ended, ...own } })
    const madeUp = { cookie: known.cookie.replace(idOf(known), 'planted.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D') }
    for (const planted of [madeUp, ended, known]) {
      const signedIn = await post('/api/v1/session', credentials, { ...own, ...planted })
      expect(signedIn.status).toBe(200)
      expect(idOf(cookieOf(signedIn))).toMatch(/^.{32,}$/)
      expect(idOf(cookieOf(signedIn))).not.toBe(idOf(planted))
      expect((await entrance.ask('/api/v1/tokens', { headers: cookieOf(signedIn) })).status).toBe(200)
    }
    for (const planted of [madeUp, ended]) expect((await entrance.ask('/api/v1/tokens', { headers: planted })).status).toBe(401)
  })

  test('is not signed out, and makes no token, by a foreign page', async () => {
    const cookie = cookieOf(await setUp())
    const foreign = { ...cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await post('/api/v1/tokens', { name: 'theirs', role: 'owner' }, foreign)).status).toBe(403)
    expect((await entrance.ask('/api/v1/session', { method: 'DELETE', headers: foreign })).status).toBe(403)
    expect((await entrance.ask('/api/v1/tokens', { headers: cookie })).json).toMatchObject({ items: [] })
  })

  test('is told how long to wait after too many guesses', async () => {
    await setUp()
    const guess = () => post('/api/v1/session', { email: ada.email, password: 'a wrong password' })
    for (let n = 0; n < 5; n++) expect((await guess()).status).toBe(401)
    const answer = await guess()
    expect(answer).toMatchObject({ status: 429, json: { code: 'RATE_LIMITED' }, headers: { 'retry-after': '900' } })
  })
})

describe('a token', () => {
  test('of a lower role is denied what needs a higher one, until it is revoked and denied everything', async () => {
    const cookie = { ...cookieOf(await setUp()), ...own }
    const { json } = await post('/api/v1/tokens', { name: 'agent', role: 'manager' }, cookie)
    const headers = { authorization: `Bearer ${json.token}` }
    expect(await post('/api/v1/tokens', { name: 'another', role: 'viewer' }, headers)).toMatchObject({
      status: 403,
      json: { code: 'FORBIDDEN' },
    })
    expect((await entrance.ask('/api/v1/tokens', { headers })).status).toBe(403)
    expect((await entrance.ask(`/api/v1/tokens/${json.id}`, { method: 'DELETE', headers: cookie })).status).toBe(204)
    expect((await entrance.ask('/api/v1/tokens', { headers })).status).toBe(401)
    expect((await entrance.ask('/api/v1/tokens/tok_none', { method: 'DELETE', headers: cookie })).status).toBe(404)
  })

  test('that is wrong is nobody to GET /session, and is refused everywhere else', async () => {
    const headers = { authorization: 'Bearer sp_wrong' }
    expect((await entrance.ask('/api/v1/session', { headers })).json).toMatchObject({ caller: null })
    for (const path of ['connectors', 'connections', 'calls', 'calls/summary', 'tools', 'approvals', 'tokens']) {
      expect(await entrance.ask(`/api/v1/${path}`, { headers })).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } })
    }
  })
})
