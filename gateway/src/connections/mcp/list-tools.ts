import type { Client } from '@modelcontextprotocol/client'
import type { Listing } from '../../definition/import/mcp.ts'
import { eventResponse } from '../../egress/fetch.ts'
import { egressProblem } from '../../egress/problem.ts'
import type { Program } from '../../egress/programs/allowed.ts'
import type { Programs } from '../../egress/programs/programs.ts'
import { type Egress, EgressError, type EgressRequest } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import type { ConnectionRegistry } from '../registry.ts'
import { inject } from '../schemes/credential.ts'
import { openClient, openProgramClient } from './client.ts'
import { programTransport, programValues } from './program-transport.ts'
import { listAll } from './tool-list.ts'
import type { ListTools, McpSource, StoredOf } from './types.ts'

const timeoutMs = 30_000
/** Of one answer of the server. */
const maxResponseBytes = 16 * 1024 * 1024

/** What of a request opens the server. */
type Key = Pick<EgressRequest, 'headers' | 'secretQuery' | 'sign' | 'clientCertificate' | 'verifyTls' | 'authorities'>

type Connections = Pick<ConnectionRegistry, 'shared' | 'openCredential'>

/** What a server says of itself and its tools. */
async function tell(client: Client, signal: AbortSignal): Promise<Pick<Listing, 'tools'> & { server: object }> {
  const tools = await listAll(client, { timeout: timeoutMs, signal })
  const { name, title = name } = client.getServerVersion() ?? {}
  const description = client.getInstructions()
  return {
    tools: [...tools],
    server: { ...(title !== undefined && { name: title }), ...(description !== undefined && { description }) },
  }
}

export function createListTools(egress: Egress, programs: Programs, connections: () => Connections): ListTools {
  async function keyOf(url: string, token: string | undefined, of: StoredOf | undefined): Promise<Key> {
    if (token !== undefined) return { headers: { authorization: Secret.concat('Bearer ', new Secret(token)) } }
    const connection = of === undefined ? null : await connections().shared(of.workspaceId, of.id)
    // A credential is for the server of its connector alone.
    if (connection === null || !connection.connector.urlAllowed(url, connection.baseUrl)) return { headers: {} }
    const { fields } = await connections().openCredential(connection)
    const { headers, query, sign, clientCertificate } = inject(connection, fields)
    const { verifyTls, authorities } = connection.connector
    return { headers, secretQuery: query, sign, clientCertificate, verifyTls, authorities: authorities ?? undefined }
  }

  /** With what a connection fills in, where one is there; a source says it only when there is none yet. */
  async function valuesOf(program: Program, given: McpSource['variables'], of: StoredOf | undefined) {
    const secrets = Object.entries(given ?? {}).map(([name, value]) => [name, new Secret(value)] as const)
    const connection = of === undefined || secrets.length > 0 ? null : await connections().shared(of.workspaceId, of.id)
    // A credential is for the program of its connector alone.
    if (connection === null || connection.connector.document.mcp?.program !== program.name) return Object.fromEntries(secrets)
    const { fields } = await connections().openCredential(connection)
    return programValues(connection.settings, fields)
  }

  async function ofProgram(name: string, { variables, trust_annotations: trusted = false }: McpSource, of: StoredOf | undefined) {
    const program = programs.find(name)
    const signal = AbortSignal.timeout(timeoutMs)
    const values = await valuesOf(program, variables, of)
    const owner = `listing ${of?.workspaceId ?? ''} ${name}`
    const way = await programTransport({ programs, program, workspaceId: owner, owner, values })
    try {
      const client = await openProgramClient(way, { timeoutMs, signal })
      const { tools, server } = await tell(client, signal)
      programs.worked(owner)
      const { variables: asked } = program
      return {
        mcp: { transport: 'http' as const, trusted, token: false, program: { name, variables: [...asked] }, ...server },
        tools,
      }
    } catch (error) {
      throw problemOf(error, null, `The program "${name}"`)
    } finally {
      await way.close()
    }
  }

  return async (source, of) => {
    const { url, program, token, transport = 'http', trust_annotations: trusted = false } = source
    if (program !== undefined) return ofProgram(program, source, of)
    if (url === undefined) throw new SallyportError('INVALID_INPUT', { detail: 'Give the url of the MCP server.' })
    try {
      // As it was written: what follows would mend a spelling that is meant to deceive.
      egress.checkUrl(url)
    } catch (error) {
      throw error instanceof EgressError ? egressProblem(error) : error
    }
    const key = await keyOf(url, token, of)
    const ending = AbortSignal.timeout(timeoutMs)
    let refused: number | null = null
    let leaving = false
    const { promise: broken, reject } = Promise.withResolvers<never>()
    broken.catch(() => {})
    // The stream of the old transport ends because we leave.
    const broke = (error: unknown) => {
      if (!leaving) reject(error)
    }
    const fetch = async (address: string | URL, init: RequestInit = {}) => {
      const request = {
        ...key,
        door: 'mcp_listing' as const,
        method: init.method ?? 'GET',
        url: String(address),
        headers: { ...Object.fromEntries(new Headers(init.headers)), ...key.headers },
        ...(typeof init.body === 'string' && { body: init.body }),
        timeoutMs,
        maxResponseBytes,
      }
      const own = init.signal == null ? [] : [init.signal]
      try {
        const answer = await eventResponse(
          (onHead, gaveUp) => egress.request({ ...request, onHead, signal: AbortSignal.any([ending, gaveUp, ...own]) }),
          broke,
        )
        refused = answer.ok ? null : answer.status
        return answer
      } catch (error) {
        broke(error)
        throw error
      }
    }
    const list = async (): Promise<Listing> => {
      const client = await openClient({ url, transport }, { fetch, timeoutMs, signal: ending })
      try {
        const { tools, server } = await tell(client, ending)
        return { mcp: { url, transport, trusted, token: Object.keys(key.headers).length > 0, ...server }, tools }
      } finally {
        leaving = true
        await client.close().catch(() => {})
      }
    }
    try {
      return await Promise.race([list(), broken])
    } catch (error) {
      const { origin, pathname } = new URL(url)
      throw problemOf(error, refused, `The MCP server at ${origin}${pathname}`)
    }
  }
}

function problemOf(error: unknown, refused: number | null, place: string): unknown {
  if (error instanceof SallyportError) return error
  if (error instanceof EgressError) return egressProblem(error)
  if (refused === 401 || refused === 403)
    return new SallyportError('AUTHENTICATION_FAILED', {
      detail: `${place} answered ${refused}: it wants a credential. Give its token, with which the tools are listed once, or renew that of the connection.`,
      cause: error,
    })
  if (refused !== null)
    return new SallyportError('UPSTREAM_ERROR', {
      detail: `${place} answered ${refused}. Give the address at which it takes messages, often ending in /mcp.`,
      cause: error,
    })
  const message = error instanceof Error ? error.message.slice(0, 300) : 'unknown'
  return new SallyportError('UPSTREAM_ERROR', {
    detail: `${place} could not be asked for its tools: ${message.replace(/\.$/, '')}.`,
    cause: error,
  })
}
