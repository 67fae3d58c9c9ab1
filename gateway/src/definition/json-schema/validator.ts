import type { JsonSchemaValue } from '../document.ts'
import type { SchemaProblem } from '../types.ts'
import { allOfCheck, anyOfCheck, ifCheck, notCheck, oneOfCheck } from './alternatives.ts'
import { type ArrayCheck, arrayChecks, unevaluatedItemsCheck } from './arrays.ts'
import { canonical } from './canonical.ts'
import { isObject, isSchema, keywordsOf, type SchemaObject } from './keywords.ts'
import { type CompileSubschema, type ObjectCheck, objectChecks, unevaluatedPropertiesCheck } from './objects.ts'
import { type Check, type Finding, fail, listOptions, type Seen, type Sink, toProblem } from './problems.ts'
import { resolveReference, type Schemas } from './references.ts'
import { numberChecks, stringChecks } from './scalars.ts'

/** Empty when valid; at most 20 problems. Never throws. */
export type Validate = (value: unknown) => readonly SchemaProblem[]

export interface SchemaCompiler {
  compile(schema: JsonSchemaValue): Validate
}

const none: readonly SchemaProblem[] = []
/** References followed in one validation. 2 million take about a second; an ordinary answer of 5 MB needs far fewer. */
const maxReferences = 2_000_000
class TooComplex extends Error {}

const types = {
  null: { bit: 1, text: 'null' },
  boolean: { bit: 2, text: 'true or false' },
  integer: { bit: 4, text: 'an integer' },
  number: { bit: 8, text: 'a number' },
  string: { bit: 16, text: 'a string' },
  array: { bit: 32, text: 'an array' },
  object: { bit: 64, text: 'an object' },
} as const
const isTypeName = (name: unknown): name is keyof typeof types => typeof name === 'string' && Object.hasOwn(types, name)

function bitsOf(value: unknown): number {
  if (typeof value === 'string') return 16
  if (typeof value === 'number') return Number.isInteger(value) ? 12 : 8
  if (typeof value === 'boolean') return 2
  if (value === null) return 1
  if (typeof value === 'object') return Array.isArray(value) ? 32 : 64
  return 0
}

function enumCheck(values: readonly unknown[]): Check {
  const plain = new Set(values.filter((value) => typeof value !== 'object' || value === null))
  const compound = new Set(values.filter((value) => typeof value === 'object' && value !== null).map(canonical))
  const options = values.map(canonical)
  const text = `must be ${options.length > 1 ? 'one of ' : ''}${listOptions(options)}`
  return (value, sink) =>
    plain.has(value) ||
    (compound.size > 0 && typeof value === 'object' && value !== null && compound.has(canonical(value))) ||
    fail(sink, text, [], { kind: 'value', options })
}

function applicators(schema: SchemaObject, compile: CompileSubschema): Check[] {
  const list = (keyword: unknown) => (Array.isArray(keyword) ? keyword.filter(isSchema).map(compile) : [])
  const optional = (keyword: unknown) => (isSchema(keyword) ? compile(keyword) : undefined)
  const checks: Check[] = []
  if (Array.isArray(schema.enum)) checks.push(enumCheck(schema.enum))
  if (Object.hasOwn(schema, 'const')) checks.push(enumCheck([schema.const]))
  if (schema.allOf !== undefined) checks.push(allOfCheck(list(schema.allOf)))
  if (schema.anyOf !== undefined) checks.push(anyOfCheck(list(schema.anyOf)))
  if (schema.oneOf !== undefined) checks.push(oneOfCheck(list(schema.oneOf)))
  if (isSchema(schema.not)) checks.push(notCheck(compile(schema.not)))
  if (isSchema(schema.if)) checks.push(ifCheck(compile(schema.if), optional(schema.then), optional(schema.else)))
  return checks
}

function runAll<T>(
  checks: readonly ((value: T, sink: Sink, seen: Seen) => boolean)[],
  value: T,
  sink: Sink,
  seen: Seen,
): boolean {
  let valid = true
  for (const check of checks) {
    if (check(value, sink, seen)) continue
    valid = false
    if (sink === null) break
  }
  return valid
}

function nodeCheck(schema: SchemaObject, compile: CompileSubschema, reference: Check | null, formats: boolean): Check {
  const named = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter(isTypeName)
  const allowed = named.reduce((bits, name) => bits | types[name].bit, 0)
  const options = named.map((name) => types[name].text)
  const typeText = `must be ${listOptions(options)}`

  const any = [...(reference === null ? [] : [reference]), ...applicators(schema, compile)]
  const strings = stringChecks(schema, formats)
  const numbers = numberChecks(schema)
  const arrays: ArrayCheck[] = arrayChecks(schema, compile)
  const objects: ObjectCheck[] = objectChecks(schema, compile)
  const { unevaluatedItems, unevaluatedProperties } = schema
  if (isSchema(unevaluatedItems)) arrays.push(unevaluatedItemsCheck(unevaluatedItems, compile))
  if (isSchema(unevaluatedProperties)) objects.push(unevaluatedPropertiesCheck(unevaluatedProperties, compile))
  const tracks = isSchema(unevaluatedItems) || isSchema(unevaluatedProperties)

  return (value, sink, outerSeen) => {
    const bits = bitsOf(value)
    if (allowed !== 0 && (bits & allowed) === 0) return fail(sink, typeText, [], { kind: 'type', options })
    const seen: Seen = tracks ? new Set() : outerSeen
    let valid = any.length === 0 || runAll(any, value, sink, seen)
    if (!valid && sink === null) return false
    if (bits === 16) valid = runAll(strings, value, sink, seen) && valid
    else if (bits >= 4 && bits <= 12) valid = runAll(numbers, value, sink, seen) && valid
    else if (Array.isArray(value)) valid = runAll(arrays, value, sink, seen) && valid
    else if (isObject(value)) valid = runAll(objects, value, sink, seen) && valid
    if (tracks && valid && outerSeen !== null && seen !== null) for (const key of seen) outerSeen.add(key)
    return valid
  }
}

/**
 * Validators of JSON Schema draft 2020-12, compiled to closures; `#/schemas/Name` refers to `schemas`. Made for schemas of
 * third parties: nothing of them runs as code, patterns run in linear time, references are compiled on first use, malformed
 * keywords and unresolvable references count as absent, and problems are bounded. `formats` says whether the known formats
 * are checked: right for what callers send, wrong for answers of APIs, which are full of near misses.
 */
export function schemaCompiler(schemas: Schemas, options: { formats: boolean }): SchemaCompiler {
  const compiled = new WeakMap<object, WeakMap<object, Check>>()
  let references = 0

  function compileTarget(ref: string, from: JsonSchemaValue): Check {
    const found = resolveReference(ref, from, schemas)
    if (found === null) return () => true
    if (typeof found.schema === 'boolean' || typeof found.root === 'boolean') return compileNode(found.schema, found.root)
    const ofRoot = compiled.get(found.root) ?? new WeakMap<object, Check>()
    compiled.set(found.root, ofRoot)
    const check = ofRoot.get(found.schema) ?? compileNode(found.schema, found.root)
    ofRoot.set(found.schema, check)
    return check
  }

  function referenceCheck(ref: string, root: JsonSchemaValue): Check {
    let target: Check | undefined
    return (value, sink, seen) => {
      if (++references > maxReferences) throw new TooComplex()
      target ??= compileTarget(ref, root)
      return target(value, sink, seen)
    }
  }

  function compileNode(schema: JsonSchemaValue, root: JsonSchemaValue): Check {
    if (schema === true) return () => true
    if (schema === false) return (_value, sink) => fail(sink, 'is not allowed')
    const keywords = keywordsOf(schema)
    const reference = typeof keywords.$ref === 'string' ? referenceCheck(keywords.$ref, root) : null
    return nodeCheck(keywords, (subschema) => compileNode(subschema, root), reference, options.formats)
  }

  return {
    compile(schema) {
      const check = compileNode(schema, schema)
      return (value) => {
        references = 0
        const findings: Finding[] = []
        try {
          return check(value, findings, null) ? none : findings.map(toProblem)
        } catch (error) {
          if (error instanceof TooComplex) return [{ path: '', message: 'The value is too complex to be checked' }]
          if (error instanceof RangeError) return [{ path: '', message: 'The value is nested too deeply to be checked' }]
          throw error
        }
      }
    },
  }
}
