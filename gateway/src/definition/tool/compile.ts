import { isObject, type SchemaObject } from '../json-schema/keywords.ts'
import type { SchemaSource } from '../json-schema/references.ts'
import { type Emitted, emitter, levels, TooLarge } from './emit.ts'
import { type Family, families, maxSchemaBytes, type ToolFormat } from './family.ts'
import type { Back } from './restore.ts'
import { type ReadShape, type Shape, shapeReader } from './shape.ts'
import { jsonBytes } from './text.ts'

export interface CompiledInput {
  /** Self-contained, without references; at most {@link maxSchemaBytes} as JSON. */
  readonly schema: SchemaObject
  /** For `restore`: how arguments given to `schema` become the input of the action, which is still to be checked. */
  readonly back: Back
}

/** The most detailed form that fits; null when none does. */
function fitting(shape: Shape, family: Family, read: ReadShape): Emitted | null {
  for (const level of levels) {
    try {
      const emitted = emitter(family, level, maxSchemaBytes, read).root(shape)
      if (jsonBytes(emitted.schema) <= maxSchemaBytes) return emitted
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
    }
  }
  return null
}

/** What an action takes, as a family of models takes it: looser than the original where it has to be, never narrower. */
export function compileInput({ schema, schemas }: SchemaSource, format: ToolFormat): CompiledInput {
  const family = families[format]
  const read = shapeReader(schemas)
  const shape = read({ schema, root: schema, trail: [] }, true)
  const root: Shape = { ...shape, types: ['object'], nullable: false, values: null, choices: [], cycle: false }
  // Hundreds of required inputs with long names: the check of the call names what is missing.
  const bare: Shape = { ...root, properties: new Map(), required: new Set(), rest: true }
  const emitted = fitting(root, family, read) ?? fitting(bare, family, read)
  return emitted ?? { schema: { type: 'object', properties: {} }, back: null }
}

/**
 * The schema of an answer, for clients that check the answer against it: everything the original accepts it accepts. Null where
 * answers need not be objects, and where no form of it is small enough.
 */
export function compileOutput({ schema, schemas }: SchemaSource): SchemaObject | null {
  if (!isObject(schema)) return null
  const read = shapeReader(schemas)
  const shape = read({ schema, root: schema, trail: [] }, true)
  if (shape.types.join() !== 'object' || shape.nullable || shape.choices.length > 0 || shape.values !== null) return null
  // Names as they are; patterns and formats mean different things to different validators.
  const family: Family = { ...families.mcp, key: /(?:)/, keywords: new Set(['additionalProperties']), guesses: false }
  return fitting(shape, family, read)?.schema ?? null
}
