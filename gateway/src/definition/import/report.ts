/** `adjusted`: taken in another shape. `skipped`: not taken. `warning`: taken as written, but look at it. */
export type ReportLevel = 'adjusted' | 'skipped' | 'warning'

/** What can be said about a part of a source, and how bad that is. A code never changes its meaning. */
export const reportCodes = {
  operation_not_imported: 'skipped',
  path_not_imported: 'skipped',
  not_callable: 'skipped', // webhooks and callbacks, which the API calls, and links
  parameter_left_out: 'skipped',
  part_left_out: 'skipped',
  reference_lost: 'skipped',
  server_left_out: 'skipped',
  security_left_out: 'skipped',
  discovered: 'adjusted', // found from another address than its own
  renamed: 'adjusted',
  shortened: 'adjusted',
  invisible_left_out: 'adjusted',
  parameter_is_credential: 'adjusted',
  parameter_guessed: 'adjusted',
  path_adjusted: 'adjusted',
  content_type_chosen: 'adjusted',
  body_unchecked: 'adjusted',
  read_only_left_out: 'adjusted',
  answers_united: 'adjusted',
  requests_united: 'adjusted',
  setting_made: 'adjusted',
  selection_bounded: 'adjusted',
  answer_unchecked: 'adjusted',
  schema_adjusted: 'adjusted',
  server_adjusted: 'adjusted',
  security_adjusted: 'adjusted',
  server_of_its_own: 'warning',
  server_unencrypted: 'warning',
  security_unmet: 'warning',
  written_differently: 'warning',
  choice_unknown: 'warning',
  version_unknown: 'warning',
  drafted: 'warning', // read from documentation, for want of a description
  drafted_by_model: 'warning', // by the language model, from documentation
} as const satisfies Readonly<Record<string, ReportLevel>>
export type ReportCode = keyof typeof reportCodes

export interface ReportEntry {
  /** Name of the action; empty when it concerns the whole document. */
  readonly operation: string
  /** JSON Pointer of the place in the source document; in another file of it, after the name of that file and a `#`. */
  readonly pointer: string
  readonly level: ReportLevel
  readonly code: ReportCode
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

/** Collects entries; one per place and message, since shared parts are met many times. */
export class Reporter {
  readonly entries: ReportEntry[] = []
  readonly #seen = new Set<string>()

  /** For what many operations have in common: the first place stands for all. */
  addOnce(code: ReportCode, operation: string, pointer: string, message: string): void {
    this.#add(message, code, operation, pointer, message)
  }

  add(code: ReportCode, operation: string, pointer: string, message: string): void {
    this.#add(`${operation}\n${pointer}\n${message}`, code, operation, pointer, message)
  }

  #add(key: string, code: ReportCode, operation: string, pointer: string, message: string): void {
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.entries.push({ operation, pointer, level: reportCodes[code], code, message })
  }
}
