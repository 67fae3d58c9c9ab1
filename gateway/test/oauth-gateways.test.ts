import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { SallyportProblem } from '@sallyport/sdk'
import { startTokenServer, type TokenServer } from '@sallyport/sdk/testing'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ExternalServer, startExternalServer } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { connectorOf } from './support/oauth-connector.ts'

/** Two gateways on one database, whose clocks are ten minutes wrong, one to each side: 20 minutes lie between them. */

const skewMs = 10 * 60_000
const root = randomBytes(32).toString('base64')
const stop: (() => Promise<unknown>)[] = []

let postgres: ExternalServer
let database: pg.Client
let server: TokenServer
let rotating: TokenServer
let lasting: TokenServer
let fast: GatewayProcess
let slow: GatewayProcess
let connections: Record<
  'ended' | 'refused' | 'dated' | 'counted' | 'raced' | 'rotating' | 'lasting',
  Awaited<ReturnType<typeof connected>>
>
let count = 0

/** A module for `node --import`: this process believes that it is `ms` later. */
const wrongClock = (ms: number) =>
  `data:text/javascript,${encodeURIComponent(`const Right = Date
globalThis.Date = class Date extends Right {
  constructor(...given) { given.length === 0 ? super(Right.now() + ${ms}) : super(...given) }
  static now() { return Right.now() + ${ms} }
}`)}`

async function startGateway(ms: number): Promise<GatewayProcess> {
  const env = {
    DATABASE_URL: postgres.url(),
    SALLYPORT_ROOT_KEY: root,
    SALLYPORT_LOG_LEVEL: 'warn',
    NODE_OPTIONS: `--import ${wrongClock(ms)}`,
  }
  const gateway = await startGatewayProcess({ env })
  stop.push(async () => {
    await gateway.stop()
    await removeDataDir(gateway.dataDir)
  })
  return gateway
}

beforeAll(async () => {
  ;[postgres, server, rotating, lasting] = await Promise.all([
    startExternalServer(),
    startTokenServer(),
    startTokenServer(),
    startTokenServer({ rotate: false }),
  ])
  fast = await startGateway(skewMs)
  slow = await startGateway(-skewMs)
  database = new pg.Client(postgres.url())
  await database.connect()
  // All of them before the second gateway lists any: what it has listed counts for some seconds.
  connections = {
    ended: await connected(),
    refused: await connected(),
    dated: await connected(server, { token_response: { expires: 'ends_at', expires_unit: 'absolute' } }, datedToken()),
    counted: await connected(server, {}, { expires_in: 300 }),
    raced: await connected(),
    rotating: await connected(rotating),
    lasting: await connected(lasting),
  }
}, 120_000)
afterAll(async () => {
  for (const step of stop) await step()
  await database.end()
  await Promise.all([postgres.close(), server.close(), rotating.close(), lasting.close()])
}, 60_000)
beforeEach(() => {
  Object.assign(server.behaviour, { token: 'answer', hold: null, extra: {} })
})

const datedToken = () => ({ ends_at: new Date(Date.now() + 300_000).toISOString() })

/** A connection that somebody has consented to; no gateway has read its tokens yet. */
async function connected(at: TokenServer = server, scheme: Readonly<Record<string, unknown>> = {}, extra = {}) {
  at.behaviour.extra = extra
  const connector = `oauth_${++count}`
  const api = fast.client()
  await api.connectors.create(connectorOf(connector, at, scheme))
  await api.oauthApps.create({ connector, client_id: at.clientId, client_secret: at.clientSecret })
  const { id, oauth_url } = await api.connections.create({ connector })
  expect((await fetch(at.consent(oauth_url ?? ''))).status).toBe(200)
  const read = (gateway: GatewayProcess) => gateway.client().calls.create({ connector, action: 'read', input: {} })
  return { id, read, ask: (gateway: GatewayProcess) => read(gateway).then(() => 'done', codeOf) }
}

function codeOf(error: unknown): string {
  if (error instanceof SallyportProblem) return error.code
  throw error
}

/** Tokens end, and the database knows that they have. */
async function expire(id: string, at: TokenServer = server): Promise<void> {
  at.expireTokens()
  await database.query(
    `update sallyport.upstream_grants set expires_at = clock_timestamp() - interval '1 second'
     where id = (select grant_id from sallyport.connections where id = $1)`,
    [id],
  )
}

function held(at: TokenServer = server): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  at.behaviour.hold = promise
  return resolve
}

/** Backends that wait for a lock; of those that hold the row of a grant and wait for the token server, the ids. */
const waiting = async () =>
  (await database.query(`select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%upstream_grants%'`))
    .rows
const renewing = async (): Promise<readonly { pid: number }[]> =>
  (
    await database.query<{ pid: number }>(
      `select pid from pg_stat_activity where state = 'idle in transaction' and query like '%upstream_grants%'`,
    )
  ).rows
const requestsAre = (number: number, at: TokenServer = server) =>
  expect.poll(() => at.requests.length, { interval: 5, timeout: 10_000 }).toBe(number)

test('clocks that are ten minutes wrong renew nothing early, also when the end is told as a date', async () => {
  const { dated, counted } = connections
  const before = server.requests.length
  for (const gateway of [fast, slow]) for (const { ask } of [dated, counted]) expect(await ask(gateway)).toBe('done')
  expect(server.requests.length).toBe(before)
  const { rows } = await database.query(
    `select extract(epoch from expires_at - clock_timestamp())::int as left from sallyport.upstream_grants g
     join sallyport.connections c on c.grant_id = g.id where c.id = any($1)`,
    [[dated.id, counted.id]],
  )
  // Dates of HTTP have whole seconds.
  for (const { left } of rows) expect(left).toSatisfy((seconds: number) => seconds > 200 && seconds <= 301)
})

test.each([
  ['that has run out by the clock', 'ended'],
  ['that the API refuses though it should count', 'refused'],
] as const)('100 calls in each of two gateways on a token %s: one request for another, all succeed', async (_, which) => {
  const { id, read } = connections[which]
  if (which === 'ended') await expire(id)
  else server.expireTokens()
  const before = server.requests.length
  const release = held()
  const calls = [fast, slow].flatMap((gateway) => Array.from({ length: 100 }, () => read(gateway)))
  await requestsAre(before + 1)
  // However long the answer takes: the other gateway waits for the lock, which ends with the one that holds it.
  await expect.poll(async () => (await waiting()).length, { timeout: 10_000 }).toBeGreaterThan(0)
  release()
  const answers = await Promise.all(calls)
  expect(answers.filter((answer) => 'success' in answer && answer.success)).toHaveLength(200)
  expect(server.requests.slice(before).map(({ grantType }) => grantType)).toEqual(['refresh_token'])
})

test('a gateway that is refused because another was quicker takes what that one has, and does not end it', async () => {
  const { id, read, ask } = connections.raced
  await expire(id)
  const before = server.requests.length
  const release = held()
  server.behaviour.token = 'refuse'
  const loser = read(fast)
  await requestsAre(before + 1)
  // Its session at the database ends, and with it the lock.
  const [holder] = await renewing()
  await database.query('select pg_terminate_backend($1)', [holder?.pid])
  Object.assign(server.behaviour, { token: 'answer', hold: null })
  expect(await ask(slow)).toBe('done')
  release()
  expect(await loser).toMatchObject({ success: true })
  expect(server.requests.length).toBe(before + 2)
  expect((await fast.client().connections.get(id)).status).toBe('active')
})

test.each([
  ['that rotates its refresh tokens: the connection says why it needs consent, and asks no more', true],
  ['that does not: the next call renews', false],
])('a gateway that is killed between the answer and the commit, at a server %s', async (_, rotate) => {
  const at = rotate ? rotating : lasting
  const { id, ask } = connections[rotate ? 'rotating' : 'lasting']
  await expire(id, at)
  const victim = await startGateway(0)
  // Reading with "for update" is possible, writing is not: the answer comes, and cannot be stored.
  const blocker = new pg.Client(postgres.url())
  await blocker.connect()
  await blocker.query('begin; lock table sallyport.upstream_grants in share mode')
  const before = at.requests.length
  const lost = ask(victim).catch(() => 'gone')
  await expect.poll(async () => (await waiting()).length, { timeout: 10_000 }).toBe(1)
  expect(at.requests.length).toBe(before + 1)
  const exited = once(victim.process, 'exit')
  victim.process.kill('SIGKILL')
  await exited
  await blocker.end()
  expect(await lost).toBe('gone')

  expect(await ask(slow)).toBe(rotate ? 'NEEDS_REAUTH' : 'done')
  expect(at.requests.length).toBe(before + 2)
  const seen = await fast.client().connections.get(id)
  if (rotate) expect(seen).toMatchObject({ status: 'needs_reauth', status_detail: expect.stringContaining('invalid_grant') })
  else expect(seen.status).toBe('active')
  for (const gateway of [slow, fast]) expect(await ask(gateway)).toBe(rotate ? 'NEEDS_REAUTH' : 'done')
  expect(at.requests.length).toBe(before + 2)
})
