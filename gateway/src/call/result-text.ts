import { type SallyportError, unreachable } from '../errors.ts'
import type { LeftOut } from './results/left-out.ts'
import type { Handle } from './results/types.ts'
import type { CallResult, Outcome } from './types.ts'

/** How calls end, in the words that a model reads. */

type CallOutcome = Extract<CallResult, { kind: 'failed' }>['outcome']

/** Diagnostics can hold the body an API sent; a model needs its beginning, not all of it. */
const maxDiagnosticsChars = 4000

export function lines(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n')
}

function diagnosticsLine(diagnostics: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (diagnostics === undefined || Object.keys(diagnostics).length === 0) return undefined
  const json = JSON.stringify(diagnostics)
  return `Diagnostics: ${json.length > maxDiagnosticsChars ? `${json.slice(0, maxDiagnosticsChars)}…` : json}`
}

function outcomeLine(outcome: CallOutcome): string | undefined {
  switch (outcome) {
    case 'not_sent':
      return 'Nothing was sent to the API.'
    case 'sent_unknown':
      return 'It is unknown whether the API carried it out. Find out before you call again.'
    case 'done':
      return undefined
    default:
      return unreachable(outcome)
  }
}

/** What went wrong, what to change, and nothing of the inside. */
export function failureText(id: string, outcome: CallOutcome, error: SallyportError): string {
  return lines(
    `${error.code}: ${error.detail}`,
    `What to do: ${error.resolution}`,
    error.retryAfterSeconds === undefined ? undefined : `Try again after ${error.retryAfterSeconds} seconds.`,
    outcomeLine(outcome),
    diagnosticsLine(error.diagnostics),
    `Call id: ${id}`,
  )
}

export function payloadText(payload: unknown): string {
  if (payload === undefined) return 'Done. The API sent no content.'
  return typeof payload === 'string' ? payload : JSON.stringify(payload)
}

/** An answer that its action calls a failure. */
export function unsuccessfulText(id: string, { payload, diagnostics, error }: Outcome): string {
  return lines(
    error ?? 'The call failed.',
    payload === undefined ? undefined : payloadText(payload),
    diagnosticsLine(diagnostics),
    `Call id: ${id}`,
  )
}

const units: Readonly<Record<LeftOut['kind'], string>> = {
  items: 'items shown',
  characters: 'characters shown',
  members: 'members shown',
  inside: 'members, told by their shape only',
}

function gapLine({ path, kind, shown, of, places }: LeftOut): string {
  const where = path === '' ? 'the answer' : path
  return `- ${where}: ${kind === 'inside' ? '' : `${shown} of `}${of} ${units[kind]}${places > 1 ? `, in ${places} places together` : ''}`
}

/** Tells what of an answer is missing, and how to read it. */
export function restNote({ handle, bytes, expires_at, left_out }: Handle): string {
  return lines(
    `This answer is shortened: it has ${bytes} bytes in all. Read on with read_result, handle "${handle}" and the path of what you need, until ${expires_at}. Left out:`,
    ...left_out.map(gapLine),
  )
}
