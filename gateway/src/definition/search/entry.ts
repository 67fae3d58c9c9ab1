import type { ActionDocument, ConnectorDocument } from '../document.ts'
import { placeholdersOf, schemasOf } from '../input-schema.ts'
import { isObject } from '../json-schema/keywords.ts'
import { dereferenceTop } from '../json-schema/references.ts'
import { plainText } from '../tool/text.ts'
import { type Deed, deedsOf, stemOf, wordsOf } from './words.ts'

/** Where in an action a word was found, the most telling first. */
export const fields = ['name', 'summary', 'resource', 'tags', 'path', 'description', 'parameters', 'synonyms'] as const
export type SearchField = (typeof fields)[number]

/** Of each field: what a word in it is worth, how many words it usually has, how much a longer one counts less (BM25F). */
export const weights: Readonly<Record<SearchField, { readonly weight: number; readonly usual: number; readonly b: number }>> = {
  name: { weight: 1.8, usual: 4, b: 0.6 },
  summary: { weight: 3.1, usual: 8, b: 0.6 },
  resource: { weight: 2.2, usual: 2, b: 0.4 },
  tags: { weight: 1, usual: 2, b: 0.5 },
  path: { weight: 0.8, usual: 5, b: 0.6 },
  description: { weight: 0.8, usual: 40, b: 0.7 },
  parameters: { weight: 0.6, usual: 12, b: 0.75 },
  synonyms: { weight: 1.2, usual: 2, b: 0.3 },
}

/** Words of one field that are looked at, at most. */
const maxWords = 120
const maxParameters = 60

export interface SearchEntry {
  readonly words: Readonly<Record<SearchField, readonly string[]>>
  readonly deed: Deed
  /** Parts of its path: what has fewer is more likely to be meant. */
  readonly depth: number
}

function deedOf({ method, path = '' }: ActionDocument, name: readonly string[], summary: readonly string[]): Deed {
  const last = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
  switch (method) {
    case 'DELETE':
      return 'delete'
    case 'PUT':
    case 'PATCH':
      return name[0] === 'add' || name[0] === 'create' ? 'create' : 'update'
    case 'GET':
    case 'HEAD':
    case 'OPTIONS':
      if (name[0] !== undefined && deedsOf(stemOf(name[0])).has('list')) return 'list'
      return last.includes('{{') || !/s$/.test(last.split('?')[0] ?? '') ? 'read' : 'list'
    default: {
      // POST does anything; its name says what.
      const said = name.slice(0, 3).flatMap((word) => [...deedsOf(stemOf(word))])
      const told = deedsOf(stemOf(summary[0] ?? ''))
      return said[0] ?? [...told][0] ?? (last.includes('{{') ? 'update' : 'create')
    }
  }
}

/** `pr` for "pull requests": what people call a thing that has several words. */
function initials(words: readonly string[]): readonly string[] {
  return words.length >= 2 && words.length <= 4 ? [words.map((word) => word.charAt(0)).join('')] : []
}

function parametersOf(action: ActionDocument, document: ConnectorDocument): readonly string[] {
  const { path, other } = placeholdersOf(action)
  const names = [...path, ...other].map(({ name }) => name)
  const schemas = schemasOf(document)
  const written = action.input === undefined || typeof action.input === 'boolean' ? null : action.input
  if (written !== null) {
    const { schema } = dereferenceTop({ schema: written, root: written }, schemas)
    const properties = isObject(schema) && isObject(schema.properties) ? schema.properties : {}
    for (const name of Object.keys(properties).slice(0, maxParameters)) names.push(name)
    // A body under one name: its own fields are what people ask for.
    const body = properties.body
    if (isObject(body)) {
      const inner = dereferenceTop({ schema: body, root: written }, schemas).schema
      if (isObject(inner) && isObject(inner.properties)) names.push(...Object.keys(inner.properties).slice(0, maxParameters))
    }
  }
  return [...new Set(names)].slice(0, maxParameters)
}

/** Of a description: what comes later is about details. */
const maxText = 700
/** Markup costs more to take out than to look for. */
const searchable = (text: string) =>
  /[<[&*`#]/.test(text.slice(0, maxText)) ? plainText(text.slice(0, maxText)) : text.slice(0, maxText)

const sentence = /^[\s\S]*?[.!?](?=\s|$)|^[^\n]*/

/** The words by which an action is found. Read from the document: nothing is compiled for it. */
export function searchEntry(name: string, document: ConnectorDocument): SearchEntry | null {
  const action = document.actions[name]
  if (action === undefined) return null
  const all = wordsOf(name)
  // Names that are made of method and path.
  const whole = all.length > 1 && all[0] === action.method?.toLowerCase() ? all.slice(1) : all
  // "by id" and "for authenticated user" say how, not what.
  const tail = whole.findIndex((word, index) => index > 0 && (word === 'by' || word === 'for'))
  const nameWords = tail < 0 ? whole : whole.slice(0, tail)
  const text = searchable(action.description ?? '')
  const first = sentence.exec(text)?.[0] ?? ''
  const summary = wordsOf(action.title ?? first)
  const path = action.path ?? ''
  const segments = path
    .split('/')
    .filter((segment) => segment !== '' && !segment.includes('{{') && !/^v?\d+(\.\d+)*$/.test(segment))
  const tags = action.tags ?? []
  const abbreviated = [...text.matchAll(/\(([A-Z]{2,6})s?\)/g)].map((match) => (match[1] ?? '').toLowerCase())
  const roots = (words: readonly string[]) => words.slice(0, maxWords).map(stemOf)
  return {
    deed: deedOf(action, nameWords, summary),
    depth: path.split('/').filter((segment) => segment !== '').length,
    words: {
      name: roots(nameWords),
      summary: roots(summary),
      resource: roots(wordsOf(segments.at(-1) ?? '')),
      tags: roots(tags.flatMap(wordsOf)),
      path: roots([...segments.slice(0, -1).flatMap(wordsOf), ...whole.slice(nameWords.length)]),
      description: roots(wordsOf(text)),
      parameters: roots(parametersOf(action, document).flatMap(wordsOf)),
      synonyms: [...new Set([...tags.map(wordsOf), ...segments.map(wordsOf)].flatMap(initials).concat(abbreviated))],
    },
  }
}
