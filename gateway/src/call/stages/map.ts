import type { Mapped, Verified } from '../facts.ts'

/** Picks the fields the action's response mapping names; the whole answer without one. */
export function map(verified: Verified): Mapped {
  const { permit, status, body, json, suspect, bytes, diagnostics, variables: own, redactor } = verified
  const payload = json ? permit.action.mapResponse(body) : body
  // Of a described answer the document says what they are, of code the code itself.
  const picked = json ? permit.action.variablesIn(body) : undefined
  const variables = picked === undefined ? own : { ...own, ...picked }
  const plain = Object.keys(diagnostics).length === 0
  const outcome = { success: true, payload, ...(variables && { variables }), ...(plain ? {} : { diagnostics }) }
  // What a mapping puts together, or the gateway says beside it, was not in the body as it stands here.
  return { status, bytes, outcome, redactor, suspect: suspect || !plain || (json && permit.action.mapsResponse) } as Mapped
}
