import type { CallToolResult, Tool } from '@modelcontextprotocol/server'
import { Type } from 'typebox'
import type { Results } from '../call/results/types.ts'
import type { ScriptTrials } from '../call/script-trials.ts'
import type { ScriptWriter } from '../call/script-writer.ts'
import type { Calls, ConnectionTests } from '../call/types.ts'
import { type Caller, hasRole, isConfined } from '../caller.ts'
import type { ConnectorDrafts } from '../connections/drafts.ts'
import type { Connections, Connectors } from '../connections/types.ts'
import { isObject } from '../definition/json-schema/keywords.ts'
import { SallyportError } from '../errors.ts'
import { type Document, trialOf } from './build-trial.ts'
import { jsonResult, parseArguments, refusal, schemaOf } from './own-tool.ts'
import { toMcpResult } from './result.ts'
import type { Visit } from './visit.ts'

export interface BuildServices {
  readonly connectors: Pick<Connectors, 'parse' | 'get'>
  readonly connections: Pick<Connections, 'list'>
  readonly drafts: ConnectorDrafts
  readonly scripts: ScriptTrials
  readonly writer: ScriptWriter
  readonly tests: ConnectionTests
}

interface Services extends BuildServices {
  readonly calls: Calls
  readonly results: Pick<Results, 'fit'>
  readonly publicUrl: () => string
}

const slug = Type.String({ maxLength: 63, description: 'Id of the connector, such as acme_crm.' })
const json = Type.Record(Type.String(), Type.Unknown())
const language = Type.Optional(Type.Enum(['javascript', 'typescript'], { default: 'javascript' }))
const Generate = Type.Object({
  description: Type.String({
    minLength: 1,
    maxLength: 20_000,
    description:
      'What the API is and does: its name, base URL, endpoints as "GET /customers/{id}", how it authenticates. No keys.',
  }),
  name: Type.Optional(Type.String({ maxLength: 100 })),
  base_url: Type.Optional(Type.String({ maxLength: 500, pattern: '^https?://' })),
})
const description = {
  url: Type.Optional(Type.String({ maxLength: 2048, description: 'Where the description of the API is.' })),
  text: Type.Optional(Type.String({ description: 'The description itself: JSON or YAML.' })),
  connector: Type.Optional(slug),
}
const Parse = Type.Object(description)
const Create = Type.Object({
  document: Type.Optional({ ...json, description: 'A connector document, such as generate_connector_script answers.' }),
  ...description,
})
const Update = Type.Object({
  connector: slug,
  source: Type.String({ minLength: 1, maxLength: 262_144, description: 'The whole script.' }),
  language,
  actions: Type.Optional({
    ...json,
    description: 'Actions to add or replace: {"listItems": {"description", "effect", "input"}}.',
  }),
})
const Test = Type.Object({
  connector: slug,
  connection: Type.Optional(Type.String({ description: 'Of a published connector: id of the connection to test.' })),
  command: Type.Optional(Type.String({ description: 'Of a draft with a script: the function to call. Default: its test.' })),
  params: Type.Optional(json),
  config: Type.Optional({ ...json, description: 'What the script finds in sallyport.config. No keys.' }),
})
const Execute = Type.Object({
  connector: slug,
  command: Type.String({ maxLength: 64, description: 'Name of an action.' }),
  params: Type.Optional({ ...json, description: 'Its input.' }),
  connection: Type.Optional(Type.String()),
  dry_run: Type.Optional(Type.Boolean({ description: 'Show what would be sent, and send nothing.' })),
})

const reads = { readOnlyHint: true, openWorldHint: false } as const
const drafts = { readOnlyHint: false, destructiveHint: false, openWorldHint: false } as const
/** What an admin's agent builds connectors with: all it makes are drafts. */
export const buildTools: readonly Tool[] = [
  {
    name: 'generate_connector_script',
    description:
      'Writes a connector in JavaScript from a description of an API. Stores nothing: hand its document to create_connector.',
    inputSchema: schemaOf(Generate),
    annotations: reads,
  },
  {
    name: 'parse_openapi_spec',
    description: 'Shows what connector a description of an API (OpenAPI, Postman, GraphQL, …) becomes. Stores nothing.',
    inputSchema: schemaOf(Parse),
    annotations: { readOnlyHint: true, openWorldHint: true },
  },
  {
    name: 'create_connector',
    description: 'Stores a draft: from a document, or from the url or text that parse_openapi_spec read. An admin publishes it.',
    inputSchema: schemaOf(Create),
    annotations: drafts,
  },
  {
    name: 'update_connector_script',
    description: 'Changes the script of a draft, or drafts the next version of a published connector.',
    inputSchema: schemaOf(Update),
    annotations: drafts,
  },
  {
    name: 'test_connector',
    description: 'Tries a draft without any credential, or tests a connection of a published connector by its reads.',
    inputSchema: schemaOf(Test),
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
  },
  {
    name: 'execute_connector_command',
    description: 'Calls an action of a published connector, with all its limits and approvals.',
    inputSchema: schemaOf(Execute),
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
  },
]

/** Throws FORBIDDEN for whoever may not build. */
export function requireBuilder(caller: Caller): void {
  if (!isConfined(caller) && hasRole(caller, 'admin')) return
  throw new SallyportError('FORBIDDEN', { detail: 'Connectors are built by admins, with a token that no toolset confines.' })
}

const unpack = (bytes: Uint8Array): Document => JSON.parse(Buffer.from(bytes).toString('utf8'))

const draftIn = ({ document }: Document): Document => (isObject(document) ? document : {})

async function use(
  services: Services,
  visit: Visit,
  name: string,
  args: unknown,
  maxBytes: number,
): Promise<CallToolResult | null> {
  const { connectors, connections, drafts: stored, scripts, writer, tests, calls, results, publicUrl } = services
  const { caller, credentials, ip } = visit
  const show = async (value: unknown) => jsonResult((await results.fit(caller, value, maxBytes)).value)
  const put = async (document: Document) => ({
    status: 'draft',
    ...(await stored.put(caller, document)),
    publish: `${publicUrl()}/connectors`,
    next: 'Try it with test_connector. Nobody can connect or call it before an admin has published it.',
  })
  const draftOf = (id: string) =>
    stored.get(caller, id).catch((error: unknown) => {
      if (error instanceof SallyportError && error.code === 'NOT_FOUND') return null
      throw error
    })

  switch (name) {
    case 'generate_connector_script': {
      const { description: wanted, name: called, base_url: baseUrl } = parseArguments(Generate, args)
      return jsonResult(
        await writer.write(caller, {
          description: wanted,
          ...(called !== undefined && { name: called }),
          ...(baseUrl !== undefined && { baseUrl }),
        }),
      )
    }
    case 'parse_openapi_spec':
      return show(unpack(await connectors.parse(caller, parseArguments(Parse, args))))
    case 'create_connector': {
      const { document, ...source } = parseArguments(Create, args)
      return jsonResult(await put(document ?? draftIn(unpack(await connectors.parse(caller, source)))))
    }
    case 'update_connector_script': {
      const { connector, source, language: written = 'javascript', actions = {} } = parseArguments(Update, args)
      const before = (await draftOf(connector))?.document ?? (await connectors.get(caller, connector))
      if (before.kind !== 'script')
        return refusal(`"${connector}" has no script: it is of kind ${String(before.kind ?? 'http')}.`)
      const all = { ...(isObject(before.actions) ? before.actions : {}), ...actions }
      return jsonResult(await put({ ...before, actions: all, script: { source, language: written } }))
    }
    case 'test_connector': {
      const { connector, connection, ...wish } = parseArguments(Test, args)
      const draft = await draftOf(connector)
      if (draft !== null) return show(await trialOf(draft.document, wish, (trial) => scripts.run(caller, trial)))
      const { items } = await connections.list(caller, { connector, limit: 1 })
      const id = connection ?? items[0]?.id
      if (id === undefined)
        return refusal(`"${connector}" has neither a draft nor a connection. A person connects an account first.`)
      const { ok, checks } = await tests.run(caller, credentials, id, ip)
      return show({ tested: 'connection', ok, checks })
    }
    case 'execute_connector_command': {
      const { connector, command, params = {}, connection, dry_run: dryRun } = parseArguments(Execute, args)
      const result = await calls.run({
        ...{ credentials, entrance: 'mcp' as const, ip, connector, action: command, input: params, maxResultBytes: maxBytes },
        ...(connection !== undefined && { connection }),
        ...(dryRun !== undefined && { dryRun }),
      })
      return toMcpResult(result, publicUrl(), false)
    }
    default:
      return null
  }
}

/** What one of {@link buildTools} answers; null for another name. What is wrong with a connector is an answer, too. */
export async function useBuildTools(
  services: Services,
  visit: Visit,
  name: string,
  args: unknown,
  maxBytes: number,
): Promise<CallToolResult | null> {
  try {
    return await use(services, visit, name, args, maxBytes)
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code === 'INTERNAL') throw error
    const facts = error.diagnostics === undefined ? '' : ` ${JSON.stringify(error.diagnostics)}`
    return refusal(`${error.code}: ${error.detail}${facts} ${error.resolution}`)
  }
}
