import { SallyportError } from '../errors.ts'
import { usualLimits } from '../sandbox/types.ts'
import { maxPayloadBytes } from './limits.ts'
import type { WorkflowServices } from './types.ts'

/** Sets each variable as a global. Nothing else is there: no network, no clock that moves, no chance. */
const prelude = `(host, { values, now }) => {
  for (const name of Object.keys(values)) globalThis[name] = values[name];
  const RealDate = Date;
  globalThis.Date = class Date extends RealDate {
    constructor(...parts) { if (parts.length === 0) super(now); else super(...parts); }
    static now() { return now; }
  };
  RealDate.prototype.constructor = globalThis.Date;
  const text = (value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
  const console = {};
  for (const [name, level] of [['log', 'info'], ['debug', 'debug'], ['info', 'info'], ['warn', 'warn'], ['error', 'error']])
    console[name] = (...parts) => { host('log', level, parts.map(text).join(' ')) };
  globalThis.console = console;
  Math.random = () => { throw new Error('Workflows have no chance: a run that goes on must come to the same.') };
}`

const usual = { ...usualLimits, totalMs: 10_000, hostCalls: 0, resultBytes: maxPayloadBytes }

export interface Computed {
  readonly value: unknown
  readonly console: readonly string[]
}

/** Runs the expression or the body of a function over the variables of a run. Throws SCRIPT_FAILED, SCRIPT_LIMIT. */
export async function compute(
  { sandbox, clock }: Pick<WorkflowServices, 'sandbox' | 'clock'>,
  code: string,
  what: 'expression' | 'body',
  values: Readonly<Record<string, unknown>>,
  timeoutMs: number | undefined,
): Promise<Computed> {
  const source = `function main() {${what === 'expression' ? `return (\n${code}\n)` : `\n${code}\n`}}`
  const totalMs = Math.min(timeoutMs ?? usual.totalMs, 60_000)
  const limits = { ...usual, totalMs, computeMs: Math.min(usual.computeMs, totalMs) }
  const data = JSON.stringify({ values, now: clock.now() })
  const { result, logs } = await sandbox.run({ prelude, data, source, module: false, entry: 'main', limits }, {})
  if (result.kind === 'failed') throw result.error
  const { value = null } = result
  if (JSON.stringify(value).length > maxPayloadBytes)
    throw new SallyportError('SCRIPT_LIMIT', { detail: `It gave more than ${maxPayloadBytes / 1024 / 1024} MB.` })
  return { value, console: logs.map(({ level, message }) => (level === 'info' ? message : `${level}: ${message}`)) }
}
