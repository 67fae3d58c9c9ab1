import { SallyportError } from '../../errors.ts'
import { effectOf } from '../compile-action.ts'
import { nearest } from '../nearest.ts'
import type { Operation } from './context.ts'
import type { Reporter } from './report.ts'

/** Which operations to take, and how. What is absent leaves the choice open. */
export interface Choice {
  /** Actions by name or operationId. */
  readonly select?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
  readonly read_only?: boolean | undefined
  /** Words that all occur in name, path, summary or tags. */
  readonly search?: string | undefined
  /** New names by the name that an action would have. */
  readonly rename?: Readonly<Record<string, string>> | undefined
  /** By name: the content type of the body, where the document offers several. */
  readonly content_types?: Readonly<Record<string, string>> | undefined
}

/** Of an action. */
export const validName = /^[a-zA-Z][a-zA-Z0-9_]{0,63}$/

/** Those that meet everything asked for. Throws INVALID_INPUT when none does, or a new name is none. */
export function chosenOf(operations: readonly Operation[], choice: Choice = {}, report: Reporter): readonly Operation[] {
  checkNames(operations, choice, report)
  const { select, tags, read_only: readOnly, search } = choice
  const wanted = select === undefined ? null : new Set(select)
  const wantedTags = tags === undefined ? null : new Set(tags.map((tag) => tag.toLowerCase()))
  const words = search?.toLowerCase().split(/\s+/).filter(Boolean) ?? []
  const chosen = operations.filter((operation) => {
    const { name, value, path } = operation
    if (wanted !== null && !wanted.has(name) && !(typeof value.operationId === 'string' && wanted.has(value.operationId)))
      return false
    if (wantedTags !== null && !tagNames(operation).some((tag) => wantedTags.has(tag.toLowerCase()))) return false
    if (readOnly === true && effectOf(operation) !== 'read') return false
    const text =
      words.length === 0 ? '' : `${name} ${path} ${String(value.summary)} ${tagNames(operation).join(' ')}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  if (chosen.length === 0) throw nothingChosen(operations, choice)
  const known = new Set(operations.flatMap(({ name, value }) => [name, value.operationId]))
  for (const name of wanted ?? [])
    if (!known.has(name))
      report.add('choice_unknown', name, '/paths', `"${name}" was selected, but the document has no such operation.`)
  return chosen
}

export function tagNames({ value }: Operation): readonly string[] {
  return Array.isArray(value.tags) ? value.tags.filter((tag) => typeof tag === 'string') : []
}

export function actionName({ name }: Operation, choice: Choice | undefined): string {
  return entryOf(choice?.rename, name) ?? name
}

export function contentTypeFor({ name }: Operation, choice: Choice | undefined): string | undefined {
  return entryOf(choice?.content_types, name)
}

function entryOf(map: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined
}

function checkNames(operations: readonly Operation[], { rename, content_types: types }: Choice, report: Reporter): void {
  const names = new Set(operations.map(({ name }) => name))
  for (const [key, map] of Object.entries({ rename, content_types: types }))
    for (const name of Object.keys(map ?? {}))
      if (!names.has(name))
        report.add('choice_unknown', name, '/paths', `${key} names "${name}", but the document has no such operation.`)
  const result = new Set<string>()
  for (const operation of operations) {
    const name = actionName(operation, { rename })
    if (name !== operation.name && (!validName.test(name) || name in Object.prototype))
      throw invalid(`"${name}" cannot be the name of an action: a letter, then letters, digits and "_", at most 64 characters.`)
    if (result.has(name)) throw invalid(`Two actions would be named "${name}". Give one of them another name.`)
    result.add(name)
  }
}

function nothingChosen(operations: readonly Operation[], { select, tags }: Choice): SallyportError {
  const names = operations.map(({ name }) => name)
  const allTags = [...new Set(operations.flatMap(tagNames))]
  const near = select?.map((name) => nearest(name, names)).find((name) => name !== undefined)
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  const listed = tags === undefined ? '' : ` Its tags: ${allTags.slice(0, 10).join(', ') || 'none'}.`
  return invalid(
    `None of the selected actions is in the document. It has ${operations.length}, such as ${names.slice(0, 5).join(', ')}.${listed}${hint}`,
  )
}

function invalid(detail: string): SallyportError {
  return new SallyportError('INVALID_INPUT', { detail })
}
