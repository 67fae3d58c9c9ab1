import { isObject } from '../json-schema/keywords.ts'
import { toText } from './placeholders.ts'
import { refuseInput } from './refusal.ts'

/** A media type with parameters, or nothing that could end a header line (RFC 9110, section 8.3.1). */
const mediaType = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[\t\x20-\x7e]*)?$/

/** Bytes from base64 or base64url. */
export function decodeBase64(input: string, text: unknown): Uint8Array {
  if (typeof text !== 'string') refuseInput(input, 'must be a text in base64')
  const compact = text.replace(/[\r\n\t ]/g, '')
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) refuseInput(input, 'must be a text in base64')
  return Buffer.from(compact, 'base64')
}

/** As browsers write names: WHATWG HTML, "multipart/form-data encoding algorithm". */
const escapeName = (name: string) =>
  name
    .replace(/\r\n|\r|\n/g, '%0D%0A')
    .replaceAll('"', '%22')
    .replaceAll('\0', '%00')

export interface Part {
  readonly name: string
  readonly filename?: string
  readonly contentType?: string
  readonly data: string | Uint8Array
}

const isFile = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) && Object.hasOwn(value, 'data_base64')

/** Parts of one field: a list repeats it, an object is JSON unless it is a file `{filename, content_type, data_base64}`. */
export function partsOf(name: string, value: unknown, contentType: string | undefined): Part[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && contentType === undefined) return value.flatMap((item) => partsOf(name, item, undefined))
  if (isFile(value)) {
    const type = value.content_type ?? contentType ?? 'application/octet-stream'
    if (typeof type !== 'string' || !mediaType.test(type))
      refuseInput(`${name}.content_type`, 'must be a media type such as image/png')
    return [
      {
        name,
        filename: toText(value.filename ?? 'file'),
        contentType: type,
        data: decodeBase64(`${name}.data_base64`, value.data_base64),
      },
    ]
  }
  if (typeof value === 'object') return [{ name, contentType: contentType ?? 'application/json', data: JSON.stringify(value) }]
  return [{ name, ...(contentType === undefined ? {} : { contentType }), data: toText(value) }]
}

/** The body of RFC 7578. The boundary has 122 random bits, so no content can hold it. */
export function encodeMultipart(parts: readonly Part[]): { contentType: string; body: Uint8Array } {
  const boundary = `sallyport-${crypto.randomUUID()}`
  const chunks: Uint8Array[] = []
  for (const { name, filename, contentType, data } of parts) {
    const file = filename === undefined ? '' : `; filename="${escapeName(filename)}"`
    const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
    chunks.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"${file}\r\n${type}\r\n`))
    chunks.push(typeof data === 'string' ? Buffer.from(data) : data, Buffer.from('\r\n'))
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`))
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(chunks) }
}

/** A multipart value for a person to look at: file contents become their size. */
export function previewMultipart(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(previewMultipart)
  if (!isObject(value)) return value
  if (isFile(value)) return { ...value, data_base64: `[${Math.floor((String(value.data_base64).length * 3) / 4)} bytes]` }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, previewMultipart(item)]))
}
