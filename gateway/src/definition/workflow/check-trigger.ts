import type { Issues, Path } from '../parse/issues.ts'
import type { StepDocument, WorkflowDocument } from './document.ts'
import { durationMs } from './duration.ts'
import { nextTime } from './schedule.ts'
import { onlyExpression } from './template.ts'

/** More often would be a load, not a trigger. */
const shortestPollMs = 10_000

interface References {
  expression(expression: string, path: Path, known: Set<string>): void
  call(call: StepDocument['call'], path: Path, known: Set<string>): void
}

function checkPlaceholder(text: string, path: Path, root: string, references: References, issues: Issues): void {
  const expression = onlyExpression(text)
  if (expression === null) issues.add(path, `must be one placeholder that begins with ${root}`)
  else references.expression(expression, path, new Set([root]))
}

export function checkTrigger({ trigger = {} }: WorkflowDocument, references: References, issues: Issues): void {
  const { schedule, webhook, poll } = trigger
  if (schedule !== undefined) {
    const problem = nextTime(schedule, 0)
    if (typeof problem === 'string') issues.add(['trigger', 'schedule', 'cron'], problem)
  }
  if (webhook?.dedupe !== undefined)
    checkPlaceholder(webhook.dedupe, ['trigger', 'webhook', 'dedupe'], 'trigger', references, issues)
  if (poll === undefined) return
  const path = ['trigger', 'poll']
  if ((durationMs(poll.every) ?? 0) < shortestPollMs) issues.add([...path, 'every'], 'must be 10s or longer')
  references.call(poll, path, new Set())
  checkPlaceholder(poll.items, [...path, 'items'], 'payload', references, issues)
  checkPlaceholder(poll.key, [...path, 'key'], 'item', references, issues)
}
