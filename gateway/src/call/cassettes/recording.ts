import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { CompiledAction, CompiledConnector } from '../../definition/types.ts'
import { canonicalJson, sha256 } from '../../vault/digest.ts'

/**
 * Errors that an API's answer became, and that are worth answering again. What passes (too many calls, a fault of the API, no
 * answer in time) says nothing about the API, and is not recorded.
 */
const lastingErrors = ['AUTHENTICATION_FAILED', 'ENDPOINT_NOT_FOUND', 'SCHEMA_MISMATCH', 'UPSTREAM_ERROR'] as const

export type LastingError = (typeof lastingErrors)[number]
export function isLastingError(code: string): code is LastingError {
  return lastingErrors.some((each) => each === code)
}

const closed = { additionalProperties: false } as const
const Json = Type.Record(Type.String(), Type.Unknown())

/** What is sealed of a recording: everything that may be confidential. */
const content = {
  input: Json,
  answer: Type.Union([
    Type.Object(
      {
        payload: Type.Optional(Type.Unknown()),
        variables: Type.Optional(Json),
        diagnostics: Type.Optional(Json),
      },
      closed,
    ),
    Type.Object(
      {
        error: Type.Object(
          { code: Type.Enum([...lastingErrors]), detail: Type.String(), diagnostics: Type.Optional(Json) },
          closed,
        ),
      },
      closed,
    ),
  ]),
}
const Sealed = Type.Object(content, closed)
export type Content = Static<typeof Sealed>
export const Content = Compile(Sealed)

/** One answered call, as it stands in the file of a cassette. */
export const Recording = Type.Object(
  {
    connector: Type.String({ maxLength: 63 }),
    version: Type.String({ maxLength: 40, description: 'Of the connector, when it was recorded.' }),
    action: Type.String({ maxLength: 64 }),
    method: Type.Union([Type.String({ maxLength: 20 }), Type.Null()]),
    url: Type.Union([Type.String({ maxLength: 2000 }), Type.Null()], { description: 'The path of the action, as a template.' }),
    signature: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'SHA-256 of what the action sends and promises: another one makes the recording stale.',
    }),
    status: Type.Union([Type.Integer(), Type.Null()], { description: 'What the API answered; null of a command.' }),
    ...content,
  },
  closed,
)
export type Recording = Static<typeof Recording>

/** What an action sends and promises. Words that only people read are no part of it, nor are limits and rules of the gateway. */
const signatures = new WeakMap<CompiledAction, Buffer>()

export function signatureOf({ document }: Pick<CompiledConnector, 'document'>, action: CompiledAction): Buffer {
  let signature = signatures.get(action)
  if (signature === undefined) {
    const { method, path, path_styles, query, headers, cookies, body, response, errors } = document.actions[action.name] ?? {}
    const request = { method, path, path_styles, query, headers, cookies, body }
    const schemas = { input: withoutWords(action.inputSchema()), output: withoutWords(action.outputSchema()) }
    signature = sha256(canonicalJson({ kind: action.kind, request, response, errors, ...schemas }))
    signatures.set(action, signature)
  }
  return signature
}

const words: ReadonlySet<string> = new Set(['title', 'description', 'examples', 'example', 'deprecated', '$comment'])

/** A schema without its texts. A property that is called like one of them is a schema itself, and stays. */
function withoutWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutWords)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !words.has(key) || (typeof value === 'object' && value !== null && !Array.isArray(value)))
      .map(([key, value]) => [key, withoutWords(value)]),
  )
}

/** What a recording is found by: the action, and the canonical JSON (RFC 8785) of its input, of which URL and body are made. */
export function matchOf({ connector, action, input }: Pick<Recording, 'connector' | 'action' | 'input'>): Buffer {
  return sha256(canonicalJson({ connector, action, input }))
}
