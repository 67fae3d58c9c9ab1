import type { HostFunctions } from '../../src/sandbox/types.ts'

/** What a script may try against the sandbox: a body of its function, or, after "!", a whole source. `npm run bench -- sandbox` runs them too. */

export const attackedHost: HostFunctions = { any: () => null, large: () => 'x'.repeat(9e6) }

/** Each ends at its deadline. */
export const endless: Readonly<Record<string, string>> = {
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

/** Each ends by another limit, or its own error. */
export const contained: Readonly<Record<string, readonly [body: string, code: string, limit?: string]>> = {
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
