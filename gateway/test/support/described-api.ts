import { type Schema, Validator } from '@cfworker/json-schema'
import { expect } from 'vitest'
import description from '../../openapi.json' with { type: 'json' }
import type { GatewayProcess } from './gateway.ts'
import type { WebSession } from './web-session.ts'

interface Operation {
  readonly operationId: string
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>>
}

const operations = new Map<string, { method: string; path: string; operation: Operation }>()
for (const [path, methods] of Object.entries(description.paths)) {
  for (const [method, operation] of Object.entries(methods)) operations.set(operation.operationId, { method, path, operation })
}

/** A schema in which what is not named may not be there, so that the description is complete. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closed(part)]))
  return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy
}
const components = closed(description.components)

interface Question {
  readonly id?: string
  readonly query?: string
  readonly body?: unknown
  /** Without one, and without a session, the owner's. */
  readonly token?: string
  /** Whose cookies go along in place of a token. */
  readonly as?: WebSession
}

/** A gateway that is held to its description. */
export class DescribedApi {
  readonly #gateway: Pick<GatewayProcess, 'url' | 'token'>
  /** The last answer with each status, by operation. */
  readonly #seen = new Map<string, Map<string, string>>()

  constructor(gateway: Pick<GatewayProcess, 'url' | 'token'>) {
    this.#gateway = gateway
  }

  /** Asks one operation and holds its answer against the description. */
  ask = async (operationId: string, { id = '', query = '', body, token = this.#gateway.token, as }: Question = {}) => {
    const { method, path, operation } = operations.get(operationId) ?? expect.unreachable(`no operation ${operationId}`)
    const address = `${this.#gateway.url}${path.replace('{id}', id)}${query}`
    const response =
      (await as?.fetch(address, { method: method.toUpperCase(), body })) ??
      (await fetch(address, {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }))
    const text = await response.text()
    const described = operation.responses[response.status] ?? operation.responses[`${Math.floor(response.status / 100)}XX`]
    if (described === undefined) throw new Error(`${operationId} answers the undescribed status ${response.status}: ${text}`)
    const type = response.headers.get('content-type')?.split(';')[0] ?? ''
    const schema = described.content?.[type]?.schema
    // Lines are read by those who verify them.
    const data = text === '' || type === 'application/x-ndjson' ? undefined : JSON.parse(text)
    if (text === '') expect({ operationId, content: described.content }).toEqual({ operationId, content: undefined })
    else if (schema === undefined) throw new Error(`${operationId} answers undescribed ${type}: ${text}`)
    else if (data !== undefined) {
      const validator = new Validator({ ...(closed(schema) as Schema), components } as Schema, '2020-12', false)
      const { valid, errors } = validator.validate(data ?? null)
      expect({ operationId, valid, errors: valid ? [] : errors, text: valid ? '' : text }).toEqual({
        operationId,
        valid: true,
        errors: [],
        text: '',
      })
    }
    const answers = this.#seen.get(operationId) ?? new Map<string, string>()
    this.#seen.set(operationId, answers.set(String(response.status), text))
    return { status: response.status, json: data }
  }

  /** The successes that are described and were not answered, with what was answered instead. */
  unseen(): Record<string, Record<string, string>> {
    const missing = [...operations.values()].flatMap(({ operation: { operationId, responses } }) =>
      Object.keys(responses)
        .filter((status) => /^[23]/.test(status) && this.#seen.get(operationId)?.has(status) !== true)
        .map((status) => [`${operationId} ${status}`, Object.fromEntries(this.#seen.get(operationId) ?? [])] as const),
    )
    return Object.fromEntries(missing)
  }
}
