import type { Listing } from '../../definition/import/mcp.ts'
import type { Program } from '../../egress/programs/allowed.ts'
import type { Programs } from '../../egress/programs/programs.ts'
import type { Egress } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import type { Trust } from '../oauth/types.ts'
import type { ConnectionRegistry, LoadedConnection } from '../registry.ts'
import type { McpPlace } from './client.ts'
import { type Key, keyOfConnection, listOverHttp } from './http-listing.ts'
import { listOfProgram } from './program-listing.ts'
import { programValues } from './program-transport.ts'
import { findMcpSignIn, type McpSignInServer } from './sign-in.ts'
import type { ListTools, McpSource, StoredOf } from './types.ts'

type Connections = Pick<ConnectionRegistry, 'shared' | 'reachable' | 'openCredential' | 'mayRenew'>

/** Of a server that no connector says more about. */
const nobody: Trust = { allowHttp: false, tokenAuthorities: null }

export function createListTools(egress: Egress, programs: Programs, connections: () => Connections): ListTools {
  /** The nearest to whoever looks, where somebody does. */
  async function connectionOf(of: StoredOf): Promise<LoadedConnection | null> {
    const own = of.caller === undefined ? null : await connections().reachable(of.caller, of.id)
    return own ?? connections().shared(of.workspaceId, of.id)
  }

  /** Null where nobody has given one. */
  async function keyOf(url: string, token: string | undefined, of: StoredOf | undefined): Promise<Key | null> {
    const connection = of === undefined ? null : await connectionOf(of)
    // A credential is for the server of its connector alone, and so is the way there.
    const own = connection?.connector.urlAllowed(url, connection.baseUrl) ? connection : null
    const passage = own?.passage ?? null
    if (token !== undefined) return { passage, headers: { authorization: Secret.concat('Bearer ', new Secret(token)) } }
    return own === null ? null : keyOfConnection(connections(), own)
  }

  /** With what a connection fills in, where one is there; a source says it only when there is none yet. */
  async function valuesOf(program: Program, given: McpSource['variables'], of: StoredOf | undefined) {
    const secrets = Object.entries(given ?? {}).map(([name, value]) => [name, new Secret(value)] as const)
    const connection = of === undefined || secrets.length > 0 ? null : await connectionOf(of)
    // A credential is for the program of its connector alone.
    if (connection === null || connection.connector.document.mcp?.program !== program.name) return Object.fromEntries(secrets)
    const { fields } = await connections().openCredential(connection)
    return programValues(connection.settings, fields)
  }

  async function ofProgram(name: string, { variables, trust_annotations: trusted = false }: McpSource, of: StoredOf | undefined) {
    const program = programs.find(name)
    const values = await valuesOf(program, variables, of)
    const owner = `listing ${of?.workspaceId ?? ''} ${name}`
    const { tools, server } = await listOfProgram({ programs, program, workspaceId: owner, owner, values })
    const { variables: asked } = program
    return {
      mcp: { transport: 'http' as const, trusted, token: false, program: { name, variables: [...asked] }, ...server },
      tools,
    }
  }

  async function ofAddress(url: string, source: McpSource, of: StoredOf | undefined): Promise<Listing> {
    const { token, transport = 'http', trust_annotations: trusted = false, sign_in: signIn = false } = source
    const place = { url, transport }
    const mcp = { ...place, trusted, sign_in: signIn }
    if (signIn && of === undefined && token === undefined) {
      await findMcpSignIn(place, {}, nobody, egress, performance.now())
      return { mcp: { ...mcp, token: false }, tools: [] }
    }
    const key = await keyOf(url, token, of)
    try {
      const { server, tools } = await listOverHttp(egress, 'mcp_listing', place, key ?? { headers: {} })
      return { mcp: { ...mcp, token: key !== null && Object.keys(key.headers).length > 0, ...server }, tools }
    } catch (error) {
      if (key !== null || !(error instanceof SallyportError) || error.code !== 'AUTHENTICATION_FAILED') throw error
      // Whoever runs it may let people sign in; what keeps them from it is of no use to somebody who has a token.
      const found = await findMcpSignIn(place, {}, nobody, egress, performance.now()).catch(() => null)
      throw found === null ? error : signInFirst(place, found)
    }
  }

  return async (source, of) => {
    const { url, program } = source
    if (program !== undefined) return ofProgram(program, source, of)
    if (url === undefined) throw new SallyportError('INVALID_INPUT', { detail: 'Give the url of the MCP server.' })
    return ofAddress(url, source, of)
  }
}

function signInFirst({ url }: McpPlace, { metadata: { issuer }, resource, scopes }: McpSignInServer): SallyportError {
  const { origin, pathname } = new URL(url)
  return new SallyportError('AUTHENTICATION_FAILED', {
    detail: `The MCP server at ${origin}${pathname} lets people in who sign in at ${issuer}. Import it with sign_in: true and connect; its tools are listed once somebody has signed in.`,
    diagnostics: { sign_in: { issuer, resource, scopes } },
  })
}
