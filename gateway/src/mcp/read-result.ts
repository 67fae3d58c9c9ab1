import type { CallToolResult, Tool } from '@modelcontextprotocol/server'
import { Type } from 'typebox'
import type { Results } from '../call/results/types.ts'
import { type CompiledInput, compileInput } from '../definition/tool/compile.ts'
import { type ToolFormat, toolFormats } from '../definition/tool/family.ts'
import { restore } from '../definition/tool/restore.ts'
import { SallyportError } from '../errors.ts'
import { jsonResult, parseArguments, refusal, schemaOf } from './own-tool.ts'
import type { ResourceSource } from './resource-source.ts'
import type { Visit } from './visit.ts'

const Read = Type.Object({
  handle: Type.String({ maxLength: 200, description: 'As the shortened answer gave it.' }),
  path: Type.Optional(
    Type.String({ maxLength: 1000, description: 'A place in the answer: items[0].name, items[*].id, ["odd key"].' }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 1000, description: 'next_cursor of the page before.' })),
})

export const readResultName = 'read_result'

const source = { schema: schemaOf(Read), schemas: {} }
const compiled = Object.fromEntries(toolFormats.map((format) => [format, compileInput(source, format)])) as Record<
  ToolFormat,
  CompiledInput
>

/** As a family of models takes it. */
export function readResultTool(format: ToolFormat): Tool {
  return {
    name: readResultName,
    description: 'Reads on in an answer that was shortened: at a path, page by page.',
    inputSchema: { ...compiled[format].schema, type: 'object' },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  }
}

export async function readResult(
  results: Pick<Results, 'read'>,
  { caller, format }: Visit,
  args: unknown,
  maxBytes: number,
): Promise<CallToolResult> {
  const { handle, ...query } = parseArguments(Read, restore(args, compiled[format].back))
  try {
    return jsonResult(await results.read(caller, handle, { ...query, max_bytes: maxBytes }))
  } catch (error) {
    // For the model to correct; everything else is a fault.
    if (error instanceof SallyportError && (error.code === 'NOT_FOUND' || error.code === 'INVALID_INPUT'))
      return refusal(error.detail)
    throw error
  }
}

const prefix = 'sallyport://results/'
export const resultUri = (handle: string) => `${prefix}${handle}`

/** Whole results, for clients that fetch what a handle stands for instead of giving it to their model. */
export function createResultSource(results: Pick<Results, 'content'>): ResourceSource {
  const template = `${prefix}{handle}`
  return {
    templates: [{ name: 'result', title: 'An answer that was shortened, whole', uriTemplate: template }],
    list: async () => [],
    async read({ caller }, uri) {
      if (!uri.startsWith(prefix)) return null
      try {
        const { contentType, body } = await results.content(caller, uri.slice(prefix.length))
        const content = contentType === 'application/json' ? { text: body.toString() } : { blob: body.toString('base64') }
        return [{ uri, mimeType: contentType, ...content }]
      } catch (error) {
        if (error instanceof SallyportError && error.code === 'NOT_FOUND') return null
        throw error
      }
    },
    complete: async (_visit, asked) => (asked === template ? [] : null),
  }
}
