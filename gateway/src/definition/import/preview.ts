import { compileConnector } from '../compile.ts'
import { effectOf } from '../compile-action.ts'
import type { Effect, HttpActionDocument, HttpConnectorDocument, Pagination } from '../document.ts'
import { estimateTokens } from '../tool/tokens.ts'
import { toolCompiler } from '../tool/tool.ts'
import { tagNames } from './choice.ts'
import type { Operation } from './context.ts'
import type { Imported } from './openapi.ts'
import { type Proposed, propose } from './propose.ts'
import type { ImportReport } from './report.ts'
import { textOf } from './spec.ts'
import { bounded } from './text.ts'

/** One operation, short: a document may have 20,000 of them. */
export interface PreviewOperation {
  readonly action: string
  readonly method: string
  readonly path: string
  readonly title: string
  readonly tags: readonly string[]
  readonly effect: Effect
  readonly deprecated?: true
  /** Auth schemes it accepts; absent: any. */
  readonly auth?: readonly string[]
  readonly scopes?: readonly string[]
  readonly inputs: number
  readonly required: number
  readonly pagination?: Pagination['type']
  /** Media types of the body to choose from, where there are several; the first is taken. */
  readonly content_types?: readonly string[]
  /** Entries of the report about it. */
  readonly notes?: number
  /** What it costs in a model's context as a tool; absent where that was not worked out. */
  readonly tokens?: number
  /** Why it is no action. */
  readonly problem?: string
}

export interface Preview {
  readonly connector: string
  readonly name: string
  readonly description: string
  readonly servers: HttpConnectorDocument['servers']
  readonly auth: NonNullable<HttpConnectorDocument['auth']>
  readonly tags: readonly {
    readonly name: string
    readonly description?: string
    readonly parent?: string
    readonly operations: number
  }[]
  readonly operations: readonly PreviewOperation[]
  /** Actions to begin with, the most useful first. */
  readonly proposal: readonly Proposed[]
  readonly report: ImportReport
}

/** Compiling a tool takes half a millisecond: in a larger document only what is proposed is counted. */
const mostCounted = 2000

/** Tokens by action, of each as a tool in the plain words of MCP, its name included. */
function tokensOf({ document }: Imported, proposal: readonly Proposed[]): ReadonlyMap<string, number> {
  const { actions } = compileConnector(document, '1.0.0')
  const compiled = toolCompiler()
  const counted = actions.size <= mostCounted ? [...actions.keys()] : proposal.map(({ action }) => action)
  return new Map(
    counted.flatMap((name) => {
      const action = actions.get(name)
      if (action === undefined) return []
      const named = estimateTokens(`${document.connector}_${name}`)
      return [[name, compiled(action, document.connector, 'mcp').tokens + named] as const]
    }),
  )
}

/** What a person sees before choosing. */
export function previewOf(imported: Imported): Preview {
  const { document, report, operations, tags, contentTypes } = imported
  const notes = new Map<string, number>()
  const problems = new Map<string, string>()
  for (const { operation, code, message } of report.entries) {
    notes.set(operation, (notes.get(operation) ?? 0) + 1)
    if (code === 'operation_not_imported') problems.set(operation, message)
  }
  const counts = new Map<string, number>()
  const proposal = propose(operations, document.actions)
  const tokens = tokensOf(imported, proposal)
  const listed: PreviewOperation[] = []
  for (const operation of operations) {
    for (const tag of tagNames(operation)) counts.set(tag, (counts.get(tag) ?? 0) + 1)
    const action = Object.hasOwn(document.actions, operation.name) ? document.actions[operation.name] : undefined
    listed.push(
      listedOf(operation, action, {
        types: contentTypes.get(operation.name),
        tokens: tokens.get(operation.name),
        notes,
        problems,
      }),
    )
  }
  const described = new Map(tags.map((tag) => [tag.name, tag]))
  return {
    connector: document.connector,
    name: document.name,
    description: document.description ?? '',
    servers: document.servers,
    auth: document.auth ?? {},
    tags: [...new Set([...described.keys(), ...counts.keys()])].map((name) => ({
      ...(described.get(name) ?? { name }),
      operations: counts.get(name) ?? 0,
    })),
    operations: listed,
    proposal,
    report,
  }
}

function listedOf(
  operation: Operation,
  action: HttpActionDocument | undefined,
  {
    types,
    tokens,
    notes,
    problems,
  }: {
    readonly types: readonly string[] | undefined
    readonly tokens: number | undefined
    readonly notes: ReadonlyMap<string, number>
    readonly problems: ReadonlyMap<string, string>
  },
): PreviewOperation {
  const { name, method, path, value } = operation
  const input = typeof action?.input === 'object' ? action.input : {}
  const count = notes.get(name)
  const problem = action === undefined ? problems.get(name) : undefined
  return {
    action: name,
    method,
    path,
    title: bounded(textOf(value.summary) ?? textOf(value.description)?.split('\n', 1)[0] ?? '', 120),
    tags: tagNames(operation),
    effect: effectOf({ method }),
    ...(value.deprecated === true && { deprecated: true }),
    ...(action?.auth !== undefined && { auth: action.auth }),
    ...(action?.scopes !== undefined && { scopes: action.scopes }),
    inputs: Object.keys(typeof input.properties === 'object' ? (input.properties ?? {}) : {}).length,
    required: Array.isArray(input.required) ? input.required.length : 0,
    ...(action?.response?.pagination !== undefined && { pagination: action.response.pagination.type }),
    ...(types !== undefined && { content_types: types }),
    ...(count !== undefined && { notes: count }),
    ...(tokens !== undefined && { tokens }),
    ...(problem !== undefined && { problem }),
  }
}
