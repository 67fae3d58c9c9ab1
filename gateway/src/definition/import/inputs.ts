import type { JsonSchemaValue } from '../document.ts'
import { identifier, UniqueNames } from './names.ts'
import { isRecord } from './spec.ts'

/** The input of one action, as it grows: every parameter and body property is one property at its top. */
export class Inputs {
  readonly #names = new UniqueNames()
  readonly #properties: Record<string, JsonSchemaValue> = {}
  readonly #required: string[] = []
  readonly #dependent: Record<string, readonly string[]> = {}
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
      if (others.length > 0) this.#dependent[name] = others
    }
  }

  schema(): JsonSchemaValue {
    return {
      type: 'object',
      properties: this.#properties,
      ...(this.#required.length === 0 ? {} : { required: this.#required }),
      ...(Object.keys(this.#dependent).length === 0 ? {} : { dependentRequired: this.#dependent }),
      additionalProperties: false,
    }
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
  const description =
    typeof notes.description === 'string' && notes.description.trim() !== '' ? notes.description.trim() : undefined
  const own = isRecord(schema) ? schema : null
  // The parameter's description says what it is for here; that of a shared schema says what it is in general.
  const adds = {
    ...(description === undefined || own?.description === description ? {} : { description }),
    ...(notes.deprecated === true ? { deprecated: true } : {}),
  }
  if (Object.keys(adds).length === 0) return schema
  if (own === null) return schema === true ? adds : schema
  return { ...own, ...adds }
}
