import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { isObject } from '../../definition/json-schema/keywords.ts'
import { SallyportError } from '../../errors.ts'
import type { Sources } from '../catalog/pick.ts'
import type { StoredOf } from '../mcp/types.ts'
import type { ImportJob, Want } from './protocol.ts'

/** What an import takes, and where its document is: exactly one of spec, url, text, files, zip, catalog and program. */
export const ImportSource = Type.Object(
  {
    spec: Type.Optional(
      Type.Unknown({
        description:
          'A description of an API: an object, or its text. OpenAPI, Swagger, a Postman collection, HAR, curl commands, GraphQL (SDL or introspection), or {endpoints: […]} by hand.',
      }),
    ),
    url: Type.Optional(
      Type.String({
        maxLength: 2048,
        description: 'Where to fetch such a description, or to look for one: the base address of an API, or its documentation.',
      }),
    ),
    text: Type.Optional(Type.String({ description: 'A connector file, or a description of an API, as text.' })),
    files: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'A document of several files: texts by path. References between them are followed.',
      }),
    ),
    zip: Type.Optional(Type.String({ description: 'The same as a zip file, in base64.' })),
    catalog: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'Id of a connector of the catalog, or of a document of the OpenAPI directory.',
      }),
    ),
    kind: Type.Optional(
      Type.Literal('mcp', { description: 'The url is that of an MCP server, or the program is one: its tools become actions.' }),
    ),
    program: Type.Optional(
      Type.String({
        maxLength: 63,
        description:
          'With kind mcp, instead of a url: the name of a program that the operator has listed, which is run as the server.',
      }),
    ),
    variables: Type.Optional(
      Type.Record(Type.String(), Type.String({ maxLength: 16_384 }), {
        description: 'Values of the variables of that program, with which it is asked for its tools. They are not stored.',
      }),
    ),
    transport: Type.Optional(
      Type.Enum(['http', 'sse'], { description: 'How the MCP server speaks. Default: http, which is streamable HTTP.' }),
    ),
    token: Type.Optional(
      Type.String({
        maxLength: 16_384,
        description: 'Bearer token with which the MCP server is asked for its tools, where it wants one. It is not stored.',
      }),
    ),
    sign_in: Type.Optional(
      Type.Boolean({
        description:
          'People sign in at the authorization server that the MCP server names. The connector is made without tools; they are listed once somebody has connected.',
      }),
    ),
    trust_annotations: Type.Optional(
      Type.Boolean({ description: 'Believe the MCP server which of its tools only read. Default: they count as writes.' }),
    ),
    root: Type.Optional(
      Type.String({
        description: 'Which of the files is the document. Default: the one with "openapi" or "swagger" at its top.',
      }),
    ),
    connector: Type.Optional(Type.String({ description: 'Slug of the new connector. Default: from the title.' })),
    name: Type.Optional(Type.String()),
    server_url: Type.Optional(
      Type.String({
        description: 'Base of a relative server URL, or of a document without servers; of GraphQL the address of the endpoint.',
      }),
    ),
    select: Type.Optional(Type.Array(Type.String(), { description: 'Actions to keep, by name or operationId. Default: all.' })),
    tags: Type.Optional(Type.Array(Type.String(), { description: 'Keep only operations with one of these tags.' })),
    read_only: Type.Optional(Type.Boolean({ description: 'Keep only operations that read.' })),
    search: Type.Optional(
      Type.String({ maxLength: 200, description: 'Keep only operations with all these words in name, path, summary or tags.' }),
    ),
    rename: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'New names of actions, by the name they would have.' }),
    ),
    content_types: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Media type of the body by action, where there are several.' }),
    ),
  },
  { additionalProperties: false },
)
export type ImportSource = Static<typeof ImportSource>

export const places = ['spec', 'url', 'text', 'files', 'zip', 'catalog', 'program'] as const
let check: ReturnType<typeof Compile<typeof ImportSource>> | undefined

/** An import, if the body is one and no connector document. Throws INVALID_INPUT naming what is wrong with it. */
export function importSource(body: Readonly<Record<string, unknown>>): ImportSource | null {
  if (!places.some((place) => place in body)) return null
  check ??= Compile(ImportSource)
  if (check.Check(body)) return body
  const known = Object.keys(ImportSource.properties)
  const unknown = Object.keys(body).find((key) => !known.includes(key))
  const wrong = check.Errors(body)[0]?.instancePath.split('/')[1]
  throw new SallyportError('INVALID_INPUT', {
    detail:
      unknown === undefined ? `"${wrong}" has the wrong type.` : `Unknown key "${unknown}". An import takes ${known.join(', ')}.`,
  })
}

/** Where the tools of an MCP server of the catalog are listed: its file knows none of them. Null for any other document. */
export function serverOf({ kind, name, servers, mcp }: Readonly<Record<string, unknown>>): ImportSource | null {
  const [server] = isObject(servers) ? Object.values(servers) : []
  if (kind !== 'mcp' || !isObject(server) || typeof server.url !== 'string') return null
  const sse = isObject(mcp) && mcp.transport === 'sse'
  return { kind, url: server.url, ...(typeof name === 'string' && { name }), ...(sse && { transport: 'sse' }) }
}

const isRefusal = (error: unknown): boolean => error instanceof SallyportError && error.code === 'UPSTREAM_ERROR'

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

/** What the process is to do, with the document fetched when it lies at an address. */
export async function jobOf(source: ImportSource, want: Want, sources: Sources, of?: StoredOf): Promise<ImportJob> {
  const given = places.filter((place) => source[place] !== undefined)
  if (given.length !== 1) throw new SallyportError('INVALID_INPUT', { detail: `Give exactly one of ${places.join(', ')}.` })
  const { connector, name, server_url: serverUrl, root } = source
  return {
    want,
    ...(await documentOf(source, sources, of)),
    ...(connector === undefined ? {} : { connector }),
    ...(name === undefined ? {} : { name }),
    ...(serverUrl === undefined ? {} : { serverUrl }),
    // Who gives an MCP server has looked already.
    ...(source.url === undefined || source.kind === 'mcp' ? {} : { url: source.url }),
    ...(root === undefined ? {} : { root }),
    choice: {
      select: source.select,
      tags: source.tags,
      read_only: source.read_only,
      search: source.search,
      rename: source.rename,
      content_types: source.content_types,
    },
  }
}

async function documentOf(
  source: ImportSource,
  sources: Sources,
  of: StoredOf | undefined,
): Promise<Pick<ImportJob, 'text' | 'orConnector' | 'address' | 'files' | 'zip'>> {
  const { spec, url, text, files, zip, catalog, kind, program } = source
  if (kind === 'mcp') {
    if (url === undefined && program === undefined)
      throw new SallyportError('INVALID_INPUT', { detail: 'Give the url of the MCP server, or the name of its program.' })
    return { text: bytesOf(JSON.stringify(await sources.tools(source, of))) }
  }
  if (program !== undefined)
    throw new SallyportError('INVALID_INPUT', { detail: 'Only an MCP server is a program: give kind mcp.' })
  if (url !== undefined) {
    const fetched = await sources.fetch(url).catch((error: unknown) => {
      // The base address of an API often answers nothing itself; that of a document should.
      if (!isRefusal(error) || /\.(json|ya?ml)$/i.test(new URL(url).pathname)) throw error
      return null
    })
    return fetched === null ? { text: bytesOf(''), address: url } : { text: fetched.bytes, address: fetched.found }
  }
  if (catalog !== undefined) return sources.pick(catalog)
  if (text !== undefined) return { text: bytesOf(text), orConnector: true }
  if (files !== undefined) return { files: Object.entries(files).map(([path, content]) => ({ path, bytes: bytesOf(content) })) }
  if (zip !== undefined) return { zip: new Uint8Array(Buffer.from(zip, 'base64')) }
  return { text: bytesOf(typeof spec === 'string' ? spec : JSON.stringify(spec)) }
}
