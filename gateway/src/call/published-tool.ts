import type { Tool } from '@modelcontextprotocol/server'
import type { ToolView } from './types.ts'

/** Longer descriptions are cut: Claude Code, the strictest client known, takes 2 KB. */
const maxDescriptionBytes = 2000

type Schema = Readonly<Record<string, unknown>>
type ToolSchema = Tool['inputSchema']

/**
 * Root keywords for which Anthropic's and OpenAI's APIs reject the whole request, with every tool in it. What is published
 * without them is only looser: calls are checked against the full schema.
 */
const refusedRootKeywords = ['anyOf', 'oneOf', 'allOf', 'enum', 'not', '$ref', 'if', 'then', 'else'] as const

const maxRootHops = 10

interface PublishedSchema {
  readonly shown: ToolSchema
  readonly wasObject: boolean
}
const published = new WeakMap<Schema, PublishedSchema>()

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Follows a `$ref` at the root: clients want `type: object` there. Every reference of a compiled schema is into its `$defs`. */
function followRoot(schema: Schema): Schema {
  let root = schema
  for (let hops = 0; hops < maxRootHops && typeof root.$ref === 'string'; hops++) {
    const name = /^#\/\$defs\/([^/]+)$/.exec(root.$ref)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~')
    const target = name !== undefined && isObject(schema.$defs) ? schema.$defs[name] : undefined
    if (!isObject(target)) break
    const { $ref: _, ...beside } = root
    root = { ...target, ...beside }
  }
  return root
}

/** SDKs before 2.0 drop the whole list of tools when a property's schema is a boolean. */
function withoutBooleans(properties: unknown): Record<string, unknown> {
  if (!isObject(properties)) return {}
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, schema === true ? {} : schema === false ? { not: {} } : schema]),
  )
}

function convert(schema: Schema): PublishedSchema {
  const root: Record<string, unknown> = { ...followRoot(schema) }
  for (const keyword of refusedRootKeywords) delete root[keyword]
  // A compiled schema is JSON, which the SDK's type spells out and ours does not.
  const shown = { ...root, type: 'object', properties: withoutBooleans(root.properties) } as ToolSchema
  return { shown, wasObject: root.type === 'object' }
}

/** The schema as clients of every kind accept it. Kept per schema object, so that a listing builds nothing anew. */
function publish(schema: Schema): PublishedSchema {
  const known = published.get(schema)
  if (known !== undefined) return known
  const converted = convert(schema)
  published.set(schema, converted)
  return converted
}

/**
 * Only where every answer is an object and there at once: a call that waits for approval has none yet, and clients treat a
 * missing one as a fault.
 */
function outputSchemaOf(tool: ToolView): { outputSchema: ToolSchema } | Record<never, never> {
  if (tool.confirm || !isObject(tool.output_schema)) return {}
  const { shown, wasObject } = publish(tool.output_schema)
  return wasObject ? { outputSchema: shown } : {}
}

function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  // A character split by the cut decodes to U+FFFD.
  return `${bytes.toString('utf8', 0, maxBytes - 3).replace(/\uFFFD+$/, '')}…`
}

/** The description within the budget, with what a model must know before it calls. */
export function describeTool(tool: ToolView): string {
  const notes = [
    ...(tool.deprecated ? [' Deprecated by the API.'] : []),
    ...(tool.confirm ? [' Each call waits until a person has approved it.'] : []),
  ].join('')
  const text = tool.description.trim() || `${tool.method} ${tool.path} of ${tool.connector}.`
  return cut(text, maxDescriptionBytes - notes.length) + notes
}

/** The input schema as every model's API accepts it. */
export function publishedInput(tool: ToolView): ToolSchema {
  return publish(tool.input_schema).shown
}

/** A tool as MCP lists it. */
export function toMcpTool(tool: ToolView): Tool {
  return {
    name: tool.name,
    title: tool.title,
    description: describeTool(tool),
    inputSchema: publishedInput(tool),
    ...outputSchemaOf(tool),
    annotations: {
      readOnlyHint: tool.effect === 'read',
      destructiveHint: tool.effect === 'destructive',
      // PUT and DELETE are idempotent by definition (RFC 9110, section 9.2.2).
      idempotentHint: tool.effect === 'read' || tool.method === 'PUT' || tool.method === 'DELETE',
      openWorldHint: true,
    },
  }
}
