import { SallyportError } from './errors.ts'

export interface Page<T> {
  readonly items: readonly T[]
  readonly next_cursor: string | null
}

export interface PageRequest {
  readonly limit?: number
  readonly cursor?: string
}

/** A listing holds at most this many rows a page; the HTTP schemas say the same. */
export const maxPage = 200
const defaultPage = 50

export function pageSize(limit: number | undefined): number {
  return Math.min(Math.max(limit ?? defaultPage, 1), maxPage)
}

/** Rows asked for with one more than the page holds: whether there is a next page costs no second query. */
export function toPage<Row, T>(
  rows: readonly Row[],
  size: number,
  view: (row: Row) => T,
  cursorOf: (row: Row) => string,
): Page<T> {
  const shown = rows.slice(0, size)
  const last = shown.at(-1)
  return {
    items: shown.map(view),
    next_cursor: rows.length > size && last !== undefined ? Buffer.from(cursorOf(last), 'utf8').toString('base64url') : null,
  }
}

export function parseCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  if (text === '' || Buffer.from(text, 'utf8').toString('base64url') !== cursor) {
    throw new SallyportError('INVALID_INPUT', { detail: 'The cursor is not one this listing gave. Start again without it.' })
  }
  return text
}

/** For listings by name: the place of a row is its name and its id. */
export function nameCursor({ name, id }: { readonly name: string; readonly id: string }): string {
  return `${id} ${name}`
}

export function parseNameCursor(cursor: string | undefined): { readonly name: string; readonly id: string } | undefined {
  const text = parseCursor(cursor)
  if (text === undefined) return undefined
  const space = text.indexOf(' ')
  return { id: text.slice(0, Math.max(space, 0)), name: text.slice(space + 1) }
}
