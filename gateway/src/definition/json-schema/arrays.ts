import type { JsonSchemaValue } from '../document.ts'
import { canonical } from './canonical.ts'
import { isSchema, type SchemaObject } from './keywords.ts'
import type { CompileSubschema } from './objects.ts'
import { type Check, checkChild, fail, maxProblems, type Seen, type Sink } from './problems.ts'
import { quantity } from './scalars.ts'

type Instance = readonly unknown[]
export type ArrayCheck = (value: Instance, sink: Sink, seen: Seen) => boolean

/** `prefixItems` and `items`; before 2020-12 the first was a list in `items` and the second `additionalItems`. */
function itemChecks(schema: SchemaObject, compile: CompileSubschema): ArrayCheck[] {
  const legacy = Array.isArray(schema.items)
  const listed = legacy ? schema.items : schema.prefixItems
  const prefix = Array.isArray(listed) ? listed.filter(isSchema).map(compile) : []
  const others = legacy ? schema.additionalItems : schema.items
  const rest = isSchema(others) ? compile(others) : undefined
  if (prefix.length === 0 && rest === undefined) return []
  const check: ArrayCheck = (value, sink, seen) => {
    let valid = true
    for (let i = 0; i < value.length; i++) {
      const item = prefix[i] ?? rest
      if (item === undefined) break
      seen?.add(i)
      if (checkChild(item, value[i], i, sink)) continue
      valid = false
      if (sink === null || sink.length >= maxProblems) return false
    }
    return valid
  }
  return [check]
}

function containsCheck(schema: SchemaObject, compile: CompileSubschema): ArrayCheck[] {
  if (!isSchema(schema.contains)) return []
  const contains: Check = compile(schema.contains)
  const least = typeof schema.minContains === 'number' ? schema.minContains : 1
  const most = typeof schema.maxContains === 'number' ? schema.maxContains : Number.POSITIVE_INFINITY
  const check: ArrayCheck = (value, sink, seen) => {
    let found = 0
    for (let i = 0; i < value.length; i++) {
      if (!contains(value[i], null, null)) continue
      found++
      seen?.add(i)
    }
    if (found < least) return fail(sink, `must contain at least ${quantity(least, 'matching item', 'matching items')}`)
    return found <= most || fail(sink, `must contain at most ${quantity(most, 'matching item', 'matching items')}`)
  }
  return [check]
}

function isUnique(value: Instance): boolean {
  const found = new Set<unknown>()
  for (const item of value) {
    // Texts get a prefix so that they can't equal the canonical form of an object.
    const key = typeof item === 'string' ? `"${item}` : typeof item === 'object' ? canonical(item) : item
    if (found.has(key)) return false
    found.add(key)
  }
  return true
}

/** Checks for arrays, except `unevaluatedItems`, which the caller adds last. */
export function arrayChecks(schema: SchemaObject, compile: CompileSubschema): ArrayCheck[] {
  const { minItems, maxItems, uniqueItems } = schema
  const checks: ArrayCheck[] = []
  if (typeof minItems === 'number') {
    const text = `must have at least ${quantity(minItems, 'item', 'items')}`
    checks.push((value, sink) => value.length >= minItems || fail(sink, text))
  }
  if (typeof maxItems === 'number') {
    const text = `must have at most ${quantity(maxItems, 'item', 'items')}`
    checks.push((value, sink) => value.length <= maxItems || fail(sink, text))
  }
  checks.push(...itemChecks(schema, compile), ...containsCheck(schema, compile))
  if (uniqueItems === true) checks.push((value, sink) => isUnique(value) || fail(sink, 'must not hold the same item twice'))
  return checks
}

/** `unevaluatedItems`: the items no other keyword has looked at. */
export function unevaluatedItemsCheck(subschema: JsonSchemaValue, compile: CompileSubschema): ArrayCheck {
  const check = compile(subschema)
  return (value, sink, seen) => {
    let valid = true
    for (let i = 0; i < value.length; i++) {
      if (seen?.has(i)) continue
      if (!checkChild(check, value[i], i, sink)) valid = false
      seen?.add(i)
      if (!valid && (sink === null || sink.length >= maxProblems)) return false
    }
    return valid
  }
}
