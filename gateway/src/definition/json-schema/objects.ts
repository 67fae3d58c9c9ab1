import type { JsonSchemaValue } from '../document.ts'
import { nearest } from '../nearest.ts'
import { isObject, isSchema, type SchemaObject } from './keywords.ts'
import { linearPattern } from './pattern.ts'
import { type Check, checkChild, fail, maxProblems, type Seen, type Sink } from './problems.ts'
import { quantity } from './scalars.ts'

type Instance = Readonly<Record<string, unknown>>
export type ObjectCheck = (value: Instance, sink: Sink, seen: Seen) => boolean
export type CompileSubschema = (schema: JsonSchemaValue) => Check

const compileMap = (map: unknown, compile: CompileSubschema): [string, Check][] =>
  isObject(map)
    ? Object.entries(map).flatMap(([name, schema]) => (isSchema(schema) ? [[name, compile(schema)] as [string, Check]] : []))
    : []

function countChecks({ minProperties, maxProperties }: SchemaObject): ObjectCheck[] {
  const checks: ObjectCheck[] = []
  if (typeof minProperties === 'number') {
    const text = `must have at least ${quantity(minProperties, 'property', 'properties')}`
    checks.push((value, sink) => Object.keys(value).length >= minProperties || fail(sink, text))
  }
  if (typeof maxProperties === 'number') {
    const text = `must have at most ${quantity(maxProperties, 'property', 'properties')}`
    checks.push((value, sink) => Object.keys(value).length <= maxProperties || fail(sink, text))
  }
  return checks
}

function requiredChecks(schema: SchemaObject): ObjectCheck[] {
  const checks: ObjectCheck[] = []
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  if (required.length > 0) {
    checks.push((value, sink) => {
      let valid = true
      for (const name of required) {
        if (Object.hasOwn(value, name)) continue
        valid = fail(sink, 'is required', [name])
        if (sink === null) break
      }
      return valid
    })
  }
  // Before 2019-09, `dependencies` held both kinds.
  for (const [name, others] of [schema.dependentRequired, schema.dependencies].flatMap((map) =>
    isObject(map) ? Object.entries(map) : [],
  )) {
    if (!Array.isArray(others)) continue
    checks.push((value, sink) => {
      if (!Object.hasOwn(value, name)) return true
      const missing = others.map(String).filter((other) => !Object.hasOwn(value, other))
      for (const other of missing) fail(sink, `is required together with ${name}`, [other])
      return missing.length === 0
    })
  }
  return checks
}

/** `properties`, `patternProperties` and `additionalProperties`, which decide together what a name may be. */
function propertyCheck(schema: SchemaObject, compile: CompileSubschema): ObjectCheck[] {
  const properties = new Map(compileMap(schema.properties, compile))
  const patterns = compileMap(schema.patternProperties, compile)
  const additional = schema.additionalProperties
  const closed = additional === false
  const rest = isSchema(additional) && !closed ? compile(additional) : undefined
  if (properties.size === 0 && patterns.length === 0 && additional === undefined) return []

  const check: ObjectCheck = (value, sink, seen) => {
    let valid = true
    for (const name of Object.keys(value)) {
      const item = value[name]
      const property = properties.get(name)
      let known = property !== undefined
      if (property !== undefined && !checkChild(property, item, name, sink)) valid = false
      for (const [source, patternCheck] of patterns) {
        if (linearPattern(source)?.(name) !== true) continue
        known = true
        if (!checkChild(patternCheck, item, name, sink)) valid = false
      }
      if (!known && rest !== undefined) {
        known = true
        if (!checkChild(rest, item, name, sink)) valid = false
      } else if (!known && closed) {
        const meant = sink === null ? undefined : nearest(name, properties.keys())
        valid = fail(sink, `is not a known property${meant === undefined ? '' : `; did you mean "${meant}"?`}`, [name])
      }
      if (known && seen !== null) seen.add(name)
      if (!valid && (sink === null || sink.length >= maxProblems)) return false
    }
    return valid
  }
  return [check]
}

/** Checks for objects, in place of `unevaluatedProperties`, which the caller adds last. */
export function objectChecks(schema: SchemaObject, compile: CompileSubschema): ObjectCheck[] {
  const checks = [...requiredChecks(schema), ...propertyCheck(schema, compile), ...countChecks(schema)]
  if (isSchema(schema.propertyNames)) {
    const names = compile(schema.propertyNames)
    checks.push((value, sink) => {
      for (const name of Object.keys(value)) {
        const findings: Sink = sink === null ? null : []
        if (!names(name, findings, null)) return fail(sink, `is not a permitted name: it ${findings?.[0]?.text ?? ''}`, [name])
      }
      return true
    })
  }
  for (const [name, check] of [schema.dependentSchemas, schema.dependencies].flatMap((map) => compileMap(map, compile))) {
    checks.push((value, sink, seen) => !Object.hasOwn(value, name) || check(value, sink, seen))
  }
  return checks
}

/** `unevaluatedProperties`: what no other keyword of the schema, or of one it applies in place, has looked at. */
export function unevaluatedPropertiesCheck(subschema: JsonSchemaValue, compile: CompileSubschema): ObjectCheck {
  const check = compile(subschema)
  return (value, sink, seen) => {
    let valid = true
    for (const name of Object.keys(value)) {
      if (seen?.has(name)) continue
      if (subschema === false) valid = fail(sink, 'is not a known property', [name])
      else if (!checkChild(check, value[name], name, sink)) valid = false
      seen?.add(name)
      if (!valid && (sink === null || sink.length >= maxProblems)) return false
    }
    return valid
  }
}
