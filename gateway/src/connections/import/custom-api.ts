import { readCustomApi } from '../../definition/import/custom-api.ts'
import { isObject } from '../../definition/json-schema/keywords.ts'
import { readText } from '../../definition/parse/source.ts'
import { SallyportError } from '../../errors.ts'

/** Longer texts are read in the process that imports, which knows other forms only. */
const maxText = 262_144

/** The connector that a `custom_api` document is of, where a body holds one as text; the body itself otherwise. Throws INVALID_INPUT. */
export function customApiIn(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { text = body.spec } = body
  const isText = typeof text === 'string' && text.length <= maxText && /^\s*\{?\s*"?custom_api"?\s*:/m.test(text)
  const source = isText ? readText(text) : null
  const document = source?.ok === true ? source.value : isObject(text) ? text : null
  if (!isObject(document) || !Object.hasOwn(document, 'custom_api')) return body
  const read = readCustomApi(document)
  if (read.ok) return read.made.connector
  throw new SallyportError('INVALID_INPUT', {
    detail: read.problems[0]?.message ?? 'The custom API is not valid.',
    diagnostics: { errors: read.problems },
  })
}
