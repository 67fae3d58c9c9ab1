import { type CallToolResult, ProtocolError, ProtocolErrorCode, type Tool } from '@modelcontextprotocol/server'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** Parts of the tools that the gateway itself serves. */

// A TypeBox object is JSON and an object's, which the SDK's type spells out.
export const schemaOf = (schema: TSchema) => ({ ...schema }) as unknown as Tool['inputSchema']

/** Throws a protocol error for arguments that do not fit. */
export function parseArguments<T extends TSchema>(schema: T, args: unknown): Static<T> {
  if (Value.Check(schema, args)) return args
  const [first] = Value.Errors(schema, args)
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `Wrong arguments: ${first?.instancePath ?? ''} ${first?.message ?? ''}`,
  )
}

export function jsonResult(value: unknown): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(value) }] }
}

export const refusal = (text: string): CallToolResult => ({ content: [{ type: 'text', text }], isError: true })
