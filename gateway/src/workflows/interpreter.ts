import type { StepDocument, StepsDocument, WorkflowDocument } from '../definition/workflow/document.ts'
import { kindOf } from '../definition/workflow/kind.ts'
import { fill } from '../definition/workflow/template.ts'
import { errorCodes, SallyportError, toSallyportError, unreachable } from '../errors.ts'
import { compute } from './expressions.ts'
import type { Journal } from './journal.ts'
import { maxBagBytes, maxPayloadBytes } from './limits.ts'
import { Checkpoint, LostRun, StepFailed, Suspended } from './signals.ts'
import type { StepResult, WorkflowServices } from './types.ts'

/** The variables of a run, and of one item or branch in it. */
export type Bag = Record<string, unknown>

/** A step that does something outside of the run. It gives what the journal has, does it, or throws Suspended. */
export type Act = (step: StepDocument, place: string, bag: Bag) => Promise<StepResult>

export interface Acts {
  readonly call: Act
  readonly wait: Act
  readonly approval: Act
  readonly workflow: Act
}

interface Options {
  readonly services: Pick<WorkflowServices, 'sandbox' | 'clock'>
  readonly document: WorkflowDocument
  readonly journal: Journal
  readonly acts: Acts
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`

/** Several at once, and all come to an end before what they came to is said: a failure, a wait, or nothing. */
async function all(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  const problems: unknown[] = []
  let next = 0
  const lane = async () => {
    while (next < count) {
      // After a failure nothing new begins.
      if (problems.some((each) => !(each instanceof Suspended))) return
      const index = next++
      await work(index).catch((error: unknown) => problems.push(error))
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane))
  const gravest =
    problems.find((each) => each instanceof LostRun) ??
    problems.find((each) => !(each instanceof Suspended) && !(each instanceof Checkpoint)) ??
    problems.find((each) => each instanceof Checkpoint)
  if (gravest !== undefined) throw gravest
  const waits = problems.filter((each) => each instanceof Suspended).map(({ wakeAt }) => wakeAt)
  if (waits.length > 0) throw new Suspended(earliest(waits))
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/**
 * Takes the steps of a workflow from its first. What the journal has is not done again, so that a worker which takes a run over
 * comes to where the last one was, by the same way.
 */
export class Interpreter {
  readonly #options: Options
  #bagBytes = 0

  constructor(options: Options) {
    this.#options = options
  }

  /** The output of the workflow. Throws StepFailed, Suspended, Checkpoint, LostRun. */
  async run(trigger: unknown): Promise<unknown> {
    const { document } = this.#options
    const bag: Bag = { trigger }
    await this.#steps(document.steps, '', bag)
    return document.output === undefined ? null : (fill(document.output, bag) ?? null)
  }

  async #steps(steps: StepsDocument, prefix: string, bag: Bag): Promise<void> {
    for (const step of steps) {
      const place = prefix === '' ? step.id : `${prefix}/${step.id}`
      try {
        this.#merge(step, await this.#step(step, place, bag), bag)
      } catch (error) {
        await this.#failed(step, place, bag, error)
      }
    }
  }

  async #failed({ on_error = 'fail' }: StepDocument, place: string, bag: Bag, error: unknown): Promise<void> {
    if (!(error instanceof StepFailed) || on_error === 'fail') throw error
    if (on_error === 'continue') return
    const { code, detail, step } = error
    const inside: Bag = { ...bag, error: { code, detail, step } }
    await this.#steps(on_error, `${place}/on_error`, inside)
    for (const [name, value] of Object.entries(inside)) if (name !== 'error') bag[name] = value
  }

  #merge({ id, outputKey }: StepDocument, { payload, variables }: StepResult, bag: Bag): void {
    this.#bagBytes += JSON.stringify([payload, variables]).length
    if (this.#bagBytes > maxBagBytes)
      throw new StepFailed(
        id,
        'RESPONSE_TOO_LARGE',
        `The variables of the run hold more than ${megabytes(maxBagBytes)}. Keep less.`,
      )
    for (const [name, value] of Object.entries(typeof variables === 'object' && variables !== null ? variables : {})) {
      if (name === 'trigger' || name === outputKey)
        throw new StepFailed(id, 'CONFLICT', `The outcome of the step sets the variable "${name}", which is there already.`)
      bag[name] = value
    }
    if (outputKey !== undefined) bag[outputKey] = payload ?? null
  }

  async #step(step: StepDocument, place: string, bag: Bag): Promise<StepResult> {
    const { acts } = this.#options
    const kind = kindOf(step)
    switch (kind) {
      case 'if': {
        const { payload } = await this.#computed(step, place, `Boolean(${step.if}\n)`, 'expression', bag)
        await this.#steps((payload === true ? step.then : step.else) ?? [], place, bag)
        return {}
      }
      case 'for_each':
        return this.#loop(step, place, bag)
      case 'parallel':
        await this.#parallel(step, place, bag)
        return {}
      case 'transform':
        return this.#computed(step, place, step.transform ?? '', 'expression', bag)
      case 'script':
        return this.#computed(step, place, step.script ?? '', 'body', bag)
      case 'call':
      case 'wait':
      case 'approval':
      case 'workflow': {
        const before = this.#options.journal.at(place)
        if (before?.status === 'succeeded') return this.#options.journal.result(before)
        if (before?.status === 'failed') throw failureOf(step.id, before.error_code, before.error_detail)
        return acts[kind](step, place, bag)
      }
      default:
        return unreachable(kind)
    }
  }

  /** What was computed once stands, though the clock has moved since. */
  async #computed(step: StepDocument, place: string, code: string, what: 'expression' | 'body', bag: Bag): Promise<StepResult> {
    const { services, journal } = this.#options
    const kind = kindOf(step)
    const before = journal.at(place)
    if (before?.status === 'succeeded') return journal.result(before)
    if (before?.status === 'failed') throw failureOf(step.id, before.error_code, before.error_detail)
    try {
      const { value, console } = await compute(services, code, what, bag, step.timeout_ms)
      const result = { payload: value, ...(console.length > 0 && { diagnostics: { console } }) }
      await journal.write(place, step.id, kind, { status: 'succeeded' }, result)
      return result
    } catch (error) {
      throw await failStep(journal, step, place, error)
    }
  }

  async #loop(step: StepDocument, place: string, bag: Bag): Promise<StepResult> {
    const { journal } = this.#options
    const list = fill(step.for_each, bag)
    const most = step.max_items ?? 1_000
    const problem = !Array.isArray(list)
      ? 'for_each is no list.'
      : list.length > most
        ? `for_each has ${list.length} items, and max_items is ${most}.`
        : null
    if (problem !== null || !Array.isArray(list)) {
      const error = new SallyportError('INVALID_INPUT', { detail: problem ?? '' })
      throw await failStep(journal, step, place, error)
    }
    const collected: unknown[] = new Array(list.length).fill(null)
    await all(list.length, step.concurrency ?? 1, async (index) => {
      const inside: Bag = { ...bag, [step.as ?? 'item']: list[index], index }
      await this.#steps(step.steps ?? [], `${place}[${index}]`, inside)
      if (step.collect !== undefined) collected[index] = fill(step.collect, inside) ?? null
    })
    return { payload: step.collect === undefined ? { count: list.length } : collected }
  }

  async #parallel(step: StepDocument, place: string, bag: Bag): Promise<void> {
    const branches = Object.entries(step.parallel ?? {})
    const bags = branches.map((): Bag => ({ ...bag }))
    await all(branches.length, branches.length, async (index) => {
      const [name, steps] = branches[index] ?? ['', []]
      await this.#steps(steps, `${place}/${name}`, bags[index] ?? {})
    })
    for (const each of bags) Object.assign(bag, each)
  }
}

export function failureOf(step: string, code: string | null, detail: string | null): StepFailed {
  const known = errorCodes.find((each) => each === code) ?? 'INTERNAL'
  return new StepFailed(step, known, detail ?? 'The step failed.')
}

/** Writes a failure into the journal, and gives what is to be thrown. */
export async function failStep(
  journal: Journal,
  step: StepDocument,
  place: string,
  error: unknown,
  result: StepResult = {},
): Promise<Error> {
  if (error instanceof LostRun || error instanceof StepFailed || error instanceof Suspended || error instanceof Checkpoint)
    return error
  const { code, detail, diagnostics } = toSallyportError(error)
  const kept = { ...result, ...(diagnostics !== undefined && { diagnostics }) }
  await journal.write(place, step.id, kindOf(step), { status: 'failed', error_code: code, error_detail: detail }, fitting(kept))
  return new StepFailed(step.id, code, detail, kept)
}

/** Diagnostics as large as an API likes are not kept. */
function fitting(result: StepResult): StepResult {
  return JSON.stringify(result).length <= maxPayloadBytes ? result : { diagnostics: { omitted: 'too large to keep' } }
}

/** What a step gave, if it is not more than a step may give. */
export function withinBounds(result: StepResult): StepResult {
  const bytes = JSON.stringify([result.payload, result.variables]).length
  if (bytes <= maxPayloadBytes) return result
  throw new SallyportError('RESPONSE_TOO_LARGE', {
    detail: `The step gave ${megabytes(bytes)}; a step of a workflow gives at most ${megabytes(maxPayloadBytes)}. Ask for a smaller page, or fewer fields.`,
  })
}
