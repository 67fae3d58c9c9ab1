import { stripVTControlCharacters } from 'node:util'

/** Characters that would move the cursor, colour the terminal or turn the reading direction: foreign text must not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Foreign text made harmless for a terminal; line breaks and tabs stay. */
export function clean(text: string): string {
  return text.replace(unsafe, '\uFFFD')
}

/** The same on one line. */
export function oneLine(text: string): string {
  return clean(text.replace(/\s+/g, ' ').trim())
}

function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length
}

function shorten(cell: string, width: number): string {
  const characters = [...cell]
  return characters.length <= width ? cell : `${characters.slice(0, Math.max(width - 1, 1)).join('')}…`
}

/** Columns aligned with two spaces between them; the last one is cut to the width of the terminal, when there is one. */
export function table(rows: readonly (readonly string[])[], terminalWidth?: number): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))))
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const lastWidth = terminalWidth === undefined ? Number.POSITIVE_INFINITY : Math.max(terminalWidth - before, 12)
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          if (column === columns - 1) return shorten(cell, lastWidth)
          return cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Local time to the second. */
export function when(instant: string): string {
  const date = new Date(instant)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

export function milliseconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`
}
