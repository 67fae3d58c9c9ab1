import { readFile, writeFile } from 'node:fs/promises'
import { CliError, UsageError } from './failure.ts'
import { readStandardInput } from './prompt.ts'

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `name=value`, split at the first equals sign. */
export function splitPair(pair: string, option: string): readonly [string, string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new UsageError(`${option} needs name=value, and "${pair.slice(0, 40)}" is not of this form.`)
  return [pair.slice(0, at), pair.slice(at + 1)]
}

/** Why a file could not be used. `missing` says what is not there. */
function reasonOf(error: unknown, missing: string): string {
  return error instanceof Error && 'code' in error ? explain(error.code, missing) : 'it is not possible'
}

export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new CliError('INVALID_INPUT', `Cannot read ${path}: ${reasonOf(error, 'there is no such file')}.`, 'Check the path.')
  }
}

/** Into a folder that is there: a path that was mistyped makes none. */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content)
  } catch (error) {
    const reason = reasonOf(error, 'its folder is not there')
    throw new CliError('INVALID_INPUT', `Cannot write ${path}: ${reason}.`, 'Check the path, or make the folder first.')
  }
}

function explain(code: unknown, missing: string): string {
  switch (code) {
    case 'ENOENT':
      return missing
    case 'EISDIR':
      return 'it is a folder'
    case 'EACCES':
      return 'this user may not'
    default:
      return String(code)
  }
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${source} is not valid JSON: ${error instanceof Error ? error.message : 'unreadable'}`)
  }
}

async function readInputOption(option: string): Promise<Record<string, unknown>> {
  const [text, source] =
    option === '-'
      ? [await readStandardInput(), 'Standard input']
      : option.startsWith('@')
        ? [await readTextFile(option.slice(1)), option.slice(1)]
        : [option, 'The value of --input']
  const value = parseJson(text, source)
  if (!isObject(value)) throw new UsageError(`${source} must be a JSON object, such as {"id": 7}.`)
  return value
}

/** The input of a call: `--input` (JSON, @file or - for standard input), then `key=text` and `key:=json` on top. */
export async function readInput(option: string | undefined, pairs: readonly string[]): Promise<Record<string, unknown>> {
  const input = option === undefined ? {} : await readInputOption(option)
  for (const pair of pairs) {
    const json = /^([^=]+?):=(.*)$/s.exec(pair)
    if (json?.[1] !== undefined && json[2] !== undefined) input[json[1]] = parseJson(json[2], `The value of ${json[1]}`)
    else {
      const [name, value] = splitPair(pair, 'An input')
      input[name] = value
    }
  }
  return input
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A time given as a date, or as a span before (-1) or after (1) now: 30s, 15m, 24h, 7d. */
export function parseInstant(text: string, option: string, direction: -1 | 1): string {
  const span = /^(\d{1,6})([smhd])$/.exec(text)
  const unit = span?.[2]
  if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd')
    return new Date(Date.now() + direction * Number(span?.[1]) * unitMs[unit]).toISOString()
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return new Date(time).toISOString()
  throw new UsageError(`${option} needs a date such as 2026-01-31 or a span such as 15m, 24h or 7d, not "${text}".`)
}
