import { unreachable } from '../../errors.ts'
import type { BodyDocument, BodyType } from '../document.ts'
import { isObject } from '../json-schema/keywords.ts'
import { encodeName } from './encode.ts'
import { decodeBase64, encodeMultipart, partsOf, previewMultipart } from './multipart.ts'
import { pairCollector } from './parameters.ts'
import { collectReferences, type Fallback, type Scope, toText } from './placeholders.ts'
import { refuseInput } from './refusal.ts'
import { compileValue } from './values.ts'

export interface RenderedBody {
  readonly contentType: string
  readonly body: string | Uint8Array
  /** The body as a value, for previews. */
  readonly value: unknown
}

/** Undefined when the whole body is an absent input. */
export type RenderBody = (scope: Scope) => RenderedBody | undefined

const defaultTypes: Readonly<Record<BodyType, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
  text: 'text/plain; charset=utf-8',
  xml: 'application/xml',
  binary: 'application/octet-stream',
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
/** A value inside XML stays text; an input that is the whole body may be XML itself. */
const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)

/** `field[key]` for objects and for lists of them, the field repeated for lists of plain values. */
function defaultStyle(value: unknown): 'form' | 'deepObject' {
  const compound = Array.isArray(value) ? value.some((item) => typeof item === 'object' && item !== null) : isObject(value)
  return compound ? 'deepObject' : 'form'
}

function fieldsOf(input: string, value: unknown): [string, unknown][] {
  if (!isObject(value)) refuseInput(input, 'must be an object: its keys are the fields of the form')
  return Object.entries(value)
}

/** Compiles a body template. The value is built as a value and serialised at the end: no input can change its structure. */
export function compileBody(document: BodyDocument, fallback: Fallback): RenderBody {
  const { type, encoding = {} } = document
  const contentType = document.content_type ?? defaultTypes[type]
  const render = compileValue(document.value, fallback, type === 'xml' ? escapeXml : undefined)
  const input = collectReferences(document.value)[0]?.name ?? 'body'
  const encodingOf = (field: string) => (Object.hasOwn(encoding, field) ? encoding[field] : undefined) ?? {}

  function write(value: unknown): RenderedBody {
    switch (type) {
      case 'json':
        return { contentType, body: JSON.stringify(value), value }
      case 'form': {
        const fields = fieldsOf(input, value)
        const pairs = pairCollector(new Set(fields.map(([name]) => name)))
        for (const [name, item] of fields) {
          const { style = defaultStyle(item), explode, content_type } = encodingOf(name)
          if (item !== null)
            pairs.add(name, { name, encodedName: encodeName(name), style, explode, json: content_type !== undefined }, item)
        }
        return { contentType, body: pairs.text(), value }
      }
      case 'multipart': {
        const parts = fieldsOf(input, value).flatMap(([name, item]) => partsOf(name, item, encodingOf(name).content_type))
        return { ...encodeMultipart(parts), value: previewMultipart(value) }
      }
      case 'text':
      case 'xml':
        return { contentType, body: toText(value), value }
      case 'binary': {
        const bytes = decodeBase64(input, value)
        return { contentType, body: bytes, value: `[${bytes.length} bytes]` }
      }
      default:
        return unreachable(type)
    }
  }

  return (scope) => {
    const value = render(scope)
    return value === undefined ? undefined : write(value)
  }
}
