import type { ApprovalPolicy, Judgement, Ruling } from '../approval-policy.ts'
import type { Effect } from '../definition/document.ts'
import { compileUrlPattern } from '../definition/template/url-pattern.ts'
import { type ApprovalRule, asksApproval } from '../toolset.ts'

/** What the policy goes by. */
export interface CallFacts {
  readonly effect: Effect
  /** The action's own `confirm`. */
  readonly confirm: boolean
  readonly toolset: { readonly slug: string; readonly approval: ApprovalRule } | null
  readonly policy: ApprovalPolicy | null
  readonly input: unknown
  /** Null of a command, which is no request. */
  readonly url: string | null
  /** Of the body as it is sent; undefined when there is none, and of a command. */
  readonly body: string | Uint8Array | undefined
}

/** Deeper than any input that passed its schema check needs; what is deeper counts as too much. */
const maxDepth = 200

function longestList(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth > maxDepth) return Number.POSITIVE_INFINITY
  let longest = Array.isArray(value) ? value.length : 0
  for (const each of Object.values(value)) longest = Math.max(longest, longestList(each, depth + 1))
  return longest
}

const bytesOf = ({ url, body, input }: CallFacts): number =>
  body === undefined && url !== null ? 0 : Buffer.byteLength(body ?? JSON.stringify(input))

/** A pattern that does not compile, and a call without a URL, are no reason to run it. */
function targetOf(targets: readonly string[], url: string | null): { asks: boolean; says: string } {
  const parsed = url === null ? null : URL.parse(url)
  if (parsed === null) return { asks: true, says: 'The call has no URL to hold against the targets of the connection.' }
  const hit = targets.find((pattern) => compileUrlPattern(pattern)?.(parsed) ?? true)
  return hit === undefined
    ? { asks: false, says: 'The URL is none of the targets of the connection.' }
    : { asks: true, says: `Calls to ${hit} wait for a person.` }
}

const ruleSays = (whose: string, rule: ApprovalRule, effect: Effect, asks: boolean) =>
  `${whose} asks for approval: ${rule}. This call is ${effect === 'read' ? 'a read' : effect}, so it ${asks ? 'waits' : 'does not wait'}.`

function conditions(policy: ApprovalPolicy, facts: CallFacts): Ruling[] {
  const found: Ruling[] = []
  const { over_items, over_bytes, targets } = policy
  if (over_items !== undefined) {
    const items = longestList(facts.input)
    const asks = !(items <= over_items)
    found.push({ rule: 'items', asks, says: `The longest list of the input has ${items} items; more than ${over_items} wait.` })
  }
  if (over_bytes !== undefined) {
    const bytes = bytesOf(facts)
    const asks = !(bytes <= over_bytes)
    found.push({ rule: 'bytes', asks, says: `The body has ${bytes} bytes; more than ${over_bytes} wait.` })
  }
  if (targets !== undefined) found.push({ rule: 'target', ...targetOf(targets, facts.url) })
  return found
}

/** Whether a person has to decide on a call, and why. Every rule is asked, the strictest wins, and what is not known asks. */
export function judge(facts: CallFacts): Judgement {
  const { effect, confirm, toolset, policy } = facts
  const rulings: Ruling[] = [
    { rule: 'action', asks: confirm, says: confirm ? 'The action asks for approval.' : 'The action does not ask for approval.' },
  ]
  if (toolset !== null) {
    const asks = asksApproval(toolset.approval, effect)
    rulings.push({ rule: 'toolset', asks, says: ruleSays(`The toolset ${toolset.slug}`, toolset.approval, effect, asks) })
  }
  if (policy !== null) {
    const asks = asksApproval(policy.rule, effect)
    rulings.push({ rule: 'connection', asks, says: ruleSays('The connection', policy.rule, effect, asks) })
    rulings.push(...conditions(policy, facts))
  }
  const asking = rulings.filter(({ asks }) => asks)
  const asks = asking.length > 0
  const grave = effect === 'destructive' || asking.some(({ rule }) => rule === 'items' || rule === 'bytes' || rule === 'target')
  return { asks, risk: !asks ? 'low' : grave ? 'high' : 'medium', rulings }
}
