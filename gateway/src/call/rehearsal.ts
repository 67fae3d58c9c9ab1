import type { Checked } from './facts.ts'
import type { CallRequest } from './types.ts'

/** What answers a call instead of its API: a scenario of the action's mocks, or a cassette. */
export interface Rehearsal {
  readonly by: 'mock' | 'replay'
  readonly name: string
}

/** Null for a call that goes on to its API. The cassette of a token comes before all else, so that it sends nothing. */
export function rehearsalOf({ caller, connection }: Checked, { dryRun, mock, replay }: CallRequest): Rehearsal | null {
  if (dryRun) return null
  const cassette = caller.cassette ?? replay
  if (cassette !== undefined) return { by: 'replay', name: cassette }
  const scenario = mock ?? connection.mock
  return scenario === null ? null : { by: 'mock', name: scenario }
}
