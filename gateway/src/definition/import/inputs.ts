import type { JsonSchemaValue } from '../document.ts'
import { identifier, UniqueNames } from './names.ts'
import { isRecord, textOf } from './spec.ts'

/** The input of one action, as it grows: every parameter and body property is one property at its top. */
export class Inputs {
  readonly #names = new UniqueNames()
  readonly #properties: Record<string, JsonSchemaValue> = {}
  readonly #required: string[] = []
  #dependent: Record<string, readonly string[]> | undefined
  readonly #examples: Record<string, unknown> = {}

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** Takes a name as near to the wanted one as possible: itself, else `<place>_<name>`, else numbered. Returns it. */
  add(
    wanted: string,
    place: string,
    schema: JsonSchemaValue,
    options: { readonly required: boolean; readonly example?: unknown },
  ): string {
    const plain = identifier(wanted)
    const name = this.#names.take(this.#names.has(plain) ? identifier(`${place}_${wanted}`) : plain)
    this.#properties[name] = options.required ? withOnlyValue(schema) : schema
    if (options.required) this.#required.push(name)
    if (options.example !== undefined) this.#examples[name] = options.example
    return name
  }

  /** When one of these is given, those are required: for bodies that may be left out as a whole. */
  requireTogether(names: readonly string[], required: readonly string[]): void {
    for (const name of names) {
      const others = required.filter((other) => other !== name)
      if (others.length === 0) continue
      this.#dependent ??= {}
      this.#dependent[name] = others
    }
  }

  schema(): JsonSchemaValue {
    const schema: Record<string, unknown> = { type: 'object', properties: this.#properties }
    if (this.#required.length > 0) schema.required = this.#required
    if (this.#dependent !== undefined) schema.dependentRequired = this.#dependent
    schema.additionalProperties = false
    return schema
  }

  /** An input made of the examples in the document; undefined when there are none, or one for something required is missing. */
  example(): Readonly<Record<string, unknown>> | undefined {
    const names = Object.keys(this.#examples)
    if (names.length === 0 || this.#required.some((name) => !Object.hasOwn(this.#examples, name))) return undefined
    return this.#examples
  }
}

/** Where a required input can only have one value, nobody has to say it: an input with a default may be left out. */
function withOnlyValue(schema: JsonSchemaValue): JsonSchemaValue {
  if (!isRecord(schema) || schema.default !== undefined || !Array.isArray(schema.enum) || schema.enum.length !== 1) return schema
  return { ...schema, default: schema.enum[0] }
}

/** A schema with what stands beside it in the document. */
export function annotated(
  schema: JsonSchemaValue,
  notes: { readonly description?: unknown; readonly deprecated?: unknown },
): JsonSchemaValue {
  const description = textOf(notes.description)
  const own = isRecord(schema) ? schema : null
  // The parameter's description says what it is for here; that of a shared schema says what it is in general.
  const adds: { description?: string; deprecated?: true } = {}
  if (description !== undefined && own?.description !== description) adds.description = description
  if (notes.deprecated === true) adds.deprecated = true
  if (adds.description === undefined && adds.deprecated === undefined) return schema
  if (own === null) return schema === true ? adds : schema
  return { ...own, ...adds }
}
