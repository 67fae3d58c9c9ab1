import { SallyportProblem, SallyportUnreachable, type Schemas } from '@sallyport/sdk'
import type { Problem } from './types.ts'

/** Whatever was thrown, as a problem to show. */
export function toProblem(error: unknown): Problem {
  if (error instanceof SallyportProblem) return error
  if (error instanceof SallyportUnreachable)
    return {
      code: 'UNREACHABLE',
      title: 'The gateway does not answer',
      status: 0,
      detail: 'The browser could not reach the gateway that served this page.',
      resolution: 'Check that it is running and that you are still on its network, then try again.',
    }
  return {
    code: 'UNEXPECTED',
    title: 'Something unexpected happened',
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    resolution: 'Try again. If it happens once more, reload the page.',
  }
}

/** A problem document inside an answer, in the same shape as a thrown one. */
export function problemOf({ call_id, ...problem }: Schemas['Problem']): Problem {
  return { ...problem, callId: call_id }
}

export const isSignedOut = (error: unknown): boolean => error instanceof SallyportProblem && error.status === 401

/** Whether asking again can help: the gateway was unreachable or overloaded, not of another opinion. */
export const isPassing = (error: unknown): boolean => !(error instanceof SallyportProblem && error.status < 500)
