import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDataDir } from './support/data-dir.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { type Answer, callAtOnce, callOnce, type LimitedApi, startLimitedApi } from './support/limited-api.ts'

let api: LimitedApi
beforeAll(async () => {
  api = await startLimitedApi()
})
afterAll(() => api?.close())

async function connect({ client }: GatewayProcess, limits: Readonly<Record<string, number>>): Promise<void> {
  await client().connectors.create(api.connector(limits))
  await client().connections.create({ connector: 'limited', name: 'Main' })
}

const admitted = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200).length

describe('a gateway', () => {
  let gateway: GatewayProcess
  beforeAll(async () => {
    gateway = await startGatewayProcess()
    await connect(gateway, { per_minute: 30, connection_per_minute: 40 })
  })
  afterAll(async () => {
    await gateway?.stop()
    await removeDataDir(gateway.dataDir)
  })

  test('holds a token to its calls over all actions, and says when the next one fits', async () => {
    const { token, id } = await gateway.client().tokens.create({ name: 'Agent', per_minute: 4, per_day: 100 })
    const listed = (await gateway.client().tokens.list()).items.find((item) => item.id === id)
    expect(listed).toMatchObject({ per_minute: 4, per_day: 100 })
    const answers = [
      await callOnce(gateway, token, 'first'),
      await callOnce(gateway, token, 'first'),
      await callOnce(gateway, token, 'second'),
      await callOnce(gateway, token, 'second'),
    ]
    expect(admitted(answers)).toBe(4)
    const refused = await callOnce(gateway, token, 'first')
    expect(refused).toMatchObject({
      status: 429,
      body: {
        code: 'RATE_LIMITED',
        detail: expect.stringContaining('The token "Agent" is limited to 4 calls per minute.'),
        diagnostics: { limit: 4, window: 'minute', of: 'caller', by: 'gateway' },
      },
    })
    expect(refused.retryAfter).toBeGreaterThan(50)
    expect(refused.retryAfter).toBeLessThanOrEqual(60)
  })

  test('admits exactly the limit of an action, then of the whole connection, out of parallel calls', async () => {
    const before = api.requests()
    const answers = await callAtOnce([gateway], gateway.token, 300)
    // Two calls of this action were made above.
    expect(admitted(answers)).toBe(28)
    expect(answers.find(({ status }) => status === 429)?.body.diagnostics).toMatchObject({ limit: 30, of: 'action' })
    const others = await Promise.all(Array.from({ length: 20 }, () => callOnce(gateway, gateway.token, 'second')))
    expect(admitted(others)).toBe(40 - 28 - 4)
    expect(others.find(({ status }) => status === 429)?.body).toMatchObject({
      detail: expect.stringContaining('The connection "Main" is limited to 40 calls per minute.'),
      diagnostics: { limit: 40, of: 'connection' },
    })
    expect(api.requests() - before).toBe(36)
    for (const { status, retryAfter } of answers) if (status === 429) expect(retryAfter).toBeGreaterThan(0)
  })

  test('refuses limits that are none', async () => {
    for (const per_minute of [0, -1, 1.5]) {
      await expect(gateway.client().tokens.create({ name: 'x', per_minute })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
  })
})

describe('a window keeps its calls', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)('when the gateway ends by %s and starts again', async (signal) => {
    const dataDir = await temporaryDataDir()
    const first = await startGatewayProcess({ dataDir })
    await connect(first, { per_minute: 10, connection_per_day: 7 })
    const { token } = await first.client().tokens.create({ name: 'Agent', per_minute: 5 })
    expect(admitted(await callAtOnce([first], token, 3))).toBe(3)
    // Only one of these counts, before the restart and after it.
    const { token: small } = await first.client().tokens.create({ name: 'Small', per_minute: 1 })
    expect(admitted(await callAtOnce([first], small, 5))).toBe(1)
    expect(await callOnce(first, token, 'no_such_action')).toMatchObject({ status: 404 })
    const exited = once(first.process, 'exit')
    first.process.kill(signal)
    await exited

    const second = await startGatewayProcess({ dataDir })
    const answers = await callAtOnce([second], token, 20)
    expect(admitted(answers)).toBe(2)
    expect(answers.find(({ status }) => status === 429)?.body.diagnostics).toMatchObject({ limit: 5, of: 'caller' })
    const { retryAfter = null } = answers.find(({ status }) => status === 429) ?? {}
    expect(retryAfter).toBeLessThanOrEqual(60)
    const others = await callAtOnce([second], second.token, 20)
    expect(admitted(others)).toBe(1)
    expect(others.find(({ status }) => status === 429)).toMatchObject({ body: { diagnostics: { limit: 7, window: 'day' } } })
    await second.stop()
    await removeDataDir(dataDir)
  })
})
