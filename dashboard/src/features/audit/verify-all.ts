import { api } from '../../api/client.ts'
import type { AuditVerification } from '../../api/types.ts'

export interface Report {
  readonly to: number
  readonly entries: number
  readonly checkpoints: number
  readonly at: string
  readonly problems: AuditVerification['problems']
}

/** Verifies the whole log, step by step, and tells after each how far it is. */
export async function verifyAll(onStep: (reached: { readonly to: number; readonly head: number }) => void): Promise<Report> {
  const problems: AuditVerification['problems'] = []
  let [entries, checkpoints] = [0, 0]
  for (let from = 1; ; ) {
    const step = await api.audit.verify({ from })
    onStep(step)
    problems.push(...step.problems)
    entries += step.entries
    checkpoints += step.checkpoints
    if (step.next === null) return { to: step.to, entries, checkpoints, at: step.verified_at, problems }
    from = step.next
  }
}
