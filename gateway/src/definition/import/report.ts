/** `adjusted`: taken in another shape. `skipped`: not taken. `warning`: taken as written, but look at it. */
export type ReportLevel = 'adjusted' | 'skipped' | 'warning'

export interface ReportEntry {
  /** Name of the action; empty when it concerns the whole document. */
  readonly operation: string
  /** JSON Pointer of the place in the source document. */
  readonly pointer: string
  readonly level: ReportLevel
  /** One sentence: what was found, and what became of it. */
  readonly message: string
}

/** What an import made of its source. Whatever did not become part of the connector as written has an entry. */
export interface ImportReport {
  readonly format: string
  /** Operations found in the source. */
  readonly operations: number
  /** Operations that became actions. */
  readonly imported: number
  readonly entries: readonly ReportEntry[]
}

/** Collects entries; one per place, level and message, since shared parts are met many times. */
export class Reporter {
  readonly entries: ReportEntry[] = []
  readonly #seen = new Set<string>()

  /** For what many operations have in common: the first place stands for all. */
  addOnce(level: ReportLevel, operation: string, pointer: string, message: string): void {
    if (this.#seen.has(message)) return
    this.#seen.add(message)
    this.entries.push({ operation, pointer, level, message })
  }

  add(level: ReportLevel, operation: string, pointer: string, message: string): void {
    const key = `${operation}\n${pointer}\n${message}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.entries.push({ operation, pointer, level, message })
  }
}
