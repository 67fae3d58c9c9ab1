import { readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type Sallyport, SallyportProblem } from '@sallyport/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRawCanary } from './support/canary.ts'
import { CountingUpstream, connectLedger } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** What an answer may have after decompression. */
const cap = 1024 * 1024
/** The largest there is: so much that what waits to be collected (V8 lets 64 MiB of buffers wait) does not hide the rest. */
const greedyCap = 100 * 1024 * 1024
const secret = 'canary-secret-5f2c9a1e7d'
const bombBytes = 256 << 20

let gateway: GatewayProcess
let owner: Sallyport
let api: Awaited<ReturnType<typeof startRawCanary>>
/** Another API, which works. */
let neighbour: CountingUpstream
/** Answers the request of this path. */
const answers = new Map<string, (socket: Socket) => void>()

beforeAll(async () => {
  api = await startRawCanary((socket) =>
    socket.on('data', (head: Buffer) => {
      const path = /^\w+ (\S+)/.exec(head.toString('latin1'))?.[1] ?? ''
      const answer = answers.get(path)
      if (answer === undefined) socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
      else answer(socket)
    }),
  )
  gateway = await startGatewayProcess()
  owner = gateway.client()
  neighbour = await new CountingUpstream().start()
  await connectLedger(owner, neighbour, { limits: { per_minute: 10_000 } })
  const input = { type: 'object', required: ['case'], properties: { case: { type: 'string' } } }
  const action = { path: '/{case}', input }
  await owner.connectors.create({
    connector: 'hostile',
    name: 'Hostile',
    servers: { production: { url: api.origin } },
    auth: { key: { type: 'bearer' } },
    limits: { max_response_bytes: cap, timeout_ms: 20_000, retries: 0, per_minute: 10_000 },
    actions: {
      read: { method: 'GET', ...action },
      write: { method: 'POST', ...action },
      greedy: { method: 'GET', ...action, limits: { max_response_bytes: greedyCap } },
      hasty: { method: 'GET', ...action, limits: { timeout_ms: 400 } },
      slow: { method: 'GET', ...action, limits: { timeout_ms: 2000 } },
    },
  } as never)
})
afterAll(async () => {
  await gateway?.stop()
  await api?.close()
  await neighbour?.stop()
  await removeDataDir(gateway.dataDir)
})

/** Calls an API that answers so, each time by a connection of its own: after a few failures the gateway would let one rest. */
let last = 0
async function attack(
  action: 'read' | 'write' | 'greedy' | 'hasty' | 'slow',
  answer: (socket: Socket) => void,
): Promise<SallyportProblem> {
  const name = `case-${++last}`
  answers.set(`/${name}`, answer)
  await owner.connections.create({ connector: 'hostile', name, auth: { fields: { token: secret } } })
  const call = owner.calls.create({ connector: 'hostile', action, connection: name, input: { case: name } })
  const error = await call.catch((thrown: unknown) => thrown)
  if (error instanceof SallyportProblem) return error
  throw new Error(`expected a problem, got ${JSON.stringify(error).slice(0, 200)}`)
}

/** The call of a problem has exactly one record, and nothing tells the secret. */
async function expectRecord(problem: SallyportProblem, outcome: string, status: number | null): Promise<void> {
  const { items } = await owner.calls.list({ limit: 20 })
  expect(items.filter(({ id }) => id === problem.callId)).toMatchObject([
    { status: 'failed', outcome, upstream_status: status, error_code: problem.code },
  ])
  expect(JSON.stringify([problem, items])).not.toContain(secret)
}

function encoded(coding: string, bytes: Buffer): (socket: Socket) => void {
  return (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${bytes.length}\r\n\r\n`)
    socket.write(bytes)
  }
}

function endless(head: string, chunk: Buffer): (socket: Socket) => void {
  return (socket) => {
    socket.write(head)
    const pump = () => {
      while (!socket.destroyed && socket.write(chunk));
      if (!socket.destroyed) socket.once('drain', pump)
    }
    pump()
  }
}

function drip(head: string, drop: string): (socket: Socket) => void {
  return (socket) => {
    socket.write(head)
    const timer = setInterval(() => socket.write(drop), 20)
    socket.once('close', () => clearInterval(timer))
  }
}

const plain = (text: string) => (socket: Socket) => socket.end(text)
const zeros = Buffer.alloc(bombBytes)
const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000), Buffer.from('\r\n')])
const bombs: readonly [string, (socket: Socket) => void][] = [
  ['gzip', encoded('gzip', gzipSync(zeros))],
  ['gzip in gzip', encoded('gzip, gzip', gzipSync(gzipSync(zeros)))],
  ['brotli', encoded('br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }))],
  ['deflate', encoded('deflate', deflateSync(zeros))],
  ['zstd', encoded('zstd', zstdCompressSync(zeros))],
  ['endless chunks', endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', chunk)],
  ['an endless body without a length', endless('HTTP/1.1 200 OK\r\n\r\n', Buffer.alloc(65_536))],
  ['an announced length beyond the limit', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n')],
]

/** Resident memory of a process in bytes, now or at its highest since the last reset. */
function memory(pid: number, figure: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${figure}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}

describe('through the gateway, an answer that is too large', () => {
  it.runIf(process.platform === 'linux')(
    'takes less memory than twice the limit, however it is made and however often',
    async () => {
      const pid = gateway.process.pid ?? 0
      const small = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'
      for (let i = 0; i < 30; i++) await attack('read', (socket) => socket.write(small))
      const before = memory(pid, 'VmRSS')
      // 5 resets the high-water mark (proc_pid_clear_refs(5)).
      writeFileSync(`/proc/${pid}/clear_refs`, '5')
      for (let round = 0; round < 2; round++) {
        for (const [name, answer] of bombs) {
          expect((await attack('greedy', answer)).code).toBe('RESPONSE_TOO_LARGE')
          expect((memory(pid, 'VmHWM') - before) / greedyCap, name).toBeLessThan(2)
        }
      }
    },
  )

  it.each(bombs)('%s ends at the limit, with one record', async (_, answer) => {
    await expectRecord(await attack('read', answer), 'sent_unknown', 200)
    const written = await attack('write', answer)
    expect(written.code).toBe('RESPONSE_TOO_LARGE')
    await expectRecord(written, 'sent_unknown', 200)
  })

  it('is one with 20 KB of headers too', async () => {
    for (const headers of [`X-Big: ${'x'.repeat(20_000)}\r\n`, 'X-Small: x\r\n'.repeat(3000)]) {
      const problem = await attack('read', plain(`HTTP/1.1 200 OK\r\n${headers}Content-Length: 2\r\n\r\n{}`))
      expect(problem.code).toBe('RESPONSE_TOO_LARGE')
      await expectRecord(problem, 'sent_unknown', null)
    }
  })
})

describe('through the gateway, an answer that takes for ever', () => {
  it.each([
    ['body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n', 200],
    ['head', 'HTTP/1.1 200 OK\r\n', 'X: y\r\n', null],
    ['list of interim answers', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', null],
  ])('a dripping %s ends at the deadline of the action', async (_, head, drop, status) => {
    const start = performance.now()
    const problem = await attack('hasty', drip(head, drop))
    expect(problem.code).toBe('TIMEOUT')
    expect(performance.now() - start).toBeLessThan(3000)
    await expectRecord(problem, 'sent_unknown', status)
  })
})

const floods: readonly [string, (socket: Socket) => void][] = [
  ['interim answers', endless('', Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(2000)))],
  ['trailers', endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', Buffer.from('X: y\r\n'.repeat(8000)))],
  ['a chunk extension', endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=', Buffer.alloc(65_536, 'x'))],
  ['a status line', endless('HTTP/1.1 200 ', Buffer.alloc(65_536, 'x'))],
  ['one header', endless('HTTP/1.1 200 OK\r\nX: ', Buffer.alloc(65_536, 'x'))],
  [
    'chunks of one byte',
    endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', Buffer.from('1\r\nx\r\n'.repeat(10_000))),
  ],
  ['empty lines', endless('', Buffer.from('\r\n'.repeat(32_000)))],
]

describe('through the gateway, a flood', () => {
  it.each(floods)('of %s ends by the deadline, in little memory', async (name, answer) => {
    const pid = gateway.process.pid ?? 0
    const before = process.platform === 'linux' ? memory(pid, 'VmRSS') : 0
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5')
    const start = performance.now()
    const problem = await attack('hasty', answer)
    expect(['TIMEOUT', 'RESPONSE_TOO_LARGE', 'UPSTREAM_ERROR']).toContain(problem.code)
    expect(performance.now() - start).toBeLessThan(3000)
    if (process.platform === 'linux') expect(memory(pid, 'VmHWM') - before, name).toBeLessThan(64 * 1024 * 1024)
    const { items } = await owner.calls.list({ limit: 5 })
    expect(items.filter(({ id }) => id === problem.callId)).toHaveLength(1)
  })

  it('of everything at once leaves the calls to another API alone', async () => {
    const answers = [...bombs, ...floods].map(([, answer]) => answer)
    let underWay = 0
    const attacks = answers.map(async (answer) => {
      underWay++
      await attack('slow', answer)
      underWay--
    })
    attacks.push(attack('slow', drip('HTTP/1.1 200 OK\r\n', 'X: y\r\n')).then(() => {}))
    // Each call ends while attacks are still under way: nobody waits for the attackers' deadline.
    let answeredMeanwhile = 0
    const everything = Promise.all(attacks).then(() => 'over' as const)
    for (let over = false; !over; ) {
      const call = await owner.calls.create({ connector: 'ledger', action: 'look' })
      expect(call).toMatchObject({ success: true })
      if (underWay > 0) answeredMeanwhile++
      over = (await Promise.race([everything, Promise.resolve('not yet' as const)])) === 'over'
    }
    expect(answeredMeanwhile).toBeGreaterThan(5)
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200)
  })
})

describe('through the gateway, an answer that lies', () => {
  it.each([
    ['a length longer than the body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort', 200],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', null],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', null],
    ['a chunk size that is no number', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n', 200],
    ['an encoding it does not have', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello', 200],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', null],
    ['nothing', '', null],
  ])('%s is an error of its own; of a write it is unknown whether it took effect', async (_, answer, status) => {
    const read = await attack('read', plain(answer))
    expect(read.code).toBe('UPSTREAM_ERROR')
    await expectRecord(read, 'sent_unknown', status)
    const write = await attack('write', plain(answer))
    expect(write.code).toBe('OUTCOME_UNKNOWN')
    await expectRecord(write, 'sent_unknown', status)
  })

  it('the secret it was sent comes back in no fault', async () => {
    for (const action of ['read', 'write'] as const) {
      const problem = await attack(action, plain(`HTTP/1.1 200 OK\r\nX\r: Bearer ${secret}\r\n\r\n`))
      await expectRecord(problem, 'sent_unknown', null)
    }
    expect(gateway.output()).not.toContain(secret)
  })
})
