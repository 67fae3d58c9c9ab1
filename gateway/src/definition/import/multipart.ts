import type { BodyDocument, JsonSchemaValue, Style } from '../document.ts'
import type { OperationContext } from './context.ts'
import { isMediaType, type Media } from './media-types.ts'
import { entriesOf, isRecord, type Json, own, pointer, type Spec, textOf } from './spec.ts'

/** Fields of form and multipart bodies: files, and how single fields are written. */

/** The input for a file, or a list of files: what the connector format takes for a part of a multipart body. Null for other fields. */
export function fileSchema(spec: Spec, schema: unknown, encoding: Json | undefined): JsonSchemaValue | null {
  const value = spec.follow(schema, '').value
  if (!isRecord(value)) return null
  if (value.type === 'array') {
    const items = fileSchema(spec, value.items, encoding)
    return items === null ? null : { ...described(value), type: 'array', items }
  }
  const isBinary =
    value.type === 'file' ||
    value.format === 'binary' ||
    (value.contentMediaType !== undefined && value.contentEncoding === undefined)
  if (!isBinary || (value.type !== undefined && value.type !== 'string' && value.type !== 'file')) return null
  const types = textOf(encoding?.contentType) ?? textOf(value.contentMediaType)
  return {
    ...described(value),
    type: 'object',
    properties: {
      filename: { type: 'string', description: 'Name of the file, such as report.pdf.' },
      content_type: {
        type: 'string',
        description:
          types === undefined ? 'Media type of the file, such as application/pdf.' : `Media type of the file: ${types}.`,
      },
      data_base64: { type: 'string', contentEncoding: 'base64', description: 'Content of the file in base64.' },
    },
    required: ['data_base64'],
    additionalProperties: false,
  }
}

function described(schema: Json): { description?: string } {
  const description = textOf(schema.description)
  return description === undefined ? {} : { description }
}

export function encodingFor(media: Media, field: string): Json | undefined {
  const encoding = isRecord(media.value.encoding) ? own(media.value.encoding, field) : undefined
  return isRecord(encoding) ? encoding : undefined
}

const styles: readonly Style[] = ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject']

/** How single fields are written, where the document says so. */
export function encodingOf({ note }: OperationContext, media: Media): BodyDocument['encoding'] {
  const found: NonNullable<BodyDocument['encoding']> = {}
  for (const [name, encoding] of entriesOf(media.value.encoding)) {
    const at = pointer(media.at, 'encoding', name)
    const written = media.type === 'form' ? formField(encoding) : partOf(encoding)
    if (written !== null) found[name] = written
    else if (textOf(encoding.contentType) !== undefined && encoding.contentType !== 'text/plain') {
      note(
        'written_differently',
        at,
        `"${name}" should be written as ${String(encoding.contentType)}; it is written as plain text.`,
      )
    }
    if (encoding.headers !== undefined)
      note('part_left_out', pointer(at, 'headers'), `Headers of the part "${name}" are not sent.`)
    if (encoding.allowReserved === true)
      note('written_differently', at, `"${name}" may hold reserved characters unencoded; here they are encoded.`)
  }
  return Object.keys(found).length === 0 ? undefined : found
}

type FieldEncoding = NonNullable<BodyDocument['encoding']>[string]

/** A field of a form has a style (OpenAPI 3.1, "Encoding Object"), or is JSON in text. */
function formField(encoding: Json): FieldEncoding | null {
  if (/json/i.test(textOf(encoding.contentType) ?? '')) return { content_type: 'application/json' }
  const style = styles.find((one) => one === encoding.style)
  if (style === undefined && typeof encoding.explode !== 'boolean') return null
  return {
    style: style ?? 'form',
    explode: typeof encoding.explode === 'boolean' ? encoding.explode : style !== 'spaceDelimited' && style !== 'pipeDelimited',
  }
}

/** A part of a multipart body has a media type; of several, the first is the default of a file that names none. */
function partOf(encoding: Json): FieldEncoding | null {
  const type = textOf(encoding.contentType)?.split(',', 1)[0]?.trim()
  return type === undefined || !isMediaType(type) ? null : { content_type: type }
}
