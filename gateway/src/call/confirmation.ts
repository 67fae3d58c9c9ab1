import type { Judgement } from '../approval-policy.ts'
import type { Caller } from '../caller.ts'
import type { LoadedConnection } from '../connections/registry.ts'
import type { First } from './facts.ts'
import { planOf } from './plan.ts'

/** Longer ones are read on the gateway's page, which shows all of them. */
const longestQuestion = 4000

/**
 * Whether the person whose token calls may decide by themselves, in their client: where an admin said so of the connection, and
 * only on what is of medium risk. A token that acts for nobody has nobody to ask.
 */
export function mayConfirm(
  { personId }: Pick<Caller, 'personId'>,
  { approval }: Pick<LoadedConnection, 'approval'>,
  judgement: Pick<Judgement, 'risk'> | null,
): boolean {
  return personId !== null && approval?.confirm_in_client === true && judgement?.risk === 'medium'
}

/** Characters that are not seen, or turn what is around them. */
const unseen = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu

/** The whole request in words for a form; null when it is too long to be read there. */
export function questionOf(first: First): string | null {
  const { connection, action } = first
  const plan = planOf(first)
  const request = 'command' in plan ? `run ${plan.command}` : `${plan.method} ${plan.url}`
  const sent = 'command' in plan ? plan.input : plan.body
  const text = [
    `${connection.connector.id} ${action.name} (${action.effect}) over "${connection.name}":`,
    request,
    ...(sent === undefined ? [] : [JSON.stringify(sent, null, 2)]),
  ].join('\n')
  const shown = text.replace(unseen, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
  return shown.length > longestQuestion ? null : shown
}
