import type { Mapped, Verified } from '../facts.ts'

/** Picks the fields the action's response mapping names; the whole answer without one. */
export function map(verified: Verified): Mapped {
  const { permit, status, body, json, suspect, bytes, diagnostics } = verified
  const payload = json ? permit.action.mapResponse(body) : body
  const plain = Object.keys(diagnostics).length === 0
  const outcome = { success: true, payload, ...(plain ? {} : { diagnostics }) }
  // What a mapping puts together, or the gateway says beside it, was not in the body as it stands here.
  return { status, bytes, outcome, suspect: suspect || !plain || (json && permit.action.mapsResponse) } as Mapped
}
