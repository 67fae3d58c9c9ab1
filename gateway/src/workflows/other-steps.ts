import type { StepDocument } from '../definition/workflow/document.ts'
import { durationMs } from '../definition/workflow/duration.ts'
import { fill } from '../definition/workflow/template.ts'
import { SallyportError } from '../errors.ts'
import type { WorkflowRunRow } from '../store/workflow-tables.ts'
import { type Act, failStep, failureOf, withinBounds } from './interpreter.ts'
import type { Journal } from './journal.ts'
import { approvalMs } from './limits.ts'
import { Checkpoint, Suspended } from './signals.ts'
import type { StepResult, WorkflowServices } from './types.ts'

interface Options {
  readonly services: Pick<WorkflowServices, 'clock'>
  readonly run: WorkflowRunRow
  readonly journal: Journal
  readonly children: Children
}

/** Runs that a run starts and waits for. */
export interface Children {
  /** The one of this place, which is started when there is none yet. Throws why it cannot be. */
  start(parent: WorkflowRunRow, place: string, workflow: string, input: unknown): Promise<string>
  /** Null while it is under way. */
  end(
    parent: WorkflowRunRow,
    id: string,
  ): Promise<{ readonly output: unknown } | { readonly code: string | null; readonly detail: string } | null>
}

/** The moment that a wait ends. */
function endOf({ wait = {} }: StepDocument, bag: Readonly<Record<string, unknown>>, now: number): number {
  if (wait.for !== undefined) return now + (durationMs(wait.for) ?? 0)
  const until = fill(wait.until, bag)
  const at = typeof until === 'number' ? until : typeof until === 'string' ? Date.parse(until) : Number.NaN
  if (Number.isFinite(at)) return at
  throw new SallyportError('INVALID_INPUT', { detail: 'wait.until is no moment such as 2026-01-31T12:00:00Z.' })
}

export function createOtherSteps({
  services: { clock },
  run,
  journal,
  children,
}: Options): Record<'wait' | 'approval' | 'workflow', Act> {
  return {
    async wait(step, place, bag) {
      const before = journal.at(place)
      try {
        const at = before?.wake_at?.getTime() ?? endOf(step, bag, clock.now())
        // Nobody who looks at a preview wants to wait for it.
        if (at > clock.now() && run.mode === 'live') {
          if (before === undefined) await journal.write(place, step.id, 'wait', { status: 'waiting', wake_at: new Date(at) })
          throw new Suspended(at)
        }
        await journal.write(place, step.id, 'wait', { status: 'succeeded', wake_at: new Date(at) })
        return {}
      } catch (error) {
        throw await failStep(journal, step, place, error)
      }
    },

    async approval(step, place, bag) {
      const before = journal.at(place)
      const asked = { message: fill(step.approval?.message, bag), show: fill(step.approval?.show, bag) }
      if (run.mode === 'preview') {
        await journal.write(place, step.id, 'approval', { status: 'planned' }, { plan: asked })
        throw new Checkpoint()
      }
      if (before !== undefined) {
        const wakeAt = before.wake_at?.getTime() ?? 0
        if (wakeAt > clock.now()) throw new Suspended(wakeAt)
        const error = new SallyportError('APPROVAL_REQUIRED', { detail: 'Nobody decided in time.' })
        throw await failStep(journal, step, place, error, { input: asked })
      }
      const wakeAt = new Date(clock.now() + (durationMs(step.approval?.expires ?? '') ?? approvalMs))
      await journal.write(place, step.id, 'approval', { status: 'waiting', wake_at: wakeAt }, { input: asked })
      throw new Suspended(wakeAt.getTime())
    },

    async workflow(step, place, bag): Promise<StepResult> {
      const input = fill(step.workflow?.input ?? {}, bag)
      if (run.mode === 'preview') {
        await journal.write(
          place,
          step.id,
          'workflow',
          { status: 'planned' },
          { input, plan: { workflow: step.workflow?.workflow, input } },
        )
        throw new Checkpoint()
      }
      try {
        const before = journal.at(place)
        const child = before?.child_run ?? (await children.start(run, place, step.workflow?.workflow ?? '', input))
        if (before === undefined)
          await journal.write(place, step.id, 'workflow', { status: 'waiting', child_run: child }, { input })
        const end = await children.end(run, child)
        if (end === null) throw new Suspended(null)
        if (!('output' in end)) throw failureToWrite(step.id, end.code, end.detail)
        const result = withinBounds({ input, payload: end.output })
        await journal.write(place, step.id, 'workflow', { status: 'succeeded', child_run: child }, result)
        return result
      } catch (error) {
        throw await failStep(journal, step, place, error, { input })
      }
    },
  }
}

/** Of a child: to be written into this run's journal too. */
function failureToWrite(step: string, code: string | null, detail: string): SallyportError {
  return new SallyportError(failureOf(step, code, detail).code, { detail })
}
