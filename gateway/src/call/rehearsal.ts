import type { Checked } from './facts.ts'
import type { CallRequest } from './types.ts'

/** What answers a call instead of its API: a scenario of the action's mocks, a cassette, or its last good answer. */
export type Rehearsal =
  | { readonly by: 'mock' | 'replay'; readonly name: string }
  | { readonly by: 'recall'; readonly minutes: number }

/** Null for a call that goes on to its API. The cassette of a token comes before all else, so that it sends nothing. */
export function rehearsalOf(
  { caller, connection }: Checked,
  { dryRun, mock, replay, lastGoodMinutes }: CallRequest,
): Rehearsal | null {
  if (dryRun) return null
  const cassette = caller.cassette ?? replay
  if (cassette !== undefined) return { by: 'replay', name: cassette }
  if (lastGoodMinutes !== undefined) return { by: 'recall', minutes: lastGoodMinutes }
  const scenario = mock ?? connection.mock
  return scenario === null ? null : { by: 'mock', name: scenario }
}
