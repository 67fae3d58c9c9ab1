import { createClient } from '@redis/client'
import { afterEach, describe, expect, test } from 'vitest'
import { externalRedis, makeExternalDatabase, type NewDatabase } from '../support/external-servers.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from '../support/gateway.ts'
import { callAtOnce, callOnce, type LimitedApi, startLimitedApi } from '../support/limited-api.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

interface Setting {
  readonly first: GatewayProcess
  readonly second: GatewayProcess
  /** Starts one more gateway on the same database. */
  readonly start: () => Promise<GatewayProcess>
  readonly api: LimitedApi
  readonly database: NewDatabase
}

/** Two gateways on one database, with one connection whose actions may be called 100 times a minute. */
async function twoGateways(env: Readonly<Record<string, string>>): Promise<Setting> {
  const database = await makeExternalDatabase()
  undo.push(() => database.drop())
  const api = await startLimitedApi()
  undo.push(() => api.close())
  const root = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
  const start = async () => {
    const gateway = await startGatewayProcess({ env: { DATABASE_URL: database.url, SALLYPORT_ROOT_KEY: root, ...env } })
    undo.push(async () => {
      await gateway.stop()
      await removeDataDir(gateway.dataDir)
    })
    return gateway
  }
  const first = await start()
  const second = await start()
  await first.client().connectors.create(api.connector({ per_minute: 100 }))
  await first.client().connections.create({ connector: 'limited', name: 'Main' })
  return { first, second, start, api, database }
}

/** Of 1,000 parallel calls in turns over both gateways, exactly 100 reach the API. */
async function expectOneHundred({ first, second, api }: Setting): Promise<void> {
  const answers = await callAtOnce([first, second], first.token, 1_000)
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(100)
  expect(api.requests()).toBe(100)
  for (const { status, body, retryAfter } of answers) {
    if (status === 200) continue
    expect({ status, code: body.code }).toEqual({ status: 429, code: 'RATE_LIMITED' })
    expect(retryAfter).toBeGreaterThan(0)
    expect(retryAfter).toBeLessThanOrEqual(60)
  }
}

/** Answers the seconds of Retry-After. */
async function expectRefusal(gateway: GatewayProcess): Promise<number> {
  const answer = await callOnce(gateway, gateway.token)
  expect(answer).toMatchObject({ status: 429, retryAfter: expect.any(Number) })
  return answer.retryAfter ?? 0
}

async function windowOf({ database }: Setting): Promise<string> {
  const { rows } = await database.admin.query<{ id: string }>('select id from connections')
  return `${rows[0]?.id}/first/minute`
}

const inPostgres = {
  name: 'PostgreSQL',
  env: {},
  /** As if so many seconds had passed. */
  async pass({ database }: Setting, seconds: number): Promise<void> {
    // Gateways go by the database's clock alone.
    await database.admin.query(`create or replace function limit_clock() returns double precision language sql volatile
      as 'select extract(epoch from clock_timestamp())::double precision * 1000 + ${seconds * 1000}'`)
  },
}

const inRedis = {
  name: 'Redis',
  env: { REDIS_URL: externalRedis },
  async pass(setting: Setting, seconds: number): Promise<void> {
    const redis = createClient({ url: externalRedis })
    await redis.connect()
    const key = `sallyport:limit:${await windowOf(setting)}`
    const window = await redis.lRange(key, 0, -1)
    // The first is the number of calls, then time and calls of each step in turn.
    const older = window.map((value, i) => (i % 2 === 1 ? String(Number(value) - seconds * 1000) : value))
    await redis.multi().del(key).rPush(key, older).exec()
    await redis.close()
    const { rows } = await setting.database.admin.query('select 1 from limit_steps')
    expect(rows).toEqual([])
  },
}

describe.each([inPostgres, inRedis])('two gateways with limits in one $name', ({ env, pass }) => {
  test('admit exactly the limit out of 1,000 parallel calls, and the next one after Retry-After', async () => {
    const setting = await twoGateways(env)
    const { first, second } = setting
    await expectOneHundred(setting)
    const seconds = await expectRefusal(second)
    await pass(setting, seconds)
    expect(await callOnce(first, first.token)).toMatchObject({ status: 200 })
    // The place that came free is taken; a minute later there are others, for the other gateway too.
    await pass(setting, seconds + 60)
    expect(await callOnce(second, second.token)).toMatchObject({ status: 200 })
  })

  test('keep their window when they start again', async () => {
    const setting = await twoGateways(env)
    const { first, second, start } = setting
    await expectOneHundred(setting)
    await Promise.all([first.stop(), second.stop()])
    await expectRefusal(await start())
  })
})
