import { isRecord, type Spec } from './spec.ts'

/** Examples are read by people and models; longer ones cost more than they tell. Characters of JSON, roughly. */
const MAX_EXAMPLE = 4096

/** The example of a parameter or media type: `example`, the first of `examples`, or its schema's. */
export function exampleOf(spec: Spec, holder: unknown): unknown {
  if (!isRecord(holder)) return undefined
  if (holder.example !== undefined) return holder.example
  if (isRecord(holder.examples)) {
    for (const name in holder.examples) {
      const example = spec.follow(holder.examples[name], '').value
      if (isRecord(example) && example.value !== undefined) return example.value
    }
  }
  const schema = spec.follow(holder.schema, '').value
  if (!isRecord(schema)) return undefined
  if (schema.example !== undefined) return schema.example
  return Array.isArray(schema.examples) ? schema.examples[0] : undefined
}

export function isShort(example: unknown): boolean {
  let left = MAX_EXAMPLE
  const visit = (value: unknown): void => {
    if (left < 0) return
    if (typeof value === 'string') left -= value.length + 2
    else if (typeof value === 'object' && value !== null) {
      for (const key of Object.keys(value)) {
        left -= key.length + 4
        visit((value as Readonly<Record<string, unknown>>)[key])
        if (left < 0) return
      }
    } else left -= 6
  }
  visit(example)
  return left >= 0
}
