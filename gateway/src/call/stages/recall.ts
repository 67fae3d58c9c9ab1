import { SallyportError } from '../../errors.ts'
import type { Checked, Rehearsed } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { Outcome } from '../types.ts'

/** Answers with the last good answer; nothing is sent, and no credential is opened. Throws NOT_FOUND without one that is young enough. */
export async function recall({ lastAnswers }: CallServices, checked: Checked, withinMinutes: number): Promise<Rehearsed> {
  const found = await lastAnswers.find(checked, withinMinutes)
  if (found === null)
    throw new SallyportError('NOT_FOUND', { detail: `There is no answer of the last ${withinMinutes} minutes to fall back on.` })
  const { answer, at } = found
  const outcome: Outcome = { ...answer, diagnostics: { ...answer.diagnostics, answered_at: at.toISOString() } }
  return { outcome, status: null } as Rehearsed
}
