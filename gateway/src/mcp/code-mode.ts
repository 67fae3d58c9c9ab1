import type { CallToolResult, Tool } from '@modelcontextprotocol/server'
import { Type } from 'typebox'
import { actionTools, declarationOf } from '../call/code-mode/action-tools.ts'
import type { CodeResult, CodeRuns } from '../call/code-mode/types.ts'
import { restNote } from '../call/result-text.ts'
import type { Results } from '../call/results/types.ts'
import type { Tools } from '../call/types.ts'
import { SallyportError, unreachable } from '../errors.ts'
import { jsonResult, parseArguments, refusal, schemaOf } from './own-tool.ts'
import type { Visit } from './visit.ts'

const Search = Type.Object({
  query: Type.String({ minLength: 1, maxLength: 500, description: 'What it should do, in plain words.' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
})
const Read = Type.Object({
  names: Type.Array(Type.String({ maxLength: 200 }), {
    minItems: 1,
    maxItems: 20,
    description: 'As search_api gave them: connector.action.',
  }),
})
const Run = Type.Object({
  code: Type.Optional(
    Type.String({ maxLength: 100_000, description: 'TypeScript: the body of an async function. Return what you want to know.' }),
  ),
  resume: Type.Optional(Type.String({ maxLength: 100, description: 'Instead of code: the run that waited for an approval.' })),
})

const reads = { readOnlyHint: true, destructiveHint: false, openWorldHint: false }

/** What an agent sees of a toolset in the mode `code`, however many tools it has. */
export const codeModeTools: readonly Tool[] = [
  {
    name: 'search_api',
    description: 'Finds functions of the API by what they do. Search before you say that something cannot be done.',
    inputSchema: schemaOf(Search),
    annotations: reads,
  },
  {
    name: 'read_api',
    description: 'The TypeScript declarations of functions. Read them before you call one for the first time.',
    inputSchema: schemaOf(Read),
    annotations: reads,
  },
  {
    name: 'run_code',
    description:
      'Runs a program that calls them: await api.connector.action(input), and console.log. It has no network and no files. ' +
      'When a call needs approval it answers pending_approval: once a person has approved, go on with resume; no call is made twice.',
    inputSchema: schemaOf(Run),
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
  },
]

interface Services {
  readonly tools: Pick<Tools, 'search' | 'list'>
  readonly results: Pick<Results, 'fit'>
  readonly code: CodeRuns
  readonly publicUrl: () => string
}

async function show(
  { results, publicUrl }: Services,
  { caller }: Visit,
  end: CodeResult,
  maxBytes: number,
): Promise<CallToolResult> {
  const { console, calls } = end
  switch (end.kind) {
    case 'returned': {
      const { value, handle } = await results.fit(caller, end.value, maxBytes)
      const { content } = jsonResult({ status: 'done', result: value, console, calls })
      return { content: handle === undefined ? content : [...content, { type: 'text', text: restNote(handle) }] }
    }
    case 'failed': {
      const { code, detail, resolution, diagnostics } = end.error
      return { ...jsonResult({ status: 'failed', code, detail, resolution, diagnostics, console, calls }), isError: true }
    }
    case 'pending': {
      const url = new URL(`/approvals/${end.approvalId}`, publicUrl()).href
      return jsonResult({ status: 'pending_approval', run: end.run, url, console, calls })
    }
    default:
      return unreachable(end)
  }
}

/** What one of {@link codeModeTools} answers; null for another name. What goes wrong inside a program is an answer, too. */
export async function useCodeMode(
  services: Services,
  visit: Visit,
  name: string,
  args: unknown,
  maxBytes: number,
): Promise<CallToolResult | null> {
  const { tools, code } = services
  const { caller } = visit
  if (name === 'search_api') {
    const { query, limit = 10 } = parseArguments(Search, args)
    const found = await tools.search(caller, query, limit)
    const actions = found.map(({ tool }) => ({
      name: `${tool.connector}.${tool.action}`,
      description: tool.description,
      effect: tool.effect,
    }))
    return jsonResult(actions.filter((action, index) => actions.findIndex((each) => each.name === action.name) === index))
  }
  if (name === 'read_api') {
    const { names } = parseArguments(Read, args)
    const split = names.map((each) => ({
      each,
      connector: each.split('.', 1)[0] ?? '',
      action: each.slice(each.indexOf('.') + 1),
    }))
    const actions = await Promise.all(split.map(({ connector, action }) => actionTools(tools, caller, connector, action)))
    const unknown = split
      .filter((_each, index) => actions[index]?.length === 0)
      .map(({ each }) => `// There is no ${JSON.stringify(each)}.`)
    return { content: [{ type: 'text', text: [declarationOf(actions), ...unknown].join('\n') }] }
  }
  if (name !== 'run_code') return null
  const { code: program, resume } = parseArguments(Run, args)
  try {
    if (resume !== undefined) return await show(services, visit, await code.resume(visit, resume), maxBytes)
    if (program === undefined) return refusal('Give code, or the run to resume.')
    return await show(services, visit, await code.run(visit, program), maxBytes)
  } catch (error) {
    // Its calls may have been made: whoever is told nothing would make them again.
    if (!(error instanceof SallyportError)) throw error
    return refusal(`${error.code}: ${error.detail}`)
  }
}
