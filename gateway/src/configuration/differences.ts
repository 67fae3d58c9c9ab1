import { isObject } from '../definition/json-schema/keywords.ts'
import type { Difference, Value } from './types.ts'

/** More differences of one resource than this are only counted. */
const most = 50
const longest = 200

function short(value: unknown): string | null {
  if (value === undefined) return null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** Where two values differ, deepest place first known: objects are walked, everything else is one place. */
export function differencesOf(before: Value | undefined, after: Value | undefined): readonly Difference[] {
  const found: Difference[] = []
  let more = 0
  const visit = (old: unknown, now: unknown, path: string) => {
    if (JSON.stringify(old) === JSON.stringify(now)) return
    if (isObject(old) && isObject(now)) {
      const keys = new Set([...Object.keys(old), ...Object.keys(now)])
      const count = found.length + more
      for (const key of keys) visit(old[key], now[key], path === '' ? key : `${path}.${key}`)
      if (found.length + more > count || path === '') return
    }
    if (found.length < most) found.push({ path, before: short(old), after: short(now) })
    else more++
  }
  if (before !== undefined && after !== undefined) visit(before, after, '')
  if (more > 0) found.push({ path: '…', before: null, after: `${more} more` })
  return found
}
