import type { Mapped, Verified } from '../facts.ts'

/** Picks the fields the action's response mapping names; the whole answer without one. */
export function map(verified: Verified): Mapped {
  const { permit, status, body, json, bytes, diagnostics } = verified
  const payload = json ? permit.action.mapResponse(body) : body
  const outcome = { success: true, payload, ...(Object.keys(diagnostics).length === 0 ? {} : { diagnostics }) }
  return { status, bytes, outcome } as Mapped
}
