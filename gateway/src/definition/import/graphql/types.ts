import {
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isScalarType,
} from 'graphql'
import type { JsonSchemaValue } from '../../document.ts'
import { schemaName } from '../names.ts'
import type { Selection } from './selection.ts'

type Schema = { readonly [keyword: string]: unknown }

/** JSON Schemas of input types, those with a name once each. */
export class InputSchemas {
  readonly schemas: Record<string, JsonSchemaValue> = {}
  readonly #noteScalar: (type: GraphQLScalarType) => void

  constructor(noteScalar: (type: GraphQLScalarType) => void) {
    this.#noteScalar = noteScalar
  }

  of(type: GraphQLInputType): Schema {
    if (isNonNullType(type)) return this.of(type.ofType)
    if (isListType(type)) return { type: 'array', items: this.of(type.ofType) }
    if (isScalarType(type)) return scalarSchema(type, this.#noteScalar)
    const name = schemaName(type.name)
    if (!Object.hasOwn(this.schemas, name)) {
      // In place before its fields are read: it may hold itself.
      this.schemas[name] = true
      this.schemas[name] = isEnumType(type)
        ? { type: 'string', enum: type.getValues().map((value) => value.name), ...described(type) }
        : isInputObjectType(type)
          ? this.#object(type)
          : true
    }
    return { $ref: `#/components/schemas/${name}` }
  }

  #object(type: Parameters<typeof isInputObjectType>[0] & object): Schema {
    if (!isInputObjectType(type)) return {}
    const fields = Object.values(type.getFields())
    const required = fields.filter(isRequiredInputField).map((field) => field.name)
    return {
      type: 'object',
      ...described(type),
      properties: Object.fromEntries(fields.map((field) => [field.name, { ...this.of(field.type), ...described(field) }])),
      ...(required.length === 0 ? {} : { required }),
      ...(type.isOneOf ? { minProperties: 1, maxProperties: 1 } : {}),
      additionalProperties: false,
    }
  }
}

/** What an answer has that was asked for by a selection. Null is allowed where the schema of the API allows it. */
export function outputSchema(type: GraphQLOutputType, selection: Selection | null): Schema {
  return nullable(type, selection, true)
}

function nullable(type: GraphQLOutputType, selection: Selection | null, orNull: boolean): Schema {
  if (isNonNullType(type)) return nullable(type.ofType, selection, false)
  const schema: Schema = isListType(type)
    ? { type: 'array', items: nullable(type.ofType, selection, true) }
    : isScalarType(type)
      ? scalarSchema(type, () => {})
      : isEnumType(type)
        ? { type: 'string' }
        : { type: 'object', ...propertiesOf(selection) }
  if (!orNull || schema.type === undefined) return schema
  return { ...schema, type: Array.isArray(schema.type) ? [...schema.type, 'null'] : [schema.type, 'null'] }
}

/** Of a union, what its types have besides what they share is left open. */
function propertiesOf(selection: Selection | null): Schema {
  if (selection === null || selection.fields.size === 0) return {}
  return {
    properties: Object.fromEntries(
      [...selection.fields].map(([name, { field, inner }]) => [
        name,
        { ...outputSchema(field.type, inner), ...described(field) },
      ]),
    ),
  }
}

const builtIn: Readonly<Record<string, Schema>> = {
  String: { type: 'string' },
  ID: { type: 'string' },
  Int: { type: 'integer' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
}
/** Scalars of many schemas that are texts on the wire. */
const texts =
  /^(Date|Time|DateTime|DateTimeISO|Timestamp|Timestamptz|ISO8601\w*|UUID|Uuid|URI|URL|Url|Email\w*|HTML|Html|GitObjectID|Base64\w*|Cursor)$/

function scalarSchema(type: GraphQLScalarType, noteScalar: (type: GraphQLScalarType) => void): Schema {
  const known = Object.hasOwn(builtIn, type.name) ? builtIn[type.name] : undefined
  if (known !== undefined) return known
  const notes = described({
    description: type.description ?? (type.specifiedByURL === undefined ? undefined : type.specifiedByURL),
  })
  if (texts.test(type.name)) return { type: 'string', ...notes }
  noteScalar(type)
  return notes
}

function described({ description }: { readonly description?: string | null | undefined }): { description?: string } {
  const text = description?.trim() ?? ''
  return text === '' ? {} : { description: text.slice(0, 1000) }
}
