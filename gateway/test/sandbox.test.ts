import { afterAll, describe, expect, it } from 'vitest'
import { createSandbox } from '../src/sandbox/sandbox.ts'
import { type HostFunctions, type SandboxJob, type SandboxRun, usualLimits } from '../src/sandbox/types.ts'

const sandbox = createSandbox({ threads: 2, maxWaiting: 2 })
afterAll(() => sandbox.close())

const prelude = `(host, data) => {
  globalThis.data = data
  globalThis.host = host
  globalThis.log = (message) => host('log', 'info', message)
}`
const limits = { ...usualLimits, totalMs: 1_000, computeMs: 400 }
/** The bound is 100 ms on a quiet machine; on a busy one a thread may have to wait for its turn. */
const patienceMs = 5_000

function run(body: string, host: HostFunctions = {}, job: Partial<SandboxJob> = {}): Promise<SandboxRun> {
  const source = body.startsWith('!') ? body.slice(1) : `function main() { ${body} }`
  return sandbox.run({ prelude, data: '{"word":"hello"}', source, module: false, entry: 'main', limits, ...job }, host)
}

async function value(body: string, host?: HostFunctions, job?: Partial<SandboxJob>): Promise<unknown> {
  const { result } = await run(body, host, job)
  if (result.kind === 'failed') throw result.error
  return result.value
}

async function failure(body: string, host?: HostFunctions, job?: Partial<SandboxJob>) {
  const { result } = await run(body, host, job)
  if (result.kind !== 'failed') throw new Error(`it returned ${JSON.stringify(result.value)}`)
  return { code: result.error.code, limit: result.error.diagnostics?.limit, detail: result.error.detail }
}

describe('a run', () => {
  it('gets its data, calls the host as if it were a function, and returns a value', async () => {
    const host = { add: async ([a, b]: readonly unknown[]) => Number(a) + Number(b) }
    expect(await value(`return [data.word, host('add', 2, 3)]`, host)).toEqual(['hello', 5])
    expect(await value('return undefined')).toBeUndefined()
  })

  it('may be asynchronous, and a module', async () => {
    const host = { twice: async ([n]: readonly unknown[]) => Number(n) * 2 }
    expect(
      await value(`!async function main() { return (await Promise.all([1, 2].map((n) => host('twice', n)))) }`, host),
    ).toEqual([2, 4])
    expect(await value('!export const main = async () => 7', {}, { module: true })).toBe(7)
    expect((await failure('return new Promise(() => {})')).detail).toMatch(/promise that nothing will settle/)
  })

  it('sees an error of the host as an exception, with public words only', async () => {
    const host = {
      fail: async () => {
        throw new Error('postgres://user:password@host')
      },
    }
    const caught = `try { host('fail') } catch (error) { return { code: error.code, text: String(error.message) + error.stack } }`
    const seen = await value(caught, host)
    expect(seen).toMatchObject({ code: 'INTERNAL' })
    expect(JSON.stringify(seen)).not.toContain('password')
    expect(await failure(`host('no_such_thing')`)).toMatchObject({ code: 'SCRIPT_FAILED' })
  })

  it('says what it threw and where', async () => {
    const { result } = await run('!\nfunction inner() {\n  throw new TypeError("no")\n}\nfunction main() { inner() }')
    expect(result).toMatchObject({
      kind: 'failed',
      error: { code: 'SCRIPT_FAILED', detail: 'The script failed: TypeError: no.' },
    })
    const at = result.kind === 'failed' ? result.error.diagnostics?.at : []
    expect(at).toEqual([expect.stringMatching(/^at inner \(script\.js:3/), expect.stringMatching(/^at main \(script\.js:5/)])
  })

  it('starts from nothing: what an earlier one changed is gone', async () => {
    const spoil = `JSON.stringify = () => '"evil"'; Object.prototype.left = 1; globalThis.left = 2; return 'spoilt'`
    for (let i = 0; i < 3; i++) expect(await value(spoil)).toBe('spoilt')
    expect(await value('return [typeof left, typeof {}.left]')).toEqual(['undefined', 'undefined'])
  })
})

const timeouts: Readonly<Record<string, string>> = {
  'an endless loop': 'for (;;);',
  'an endless loop that catches': 'for (;;) try { for (;;); } catch {}',
  'a loop inside the engine: join of a huge list': `return new Array(3e8) + ''`,
  'a loop inside the engine: search in a huge text': `return 'a'.repeat(6e6).indexOf('a'.repeat(3e6) + 'b')`,
  'an endless loop in a promise, which the engine reports as fine': 'return new Promise(() => { for (;;); })',
  'endless microtasks': '!async function main() { const f = () => Promise.resolve().then(f); f(); await new Promise(() => {}) }',
  'a regular expression that backtracks for ever': `/(a+)+$/.test('a'.repeat(50) + 'b')`,
  'an argument for the host that never ends': `host('any', new Proxy({}, { ownKeys() { for (;;); } }))`,
  'a result that never ends': 'return { toJSON() { for (;;); } }',
  'an error that never ends': 'throw { toJSON() { for (;;); } }',
}

const contained: Readonly<Record<string, readonly [body: string, code: string, limit?: string]>> = {
  'more and more memory': [`const a = []; for (;;) a.push('x'.repeat(1e5) + a.length)`, 'SCRIPT_LIMIT', 'memory'],
  'one huge text': [`return 'x'.padEnd(5e8, 'y').length`, 'SCRIPT_LIMIT', 'memory'],
  'endless recursion': ['return [main()]', 'SCRIPT_LIMIT', 'stack'],
  'recursion through the engine': [`return 'x'.replace(/x/, main)`, 'SCRIPT_LIMIT', 'stack'],
  'a text of JSON 200,000 deep': [`return JSON.parse('['.repeat(2e5) + ']'.repeat(2e5))`, 'SCRIPT_LIMIT', 'stack'],
  'a result 101 deep': ['let a = []; for (let i = 0; i < 101; i++) a = [a]; return a', 'SCRIPT_FAILED'],
  'the way out of n8n': [`return constructor.constructor('return process')()`, 'SCRIPT_FAILED'],
  'a module of Node': [`!import fs from 'node:fs'; export const main = () => fs`, 'SCRIPT_FAILED'],
  'a getter that throws as an argument': [`host('any', { get a() { throw new Error('no') } })`, 'SCRIPT_FAILED'],
  'a result that cannot be written': ['const a = {}; a.a = a; return a', 'SCRIPT_FAILED'],
  'a result of 6 MB': [`return { toJSON() { return 'x'.repeat(6e6) } }`, 'SCRIPT_LIMIT'],
  'an argument of 9 MB': [`host('any', 'x'.repeat(9e6))`, 'SCRIPT_LIMIT'],
  '10,000 calls of the host': [`for (let i = 0; i < 1e4; i++) host('any')`, 'SCRIPT_LIMIT', 'host_calls'],
  '10,000 calls of the host, each caught': [
    `for (let i = 0; i < 1e4; i++) try { host('any') } catch {} return 'done'`,
    'SCRIPT_LIMIT',
    'host_calls',
  ],
  '1 MB of log in a loop': [`const text = 'x'.repeat(1e6); for (;;) log(text)`, 'SCRIPT_LIMIT', 'log'],
  'short lines of log without end': [`for (;;) log('x')`, 'SCRIPT_LIMIT', 'log'],
  'an answer of the host that is too large': [`host('large')`, 'SCRIPT_LIMIT', 'host_call_bytes'],
  'an error whose stack is 10 MB': [
    `const e = new Error('x'); Object.defineProperty(e, 'stack', { value: 'y'.repeat(1e7) }); throw e`,
    'SCRIPT_FAILED',
  ],
}

describe('an attack', () => {
  const host: HostFunctions = { any: () => null, large: () => 'x'.repeat(9e6) }

  it.each(Object.entries(timeouts))('is ended at its deadline: %s', async (_name, body) => {
    const started = performance.now()
    expect(await failure(body, host)).toMatchObject({ code: 'SCRIPT_LIMIT', limit: 'time' })
    expect(performance.now() - started).toBeLessThan(limits.computeMs + patienceMs)
  })

  it.each(Object.entries(contained))('is contained: %s', async (_name, [body, code, limit]) => {
    // Enough time to get as far as the limit it is about.
    const patient = { ...limits, computeMs: 20_000, totalMs: 20_000 }
    const failed = await failure(body, host, { limits: patient, module: body.startsWith('!import') })
    expect(failed).toMatchObject(limit === undefined ? { code } : { code, limit })
  })

  it('does not change what its result is assigned to', async () => {
    const made = await value(`return JSON.parse('{"__proto__": {"admin": true}, "a": [{"__proto__": 1}]}')`)
    expect(made).toEqual({ a: [{}] })
    expect(Object.assign({}, made)).not.toHaveProperty('admin')
    let seen: unknown
    const record = (values: readonly unknown[]) => {
      seen = values
    }
    await value(`return host('record', JSON.parse('{"__proto__": {"admin": true}}'))`, { record })
    expect(seen).toEqual([{}])
    expect(Object.hasOwn((seen as [object])[0], '__proto__')).toBe(false)
  })

  it('cannot wait for the host beyond its deadline, and the host is told', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wait = (_values: readonly unknown[], signal: AbortSignal) => {
      signal.addEventListener('abort', () => resolve())
      return new Promise(() => {})
    }
    expect(await failure(`host('wait')`, { wait })).toMatchObject({ code: 'SCRIPT_LIMIT', limit: 'time' })
    await promise
    expect(await value('return data.word')).toBe('hello')
  })
})

describe('neighbours', () => {
  it('go on while a run is ended beside them', async () => {
    const attack = failure(`return new Array(3e8) + ''`)
    let attacked = false
    void attack.then(() => {
      attacked = true
    })
    for (let i = 0; i < 10; i++) expect(await value(`return ${i}`)).toBe(i)
    expect(attacked).toBe(false)
    expect(await attack).toMatchObject({ limit: 'time' })
    expect(await Promise.all([value('return 1'), value('return 2')])).toEqual([1, 2])
  })

  it('wait for a thread, and are refused when too many wait', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const host = { wait: () => gate.then(() => 'open') }
    const patient = { limits: { ...limits, totalMs: 20_000 } }
    const four = [1, 2, 3, 4].map(() => value(`return host('wait')`, host, patient))
    await expect(value('return 5')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 5 })
    open()
    expect(await Promise.all(four)).toEqual(['open', 'open', 'open', 'open'])
  })
})

describe('types', () => {
  it('are taken out of TypeScript, and what is none is refused', async () => {
    expect(await sandbox.stripTypes('const a: number = 1')).toBe('const a         = 1')
    await expect(sandbox.stripTypes('enum A { b }')).rejects.toMatchObject({ code: 'INVALID_INPUT', detail: /enum/ })
    await expect(sandbox.stripTypes('('.repeat(400_000))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await sandbox.stripTypes('type A = 1')).toBe('          ')
  })
})
