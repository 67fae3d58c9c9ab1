import { isObject } from '../../definition/json-schema/keywords.ts'
import { SallyportError } from '../../errors.ts'
import { parseCursor } from '../../page.ts'
import type { LeftOut } from './left-out.ts'
import { memberPath, parsePath, valueAt } from './path.ts'
import { cutText, shorten } from './shorten.ts'

/** A part of a result: whole items of a list, whole members of an object, or a piece of a text. */
export interface ResultPage {
  readonly path: string
  readonly type: 'list' | 'object' | 'text' | 'value'
  /** Items, members or characters in all. */
  readonly total: number
  /** The first of them that is in `value`. */
  readonly from: number
  readonly value: unknown
  /** Of an item that is too large for a page by itself. */
  readonly left_out: readonly LeftOut[]
  readonly next_cursor: string | null
}

function offsetOf(cursor: string | undefined): number {
  const text = parseCursor(cursor) ?? '0'
  if (!/^\d{1,10}$/.test(text)) throw new SallyportError('INVALID_INPUT', { detail: 'The cursor is not one this result gave.' })
  return Number(text)
}

const cursorAt = (offset: number, total: number) => (offset < total ? Buffer.from(String(offset)).toString('base64url') : null)
const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? 'null') + 1

/** As many as fit, at least one: that is shortened when it does not fit by itself. */
function fill<T>(
  parts: readonly T[],
  from: number,
  budget: number,
  size: (part: T) => number,
): { readonly count: number; readonly tight: boolean } {
  let left = budget
  let count = 0
  for (let index = from; index < parts.length; index++) {
    left -= size(parts[index] as T)
    if (left < 0) break
    count++
  }
  return count === 0 && from < parts.length ? { count: 1, tight: true } : { count, tight: false }
}

/** The part of a value at `path` that begins where the cursor says. Throws INVALID_INPUT for a path that leads nowhere. */
export function pageOf(whole: unknown, path: string, cursor: string | undefined, budget: number): ResultPage {
  const value = valueAt(whole, parsePath(path))
  const from = offsetOf(cursor)
  const where = path.replace(/^\$\.?/, '')
  if (typeof value === 'string') {
    const total = value.length
    let piece = cutText(value.slice(from), budget)
    while (sizeOf(piece) > budget) piece = cutText(piece, Math.floor((piece.length * budget) / sizeOf(piece)) - 1)
    return { path, type: 'text', total, from, value: piece, left_out: [], next_cursor: cursorAt(from + piece.length, total) }
  }
  if (Array.isArray(value)) {
    const { count, tight } = fill(value, from, budget, sizeOf)
    const items = value.slice(from, from + count)
    const next_cursor = cursorAt(from + count, value.length)
    const frame = { path, type: 'list', total: value.length, from, next_cursor } as const
    if (!tight) return { ...frame, value: items, left_out: [] }
    const short = shorten(items[0], budget, `${where}[${from}]`)
    return { ...frame, value: [short.value], left_out: short.leftOut }
  }
  if (isObject(value)) {
    const members = Object.entries(value)
    const { count, tight } = fill(members, from, budget, ([name, member]) => sizeOf(name) + sizeOf(member))
    const shown = members.slice(from, from + count)
    const next_cursor = cursorAt(from + count, members.length)
    const frame = { path, type: 'object', total: members.length, from, next_cursor } as const
    const [name, member] = shown[0] ?? []
    if (!tight || name === undefined) return { ...frame, value: Object.fromEntries(shown), left_out: [] }
    const short = shorten(member, budget, memberPath(where, name))
    return { ...frame, value: { [name]: short.value }, left_out: short.leftOut }
  }
  return { path, type: 'value', total: 1, from: 0, value, left_out: [], next_cursor: null }
}
