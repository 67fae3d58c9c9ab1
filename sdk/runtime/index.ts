import { type CallWith, type Gateway, type RuntimeOptions, start } from './runtime.ts'

export type { CallWith, Gateway, RuntimeOptions } from './runtime.ts'

/** Makes the calls of a token by itself: its connectors from a manifest, their credentials from the secret manager of the workload. */
export interface SallyportRuntime {
  /** As `sallyport.calls.create`: the same answer, and throws SallyportProblem with the same codes. */
  call(request: CallWith): ReturnType<Gateway['calls']['create']>
  close(): Promise<void>
}

/** Throws TypeError for what is no manifest. */
export function createRuntime(options: RuntimeOptions): SallyportRuntime {
  return start(options)
}
