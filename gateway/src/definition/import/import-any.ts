import { SallyportError } from '../../errors.ts'
import { plainProblem } from '../parse/plain.ts'
import { importEndpoints } from './by-hand.ts'
import { importCurl } from './curl/curl.ts'
import type { Detected } from './detect.ts'
import { importGraphql } from './graphql/graphql.ts'
import { importHar } from './har/har.ts'
import type { Imported, ImportOptions } from './openapi.ts'
import { importPostman } from './postman/postman.ts'
import { parseText } from './read-text.ts'
import { isRecord, type Json, pointer } from './spec.ts'

/** Longest text of commands or types; what is JSON may be longer. */
const MAX_PLAIN_TEXT = 16 * 1024 * 1024

/**
 * A connector out of a text whose format was detected, of every format but OpenAPI and Swagger, which may need other documents,
 * connector files, schemas of external services and tools of MCP servers; null for those and for what is unknown. `beside`: other texts that were given, of which the environments
 * of Postman are taken. Throws INVALID_INPUT or PAYLOAD_TOO_LARGE.
 */
export function importDetected(
  text: string,
  { format, value }: Detected,
  options: ImportOptions = {},
  beside: () => readonly string[] = () => [],
): Imported | null {
  switch (format) {
    case 'postman':
      return importPostman(checked(value), options, beside().flatMap(environment))
    case 'har':
      return importHar(checked(value), options)
    case 'graphql-introspection':
      return importGraphql(value, options)
    case 'endpoints':
      return importEndpoints(checked(value), options)
    case 'graphql-sdl':
      return importGraphql(bounded(text), options)
    case 'curl':
      return importCurl(bounded(text), options)
    case 'openapi':
    case 'swagger':
    case 'connector':
    case 'external':
    case 'mcp':
    case 'unknown':
      return null
    default:
      return format satisfies never
  }
}

/** What follows may walk the value, and copy it. */
function checked(value: Json | undefined): Json {
  const problem = plainProblem(value)
  if (problem !== null)
    throw new SallyportError('INVALID_INPUT', {
      detail: `At ${pointer('', ...problem.path).slice(0, 200) || 'its top'} the document ${problem.text}. Correct it and try again.`,
    })
  return value ?? {}
}

function bounded(text: string): string {
  if (text.length <= MAX_PLAIN_TEXT) return text
  throw new SallyportError('PAYLOAD_TOO_LARGE', {
    detail: `The text is longer than ${MAX_PLAIN_TEXT / 1024 / 1024} MB. Split it and import the parts.`,
  })
}

function environment(text: string): readonly Json[] {
  const value = parseText(text)
  return isRecord(value) ? [checked(value)] : []
}
