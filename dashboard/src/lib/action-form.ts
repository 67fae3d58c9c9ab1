import type { Effect, Json } from '../api/types.ts'
import type { ActionDocument, Method, Template } from './connector-document.ts'
import { isObject } from './is-object.ts'

/**
 * An action contract as a form: rows and texts instead of records and values. What the form does not show (styles, limits,
 * examples) stays as it was.
 */

export interface Pair {
  readonly id: number
  readonly name: string
  readonly value: string
}

export interface InputRow {
  readonly name: string
  readonly type: InputType
  readonly required: boolean
  readonly description: string
}

export const inputTypes = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const
export type InputType = (typeof inputTypes)[number]

export interface ActionForm {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly method: Method
  readonly path: string
  readonly query: readonly Pair[]
  readonly headers: readonly Pair[]
  readonly body: string
  readonly inputs: Readonly<Record<string, InputRow>>
  readonly root: string
  readonly map: readonly Pair[]
  readonly output: string
  readonly effect: Effect | 'auto'
  readonly confirm: boolean
}

let lastId = 0
export const pair = (name = '', value = ''): Pair => ({ id: ++lastId, name, value })

export const emptyAction = (): ActionForm => ({
  name: '',
  title: '',
  description: '',
  method: 'GET',
  path: '/',
  query: [],
  headers: [],
  body: '',
  inputs: {},
  root: '',
  map: [],
  output: '',
  effect: 'auto',
  confirm: false,
})

export const hasBody = (method: Method): boolean =>
  method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE'

const templateText = (template: Template): string => {
  const value = typeof template === 'object' ? template.value : template
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const pairsOf = (record: Readonly<Record<string, Template>> = {}): Pair[] =>
  Object.entries(record).map(([name, template]) => pair(name, templateText(template)))

function inputRow(name: string, schema: unknown, required: boolean): InputRow {
  const { type, description } = isObject(schema) ? schema : {}
  return {
    name,
    type: inputTypes.find((known) => known === type) ?? 'string',
    required,
    description: typeof description === 'string' ? description : '',
  }
}

export function formOf(name: string, action: ActionDocument): ActionForm {
  const input = isObject(action.input) ? action.input : {}
  const properties = isObject(input.properties) ? input.properties : {}
  const required: readonly unknown[] = Array.isArray(input.required) ? input.required : []
  return {
    name,
    title: action.title ?? '',
    description: action.description ?? '',
    method: action.method,
    path: action.path,
    query: pairsOf(action.query),
    headers: pairsOf(action.headers),
    body: action.body ? JSON.stringify(action.body.value, null, 2) : '',
    inputs: Object.fromEntries(
      Object.entries(properties).map(([key, schema]) => [key, inputRow(key, schema, required.includes(key))]),
    ),
    root: action.response?.root ?? '',
    map: Object.entries(action.response?.map ?? {}).map(([field, path]) => pair(field, path)),
    output: action.output === undefined ? '' : JSON.stringify(action.output, null, 2),
    effect: action.effect ?? 'auto',
    confirm: action.confirm ?? false,
  }
}

/** The inputs that the templates name, in the order of their appearance. `{{settings.x}}` is no input. */
export function placeholdersOf({ path, query, headers, body, method }: ActionForm): string[] {
  const inPath = [...path.matchAll(/\{\{?\s*([a-zA-Z_]\w*)\s*\}?\}/g)].map(([, name]) => name ?? '')
  const texts = [...query, ...headers].map(({ value }) => value).concat(hasBody(method) ? body : '')
  const inTexts = texts.flatMap((text) => [...text.matchAll(/\{\{\s*([a-zA-Z_]\w*)\s*\}\}/g)].map(([, name]) => name ?? ''))
  return [...new Set([...inPath, ...inTexts])]
}

/** One row for every input: those of the templates first, then those that only the schema names. */
export function inputsOf(form: ActionForm): InputRow[] {
  const named = placeholdersOf(form)
  const extra = Object.keys(form.inputs).filter((name) => !named.includes(name))
  const inPath = new Set(placeholdersOf({ ...form, query: [], headers: [], body: '' }))
  return [...named, ...extra].map((name) => {
    const row = form.inputs[name] ?? { name, type: 'string', required: inPath.has(name), description: '' }
    // A path without one of its parts is another path.
    return inPath.has(name) ? { ...row, required: true } : row
  })
}

export interface FormMistakes {
  readonly name?: string
  readonly path?: string
  readonly body?: string
  readonly output?: string
}

const namePattern = /^[a-zA-Z][a-zA-Z0-9_]{0,63}$/

const jsonMistake = (text: string): string | undefined => {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'This is not JSON.'
  }
}

export function mistakesIn(form: ActionForm, taken: ReadonlySet<string>): FormMistakes {
  const name = !namePattern.test(form.name)
    ? 'Letters, digits and "_", starting with a letter.'
    : taken.has(form.name)
      ? 'Another action has this name.'
      : undefined
  const path = form.path.startsWith('/') ? undefined : 'The path starts with "/".'
  const body = form.body.trim() && hasBody(form.method) ? jsonMistake(form.body) : undefined
  const output = form.output.trim() ? jsonMistake(form.output) : undefined
  return { ...(name ? { name } : {}), ...(path ? { path } : {}), ...(body ? { body } : {}), ...(output ? { output } : {}) }
}

function templatesOf(
  pairs: readonly Pair[],
  before: Readonly<Record<string, Template>> = {},
): Readonly<Record<string, Template>> | undefined {
  const entries = pairs
    .filter(({ name }) => name.trim())
    .map(({ name, value }): [string, Template] => {
      const old = before[name]
      if (old !== undefined && templateText(old) === value) return [name, old]
      return [name, typeof old === 'object' ? { ...old, value } : value]
    })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function inputSchema(form: ActionForm, before: unknown): Json | undefined {
  const rows = inputsOf(form)
  const old = isObject(before) ? before : {}
  const oldProperties = isObject(old.properties) ? old.properties : {}
  if (rows.length === 0) return undefined
  const properties = rows.map(({ name, type, description }) => {
    const known = oldProperties[name]
    const row = isObject(known) ? inputRow(name, known, false) : undefined
    // A schema that the form shows only a part of is kept whole while that part is the same.
    const schema = isObject(known) && row?.type === type ? known : { type }
    return [name, { ...schema, ...(description ? { description } : {}) }] as const
  })
  const required = rows.filter((row) => row.required).map(({ name }) => name)
  const { required: _, ...rest } = old
  return { ...rest, type: 'object', properties: Object.fromEntries(properties), ...(required.length > 0 ? { required } : {}) }
}

/** The contract that the form describes. Call only without mistakes. */
export function actionOf(form: ActionForm, before?: ActionDocument): ActionDocument {
  const {
    title: _t,
    description: _d,
    query: _q,
    headers: _h,
    body: _b,
    input: _i,
    output: _o,
    response: _r,
    effect: _e,
    confirm: _c,
    ...kept
  } = before ?? { method: form.method, path: form.path }
  const query = templatesOf(form.query, before?.query)
  const headers = templatesOf(form.headers, before?.headers)
  const input = inputSchema(form, before?.input)
  const map = Object.fromEntries(
    form.map.filter(({ name, value }) => name.trim() && value.trim()).map(({ name, value }) => [name.trim(), value.trim()]),
  )
  const response = { ...(form.root.trim() ? { root: form.root.trim() } : {}), ...(Object.keys(map).length > 0 ? { map } : {}) }
  return {
    ...kept,
    ...(form.title.trim() ? { title: form.title.trim() } : {}),
    ...(form.description.trim() ? { description: form.description.trim() } : {}),
    method: form.method,
    path: form.path,
    ...(query ? { query } : {}),
    ...(headers ? { headers } : {}),
    ...(form.body.trim() && hasBody(form.method)
      ? {
          body: {
            type: before?.body?.type ?? 'json',
            ...(before?.body?.content_type ? { content_type: before.body.content_type } : {}),
            value: JSON.parse(form.body) as unknown,
          },
        }
      : {}),
    ...(input ? { input } : {}),
    ...(form.output.trim() ? { output: JSON.parse(form.output) as unknown } : {}),
    ...(Object.keys(response).length > 0 ? { response } : {}),
    ...(form.effect === 'auto' ? {} : { effect: form.effect }),
    ...(form.confirm ? { confirm: true } : {}),
  }
}
