import type { AlertRow, AlertRuleRow } from '../../store/alert-tables.ts'
import { mostReadings, type Reading } from './kinds.ts'

type Rule = Pick<AlertRuleRow, 'threshold' | 'clear_below' | 'for_minutes' | 'clear_for_minutes'>
type Open = Pick<AlertRow, 'state' | 'since' | 'below_since'>

/** `wait`: begins to wait until it may fire. `drop`: a wait that came to nothing. `below`: clears, but not for long enough yet. */
export type Step = 'none' | 'wait' | 'fire' | 'drop' | 'above' | 'below' | 'resolve'

const minuteMs = 60_000

/**
 * What becomes of one group: fires at the threshold once it has been there for long enough, and resolves once it has been below
 * what clears it for long enough. Between the two it stays what it is.
 */
export function decide(rule: Rule, open: Open | undefined, value: number | undefined, now: number): Step {
  const breaching = value !== undefined && value >= rule.threshold
  if (open === undefined) return breaching ? (rule.for_minutes === 0 ? 'fire' : 'wait') : 'none'
  if (open.state === 'pending') {
    if (!breaching) return 'drop'
    return now - open.since.getTime() >= rule.for_minutes * minuteMs ? 'fire' : 'none'
  }
  if (value !== undefined && value >= rule.clear_below) return 'above'
  const since = open.below_since?.getTime() ?? now
  return now - since >= rule.clear_for_minutes * minuteMs ? 'resolve' : 'below'
}

/** The value of a group that is not among the readings: those were the highest, so it is lower, or nobody knows how much. */
export function measuredOf(rule: Rule, readings: readonly Reading[], subject: string): number | undefined {
  const found = readings.find((reading) => reading.subject === subject)
  if (found !== undefined) return found.value
  const lowest = readings.at(-1)?.value
  if (readings.length < mostReadings || lowest === undefined || lowest < rule.clear_below) return undefined
  return lowest
}
