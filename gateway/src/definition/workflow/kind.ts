import { type StepDocument, type StepKind, stepKinds } from './document.ts'

/** The kinds that a step names; a sound one names exactly one. */
export function kindsOf(step: StepDocument): readonly StepKind[] {
  return stepKinds.filter((kind) => step[kind] !== undefined)
}

/** Of a document that was parsed. */
export function kindOf(step: StepDocument): StepKind {
  const [kind] = kindsOf(step)
  if (kind === undefined) throw new TypeError(`the step ${step.id} has no kind`)
  return kind
}

/** The step of this id, wherever in the document it stands; undefined when there is none. */
export function findStep(steps: readonly StepDocument[], id: string): StepDocument | undefined {
  for (const step of steps) {
    if (step.id === id) return step
    const found = findStep(childrenOf(step), id)
    if (found !== undefined) return found
  }
  return undefined
}

/** All steps directly inside a step, whatever they are there for. */
export function childrenOf({ then, else: otherwise, steps, parallel, on_error }: StepDocument): readonly StepDocument[] {
  return [
    ...(then ?? []),
    ...(otherwise ?? []),
    ...(steps ?? []),
    ...Object.values(parallel ?? {}).flat(),
    ...(typeof on_error === 'object' ? on_error : []),
  ]
}

/** The ids of a step and of all that come after it, as the document has them. */
export function stepsFrom(steps: readonly StepDocument[], id: string): ReadonlySet<string> {
  const order: string[] = []
  const visit = (list: readonly StepDocument[]): void => {
    for (const step of list) {
      order.push(step.id)
      visit(childrenOf(step))
    }
  }
  visit(steps)
  return new Set(order.slice(order.indexOf(id)))
}
