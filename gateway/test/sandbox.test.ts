import { afterAll, describe, expect, it } from 'vitest'
import { createSandbox } from '../src/sandbox/sandbox.ts'
import { type HostFunctions, type SandboxJob, type SandboxRun, usualLimits } from '../src/sandbox/types.ts'
import { attackedHost, contained, endless } from './support/attacks.ts'

const sandbox = createSandbox({ threads: 2, maxWaiting: 2 })
afterAll(() => sandbox.close())

const prelude = `(host, data) => {
  globalThis.data = data
  globalThis.host = host
  globalThis.log = (message) => host('log', 'info', message)
}`
const limits = { ...usualLimits, totalMs: 1_000, computeMs: 400 }

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
    // Also where the last one took megabytes, or ended with an error.
    const patient = { limits: usualLimits }
    const big = 'const a = []; for (let i = 0; i < 3e4; i++) a.push({ i }); return a.length'
    expect(await value(big, {}, patient)).toBe(3e4)
    expect(await failure('throw new Error("no")', {}, patient)).toMatchObject({ code: 'SCRIPT_FAILED' })
    expect(await value('return [1, 2].map(String)', {}, patient)).toEqual(['1', '2'])
  })

  it('has chance of its own', async () => {
    const drawn = await Promise.all(Array.from({ length: 4 }, () => value('return [Math.random(), Math.random()]')))
    expect(new Set(drawn.flat()).size).toBe(8)
    for (const each of drawn.flat()) expect(each).toSatisfy((random: number) => random >= 0 && random < 1)
  })
})

describe('an attack', () => {
  it.each(Object.entries(endless))('is ended at its deadline: %s', async (_name, body) => {
    expect(await failure(body, attackedHost)).toMatchObject({ code: 'SCRIPT_LIMIT', limit: 'time' })
  })

  it.each(Object.entries(contained))('is contained: %s', async (_name, [body, code, limit]) => {
    // Enough time to get as far as the limit it is about.
    const patient = { ...limits, computeMs: 20_000, totalMs: 20_000 }
    const failed = await failure(body, attackedHost, { limits: patient, module: body.startsWith('!import') })
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
  it('go on beside a run that holds its thread, and beside one that is ended', async () => {
    const pair = createSandbox({ threads: 2 })
    const { promise: atWork, resolve } = Promise.withResolvers<void>()
    const job = { prelude, data: '{}', module: false, entry: 'main', limits }
    const stuck = pair.run(
      {
        ...job,
        source: `function main() { host('begin'); return new Array(3e8) + '' }`,
        limits: { ...limits, computeMs: 600_000, totalMs: 600_000 },
      },
      { begin: () => resolve() },
    )
    let ended = false
    void stuck.then(() => {
      ended = true
    })
    await atWork
    const beside = (source: string) => pair.run({ ...job, source, limits: usualLimits }, {})
    for (let i = 0; i < 10; i++)
      expect((await beside(`function main() { return ${i} }`)).result).toEqual({ kind: 'returned', value: i })
    expect(ended).toBe(false)
    const attacks = [failure('for (;;);'), failure('for (;;);')]
    expect((await beside('function main() { return 1 }')).result).toEqual({ kind: 'returned', value: 1 })
    expect(await Promise.all(attacks)).toEqual([expect.objectContaining({ limit: 'time' }), expect.anything()])
    expect(await Promise.all([value('return 1'), value('return 2')])).toEqual([1, 2])
    await pair.close()
    expect((await stuck).result.kind).toBe('failed')
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
