import type { ApprovalRule } from './toolset.ts'

/** Which calls over a connection wait for a person, beside those whose action or toolset asks for it. */
export interface ApprovalPolicy {
  readonly rule: ApprovalRule
  /** Calls whose longest list in the input, at any depth, has more items than this. */
  readonly over_items?: number
  /** Calls whose body has more bytes than this; of a command its input as JSON. */
  readonly over_bytes?: number
  /** Calls to these URLs, as in the `url_patterns` of a connector. */
  readonly targets?: readonly string[]
  /** Whether the person whose token calls may let a call of medium risk run by themselves, where their MCP client asks them. */
  readonly confirm_in_client?: boolean
}

/** What may ask for an approval: the action, the toolset, the rule of the connection, or one of its conditions. */
export const rulings = ['action', 'toolset', 'connection', 'items', 'bytes', 'target'] as const

/** What one rule says to one call. */
export interface Ruling {
  readonly rule: (typeof rulings)[number]
  readonly asks: boolean
  /** In a sentence. */
  readonly says: string
}

/** `low` runs; of the rest `high` is what destroys, or meets a condition of its connection, or is not understood. */
export const risks = ['low', 'medium', 'high'] as const
export type Risk = (typeof risks)[number]

/** What the policy says to one call: the strictest rule wins. */
export interface Judgement {
  readonly asks: boolean
  readonly risk: Risk
  readonly rulings: readonly Ruling[]
}
