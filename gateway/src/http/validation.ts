import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Settings } from 'typebox/system'
import { SallyportError } from '../errors.ts'

/** One thing wrong with a request. `path` is a JSON Pointer into the part of the request, empty for the whole. */
interface RequestProblem {
  readonly path: string
  readonly message: string
}

interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: object
  readonly message: string
}

/** Enough to correct a form by; a body can be wrong in a million places. */
const mostProblems = 20

// TypeBox stops at 8, and one wrong value of five allowed ones already counts five.
Settings.Set({ maxErrors: 100 })

const partNames: Record<string, string> = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' }

/**
 * Checks each part of a request against its TypeBox schema. Texts of the query and path are converted to what the schema
 * asks for; a body is taken as it is, unknown keys refused, and a missing body is an empty object.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = 'body' }) => {
  const validator = Compile(schema)
  return (given: unknown) => {
    const value = httpPart === 'body' ? (given ?? {}) : readTexts(schema, given)
    if (validator.Check(value)) return { value }
    const errors = toProblems(validator.Errors(value))
    const first = errors[0]
    const where = first?.path ? `${first.path} ` : ''
    const detail = `The ${partNames[httpPart] ?? httpPart} of the request does not match its schema: ${where}${first?.message ?? 'is invalid'}.`
    return { error: new SallyportError('INVALID_INPUT', { detail, diagnostics: { errors } }) }
  }
}

/** Query and path hold texts only. A text that is no plain number stays one, for the check to refuse. */
function readTexts(schema: TSchema, given: unknown): unknown {
  const texts: Record<string, unknown> = typeof given === 'object' && given !== null ? { ...given } : {}
  const properties: Record<string, { readonly type?: unknown; readonly default?: unknown }> =
    'properties' in schema ? { ...(schema.properties ?? {}) } : {}
  for (const [name, { type, default: otherwise }] of Object.entries(properties)) {
    const text = texts[name]
    if (text === undefined && otherwise !== undefined) texts[name] = otherwise
    if ((type === 'integer' || type === 'number') && typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text))
      texts[name] = Number(text)
    if (type === 'boolean' && (text === 'true' || text === 'false')) texts[name] = text === 'true'
  }
  return texts
}

function toProblems(errors: readonly SchemaError[]): RequestProblem[] {
  const found = new Map<string, RequestProblem>()
  const allowed = new Map<string, unknown[]>()
  for (const error of errors) {
    if (found.size >= mostProblems) break
    const params = error.params as Readonly<Record<string, unknown>>
    const add = (message: string, path = error.instancePath) => found.set(`${path} ${error.keyword}`, { path, message })
    if (error.keyword === 'boolean' || error.keyword === 'anyOf') continue // repeats what additionalProperties and the branches say
    if (error.keyword === 'const') {
      const values = allowed.get(error.instancePath) ?? []
      allowed.set(error.instancePath, [...values, params.allowedValue])
      add(`must be one of ${[...values, params.allowedValue].map((value) => JSON.stringify(value)).join(', ')}`)
    } else if (error.keyword === 'additionalProperties') {
      add(`has unknown keys: ${names(params.additionalProperties)}`)
    } else if (error.keyword === 'required') {
      add(`lacks ${names(params.requiredProperties)}`)
    } else add(error.message)
  }
  return [...found.values()]
}

function names(list: unknown): string {
  return Array.isArray(list) ? list.map((name) => JSON.stringify(name)).join(', ') : ''
}
