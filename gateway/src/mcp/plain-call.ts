import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  SERVER_INFO_META_KEY,
} from '@modelcontextprotocol/server'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { serverInfo } from './server.ts'

const modernVersion = '2026-07-28'

const closed = { additionalProperties: false } as const
const open = { additionalProperties: true } as const

const PlainCall = Compile(
  Type.Object(
    {
      jsonrpc: Type.Literal('2.0'),
      id: Type.Union([Type.String(), Type.Integer()]),
      method: Type.Literal('tools/call'),
      params: Type.Object(
        {
          name: Type.String({ minLength: 1 }),
          arguments: Type.Optional(Type.Object({}, open)),
          _meta: Type.Object(
            {
              [PROTOCOL_VERSION_META_KEY]: Type.String(),
              [CLIENT_INFO_META_KEY]: Type.Object({ name: Type.String(), version: Type.String() }, open),
              // Whoever can be asked in the middle of a call, or extends the protocol, is none of this path.
              [CLIENT_CAPABILITIES_META_KEY]: Type.Object({}, closed),
            },
            closed,
          ),
        },
        closed,
      ),
    },
    closed,
  ),
)

/** A call of a tool that wants nothing but its result. */
export interface PlainCall {
  readonly id: string | number
  readonly name: string
  readonly arguments: unknown
}

/**
 * The call, where a request of revision 2026-07-28 is one in every detail: answered here, it costs a fraction of what the SDK takes
 * for a server, a transport and a web request each. Null for anything else, which the SDK then judges.
 */
export function plainCallOf({ method, headers, body }: Pick<FastifyRequest, 'method' | 'headers' | 'body'>): PlainCall | null {
  const { accept = '' } = headers
  const version = headers['mcp-protocol-version']
  if (method !== 'POST' || version !== modernVersion || headers['mcp-method'] !== 'tools/call') return null
  if (!accept.includes('application/json') || !accept.includes('text/event-stream')) return null
  if (headers['mcp-session-id'] !== undefined || !PlainCall.Check(body)) return null
  const { id, params } = body
  if (headers['mcp-name'] !== params.name || params._meta[PROTOCOL_VERSION_META_KEY] !== version) return null
  return { id, name: params.name, arguments: params.arguments ?? {} }
}

/** The answer as the SDK gives it. */
export function plainAnswer({ id }: PlainCall, result: CallToolResult): Buffer {
  const _meta = { [SERVER_INFO_META_KEY]: serverInfo }
  return Buffer.from(JSON.stringify({ result: { ...result, resultType: 'complete', _meta }, jsonrpc: '2.0', id }))
}
