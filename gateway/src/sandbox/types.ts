import type { SallyportError } from '../errors.ts'

/** What one run may take. Milliseconds, bytes, counts. */
export interface SandboxLimits {
  /** From the start of the run to its end, waiting for the host included. */
  readonly totalMs: number
  /** Of its own work, without waiting for the host. */
  readonly computeMs: number
  readonly hostCalls: number
  /** Of the arguments of one host call, and of its answer, as JSON. */
  readonly hostCallBytes: number
  readonly logLines: number
  readonly logBytes: number
  readonly resultBytes: number
}

export const usualLimits: SandboxLimits = {
  totalMs: 30_000,
  computeMs: 5_000,
  hostCalls: 100,
  hostCallBytes: 8 * 1024 * 1024,
  logLines: 1_000,
  logBytes: 64 * 1024,
  resultBytes: 5 * 1024 * 1024,
}

/** Most memory of one run; its stack is fixed too, at 128 KB. */
export const memoryBytes = 64 * 1024 * 1024

/** Which of the limits ended a run. */
export type LimitName = 'time' | 'memory' | 'stack' | 'host_calls' | 'host_call_bytes' | 'log' | 'result'

/** JavaScript to run. Nothing of an earlier run is left in it. */
export interface SandboxJob {
  /** Source of a function `(host, data) => void` that sets up the globals; `host(name, ...values)` calls a host function and returns its answer. */
  readonly prelude: string
  /** JSON text for the prelude. */
  readonly data: string
  readonly source: string
  /** The source has `export`, so the entry is one of its exports instead of a global. */
  readonly module: boolean
  /** Function to call, without arguments; an identifier. Null: running the source is all. */
  readonly entry: string | null
  readonly limits: SandboxLimits
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
export interface LogLine {
  readonly level: LogLevel
  readonly message: string
}

export type SandboxResult =
  /** Plain JSON, at most 100 levels deep and without a `__proto__`; undefined when nothing was returned. */
  { readonly kind: 'returned'; readonly value: unknown } | { readonly kind: 'failed'; readonly error: SallyportError }

export interface SandboxRun {
  readonly result: SandboxResult
  readonly logs: readonly LogLine[]
  readonly hostCalls: number
}

/**
 * What a script can ask of the host, by name. Values are plain JSON that nobody has checked. A SallyportError thrown is thrown
 * in the script, with its code and public words; the signal is set when the run ended meanwhile.
 */
export type HostFunctions = Readonly<Record<string, (values: readonly unknown[], signal: AbortSignal) => unknown>>

/** Runs untrusted JavaScript in threads that can be ended whatever they do. */
export interface Sandbox {
  /** Throws UNAVAILABLE only, when too many runs wait. */
  run(job: SandboxJob, host: HostFunctions): Promise<SandboxRun>
  /** TypeScript without its types, on the same lines. Throws INVALID_INPUT for what is none, or needs more than types taken out. */
  stripTypes(source: string): Promise<string>
  close(): Promise<void>
}
