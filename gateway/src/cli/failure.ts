import { SallyportProblem, SallyportUnreachable } from '@sallyport/sdk'

/** Something that a command cannot do; the message says why, the advice what to do. Ends with exit code 1. */
export class CliError extends Error {
  override readonly name: string = 'CliError'
  readonly code: string
  readonly advice: string
  /** Printed under `--json` only: what the message says, for programs. */
  readonly diagnostics: Readonly<Record<string, unknown>> | undefined

  constructor(code: string, message: string, advice: string, diagnostics?: Readonly<Record<string, unknown>>) {
    super(message)
    this.diagnostics = diagnostics
    this.code = code
    this.advice = advice
  }
}

/** The command line itself is wrong. Ends with exit code 2. */
export class UsageError extends CliError {
  override readonly name = 'UsageError'

  constructor(message: string, advice = 'Run the command with --help to see how it is used.') {
    super('USAGE', message, advice)
  }
}

/** A failure as a problem document, as the API writes them. */
export interface Failure {
  readonly type: string
  readonly code: string
  readonly title: string
  readonly status?: number
  readonly detail: string
  readonly resolution: string
  readonly call_id?: string
  readonly outcome?: string
  readonly diagnostics?: Readonly<Record<string, unknown>>
}

function failure(code: string, title: string, detail: string, resolution: string): Failure {
  return { type: `urn:sallyport:problem:${code}`, code, title, detail, resolution }
}

export function toFailure(error: unknown): Failure {
  if (error instanceof SallyportProblem) {
    const { code, title, status, detail, resolution, callId, outcome, diagnostics } = error
    return {
      ...failure(code, title, detail, resolution),
      status,
      ...(callId !== undefined && { call_id: callId }),
      ...(outcome !== undefined && { outcome }),
      ...(diagnostics !== undefined && { diagnostics }),
    }
  }
  if (error instanceof SallyportUnreachable) {
    return failure(
      'UNAVAILABLE',
      'No gateway',
      error.message,
      'Start it with "sallyport serve", or set SALLYPORT_URL to the address of one that runs.',
    )
  }
  if (error instanceof CliError)
    return {
      ...failure(error.code, error.code === 'USAGE' ? 'Usage' : 'Not possible', error.message, error.advice),
      ...(error.diagnostics !== undefined && { diagnostics: error.diagnostics }),
    }
  const message = error instanceof Error ? error.message : String(error)
  return failure('INTERNAL', 'Internal error', message, 'This is a fault in the command line tool; please report it.')
}

export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? 2 : 1
}
