import { formats } from './formats.ts'
import type { SchemaObject } from './keywords.ts'
import { linearPattern } from './pattern.ts'
import { type Check, fail } from './problems.ts'

/** Unicode characters of a text, counted only when its length in code units can't tell. */
function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

export const quantity = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

/** Checks for texts: length, `pattern`, and `format` when asked for. */
export function stringChecks(schema: SchemaObject, assertFormats: boolean): Check[] {
  const { minLength, maxLength, pattern, format } = schema
  const checks: Check[] = []
  if (typeof minLength === 'number') {
    const text = minLength === 1 ? 'must not be empty' : `must have at least ${quantity(minLength, 'character', 'characters')}`
    checks.push((value, sink) => {
      const length = String(value).length
      return (length >= minLength && (length >= 2 * minLength || countCharacters(String(value)) >= minLength)) || fail(sink, text)
    })
  }
  if (typeof maxLength === 'number') {
    const text = `must have at most ${quantity(maxLength, 'character', 'characters')}`
    checks.push((value, sink) => {
      const length = String(value).length
      return length <= maxLength || (length <= 2 * maxLength && countCharacters(String(value)) <= maxLength) || fail(sink, text)
    })
  }
  if (typeof pattern === 'string') {
    const text = `must match the pattern ${pattern.length > 100 ? `${pattern.slice(0, 100)}…` : pattern}`
    // Looked up per value, not kept: the cache of patterns is bounded, schemas are not.
    checks.push((value, sink) => linearPattern(pattern)?.(String(value)) !== false || fail(sink, text))
  }
  const hasFormat = assertFormats && typeof format === 'string' ? formats.get(format) : undefined
  if (hasFormat !== undefined) {
    checks.push((value, sink) => hasFormat(String(value)) || fail(sink, `must be a valid ${String(format)}`))
  }
  return checks
}

function isMultiple(value: number, divisor: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(divisor)) return value % divisor === 0
  const quotient = value / divisor
  if (!Number.isFinite(quotient)) return true
  // 0.3 is a multiple of 0.1 although 0.3 / 0.1 is 2.9999999999999996: allow for the rounding of decimal fractions.
  return Math.abs(quotient - Math.round(quotient)) <= 4 * Number.EPSILON * Math.max(1, Math.abs(quotient))
}

/** Checks for numbers. */
export function numberChecks(schema: SchemaObject): Check[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const checks: Check[] = []
  if (typeof minimum === 'number')
    checks.push((value, sink) => Number(value) >= minimum || fail(sink, `must be at least ${minimum}`))
  if (typeof maximum === 'number')
    checks.push((value, sink) => Number(value) <= maximum || fail(sink, `must be at most ${maximum}`))
  if (typeof exclusiveMinimum === 'number') {
    checks.push((value, sink) => Number(value) > exclusiveMinimum || fail(sink, `must be greater than ${exclusiveMinimum}`))
  }
  if (typeof exclusiveMaximum === 'number') {
    checks.push((value, sink) => Number(value) < exclusiveMaximum || fail(sink, `must be less than ${exclusiveMaximum}`))
  }
  if (typeof multipleOf === 'number') {
    checks.push((value, sink) => isMultiple(Number(value), multipleOf) || fail(sink, `must be a multiple of ${multipleOf}`))
  }
  return checks
}
