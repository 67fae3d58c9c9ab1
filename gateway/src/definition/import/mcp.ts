import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { SallyportError } from '../../errors.ts'
import type { Effect } from '../document.ts'
import { parseConnector } from '../parse.ts'
import { validName } from './choice.ts'
import { proposeSlug, snakeCase, UniqueNames } from './names.ts'
import { type ImportReport, Reporter } from './report.ts'
import { isRecord, type Json } from './spec.ts'
import { bounded } from './text.ts'

/** What an MCP server says of itself and its tools, as the gateway has listed it, as a connector document. */

const text = Type.Optional(Type.String())
const hint = Type.Optional(Type.Boolean())

const Tool = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  title: text,
  description: text,
  inputSchema: Type.Record(Type.String(), Type.Unknown()),
  outputSchema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  annotations: Type.Optional(Type.Object({ title: text, readOnlyHint: hint, destructiveHint: hint })),
  fingerprint: Type.String(),
})
type Tool = Type.Static<typeof Tool>
const checkTool = Compile(Tool)

const Variable = Type.Object({
  name: Type.String(),
  secret: Type.Boolean(),
  required: Type.Boolean(),
  description: text,
})

const Listing = Type.Object({
  mcp: Type.Object({
    /** Where it is: this, or a program. */
    url: text,
    transport: Type.Enum(['http', 'sse']),
    program: Type.Optional(Type.Object({ name: Type.String(), variables: Type.Array(Variable) })),
    name: text,
    description: text,
    /** Whether it was asked with a token. */
    token: Type.Boolean(),
    /** Whether people sign in at the authorization server that it names. */
    sign_in: Type.Optional(Type.Boolean()),
    /** Whether an admin believes what it says of the effect of its tools. */
    trusted: Type.Boolean(),
  }),
  tools: Type.Array(Type.Unknown()),
})
export type Listing = Type.Static<typeof Listing>
const checkListing = Compile(Listing)

/** Of one tool as JSON: what a model would never be shown. */
const maxToolBytes = 262_144
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu

function refuse(detail: string): never {
  throw new SallyportError('INVALID_INPUT', { detail })
}

/** The keys that are there, without those that are undefined. */
function present<T extends object>(values: T): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** What people cannot see, a model could still obey. */
export function visible(value: unknown, found: () => void): unknown {
  if (typeof value === 'string') {
    const clean = value.replace(invisible, '')
    if (clean !== value) found()
    return clean
  }
  if (Array.isArray(value)) return value.map((item) => visible(item, found))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      (key !== 'title' && key !== 'description' && typeof inner === 'string') || key === 'enum' ? inner : visible(inner, found),
    ]),
  )
}

function effectOf({ annotations = {} }: Tool, trusted: boolean): Effect {
  if (annotations.destructiveHint === true && annotations.readOnlyHint !== true) return 'destructive'
  return trusted && annotations.readOnlyHint === true ? 'read' : 'write'
}

/** How it is reached, and what a connection of it is asked for. */
function wayTo({ url, transport, program }: Listing['mcp']): object {
  if (program !== undefined) {
    const fieldsOf = (secret: boolean) =>
      program.variables
        .filter((one) => one.secret === secret)
        .map(({ name, required, description }) => [name, present({ title: name, required, description })] as const)
    const [secrets, settings] = [fieldsOf(true), fieldsOf(false)]
    return {
      mcp: { program: program.name },
      ...(secrets.length > 0 && { auth: { variables: { type: 'secrets', fields: Object.fromEntries(secrets) } } }),
      ...(settings.length > 0 && { fields: Object.fromEntries(settings) }),
    }
  }
  if (url === undefined) refuse('Give the address of the MCP server, or the name of its program.')
  return {
    servers: { production: { url } },
    ...(transport === 'sse' && {
      mcp: { transport: 'sse' },
      // The server says where it takes messages: anywhere on its own host.
      security: { url_patterns: [`${new URL(url).origin}/*`] },
    }),
  }
}

export interface McpOptions {
  readonly connector?: string | undefined
  readonly name?: string | undefined
}

/** Every tool becomes an action, unless it is none that can be called; the report says which are not. Throws INVALID_INPUT. */
export function mcpDocument(value: Json, options: McpOptions): { readonly document: Json; readonly report: ImportReport } {
  if (!checkListing.Check(value)) refuse('This is no list of tools of an MCP server. Give its address, with kind: mcp.')
  const { mcp, tools } = value
  const title = options.name ?? bounded(mcp.name ?? '', 200)
  const place = mcp.url === undefined ? (mcp.program?.name ?? '') : new URL(mcp.url).hostname
  const head = {
    connector: options.connector ?? proposeSlug(title || place),
    name: title || place,
    ...present({ description: mcp.description === undefined ? undefined : bounded(String(visible(mcp.description, () => {}))) }),
    kind: 'mcp',
    ...wayTo(mcp),
    ...authOf(mcp),
  }
  const report = new Reporter()
  const names = new UniqueNames()
  const actions: Record<string, unknown> = {}
  const taken = new Set<string>()
  const byName = (tool: unknown) => (isRecord(tool) && typeof tool.name === 'string' ? tool.name : '')
  for (const tool of [...tools].sort((a, b) => (byName(a) < byName(b) ? -1 : 1))) {
    const at = `/tools/${tools.indexOf(tool)}`
    const shown = byName(tool).replace(invisible, '').slice(0, 100)
    const skip = (why: string) => report.add('operation_not_imported', shown, at, `The tool ${JSON.stringify(shown)} ${why}.`)
    if (!checkTool.Check(tool)) skip('is not described as a tool should be')
    else if (taken.has(tool.name)) skip('is listed twice')
    else if (JSON.stringify(tool).length > maxToolBytes) skip('is described by more than 256 KB')
    else {
      taken.add(tool.name)
      const name = names.take(validName.test(tool.name) ? tool.name : snakeCase(tool.name) || 'tool')
      const found = () =>
        report.add('invisible_left_out', name, at, 'Characters that nobody sees were left out of its description.')
      const made = checked(() => parseConnector({ ...head, actions: { [name]: actionOf(tool, mcp.trusted, found) } }))
      if (typeof made === 'string') skip(`cannot be called: ${made}`)
      else Object.assign(actions, made.actions)
    }
  }
  const imported = Object.keys(actions).length
  // Of a server that somebody signs in at first, they are listed then.
  if (imported === 0 && !(mcp.sign_in === true && tools.length === 0))
    refuse(
      tools.length === 0 ? 'The MCP server lists no tools.' : `None of its tools can be called: ${report.entries[0]?.message}`,
    )
  return {
    document: { ...head, actions },
    report: { format: 'MCP server', operations: tools.length, imported, entries: report.entries },
  }
}

function authOf({ sign_in: signIn = false, token }: Listing['mcp']): object {
  if (signIn) return { auth: { sign_in: { type: 'mcp_oauth' } } }
  return token ? { auth: { token: { type: 'bearer' } } } : {}
}

function actionOf(tool: Tool, trusted: boolean, found: () => void): object {
  const { name, title, description, inputSchema, outputSchema, annotations, fingerprint } = tool
  const clean = (words: string | undefined, max: number) =>
    words === undefined ? undefined : bounded(String(visible(words, found)), max)
  return present({
    title: clean(title ?? annotations?.title, 200),
    description: clean(description, 4000),
    tool: { name, fingerprint },
    input: visible(inputSchema, found),
    output: outputSchema === undefined ? undefined : visible(outputSchema, found),
    effect: effectOf(tool, trusted),
  })
}

/** What is made, or why it cannot be. */
function checked<T>(make: () => T): T | string {
  try {
    return make()
  } catch (error) {
    if (error instanceof SallyportError) return error.detail.replace(/\.$/, '')
    if (error instanceof RangeError) return 'it is nested too deeply'
    throw error
  }
}
