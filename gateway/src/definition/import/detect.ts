import { curlCommands } from './curl/shell.ts'
import { isJson } from './read-text.ts'
import { isRecord, type Json } from './spec.ts'

export type Format =
  | 'openapi'
  | 'swagger'
  | 'postman'
  | 'har'
  | 'curl'
  | 'graphql-sdl'
  | 'graphql-introspection'
  | 'endpoints'
  | 'connector'
  | 'external'
  | 'mcp'
  | 'unknown'

export interface Detected {
  readonly format: Format
  /** One sentence: by what it was recognised, or what was looked for and not found. */
  readonly reason: string
  /** What the text holds, where it had to be parsed for an answer. */
  readonly value?: Json
}

/** What kind of description of an API a text is. Never throws; a text that cannot be parsed is unknown. */
export function detectFormat(text: string): Detected {
  return isJson(text) ? (versioned(text) ?? inJson(text)) : inText(text)
}

/** Documents of OpenAPI are the largest, and tell by their version before the whole is parsed. */
function versioned(text: string): Detected | null {
  const key = /^\uFEFF?\s*(?:[{,]\s*)?["']?(openapi|swagger)["']?\s*:/.exec(text.slice(0, 1000))?.[1]
  return key === 'openapi' || key === 'swagger' ? { format: key, reason: `It begins with the key "${key}".` } : null
}

/** What tells a JSON document, in the order in which it is looked for. */
const marks: readonly (readonly [Exclude<Format, 'unknown'>, string, (root: Json) => boolean])[] = [
  ['openapi', 'the key "openapi"', (root) => root.openapi !== undefined],
  ['swagger', 'the key "swagger"', (root) => root.swagger !== undefined],
  ['connector', 'the keys "connector" and "actions"', (root) => root.connector !== undefined && root.actions !== undefined],
  [
    'postman',
    '"info" and "item" of a Postman collection',
    (root) => isCollection(root) || (isRecord(root.collection) && isCollection(root.collection)),
  ],
  ['har', '"log" with "entries" of a HAR recording', (root) => isRecord(root.log) && Array.isArray(root.log.entries)],
  [
    'graphql-introspection',
    '"__schema" of a GraphQL introspection',
    (root) => root.__schema !== undefined || (isRecord(root.data) && root.data.__schema !== undefined),
  ],
  [
    'external',
    '"protocolVersion" and "commands" of an external service',
    (root) => root.protocolVersion !== undefined && isRecord(root.commands),
  ],
  ['mcp', 'the list of tools of an MCP server', (root) => isRecord(root.mcp) && Array.isArray(root.tools)],
  ['endpoints', '"endpoints" described by hand', (root) => Array.isArray(root.endpoints)],
]

const isCollection = (root: Json): boolean => Array.isArray(root.item) && isRecord(root.info)

function inJson(text: string): Detected {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return unknown('The text begins like JSON and is none')
  }
  if (!isRecord(value)) return unknown('The JSON is no object')
  for (const [format, mark, has] of marks) if (has(value)) return { format, reason: `It has ${mark}.`, value }
  return unknown('The JSON has none of the keys that were looked for')
}

function inText(text: string): Detected {
  if (/^\uFEFF?\s*</.test(text)) return unknown('The text is an HTML or XML page')
  const first = text.split('\n', 200).find((line) => !/^\s*(#|\/\/|```|$)/.test(line)) ?? ''
  if (/^\s*([$%>]\s+)?curl(\.exe)?\s/.test(first)) return { format: 'curl', reason: 'It begins with a curl command.' }
  for (const key of ['openapi', 'swagger'] as const)
    if (new RegExp(`^["']?${key}["']?\\s*:`, 'm').test(text)) return { format: key, reason: `A line begins with "${key}:".` }
  if (/^connector\s*:/m.test(text)) return { format: 'connector', reason: 'A line begins with "connector:".' }
  if (/^\s*(extend\s+)?(schema|type|interface|union|enum|input)\b[^:\n]*[{=]/m.test(text))
    return { format: 'graphql-sdl', reason: 'It defines types in the language of GraphQL.' }
  if (curlCommands(text.slice(0, 5_000_000)).length > 0) return { format: 'curl', reason: 'There are curl commands in it.' }
  return unknown('The text is neither')
}

function unknown(what: string): Detected {
  return {
    format: 'unknown',
    reason: `${what}. Looked for: "openapi" or "swagger" at its top, a Postman collection, a HAR recording, curl commands, a GraphQL schema or introspection, endpoints by hand, and a connector file.`,
  }
}
