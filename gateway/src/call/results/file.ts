import { isObject } from '../../definition/json-schema/keywords.ts'

/** An answer that is no text, with its bytes in base64. */
export interface ResultFile {
  readonly contentType: string
  readonly base64: string
}

/** An answer as executors wrap it that is no text; null for any other. */
export function fileOf(payload: unknown): ResultFile | null {
  if (!isObject(payload) || Object.keys(payload).length !== 2) return null
  const { content_type: contentType, data_base64: base64 } = payload
  // Withheld bytes are a note in place of base64.
  return typeof contentType === 'string' && typeof base64 === 'string' && /^[A-Za-z0-9+/]+={0,2}$/.test(base64)
    ? { contentType, base64 }
    : null
}
