import { Issues, orKnown, type Path, suggestion } from '../parse/issues.ts'
import { checkTrigger } from './check-trigger.ts'
import type { StepDocument, StepKind, WorkflowDocument } from './document.ts'
import { kindsOf } from './kind.ts'
import { expressionsIn, onlyExpression, placeOf } from './template.ts'

/** Steps in steps deeper than this are not understood by anybody. */
const maxDepth = 8
const maxSteps = 200
/** What no step may set: it is there already, or means something else in a template. */
const reserved = ['trigger', 'error', 'settings']

/** The names that a place of the document can read; grows from step to step. */
type Known = Set<string>

const own: Readonly<Record<string, readonly StepKind[]>> = {
  // biome-ignore lint/suspicious/noThenProperty: the word of the file.
  then: ['if'],
  else: ['if'],
  as: ['for_each'],
  concurrency: ['for_each'],
  max_items: ['for_each'],
  steps: ['for_each'],
  collect: ['for_each'],
  timeout_ms: ['call', 'script', 'transform'],
  retries: ['call'],
  outputKey: ['call', 'for_each', 'approval', 'transform', 'script', 'workflow'],
  variables: ['call'],
}

class Checker {
  readonly #document: WorkflowDocument
  readonly #issues: Issues
  readonly #ids = new Set<string>()

  constructor(document: WorkflowDocument, issues: Issues) {
    this.#document = document
    this.#issues = issues
  }

  /** Every placeholder of a template must read what is there by then. */
  template(value: unknown, path: Path, known: Known): void {
    for (const expression of expressionsIn(value)) this.expression(expression, path, known)
  }

  expression(expression: string, path: Path, known: Known): void {
    const place = placeOf(expression)
    if (place === null) {
      this.#issues.add(
        path,
        `has {{${expression.slice(0, 60)}}}, which is no name with members, such as {{contacts.items[0].id}}`,
      )
      return
    }
    if (known.has(place.root)) return
    const meant = suggestion(place.root, known)
    const fix =
      meant === ''
        ? ` (known here: ${[...known].join(', ')}); give an earlier step this outputKey, or name it in its variables`
        : meant
    this.#issues.add(path, `reads "${place.root}", which no step before it sets${fix}`)
  }

  steps(steps: readonly StepDocument[], path: Path, known: Known, depth: number): void {
    if (depth > maxDepth) {
      this.#issues.add(path, `is nested deeper than ${maxDepth} levels of steps; make the inner ones a workflow of their own`)
      return
    }
    for (const [index, step] of steps.entries()) {
      if (this.#issues.full) return
      this.#step(step, [...path, index], known, depth)
    }
  }

  #step(step: StepDocument, path: Path, known: Known, depth: number): void {
    const { id } = step
    if (this.#ids.has(id)) this.#issues.add([...path, 'id'], `"${id}" is taken by another step; each needs its own`)
    this.#ids.add(id)
    if (this.#ids.size === maxSteps + 1) this.#issues.add(path, `is step ${maxSteps + 1}; a workflow has at most ${maxSteps}`)
    const kinds = kindsOf(step)
    const [kind] = kinds
    if (kind === undefined || kinds.length > 1) {
      const has = kinds.length === 0 ? 'says nothing to do' : `says ${kinds.join(' and ')}`
      this.#issues.add(
        path,
        `${has}; a step has exactly one of call, if, for_each, parallel, wait, approval, transform, script, workflow`,
      )
      return
    }
    for (const [key, of] of Object.entries(own)) {
      if (Reflect.get(step, key) !== undefined && !of.includes(kind))
        this.#issues.add([...path, key], `is for steps with ${of.join(', ')}, and this one has ${kind}`)
    }
    const before = new Set(known)
    this.#inside(kind, step, path, known, depth)
    this.#onError(step, path, before, known, depth)
    this.#sets(step, path, known)
  }

  #inside(kind: StepKind, step: StepDocument, path: Path, known: Known, depth: number): void {
    switch (kind) {
      case 'call':
        this.call(step.call, [...path, 'call'], known)
        break
      case 'if':
        this.#branches(step, path, known, depth)
        break
      case 'for_each':
        this.#loop(step, path, known, depth)
        break
      case 'parallel':
        this.#parallel(step, path, known, depth)
        break
      case 'wait': {
        const { for: time, until } = step.wait ?? {}
        if ((time === undefined) === (until === undefined)) this.#issues.add([...path, 'wait'], 'needs either for or until')
        this.template(until, [...path, 'wait', 'until'], known)
        break
      }
      case 'approval':
        this.template(step.approval?.message, [...path, 'approval', 'message'], known)
        this.template(step.approval?.show, [...path, 'approval', 'show'], known)
        break
      case 'workflow':
        if (step.workflow?.workflow === this.#document.workflow)
          this.#issues.add([...path, 'workflow', 'workflow'], 'is this workflow itself, which would never end')
        this.template(step.workflow?.input, [...path, 'workflow', 'input'], known)
        break
      case 'transform':
      case 'script':
        break
    }
  }

  call(call: StepDocument['call'], path: Path, known: Known): void {
    if (call === undefined) return
    const slots = Object.keys(this.#document.slots ?? {})
    if (!slots.includes(call.slot))
      this.#issues.add([...path, 'slot'], `"${call.slot}" is not in slots${orKnown(call.slot, slots)}`)
    this.template(call.input, [...path, 'input'], known)
  }

  #branches(step: StepDocument, path: Path, known: Known, depth: number): void {
    if (step.then === undefined) this.#issues.add(path, 'needs then: the steps to take if it is so')
    // Only one of them is taken, so both may set the same; what neither set is simply absent later.
    const [yes, no] = [new Set(known), new Set(known)]
    this.steps(step.then ?? [], [...path, 'then'], yes, depth + 1)
    this.steps(step.else ?? [], [...path, 'else'], no, depth + 1)
    for (const name of [...yes, ...no]) known.add(name)
  }

  #loop(step: StepDocument, path: Path, known: Known, depth: number): void {
    const list = onlyExpression(step.for_each ?? '')
    if (list === null) this.#issues.add([...path, 'for_each'], 'must be one placeholder for a list, such as {{contacts.items}}')
    else this.expression(list, [...path, 'for_each'], known)
    if (step.steps === undefined) this.#issues.add(path, 'needs steps: what to do with each item')
    // What is set for one item is its own.
    const inside = new Set(known)
    this.#name(step.as ?? 'item', [...path, 'as'], inside)
    inside.add('index')
    this.steps(step.steps ?? [], [...path, 'steps'], inside, depth + 1)
    this.template(step.collect, [...path, 'collect'], inside)
  }

  #parallel(step: StepDocument, path: Path, known: Known, depth: number): void {
    const before = new Set(known)
    for (const [name, steps] of Object.entries(step.parallel ?? {})) {
      // Branches do not see each other, and what they set must not be the same.
      const branch = new Set(before)
      this.steps(steps, [...path, 'parallel', name], branch, depth + 1)
      for (const each of branch) if (!before.has(each)) this.#name(each, [...path, 'parallel', name], known)
    }
  }

  #onError({ on_error }: StepDocument, path: Path, before: Known, known: Known, depth: number): void {
    if (typeof on_error !== 'object') return
    const inside = new Set(before).add('error')
    this.steps(on_error, [...path, 'on_error'], inside, depth + 1)
    for (const name of inside) if (name !== 'error') known.add(name)
  }

  #sets({ outputKey, variables = [] }: StepDocument, path: Path, known: Known): void {
    if (outputKey !== undefined) this.#name(outputKey, [...path, 'outputKey'], known)
    for (const [index, name] of variables.entries()) this.#name(name, [...path, 'variables', index], known)
  }

  #name(name: string, path: Path, known: Known): void {
    if (reserved.includes(name)) this.#issues.add(path, `must not be "${name}", which is there already`)
    else if (known.has(name)) this.#issues.add(path, `sets "${name}", which another step before it sets; choose another name`)
    known.add(name)
  }
}

/** What is wrong with a document of the right shape: references to what is not there, names set twice, parts that do not go together. */
export function checkWorkflow(document: WorkflowDocument): Issues {
  const issues = new Issues()
  const checker = new Checker(document, issues)
  const known: Known = new Set(['trigger'])
  checkTrigger(document, checker, issues)
  checker.steps(document.steps, ['steps'], known, 1)
  checker.template(document.output, ['output'], known)
  return issues
}
