import { isObject } from '../definition/json-schema/keywords.ts'

/** Names under which APIs put their sentence, the most telling first; `error` alone is often a mere code. */
const names = ['error_description', 'detail', 'message', 'error_message', 'errorMessage', 'msg', 'description', 'reason', 'title']
const nests = ['error', 'errors', 'fault', 'meta', 'data'] as const
/** No shape that is known lies deeper. */
const maxDepth = 4

function textOf(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value
  if (depth === maxDepth) return null
  if (Array.isArray(value)) return textOf(value[0], depth + 1)
  if (!isObject(value)) return null
  const byName = new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]))
  for (const name of names) {
    const found = byName.get(name.toLowerCase())
    if (typeof found === 'string' && found.trim() !== '') return found
  }
  for (const name of nests) {
    const found = textOf(byName.get(name), depth + 1)
    if (found !== null) return found
  }
  // By field, as in {errors: {email: ["is taken"]}}.
  const [first] = depth > 0 ? Object.entries(value) : []
  if (first === undefined) return null
  const [field, said] = first
  const text = typeof said === 'string' || Array.isArray(said) ? textOf(said, depth + 1) : null
  return text === null ? null : `${field}: ${text}`
}

/**
 * What an API says of a refusal, in its own words: the sentence in the usual shapes of errors (RFC 6749, RFC 9457, `error`,
 * `errors`, `message`, `detail`), the title of a page, or the text itself. Empty when it says nothing to a person.
 */
export function reasonIn(text: string): string {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    if (!/^\s*</.test(text)) return text
    return /<title[^>]*>([^<]*)</i.exec(text)?.[1] ?? /<(?:message|faultstring)>([^<]*)</i.exec(text)?.[1] ?? ''
  }
  return textOf(body, 0) ?? ''
}
