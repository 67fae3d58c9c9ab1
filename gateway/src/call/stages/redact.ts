import type { Mapped, Redacted } from '../facts.ts'
import type { Outcome } from '../types.ts'

/** Takes the injected secrets out of everything that goes back. */
export function redact(mapped: Mapped): Redacted {
  const { status, bytes, outcome, suspect, redactor } = mapped
  if (!suspect) return { status, bytes, outcome } as Redacted
  // The redactor keeps the shape of what it is given: only texts and keys change.
  return { status, bytes, outcome: redactor.value(outcome) as Outcome } as Redacted
}
