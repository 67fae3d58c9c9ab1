import { parseDocument } from 'yaml'
import { SallyportError } from '../../errors.ts'
import { isRecord, type Json, Spec } from './spec.ts'

/** Longest text taken. The largest public document known, Microsoft Graph beta, has 47 MB. */
const MAX_TEXT = 64 * 1024 * 1024
/** YAML parses about 30 times slower than JSON, and on the caller's thread. */
const MAX_YAML = 8 * 1024 * 1024
/** Values in the document, those of YAML aliases counted at each use. Microsoft Graph beta, the largest known, has 1.5 million. */
const MAX_NODES = 8_000_000
/** The deepest of 2,639 public documents has 34 levels; a connector file may have 100. */
const MAX_DEPTH = 64
/** Uses of YAML anchors, each counted with what it expands to. */
const MAX_ALIASES = 1000

/** An OpenAPI 3.0 or 3.1 document from an object or its JSON or YAML text. Throws INVALID_INPUT, or PAYLOAD_TOO_LARGE. */
export function readSpec(source: unknown): Spec {
  const root = typeof source === 'string' ? parseText(source) : source
  if (!isRecord(root)) throw notASpec(`found ${Array.isArray(root) ? 'a list' : root === null ? 'nothing' : `a ${typeof root}`}`)
  const marks = inspect(root)
  return new Spec(root, versionOf(root), marks)
}

function parseText(source: string): unknown {
  if (source.length > MAX_TEXT) {
    throw new SallyportError('PAYLOAD_TOO_LARGE', { detail: `The document is longer than ${MAX_TEXT / 1024 / 1024} MB.` })
  }
  const text = source.replace(/^\uFEFF/, '')
  const start = text.trimStart().slice(0, 1)
  if (start === '') throw notASpec('the text is empty')
  if (start === '<')
    throw invalid(
      'This is an HTML page, not an OpenAPI document. Pass the document itself; its address often ends in /openapi.json or /openapi.yaml.',
    )
  return start === '{' || start === '[' ? parseJson(text) : parseYaml(text)
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

/**
 * One pass over the whole document, so that everything after it may recurse and copy without a guard: bounds its size and depth
 * (which also catches YAML aliases that contain themselves) and refuses the one key that changes an object instead of filling it.
 */
function inspect(root: Json): { readOnly: boolean; writeOnly: boolean } {
  const marks = { readOnly: false, writeOnly: false }
  let nodes = 0
  const visit = (value: object, depth: number): void => {
    if (depth > MAX_DEPTH)
      throw invalid(
        `The document is nested deeper than ${MAX_DEPTH} levels, or contains itself. Use "$ref" for recursive schemas.`,
      )
    if (Array.isArray(value)) {
      nodes += value.length
      for (const item of value) if (typeof item === 'object' && item !== null) visit(item, depth + 1)
    } else {
      for (const key in value) {
        nodes += 1
        if (key === '__proto__') throw invalid('The document has a key "__proto__", which no API needs. Remove it and try again.')
        const item = (value as Json)[key]
        if (typeof item === 'object' && item !== null) visit(item, depth + 1)
        else if (item === true) {
          if (key === 'readOnly') marks.readOnly = true
          else if (key === 'writeOnly') marks.writeOnly = true
        }
      }
    }
    if (nodes > MAX_NODES)
      throw invalid(`The document has more than ${MAX_NODES / 1_000_000} million values. Split it and import the parts.`)
  }
  visit(root, 0)
  return marks
}

function versionOf(root: Json): string {
  // Unquoted in YAML, 3.0 and 3.1 are numbers, and 3.0 is 3.
  const openapi = typeof root.openapi === 'number' ? String(root.openapi === 3 ? '3.0' : root.openapi) : root.openapi
  if (typeof openapi === 'string' && /^3\.[01](\.|$)/.test(openapi.trim())) return openapi.trim()
  if (openapi !== undefined)
    throw invalid(
      `This is OpenAPI ${String(openapi)}. This version imports OpenAPI 3.0 and 3.1: convert the document to one of them.`,
    )
  for (const [what, found] of otherFormats) {
    if (found(root))
      throw invalid(
        `This is ${what}. This version imports OpenAPI 3.0 and 3.1: convert the document, or find the API's OpenAPI document.`,
      )
  }
  throw notASpec('there is no "openapi" key at its top')
}

const otherFormats: readonly (readonly [string, (root: Json) => boolean])[] = [
  ['a Swagger 2.0 document', (root) => root.swagger !== undefined],
  ['a Swagger 1.x document', (root) => root.swaggerVersion !== undefined],
  ['an AsyncAPI document', (root) => root.asyncapi !== undefined],
  ['a Postman collection', (root) => Array.isArray(root.item) && isRecord(root.info)],
  ['a HAR file', (root) => isRecord(root.log) && Array.isArray(root.log.entries)],
  ['a GraphQL schema', (root) => root.__schema !== undefined || (isRecord(root.data) && root.data.__schema !== undefined)],
  ['a connector file', (root) => root.connector !== undefined && root.actions !== undefined],
]

function notASpec(found: string): SallyportError {
  return invalid(
    `This is not an OpenAPI document: ${found}. Pass an OpenAPI 3.0 or 3.1 document, whose first line usually is "openapi: 3.0.3" or so.`,
  )
}

function invalid(detail: string): SallyportError {
  return new SallyportError('INVALID_INPUT', { detail })
}
