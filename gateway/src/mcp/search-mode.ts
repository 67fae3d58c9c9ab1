import { type CallToolResult, ProtocolError, ProtocolErrorCode, type Tool } from '@modelcontextprotocol/server'
import { Type } from 'typebox'
import type { Tools, ToolTarget } from '../call/types.ts'
import { jsonResult, parseArguments, refusal, schemaOf } from './own-tool.ts'
import type { Visit } from './visit.ts'

/** Matches that a model is shown at most, and tools that it has described at once. */
const mostFound = 20
const mostDescribed = 10

const Search = Type.Object({
  query: Type.String({ minLength: 1, maxLength: 500, description: 'What it should do, in plain words.' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: mostFound })),
})
const Describe = Type.Object({
  names: Type.Array(Type.String(), { minItems: 1, maxItems: mostDescribed, description: 'Names of tools that were found.' }),
})
const Call = Type.Object({
  name: Type.String({ description: 'Name of a tool.' }),
  arguments: Type.Object({}, { additionalProperties: true, description: 'As its input_schema says.' }),
})

/** One caller for each effect, so that a client can let reads through and ask its person about the others. */
const callers = {
  call_read_tool: { effect: 'read', description: 'Calls a tool whose effect is read.' },
  call_write_tool: { effect: 'write', description: 'Calls a tool whose effect is write: it changes something.' },
  call_destructive_tool: {
    effect: 'destructive',
    description: 'Calls a tool whose effect is destructive: it deletes something.',
  },
} as const

function isCaller(name: string): name is keyof typeof callers {
  return Object.hasOwn(callers, name)
}

/** What an agent sees of a toolset in the mode `search`, however many tools it has. */
export const searchModeTools: readonly Tool[] = [
  {
    name: 'search_tools',
    description: 'Finds tools by what they do. Search before you say that something cannot be done.',
    inputSchema: schemaOf(Search),
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: 'describe_tools',
    description: 'Tells what tools take and answer. Look before you call one for the first time.',
    inputSchema: schemaOf(Describe),
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  ...Object.entries(callers).map(([name, { effect, description }]) => ({
    name,
    description,
    inputSchema: schemaOf(Call),
    annotations: { readOnlyHint: effect === 'read', destructiveHint: effect === 'destructive', openWorldHint: true },
  })),
]

/** What one of {@link searchModeTools} answers itself, or the call of a tool that it stands for. */
export async function useSearchMode(
  tools: Pick<Tools, 'search' | 'find' | 'get'>,
  { caller, format }: Visit,
  name: string,
  args: unknown,
): Promise<{ readonly result: CallToolResult } | { readonly target: ToolTarget }> {
  if (name === 'search_tools') {
    const { query, limit } = parseArguments(Search, args)
    const found = await tools.search(caller, query, limit ?? 10)
    return {
      result: jsonResult(found.map(({ tool }) => ({ name: tool.name, description: tool.description, effect: tool.effect }))),
    }
  }
  if (name === 'describe_tools') {
    const { names } = parseArguments(Describe, args)
    const views = await Promise.all(names.map(async (wanted) => ({ wanted, view: await tools.get(caller, wanted, format) })))
    return {
      result: jsonResult(
        views.map(({ wanted, view }) =>
          view === null
            ? { name: wanted, error: 'There is no such tool. Find its name with search_tools.' }
            : { name: view.name, description: view.description, effect: view.effect, input_schema: view.input_schema },
        ),
      ),
    }
  }
  if (!isCaller(name)) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${name.slice(0, 128)}`)
  const call = parseArguments(Call, args)
  const view = await tools.get(caller, call.name, format)
  const target = await tools.find(caller, call.name, call.arguments, format)
  if (view === null || target === null) return { result: refusal('There is no such tool. Find its name with search_tools.') }
  if (view.effect !== callers[name].effect)
    return { result: refusal(`The effect of ${view.name} is ${view.effect}: use call_${view.effect}_tool.`) }
  return { target }
}
