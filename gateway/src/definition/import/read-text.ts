import { parseDocument } from 'yaml'
import { SallyportError } from '../../errors.ts'

/** Longest text taken. The largest public document known, Microsoft Graph beta, has 47 MB. */
const MAX_TEXT = 64 * 1024 * 1024
/** YAML takes about 30 times the time and memory of JSON. */
const MAX_YAML = 24 * 1024 * 1024
/** Uses of YAML anchors, each counted with what it expands to. */
const MAX_ALIASES = 1000

/** The value of a JSON or YAML text. Throws INVALID_INPUT naming line and column, or PAYLOAD_TOO_LARGE. */
export function parseText(source: string): unknown {
  if (source.length > MAX_TEXT) {
    throw new SallyportError('PAYLOAD_TOO_LARGE', { detail: `The document is longer than ${MAX_TEXT / 1024 / 1024} MB.` })
  }
  const text = source.replace(/^\uFEFF/, '')
  const start = text.slice(0, 1024).trimStart().slice(0, 1) || text.trimStart().slice(0, 1)
  if (start === '')
    throw invalid('This is not an OpenAPI document: the text is empty. Check the file, or the address it came from.')
  if (start === '<')
    throw invalid(
      'This is an HTML page, not an OpenAPI document. Pass the document itself; its address often ends in /openapi.json or /openapi.yaml.',
    )
  return isJson(text) ? parseJson(text) : parseYaml(text)
}

/** Whether a text is meant as JSON, by its first character. */
export function isJson(text: string): boolean {
  return /^\uFEFF?\s*[[{]/.test(text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // YAML also writes maps in braces, so try that before giving up, unless it is large.
    if (text.length < 1024 * 1024) {
      try {
        return parseYaml(text)
      } catch {
        // The message about JSON says more.
      }
    }
    throw invalid(
      `The text starts like JSON but is not valid JSON: ${error instanceof Error ? error.message : 'unreadable'}. Correct it and try again.`,
    )
  }
}

function parseYaml(text: string): unknown {
  if (text.length > MAX_YAML) {
    throw new SallyportError('PAYLOAD_TOO_LARGE', {
      detail: `The YAML text is longer than ${MAX_YAML / 1024 / 1024} MB. Convert it to JSON, which may have up to ${MAX_TEXT / 1024 / 1024} MB.`,
    })
  }
  const document = parseDocument(text, {
    logLevel: 'silent',
    prettyErrors: false,
    uniqueKeys: true,
    stringKeys: true,
    merge: true,
  })
  const error = document.errors[0]
  if (error !== undefined) {
    const before = text.slice(0, error.pos[0]).split('\n')
    const column = (before.at(-1) ?? '').length + 1
    throw invalid(
      `The text is not valid YAML: line ${before.length}, column ${column}: ${error.message}. Correct it and try again.`,
    )
  }
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (problem) {
    throw invalid(
      `The YAML text cannot be read: ${problem instanceof Error ? problem.message : 'its aliases expand without bound'}. Write the aliases out.`,
    )
  }
}

function invalid(detail: string): SallyportError {
  return new SallyportError('INVALID_INPUT', { detail })
}
