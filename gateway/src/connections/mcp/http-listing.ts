import type { Client } from '@modelcontextprotocol/client'
import type { Listing } from '../../definition/import/mcp.ts'
import type { HttpDoor } from '../../egress/doors.ts'
import { eventResponse } from '../../egress/fetch.ts'
import { egressProblem } from '../../egress/problem.ts'
import { type Egress, EgressError, type EgressRequest, type Passage } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { injectionOf } from '../on-premises.ts'
import type { ConnectionRegistry, LoadedConnection } from '../registry.ts'
import { type McpPlace, openClient } from './client.ts'
import { listAll } from './tool-list.ts'

export const listingMs = 30_000
/** Of one answer of the server. */
const maxResponseBytes = 16 * 1024 * 1024

/** What of a request opens the server. */
export interface Key
  extends Pick<
    EgressRequest,
    'headers' | 'secretQuery' | 'sign' | 'clientCertificate' | 'verifyTls' | 'authorities' | 'onPremises'
  > {
  /** The way to it, for a connection through a private network. */
  readonly passage?: Passage | null
  /** Another one, after the server has refused this one. */
  readonly renew?: () => Promise<Key>
}

type Connections = Pick<ConnectionRegistry, 'openCredential' | 'mayRenew'>

/** What a server says of itself and its tools. */
export async function tell(client: Client, signal: AbortSignal): Promise<Pick<Listing, 'tools'> & { server: object }> {
  const tools = await listAll(client, { timeout: listingMs, signal })
  const { name, title = name } = client.getServerVersion() ?? {}
  const description = client.getInstructions()
  return {
    tools: [...tools],
    server: { ...(title !== undefined && { name: title }), ...(description !== undefined && { description }) },
  }
}

/** What a server says of itself, and its tools, once it is asked with a key. Throws what says why it cannot be. */
export async function listOverHttp(anyWay: Egress, door: HttpDoor, { url, transport }: McpPlace, first: Key) {
  const egress = anyWay.via(first.passage ?? null)
  try {
    // As it was written: what follows would mend a spelling that is meant to deceive.
    egress.checkUrl(url)
  } catch (error) {
    throw error instanceof EgressError ? egressProblem(error) : error
  }
  let key = first
  const ending = AbortSignal.timeout(listingMs)
  let refused: number | null = null
  let leaving = false
  const { promise: broken, reject } = Promise.withResolvers<never>()
  broken.catch(() => {})
  // The stream of the old transport ends because we leave.
  const broke = (error: unknown) => {
    if (!leaving) reject(error)
  }
  const send = (address: string | URL, init: RequestInit) => {
    const { renew: _, passage: _way, ...opens } = key
    const request = {
      ...opens,
      door,
      method: init.method ?? 'GET',
      url: String(address),
      headers: { ...Object.fromEntries(new Headers(init.headers)), ...key.headers },
      ...(typeof init.body === 'string' && { body: init.body }),
      timeoutMs: listingMs,
      maxResponseBytes,
    }
    const own = init.signal == null ? [] : [init.signal]
    return eventResponse(
      (onHead, gaveUp) => egress.request({ ...request, onHead, signal: AbortSignal.any([ending, gaveUp, ...own]) }),
      broke,
    )
  }
  const fetch = async (address: string | URL, init: RequestInit = {}) => {
    try {
      let answer = await send(address, init)
      if (answer.status === 401 && key.renew !== undefined) {
        key = await key.renew()
        answer = await send(address, init)
      }
      refused = answer.ok ? null : answer.status
      return answer
    } catch (error) {
      broke(error)
      throw error
    }
  }
  const list = async () => {
    const client = await openClient({ url, transport }, { fetch, timeoutMs: listingMs, signal: ending })
    try {
      return await tell(client, ending)
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

/** What the credential of a connection adds to the requests to its server. */
export async function keyOfConnection(connections: Connections, connection: LoadedConnection): Promise<Key> {
  const { verifyTls, authorities } = connection.connector
  const opened = async (refused?: number): Promise<Key & { readonly version: number | null }> => {
    const { fields, version } = await connections.openCredential(connection, refused)
    const { headers, query, sign, clientCertificate, onPremises } = injectionOf(connection, fields)
    const trusted = { verifyTls, authorities: authorities ?? undefined }
    const { passage } = connection
    return { passage, headers, secretQuery: query, sign, clientCertificate, onPremises, ...trusted, version }
  }
  const { version, ...key } = await opened()
  if (version === null || !connections.mayRenew(connection)) return key
  const renew = async (): Promise<Key> => {
    const { version: _, ...renewed } = await opened(version)
    return renewed
  }
  return { ...key, renew }
}

/** Why a server could not be asked for its tools. */
export function problemOf(error: unknown, refused: number | null, place: string): unknown {
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
