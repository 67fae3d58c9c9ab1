import type { Endpoint } from '../by-hand.ts'
import { curlCommands } from '../curl/shell.ts'
import type { Page } from './page.ts'

const MAX_ENDPOINTS = 500
const verb = '(GET|POST|PUT|PATCH|DELETE)'
const path = '((?:https?:\\/\\/[^\\s"\'<>]+?)?\\/[\\w\\-./{}:<>$~%]*)'
/** `GET /users/{id}`, also with a query or `HTTP/1.1` behind. */
const request = new RegExp(`^\\s*${verb}\\s+${path}(?:\\?\\S*)?(?:\\s+HTTP/[\\d.]+)?\\s*$`, 'i')

/** What pages without a description show of an API: curl examples, and methods with paths in tables, headings and code. */
export class SeenEndpoints {
  readonly #commands = new Set<string>()
  readonly #endpoints = new Map<string, { method: string; path: string; description: string }>()
  #base: string | undefined

  add(page: Page): void {
    for (const code of page.codes) {
      for (const command of commandsIn(code)) if (this.#commands.size < MAX_ENDPOINTS) this.#commands.add(command)
      for (const line of code.split('\n', 50)) this.#line(line, '')
    }
    for (const row of page.rows) this.#row(row)
    for (const text of page.texts) {
      this.#line(text, '')
      this.#base ??= /\bbase (?:url|uri|path|address)\b[^\n]{0,60}?(https?:\/\/[\w.:/{}-]+)/i
        .exec(text)?.[1]
        ?.replace(/[./]+$/, '')
    }
  }

  /** A document of endpoints by hand, which can be looked through, corrected and imported; null when nothing was seen. */
  document(
    fallback: string,
    more: readonly Endpoint[] = [],
  ): { readonly endpoints: readonly (Endpoint | { readonly curl: string })[] } | null {
    const base = this.base(fallback)
    const byCurl = [...this.#commands].map((curl) => ({ curl }))
    const listed = [...this.#endpoints.values()].map(
      ({ method, path: written, description }): Endpoint => ({
        method,
        url: written.startsWith('/') ? `${base}${written}` : written,
        ...(description === '' ? {} : { description }),
      }),
    )
    const endpoints = [...byCurl, ...listed, ...more].slice(0, MAX_ENDPOINTS)
    return endpoints.length === 0 ? null : { endpoints }
  }

  /** Where the API is: as the pages say, or as their commands show; else where the pages are. */
  base(fallback: string): string {
    return this.#base ?? serverOf([...this.#commands]) ?? new URL(fallback).origin
  }

  /** Methods with paths, without those of commands. */
  known(): readonly string[] {
    return [...this.#endpoints.keys()]
  }

  #row(cells: readonly string[]): void {
    const whole = cells.findIndex((cell) => request.test(cell))
    if (whole >= 0) this.#line(cells[whole] ?? '', restOf(cells, [whole]))
    const method = cells.findIndex((cell) => new RegExp(`^${verb}$`, 'i').test(cell))
    const place = cells.findIndex((cell) => new RegExp(`^${path}$`).test(cell))
    if (method >= 0 && place >= 0) this.#line(`${cells[method]} ${cells[place]}`, restOf(cells, [method, place]))
  }

  #line(text: string, description: string): void {
    if (text.length > 500 || this.#endpoints.size >= MAX_ENDPOINTS) return
    const [, method, written] = request.exec(text) ?? []
    if (method === undefined || written === undefined || written === '/') return
    const key = `${method.toUpperCase()} ${written}`
    if ((this.#endpoints.get(key)?.description ?? '') === '')
      this.#endpoints.set(key, { method: method.toUpperCase(), path: written, description })
  }
}

const restOf = (cells: readonly string[], taken: readonly number[]): string =>
  cells
    .filter((cell, index) => !taken.includes(index) && cell !== '')
    .join('. ')
    .slice(0, 500)

/** The texts of the commands in a piece of code, each alone. */
function commandsIn(code: string): readonly string[] {
  if (code.length > 50_000 || !/\bcurl\b/.test(code)) return []
  return curlCommands(code).flatMap(({ words, isOpen }) =>
    isOpen || words.length === 0 ? [] : [`curl ${words.map(quoted).join(' ')}`],
  )
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

function serverOf(commands: readonly string[]): string | undefined {
  return commands.map((command) => /https?:\/\/[\w.-]+(?::\d+)?/.exec(command)?.[0]).find((server) => server !== undefined)
}
