import type { Caller } from '../caller.ts'
import type { WorkflowDocument } from '../definition/workflow/document.ts'
import { childrenOf } from '../definition/workflow/kind.ts'
import { SallyportError, toSallyportError } from '../errors.ts'
import type { BindingProblem, Names, WorkflowServices } from './types.ts'

/** The actions that a workflow calls, by slot. */
function actionsOf({ steps, trigger }: WorkflowDocument): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  const note = (slot: string, action: string) => {
    const actions = found.get(slot) ?? new Set()
    found.set(slot, actions.add(action))
  }
  const visit = (list: WorkflowDocument['steps']): void => {
    for (const step of list) {
      if (step.call !== undefined) note(step.call.slot, step.call.action)
      visit(childrenOf(step))
    }
  }
  visit(steps)
  if (trigger?.poll !== undefined) note(trigger.poll.slot, trigger.poll.action)
  return found
}

export interface Bound {
  /** Id of the connection by slot. */
  readonly bindings: Names
  /** Version of the connector by slot. */
  readonly pins: Names
  readonly problems: readonly BindingProblem[]
}

/**
 * Holds every slot against the connection it is to be bound to, as this caller reaches it. A slot that is not named takes the
 * caller's one connection of its connector in the environment.
 */
export async function bind(
  { connections }: Pick<WorkflowServices, 'connections'>,
  caller: Caller,
  document: WorkflowDocument,
  environment: string | null,
  wanted: Names,
): Promise<Bound> {
  const bindings: Record<string, string> = {}
  const pins: Record<string, string> = {}
  const problems: BindingProblem[] = []
  const slots = document.slots ?? {}
  const actions = actionsOf(document)
  for (const slot of Object.keys(wanted)) {
    if (!Object.hasOwn(slots, slot))
      problems.push({
        slot,
        problem: `The workflow has no slot of this name. It has: ${Object.keys(slots).join(', ') || 'none'}.`,
      })
  }
  for (const [slot, { connector }] of Object.entries(slots)) {
    const say = (problem: string) => problems.push({ slot, problem })
    try {
      const named = Object.hasOwn(wanted, slot) ? wanted[slot] : undefined
      const loaded = await connections.resolve(caller, connector, named)
      const { id, name, status, connector: compiled } = loaded
      if (environment !== null && loaded.environment !== environment)
        say(`The connection "${name}" is for ${loaded.environment}, and this is deployed to ${environment}.`)
      if (status === 'needs_reauth' || status === 'failing')
        say(`The connection "${name}" is ${status === 'failing' ? 'failing' : 'to be authorised again'}. Mend it first.`)
      for (const action of actions.get(slot) ?? [])
        if (!compiled.actions.has(action)) say(`"${connector}" ${compiled.version} has no action "${action}".`)
      bindings[slot] = id
      pins[slot] = compiled.version
    } catch (error) {
      const { code, detail } = toSallyportError(error)
      if (code === 'INTERNAL' || code === 'UNAVAILABLE') throw error
      say(detail)
    }
  }
  return { bindings, pins, problems }
}

/** Throws CONFLICT with the whole list. */
export function requireBound({ problems }: Bound): void {
  const [first] = problems
  if (first === undefined) return
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  throw new SallyportError('CONFLICT', {
    detail: `The slot "${first.slot}" cannot be used: ${first.problem}${more}`,
    diagnostics: { bindings: problems },
  })
}
