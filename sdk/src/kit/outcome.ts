import { isObject } from '../is-object.ts'
/** What every command comes to. `payload` is its result, `variables` what later steps of a workflow read by name, `diagnostics` why it failed. */
export interface Outcome {
  readonly success: boolean
  readonly payload?: unknown
  readonly variables?: Readonly<Record<string, unknown>>
  readonly diagnostics?: Readonly<Record<string, unknown>>
  readonly error?: string
}

export interface Success {
  readonly payload?: unknown
  readonly variables?: Readonly<Record<string, unknown>>
}

export interface Failure {
  /** One sentence for people. */
  readonly error: string
  readonly diagnostics?: Readonly<Record<string, unknown>>
  readonly variables?: Readonly<Record<string, unknown>>
}

/** What a handler may return: a whole outcome, `{payload, variables}`, `{error, diagnostics}`, or something that tells nothing. */
export type CommandOutcome = Outcome | Success | Failure | string | number | boolean | null

export function succeed(success: Success = {}): Outcome {
  return { success: true, ...success }
}

export function fail(failure: Failure): Outcome {
  return { success: false, ...failure }
}

const objectIn = (value: unknown) => (isObject(value) ? value : undefined)

/**
 * Every accepted shape as an outcome: one with `success` as it is, one with `error` as a failure, any other object as a success,
 * and what is no object as a success without a result. Diagnostics belong to failures and are dropped of a success.
 */
export function normalizeOutcome(returned: unknown): Outcome {
  if (!isObject(returned)) return { success: true }
  const { payload, error } = returned
  const variables = objectIn(returned.variables)
  const diagnostics = objectIn(returned.diagnostics)
  const success = typeof returned.success === 'boolean' ? returned.success : error === undefined
  const shared = { ...(payload !== undefined && { payload }), ...(variables !== undefined && { variables }) }
  if (success) return { success, ...shared }
  return {
    success,
    ...shared,
    ...(diagnostics !== undefined && { diagnostics }),
    ...(error !== undefined && { error: typeof error === 'string' ? error : String(error) }),
  }
}
