import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { type Sallyport, SallyportProblem } from '@sallyport/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CountingUpstream } from './support/counting-upstream.ts'
import { answer, broken, endless, type Fault, FaultyUpstream } from './support/faulty-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** What an API can do to a call, and what the gateway makes of it. */

const timeoutMs = 1_000
/** How much later than its deadline a call may end on a busy machine. */
const graceMs = 1_500

let gateway: GatewayProcess
let owner: Sallyport
let count = 0
const opened: { stop(): Promise<void> }[] = []
let stopping: Promise<Stopped>

beforeAll(async () => {
  gateway = await startGatewayProcess({ env: { SALLYPORT_LOG_LEVEL: 'warn' } })
  owner = gateway.client()
  // Takes as long as a gateway may take to stop, so it goes on beside the other tests.
  stopping = stopWithCallsThatNeverEnd()
  stopping.catch(() => {})
})

afterAll(async () => {
  await gateway?.stop()
  for (const upstream of opened) await upstream.stop()
  await removeDataDir(gateway.dataDir)
})

/** A connection of its own for each test: what one test breaks is no other's breaker. */
async function connectTo(url: string, limits: Record<string, unknown> = {}, as = owner): Promise<string> {
  const connector = `api-${++count}`
  const input = { type: 'object', properties: { n: { type: 'integer' } } }
  await as.connectors.create({
    connector,
    name: 'API',
    servers: { production: { url } },
    limits: { per_minute: 100_000, timeout_ms: timeoutMs, retries: 0, ...limits },
    actions: {
      read: { method: 'GET', path: '/read' },
      write: { method: 'POST', path: '/write', input, body: { type: 'json', value: { n: '{{n}}' } } },
    },
  })
  await as.connections.create({ connector })
  return connector
}

async function faulty(fault: Fault = answer): Promise<FaultyUpstream> {
  const upstream = await new FaultyUpstream().start()
  upstream.fault = fault
  opened.push(upstream)
  return upstream
}

async function counting(): Promise<CountingUpstream> {
  const upstream = await new CountingUpstream().start()
  opened.push(upstream)
  return upstream
}

interface End {
  /** The code of the problem, or null for an answer. */
  readonly code: string | null
  readonly ms: number
  readonly callId: string
  readonly retryAfter: number | undefined
}

async function call(connector: string, action: 'read' | 'write' = 'read', as = owner): Promise<End> {
  const started = performance.now()
  const request = { connector, action, ...(action === 'write' && { input: { n: 1 } }) }
  try {
    const { id } = await as.calls.create(request)
    return { code: null, ms: performance.now() - started, callId: id, retryAfter: undefined }
  } catch (error) {
    if (!(error instanceof SallyportProblem)) throw error
    const { code, callId = '', retryAfterSeconds } = error
    return { code, ms: performance.now() - started, callId, retryAfter: retryAfterSeconds }
  }
}

/** Sockets of this machine to a local port, in any state but TIME_WAIT, as the system sees them. */
async function socketsTo(url: string): Promise<number> {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0')
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').slice(1)
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote, state]) => remote?.endsWith(`:${port}`) && state !== '06').length
}

describe('an API that breaks a call gets it one typed end in time, one record, and no socket, with', () => {
  const faults = [...Object.entries(broken), ...Object.entries(endless)]

  test.each(faults)('%s', async (name, fault) => {
    const late = Object.hasOwn(endless, name)
    for (const action of ['read', 'write'] as const) {
      const upstream = await faulty(fault)
      const connector = await connectTo(upstream.url)
      const end = await call(connector, action)
      const code = action === 'write' ? 'OUTCOME_UNKNOWN' : late ? 'TIMEOUT' : 'UPSTREAM_ERROR'
      expect({ action, code: end.code }).toEqual({ action, code })
      expect(end.ms).toBeLessThan(timeoutMs + graceMs)
      if (late) expect(end.ms).toBeGreaterThan(timeoutMs - 50)
      expect(upstream.requests).toBe(1)
      const { items } = await owner.calls.list({ connector })
      expect(items).toMatchObject([{ id: end.callId, status: 'failed', outcome: 'sent_unknown', error_code: code }])
      await upstream.deserted()
    }
  })

  test('nothing that listens', async () => {
    const upstream = await new FaultyUpstream().start()
    const { url } = upstream
    await upstream.stop()
    for (const action of ['read', 'write'] as const) {
      const connector = await connectTo(url)
      const end = await call(connector, action)
      expect(end).toMatchObject({ code: 'CONNECTION_REFUSED' })
      const { items } = await owner.calls.list({ connector })
      expect(items).toMatchObject([{ id: end.callId, status: 'failed', outcome: 'not_sent' }])
    }
  })

  test('none of these, but an answer within its time', async () => {
    const upstream = await faulty((socket) => setTimeout(() => answer(socket), timeoutMs / 2))
    const connector = await connectTo(upstream.url)
    expect(await call(connector)).toMatchObject({ code: null })
    expect((await owner.calls.list({ connector })).items).toMatchObject([{ status: 'succeeded', outcome: 'done' }])
  })

  test('many of them at once, after which not a socket is left', async () => {
    const upstream = await faulty()
    const connectors: string[] = []
    for (const fault of [broken['a reset in the body'], endless.silence, broken['half of a body']]) {
      upstream.fault = fault ?? answer
      connectors.push(await connectTo(upstream.url))
    }
    for (const connector of connectors) {
      const ends = await Promise.all(Array.from({ length: 60 }, () => call(connector)))
      // The breaker may spare the API the rest.
      for (const { code } of ends) expect(['TIMEOUT', 'UPSTREAM_ERROR', 'UNAVAILABLE']).toContain(code)
    }
    await upstream.deserted()
    await expect.poll(() => socketsTo(upstream.url), { timeout: 5_000 }).toBe(0)
  })
})

describe('an outage of an API', () => {
  test('closes it within two seconds, to one try at a time, and leaves others alone', async () => {
    const upstream = await faulty(broken['a reset instead of an answer'])
    const healthy = await counting()
    const [out, well] = [await connectTo(upstream.url), await connectTo(healthy.url)]
    const wellBefore = await Promise.all(Array.from({ length: 40 }, () => call(well)))

    const began = performance.now()
    let end = await call(out)
    while (end.code === 'UPSTREAM_ERROR') end = await call(out)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(end).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 1 })
    expect(upstream.requests).toBe(5)
    const [record] = (await owner.calls.list({ connector: out, limit: 1 })).items
    expect(record).toMatchObject({ id: end.callId, status: 'failed', outcome: 'not_sent', error_code: 'UNAVAILABLE' })

    // While it is closed, and while one call tries it, every other one is turned away and the API is left alone.
    const held = Promise.withResolvers<Parameters<Fault>[0]>()
    upstream.fault = (socket) => held.resolve(socket)
    const knocks: Promise<End>[] = []
    const probed = upstream.until(6).then(() => true)
    while (!(await Promise.race([probed, call(well).then(() => false)]))) knocks.push(call(out))
    const more = await Promise.all(Array.from({ length: 30 }, () => call(out)))
    expect(new Set(more.map(({ code }) => code))).toEqual(new Set(['UNAVAILABLE']))
    expect(upstream.requests).toBe(6)

    const wellDuring = await Promise.all(Array.from({ length: 40 }, () => call(well)))
    for (const { code } of [...wellBefore, ...wellDuring]) expect(code).toBeNull()

    upstream.fault = answer
    answer(await held.promise)
    const ends = (await Promise.all(knocks)).map(({ code }) => code)
    expect(ends.filter((code) => code === null)).toHaveLength(1)
    expect(new Set(ends)).toEqual(new Set([null, 'UNAVAILABLE']))
    expect(await call(out)).toMatchObject({ code: null })
  })

  test.each([503, 429])('that answers %i to everything gets at most a fifth more than it was asked', async (status) => {
    const upstream = await counting()
    upstream.behave = (_request, response) => response.writeHead(status).end()
    const connector = await connectTo(upstream.url, { retries: 2, timeout_ms: 10_000 })
    let left = 300
    const caller = async () => {
      while (left-- > 0) await call(connector)
    }
    await Promise.all(Array.from({ length: 15 }, caller))
    expect(upstream.seen.length).toBeLessThanOrEqual(360)
    // The log has a record for each of the calls, retried or not.
    expect((await owner.calls.totals({ connector })).total).toBe(300)
  })
})

describe('Retry-After', () => {
  /** An API that asks for time at first, and then answers. Resolves with the pause in between, or null when nobody came back. */
  async function afterHearing(retryAfter: string, status = 503): Promise<{ end: End; pauseMs: number | null }> {
    const upstream = await counting()
    const times: number[] = []
    upstream.behave = (_request, response) => {
      times.push(performance.now())
      if (times.length === 1) response.writeHead(status, { 'retry-after': retryAfter }).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    }
    const end = await call(await connectTo(upstream.url, { retries: 1, timeout_ms: 6_000 }))
    const [first = 0, second] = times
    return { end, pauseMs: second === undefined ? null : second - first }
  }

  test('in seconds is waited for', async () => {
    const { end, pauseMs } = await afterHearing('1')
    expect(end.code).toBeNull()
    expect(pauseMs).toBeGreaterThan(950)
  })

  test('as a date is waited for', async () => {
    const at = Math.ceil(Date.now() / 1000) * 1000 + 1_000
    const { end, pauseMs } = await afterHearing(new Date(at).toUTCString())
    expect(end.code).toBeNull()
    expect(pauseMs).toBeGreaterThan(900)
  })

  test.each(['7', '999999999', '99999999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'beyond the deadline of the call is not waited for: %s',
    async (retryAfter) => {
      const { end, pauseMs } = await afterHearing(retryAfter, 429)
      expect(pauseMs).toBeNull()
      expect(end).toMatchObject({ code: 'RATE_LIMITED' })
      expect(end.ms).toBeLessThan(3_000)
      // Nor is it passed on as it is.
      expect(end.retryAfter).toBeGreaterThan(0)
      expect(end.retryAfter).toBeLessThanOrEqual(86_400)
    },
  )

  test.each(['-5', '1.5', '', 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'that says nothing does no harm: %s',
    async (retryAfter) => {
      const { end, pauseMs } = await afterHearing(retryAfter)
      expect(end.code).toBeNull()
      expect(pauseMs).toBeLessThan(2_000)
    },
  )
})

test('more calls than the gateway keeps under way are turned away at once, and it stays responsive', async () => {
  const upstream = await counting()
  const held: (() => void)[] = []
  upstream.behave = (_request, response) =>
    held.push(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  const connector = await connectTo(upstream.url, { timeout_ms: 60_000 })
  const [bound, beyond] = [1_000, 120]
  const ends: End[] = []
  const calls = Array.from({ length: bound + beyond }, () => call(connector).then((end) => ends.push(end)))

  await expect.poll(() => ends.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(beyond)
  expect(ends).toHaveLength(beyond)
  for (const end of ends) expect(end).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 1 })

  const pauses: number[] = []
  for (let n = 0; n < 50; n++) {
    const started = performance.now()
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
    pauses.push(performance.now() - started)
  }
  pauses.sort((a, b) => a - b)
  // The median, as the machine may be busy with other things.
  expect(pauses[25]).toBeLessThan(50)

  upstream.behave = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  for (const release of held) release()
  await Promise.all(calls)
  expect(ends.filter(({ code }) => code === null)).toHaveLength(bound)
  expect((await owner.calls.totals({ connector })).total).toBe(bound + beyond)
})

interface Stopped {
  readonly exitCode: number | null
  readonly seconds: number
  readonly read: End
  readonly write: End
  /** The records, as the next start shows them. */
  readonly records: readonly unknown[]
}

/** An API that never answers, a caller that never ends its request, and SIGTERM. */
async function stopWithCallsThatNeverEnd(): Promise<Stopped> {
  const upstream = await faulty(endless.silence)
  const running = await startGatewayProcess({ env: { SALLYPORT_LOG_LEVEL: 'warn' } })
  const { dataDir } = running
  const connector = await connectTo(upstream.url, { timeout_ms: 300_000 }, running.client())
  const ends = (['read', 'write'] as const).map((action) => call(connector, action, running.client()))
  await upstream.until(2)
  const { hostname, port } = new URL(running.url)
  const lingering = connect(Number(port), hostname)
  lingering.on('error', () => {})
  lingering.write('POST /api/v1/calls HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n{"con')
  const began = performance.now()
  const exitCode = await running.stop()
  const seconds = (performance.now() - began) / 1000
  lingering.destroy()
  const [read, write] = await Promise.all(ends)
  if (read === undefined || write === undefined) throw new Error('no ends')
  const again = await startGatewayProcess({ dataDir })
  const records = await Promise.all([read, write].map(({ callId }) => again.client().calls.get(callId)))
  await again.stop()
  await removeDataDir(dataDir)
  return { exitCode, seconds, read, write, records }
}

test('told to stop, the gateway exits within half a minute whatever is under way, and leaves honest records', async () => {
  const { exitCode, seconds, read, write, records } = await stopping
  expect(exitCode).toBe(0)
  expect(seconds).toBeGreaterThan(20)
  expect(seconds).toBeLessThan(31)
  expect(read).toMatchObject({ code: 'UNAVAILABLE' })
  expect(write).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  expect(records).toMatchObject([
    { status: 'failed', outcome: 'sent_unknown', error_code: 'UNAVAILABLE' },
    { status: 'failed', outcome: 'sent_unknown', error_code: 'OUTCOME_UNKNOWN' },
  ])
}, 60_000)
