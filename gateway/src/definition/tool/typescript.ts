import { isObject } from '../json-schema/keywords.ts'

/** Types deeper than this are told as `unknown`. */
const maxDepth = 6
const plainName = /^[A-Za-z_$][\w$]*$/

export const memberName = (name: string): string => (plainName.test(name) ? name : JSON.stringify(name))

/** A comment that nothing in it can end. */
export function comment(text: string, indent: string): string {
  const safe = text.replaceAll('*/', '* /').replace(/\s*\n\s*/g, `\n${indent} * `)
  return safe === '' ? '' : `${indent}/** ${safe} */\n`
}

function literal(value: unknown): string {
  return JSON.stringify(value) ?? 'unknown'
}

const union = (types: readonly string[]) => (types.length === 0 ? 'unknown' : [...new Set(types)].join(' | '))

/** A compiled JSON Schema, which has no references, as a type of TypeScript. */
export function typeOf(schema: unknown, indent = '', depth = 0): string {
  if (!isObject(schema) || depth > maxDepth) return 'unknown'
  if ('const' in schema) return literal(schema.const)
  if (Array.isArray(schema.enum)) return union(schema.enum.map(literal))
  const choices = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : null
  if (choices !== null) return union(choices.map((each) => typeOf(each, indent, depth + 1)))
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  return union(types.map((type) => named(type, schema, indent, depth)))
}

function named(type: unknown, schema: Record<string, unknown>, indent: string, depth: number): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `Array<${typeOf(schema.items, indent, depth + 1)}>`
    case 'object':
      return objectType(schema, indent, depth)
    default:
      return isObject(schema.properties) ? objectType(schema, indent, depth) : 'unknown'
  }
}

function objectType(
  { properties, required, additionalProperties }: Record<string, unknown>,
  indent: string,
  depth: number,
): string {
  const needed = new Set(Array.isArray(required) ? required : [])
  const inner = `${indent}  `
  const members = Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => {
    const description = isObject(schema) && typeof schema.description === 'string' ? schema.description : ''
    const type = typeOf(schema, inner, depth + 1)
    return `${comment(description, inner)}${inner}${memberName(name)}${needed.has(name) ? '' : '?'}: ${type};`
  })
  if (members.length === 0)
    return `Record<string, ${isObject(additionalProperties) ? typeOf(additionalProperties, indent, depth + 1) : 'unknown'}>`
  return `{\n${members.join('\n')}\n${indent}}`
}
