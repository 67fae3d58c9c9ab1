import { isMarked } from './directions.ts'
import { isRecord, pointer, type Spec } from './spec.ts'

/** An object that is nothing but its properties, so that they may stand beside the parameters. */
export interface PlainObject {
  readonly properties: ReadonlyMap<string, { readonly value: unknown; readonly at: string }>
  readonly required: ReadonlySet<string>
  /** Names of properties left out. */
  readonly readOnly: readonly string[]
}

/** Keywords such an object may have. */
const harmless = new Set(
  `type properties required allOf additionalProperties title description example examples default deprecated nullable readOnly
  writeOnly xml externalDocs $comment $schema $id`.split(/\s+/),
)

/**
 * The properties of such an object, or of an allOf of such objects that do not contradict each other, without those that are
 * readOnly: they should not be sent (OpenAPI 3.0.3, "Schema Object"). Null for anything else.
 */
export function plainObject(spec: Spec, schema: unknown, at: string): PlainObject | null {
  const properties = new Map<string, { readonly value: unknown; readonly at: string }>()
  const required = new Set<string>()
  if (!collect(spec, schema, at, 0, properties, required)) return null
  for (const name of required) if (!properties.has(name)) properties.set(name, { value: {}, at })
  const readOnly = [...properties].filter(([, { value }]) => isMarked(spec, value, 'readOnly')).map(([name]) => name)
  for (const name of readOnly) {
    properties.delete(name)
    required.delete(name)
  }
  return properties.size === 0 ? null : { properties, required, readOnly }
}

function collect(
  spec: Spec,
  schema: unknown,
  place: string,
  depth: number,
  properties: Map<string, { readonly value: unknown; readonly at: string }>,
  required: Set<string>,
): boolean {
  const { value, at } = spec.follow(schema, place)
  // Deeper than any inheritance in real documents; an allOf that contains itself ends here.
  if (!isRecord(value) || at === undefined || depth > 8) return false
  if (value.type !== undefined && value.type !== 'object') return false
  if (value.additionalProperties !== undefined && value.additionalProperties !== false) return false
  for (const key in value) if (!harmless.has(key) && !key.startsWith('x-')) return false
  if (value.properties !== undefined) {
    if (!isRecord(value.properties)) return false
    for (const name in value.properties) {
      const known = properties.get(name)
      const property = value.properties[name]
      if (known !== undefined && known.value !== property) return false
      properties.set(name, { value: property, at: pointer(at, 'properties', name) })
    }
  }
  if (Array.isArray(value.required)) for (const name of value.required) if (typeof name === 'string') required.add(name)
  if (value.allOf === undefined) return true
  if (!Array.isArray(value.allOf)) return false
  return value.allOf.every((part, index) => collect(spec, part, pointer(at, 'allOf', index), depth + 1, properties, required))
}
