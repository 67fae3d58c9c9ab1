/**
 * How an agent sees a toolset: every tool in its list, a few tools with which it finds and calls the others, or a few with which
 * it writes programs that call them.
 */
export const toolsetModes = ['direct', 'search', 'code'] as const
export type ToolsetMode = (typeof toolsetModes)[number]

/** Where admins' agents build connectors, in the place of a toolset: `/mcp/connector-builder`. */
export const builderSlug = 'connector-builder'

/** Which calls wait for a person, beside those whose action asks for it: none, all but reads, the destructive ones, all. */
export const approvalRules = ['never', 'writes', 'destructive', 'always'] as const
export type ApprovalRule = (typeof approvalRules)[number]

/** One action of a connector, or all; over one connection, by id, or over any. */
export interface ToolPick {
  readonly connector: string
  readonly action?: string
  readonly connection?: string
}

/**
 * A tool is in when it meets every condition of `select`, or is in `include`, and is not in `exclude`. A condition that is left
 * out is met by every tool, and an empty one by none; without `select` only what is included is in.
 */
export interface ToolSelection {
  readonly select: {
    readonly connectors?: readonly string[]
    readonly tags?: readonly string[]
    readonly effects?: readonly Effect[]
  } | null
  readonly include: readonly ToolPick[]
  readonly exclude: readonly ToolPick[]
}

export interface Toolset {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly mode: ToolsetMode
  /** A ToolFormat. */
  readonly format: string
  readonly approval: ApprovalRule
  readonly selection: ToolSelection
  /** Bytes of JSON from which on an answer is shortened; null for the gateway's own bound. */
  readonly max_result_bytes: number | null
}

/** As `definition/` knows it, which nothing here may import. */
type Effect = 'read' | 'write' | 'destructive'

/** What a selection goes by. */
export interface SelectableTool {
  readonly connector: string
  readonly action: string
  /** Id of the connection. */
  readonly connection: string
  readonly tags: readonly string[]
  readonly effect: Effect
}

/** Why a tool is not in a selection: taken out by hand, the first condition it does not meet, or never selected. */
export const leftOutReasons = ['excluded', 'connector', 'tag', 'effect', 'not_selected'] as const
export type LeftOut = (typeof leftOutReasons)[number]

const picks = (list: readonly ToolPick[], tool: SelectableTool) =>
  list.some(
    ({ connector, action = tool.action, connection = tool.connection }) =>
      connector === tool.connector && action === tool.action && connection === tool.connection,
  )

/** Null when the tool is in. */
export function leftOut({ select, include, exclude }: ToolSelection, tool: SelectableTool): LeftOut | null {
  if (picks(exclude, tool)) return 'excluded'
  if (picks(include, tool)) return null
  if (select === null) return 'not_selected'
  const { connectors, tags, effects } = select
  if (connectors !== undefined && !connectors.includes(tool.connector)) return 'connector'
  if (tags !== undefined && !tags.some((tag) => tool.tags.includes(tag))) return 'tag'
  if (effects !== undefined && !effects.includes(tool.effect)) return 'effect'
  return null
}

/** Whether a call waits for a person by this rule; whether its action asks for it is another matter. */
export function asksApproval(rule: ApprovalRule, effect: Effect): boolean {
  switch (rule) {
    case 'never':
      return false
    case 'destructive':
      return effect === 'destructive'
    case 'writes':
      return effect !== 'read'
    case 'always':
      return true
    default:
      // What a later version may have stored.
      return true
  }
}
