import type { Caller } from '../caller.ts'
import type { LoadedConnection } from '../connections/registry.ts'
import { effectOf } from '../definition/compile-action.ts'
import type { CompiledAction } from '../definition/types.ts'
import { asksApproval, leftOut, type SelectableTool, type Toolset } from '../toolset.ts'

type Limits = Pick<Caller, 'toolset' | 'environments'>
type Target = Pick<LoadedConnection, 'id' | 'environment' | 'connector'>

/** From the document, so that asking does not compile the action; null when there is no such action. */
export function selectable({ id, connector }: Target, action: string): SelectableTool | null {
  const { actions } = connector.document
  const found = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (found === undefined) return null
  return { connector: connector.id, action, connection: id, tags: found.tags ?? [], effect: effectOf(found) }
}

/** Why the caller does not have this tool, in a sentence; null when it has. What a tool is listed by and what a call is let through by. */
export function refusalOf({ toolset, environments }: Limits, target: Target, action: string): string | null {
  if (environments !== null && !environments.includes(target.environment)) {
    const allowed = environments.length === 0 ? 'none' : environments.join(', ')
    return `This token is not for the environment "${target.environment}". It is for: ${allowed}. Name another connection, or ask an admin for another token.`
  }
  if (toolset === null) return null
  const tool = selectable(target, action)
  if (tool !== null && leftOut(toolset.selection, tool) === null) return null
  return `"${action}" of "${target.connector.id}" is not in the toolset "${toolset.slug}". List your tools with GET /api/v1/tools, or ask an admin to add it.`
}

/** Whether a person decides on each call: the action asks for it, or the toolset or the connection adds it. */
export function waitsForApproval(
  { toolset }: { readonly toolset: Pick<Toolset, 'approval'> | null },
  { approval }: Pick<LoadedConnection, 'approval'>,
  { confirm, effect }: Pick<CompiledAction, 'confirm' | 'effect'>,
): boolean {
  return (
    confirm ||
    (toolset !== null && asksApproval(toolset.approval, effect)) ||
    (approval !== null && asksApproval(approval.rule, effect))
  )
}
