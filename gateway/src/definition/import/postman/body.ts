import { listOf, recordOf } from '../draft.ts'
import { bodyOf, jsonOf, withoutPlaceholders } from '../requests/bodies.ts'
import { isSecretName } from '../requests/credentials.ts'
import type { Part, SeenBody } from '../requests/request.ts'
import { isRecord, textOf } from '../spec.ts'
import { resolved } from './variables.ts'

export interface Text {
  readonly variables: ReadonlyMap<string, string>
  note(code: 'body_unchecked' | 'part_left_out', message: string): void
}

/** The body of a request in any of Postman's modes; undefined when it has none. */
export function sentBody(written: unknown, contentType: string | undefined, text: Text): SeenBody | undefined {
  const body = recordOf(written)
  if (body.disabled === true) {
    text.note('part_left_out', 'The body is disabled in the collection and is left out.')
    return undefined
  }
  switch (body.mode) {
    case 'raw':
      return rawBody(typeof body.raw === 'string' ? body.raw : '', contentType ?? typeOf(body.options), text)
    case 'urlencoded':
      return fields(body.urlencoded, contentType ?? 'application/x-www-form-urlencoded', text)
    case 'formdata':
      return fields(body.formdata, 'multipart/form-data', text)
    case 'file':
      return { kind: 'binary', contentType: contentType ?? 'application/octet-stream' }
    case 'graphql': {
      const { query, variables } = recordOf(body.graphql)
      const sample = typeof variables === 'string' ? jsonOf(filled(variables, text)) : variables
      const plain = resolved(textOf(query) ?? '', text.variables, () => '')
      return { kind: 'graphql', query: withoutPlaceholders(plain), variables: isRecord(sample) ? sample : {} }
    }
    default:
      return undefined
  }
}

const languages: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  javascript: 'application/javascript',
  text: 'text/plain',
}

function typeOf(options: unknown): string | undefined {
  const language = textOf(recordOf(recordOf(options).raw).language)
  return language !== undefined && Object.hasOwn(languages, language) ? languages[language] : undefined
}

function rawBody(raw: string, said: string | undefined, text: Text): SeenBody | undefined {
  if (raw.trim() === '') return undefined
  const plain = filled(raw, text)
  const sample = said === undefined || /json/i.test(said) ? (jsonOf(plain) ?? jsonOf(withoutComments(plain))) : undefined
  if (sample !== undefined && (said !== undefined || typeof sample === 'object'))
    return bodyOf(said ?? 'application/json', JSON.stringify(sample)) ?? undefined
  if (said !== undefined && /json/i.test(said)) {
    text.note('body_unchecked', 'The body says it is JSON and cannot be read as such; any value is accepted in its place.')
    return { kind: 'json', contentType: 'application/json', sample: undefined }
  }
  return bodyOf(said ?? 'text/plain', plain) ?? undefined
}

/** Variables without a value: an empty text inside quotes, null where a value stands. */
function filled(raw: string, { variables }: Text): string {
  return resolved(raw, variables, (_, index) => (isQuoted(raw, index) ? '' : 'null'))
}

/** By the characters beside it, which is enough for a sample. */
function isQuoted(raw: string, index: number): boolean {
  return !/[:[,]\s*$/.test(raw.slice(Math.max(0, index - 20), index))
}

/** Postman allows comments in a JSON body. */
function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (match) => (match.startsWith('"') ? match : ''))
}

function fields(written: unknown, contentType: string, { variables }: Text): SeenBody {
  const parts = listOf(written).flatMap((entry): Part[] => {
    const { key, value, type, description } = recordOf(entry)
    if (typeof key !== 'string' || key === '') return []
    const about = { name: key, ...describedAs(description) }
    if (type === 'file') return [{ ...about, isFile: true }]
    const plain = typeof value === 'string' ? resolved(value, variables, () => '') : ''
    return [plain === '' || isSecretName(key) ? about : { ...about, value: plain }]
  })
  return { kind: 'fields', contentType, fields: parts }
}

/** A description as a text or `{content}`; collections made of OpenAPI documents begin it with "(Required)". */
export function describedAs(written: unknown): { description?: string; required?: boolean } {
  const text = textOf(written) ?? textOf(recordOf(written).content)
  if (text === undefined) return {}
  return { description: text, ...(/^\s*\(required\)/i.test(text) ? { required: true } : {}) }
}
