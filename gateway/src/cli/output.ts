import { styleText } from 'node:util'
import { CliError, type Failure, toFailure } from './failure.ts'
import { clean, oneLine, table } from './text.ts'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes: answers to standard output, everything said about them to standard error. */
export class Output {
  /** Whether answers are printed as the API gave them. */
  readonly json: boolean

  constructor(json: boolean) {
    this.json = json
  }

  /** Styled only on a terminal that wants it (NO_COLOR and the rest are looked at by Node). */
  style(style: Style, text: string): string {
    return styleText(style, text, { stream: process.stdout })
  }

  line(text = ''): void {
    process.stdout.write(`${text}\n`)
  }

  /** Prints the API's answer under `--json`, or what `human` prints. */
  answer(data: unknown, human: () => void): void {
    if (this.json) this.line(JSON.stringify(data, null, 2))
    else human()
  }

  /** A table with a header; `empty` instead of one without rows. */
  table(header: readonly string[], rows: readonly (readonly string[])[], empty: string): void {
    if (rows.length === 0) {
      this.note(empty)
      return
    }
    const text = table(
      [header, ...rows.map((row) => row.map(oneLine))],
      process.stdout.isTTY ? process.stdout.columns : undefined,
    )
    const end = text.indexOf('\n')
    this.line(this.style('dim', text.slice(0, end)) + text.slice(end))
  }

  /** Names with values, aligned; absent values are left out. */
  facts(entries: readonly (readonly [string, string | null | undefined])[]): void {
    const rows = entries.flatMap(([name, value]) =>
      value === null || value === undefined || value === '' ? [] : [[`  ${name}`, oneLine(value)]],
    )
    this.line(table(rows))
  }

  /** A payload: text as it is, everything else as JSON. Made harmless on a terminal only, so that pipes get it whole. */
  payload(value: unknown): void {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
    const shown = process.stdout.isTTY ? clean(text) : text
    process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`)
  }

  /** Said beside an answer; not printed under `--json`. */
  note(text: string): void {
    if (!this.json) process.stderr.write(`${text}\n`)
  }

  warn(text: string): void {
    process.stderr.write(`${styleText('yellow', 'warning:', { stream: process.stderr })} ${text}\n`)
  }

  fail(error: unknown): void {
    const failure = toFailure(error)
    if (this.json) process.stderr.write(`${JSON.stringify(failure, null, 2)}\n`)
    else process.stderr.write(describe(failure, error instanceof CliError))
  }
}

/** `isTold`: what the diagnostics say stands in the sentence. */
function describe(failure: Failure, isTold: boolean): string {
  const head = `${styleText('red', 'error:', { stream: process.stderr })} ${clean(failure.detail)}`
  const facts = [
    failure.outcome === 'sent_unknown'
      ? 'It is unknown whether the API carried it out. Find out before you try again.'
      : undefined,
    failure.resolution,
    failure.diagnostics === undefined || isTold ? undefined : `Diagnostics: ${JSON.stringify(failure.diagnostics)}`,
    failure.call_id === undefined ? undefined : `See what happened: sallyport logs ${failure.call_id}`,
  ]
  const lines = facts.filter((fact) => fact !== undefined).map((fact) => `  ${clean(fact)}`)
  return `${[head, ...lines].join('\n')}\n`
}
