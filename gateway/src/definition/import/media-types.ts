import type { BodyType } from '../document.ts'
import type { Json } from './spec.ts'

/** One way in which a body may be written. */
export interface Media {
  readonly type: BodyType
  readonly contentType: string
  /** The media type object, and its JSON Pointer. */
  readonly value: Json
  readonly at: string
  readonly schemaAt: string
  /** Where the single fields of a form are declared, when that is not in the schema. */
  readonly fieldsAt?: ReadonlyMap<string, string>
}

/** What a body of a media type is sent as; null for those there is no way to write yet. */
export function bodyTypeOf(mediaType: string): BodyType | null {
  const type = mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (
    type === '*/*' ||
    type === 'application/*' ||
    type === 'application/json' ||
    type === 'text/json' ||
    type.endsWith('+json') ||
    type === 'application/*+json'
  )
    return 'json'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  if (type === 'multipart/form-data') return 'multipart'
  if (type === 'application/xml' || type === 'text/xml' || type.endsWith('+xml')) return 'xml'
  if (
    type.startsWith('text/') ||
    /^application\/(x-)?(yaml|ndjson|jsonl|json-seq|graphql|javascript|jwt|jose|sql|toml|.*\+yaml)$/.test(type)
  )
    return 'text'
  if (
    /^(image|audio|video|font)\//.test(type) ||
    /^application\/(octet-stream|pdf|(x-)?(zip|gzip|tar|gtar|tgz|7z-compressed|protobuf|msgpack))$/.test(type)
  )
    return 'binary'
  return null
}

/** Whether it names one type that can be sent as it is; `image/*` does not. */
export function isMediaType(text: string): boolean {
  return /^[\w.+-]+\/[\w.+-]+\s*(;[\x20-\x7e]*)?$/.test(text)
}
