import type { BodyDocument, BodyType, JsonSchemaValue } from '../document.ts'
import type { OperationContext } from './context.ts'
import type { BodyPart } from './declared-parameters.ts'
import { exampleOf } from './examples.ts'
import { annotated } from './inputs.ts'
import { bodyTypeOf, isMediaType, type Media } from './media-types.ts'
import { encodingFor, encodingOf, fileSchema } from './multipart.ts'
import { identifier } from './names.ts'
import { type PlainObject, plainObject } from './plain-object.ts'
import { isRecord, type Json, own, pointer } from './spec.ts'
import { swaggerBody } from './swagger.ts'

const preference: readonly BodyType[] = ['json', 'form', 'multipart', 'text', 'xml', 'binary']

/** A body as it is declared, in each of its media types. */
interface Written {
  readonly value: Json
  readonly at: string
  readonly types: readonly string[]
  /** Those that can be sent. */
  readonly media: readonly Media[]
}

/** Adds the body to the action's inputs. Returns the body, undefined when there is none, or why the operation cannot be called. */
export function placeBody(context: OperationContext, parts: readonly BodyPart[]): BodyDocument | undefined | string {
  const { operation, note } = context
  const written = context.spec.isSwagger ? writtenInSwagger(context, parts) : writtenBody(context)
  if (written === undefined || typeof written === 'string') return written
  const { value: body, at, types } = written
  if (operation.method === 'GET' || operation.method === 'HEAD') {
    if (body.required === true) return `it needs a body, which a ${operation.method} request must not have`
    note('part_left_out', at, `The body is left out: a ${operation.method} request has none.`)
    return undefined
  }
  const media = preferred(context, written.media)
  if (media === undefined) {
    if (body.required === true) return `its body can only be sent as ${types.join(', ')}, which this version does not write`
    note('part_left_out', at, `The optional body is left out: this version does not write ${types.join(', ')}.`)
    return undefined
  }
  const others = types.filter((type) => type !== media.contentType)
  if (others.length > 0) {
    const instead = written.media.length > 1 ? ' Another one can be chosen at the import, with content_types.' : ''
    note('content_type_chosen', at, `The body is sent as ${media.contentType}; not used: ${others.join(', ')}.${instead}`)
  }
  if (written.media.length > 1)
    context.offer([media, ...written.media.filter((one) => one !== media)].map((one) => one.contentType))
  const value = bodyValue(context, media, body)
  const encoding = media.type === 'form' || media.type === 'multipart' ? encodingOf(context, media) : undefined
  return { type: media.type, ...contentTypeOf(media), value, ...(encoding === undefined ? {} : { encoding }) }
}

function writtenBody({ spec, operation, note }: OperationContext): Written | undefined | string {
  if (operation.value.requestBody === undefined) return undefined
  const { value: body, at, lost } = spec.follow(operation.value.requestBody, pointer(operation.at, 'requestBody'))
  if (lost !== undefined) return `its body is missing: the reference ${lost}`
  if (!isRecord(body) || !isRecord(body.content) || Object.keys(body.content).length === 0) {
    note('part_left_out', at, 'The body says nothing about its content and is left out.')
    return undefined
  }
  const media: Media[] = []
  for (const contentType of Object.keys(body.content)) {
    const type = bodyTypeOf(contentType)
    if (type === null) continue
    const place = pointer(at, 'content', contentType)
    // From 3.2 on a media type may be a reference.
    const { value, at: found = place } = spec.follow(own(body.content, contentType), place)
    media.push({ type, contentType, value: isRecord(value) ? value : {}, at: found, schemaAt: pointer(found, 'schema') })
  }
  return { value: body, at, types: Object.keys(body.content), media }
}

function writtenInSwagger({ spec, operation, note }: OperationContext, parts: readonly BodyPart[]): Written | undefined {
  const body = swaggerBody(spec, operation, parts)
  if (body === undefined) return undefined
  const media = body.media.flatMap((one): Media[] => {
    const type = bodyTypeOf(one.type)
    return type === null ? [] : [{ ...one, type, contentType: one.type, at: body.at }]
  })
  for (const { value, at } of parts) {
    if (media[0]?.type === 'multipart' && value.type === 'array' && value.collectionFormat !== 'multi')
      note(
        'written_differently',
        at,
        `The items of "${String(value.name)}" should be in one part; here each has a part of its own.`,
      )
  }
  return { value: body.value, at: body.at, types: body.media.map(({ type }) => type), media }
}

/** The content that was asked for, else that of the kind this gateway writes best. */
function preferred({ contentType }: OperationContext, usable: readonly Media[]): Media | undefined {
  const asked = usable.find((media) => media.contentType === contentType)
  const rank = (media: Media) => preference.indexOf(media.type) * 2 + (media.contentType === 'application/json' ? 0 : 1)
  return asked ?? usable.toSorted((a, b) => rank(a) - rank(b))[0]
}

const implied: Readonly<Record<BodyType, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
  text: 'text/plain',
  xml: 'application/xml',
  binary: 'application/octet-stream',
}

/** The content type where it is not the one the kind of body implies. */
function contentTypeOf({ type, contentType }: Media): { content_type?: string } {
  return !isMediaType(contentType) || contentType.toLowerCase() === implied[type] ? {} : { content_type: contentType }
}

function bodyValue(context: OperationContext, media: Media, body: Json): unknown {
  const { spec, inputs, note, noteOnce } = context
  const isRequired = body.required === true
  const example = exampleOf(spec, media.value)
  const plain = isUnstructured(media.type) ? null : plainObject(spec, media.value.schema, media.schemaAt)
  if (plain === null || [...plain.properties.keys()].some((name) => inputs.has(identifier(name)))) {
    const schema =
      plain !== null && media.type === 'multipart' ? objectOf(fieldsOf(context, media, plain)) : wholeSchema(context, media)
    const usable = isUnstructured(media.type) && typeof example !== 'string' ? undefined : example
    const wanted = inputs.has('body') ? 'request_body' : 'body'
    return `{{${inputs.add(wanted, 'body', annotated(schema, body), { required: isRequired, example: usable })}}}`
  }
  if (plain.readOnly.length > 0) {
    const names = plain.readOnly.join(', ')
    note(
      'read_only_left_out',
      media.schemaAt,
      `The API sets these properties of the body itself, so they are no inputs: ${names}.`,
    )
  }
  const fields = fieldsOf(context, media, plain)
  const value: Record<string, unknown> = {}
  const names: string[] = []
  const required: string[] = []
  for (const [name, field] of fields) {
    const input = inputs.add(name, 'body', field.schema, {
      required: field.required && isRequired,
      // A null in the example is a value like any other.
      example: isRecord(example) && Object.hasOwn(example, name) ? example[name] : field.example,
    })
    if (input !== name)
      noteOnce('renamed', field.at, `The body property "${name}" is the input "${input}", here and wherever it occurs.`)
    value[name] = `{{${input}}}`
    names.push(input)
    if (field.required) required.push(input)
  }
  // A body that may be left out asks for its required properties only when it is there.
  if (!isRequired) inputs.requireTogether(names, required)
  return value
}

interface Field {
  readonly schema: JsonSchemaValue
  readonly required: boolean
  readonly example: unknown
  readonly at: string
}

function fieldsOf({ spec, convert }: OperationContext, media: Media, plain: PlainObject): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>()
  for (const [name, { value, at: inSchema }] of plain.properties) {
    const at = media.fieldsAt?.get(name) ?? inSchema
    const file = media.type === 'multipart' ? fileSchema(spec, value, encodingFor(media, name)) : null
    fields.set(name, {
      schema: file ?? convert(value, 'input', at),
      required: plain.required.has(name),
      example: file === null ? exampleOf(spec, { schema: value }) : undefined,
      at,
    })
  }
  return fields
}

function objectOf(fields: ReadonlyMap<string, Field>): JsonSchemaValue {
  const required = [...fields].filter(([, field]) => field.required).map(([name]) => name)
  const properties = Object.fromEntries([...fields].map(([name, field]) => [name, field.schema]))
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false }
}

function isUnstructured(type: BodyType): boolean {
  return type === 'text' || type === 'xml' || type === 'binary'
}

/** The schema of a body that is one input. */
function wholeSchema(
  { spec, convert, note }: OperationContext,
  { type, value, at, schemaAt: place, contentType }: Media,
): JsonSchemaValue {
  if (type === 'binary') return { type: 'string', contentEncoding: 'base64', contentMediaType: contentType }
  if (!isUnstructured(type)) return value.schema === undefined ? {} : convert(value.schema, 'input', place)
  const schema = spec.follow(value.schema, place).value
  if (isRecord(schema) && schema.type === 'string') return convert(value.schema, 'input', place)
  if (schema !== undefined)
    note('body_unchecked', at, `The body is given as text of type ${contentType}; its schema is not checked.`)
  return { type: 'string', contentMediaType: contentType }
}
