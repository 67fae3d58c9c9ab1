import type { Effect, ImportPreview, ImportSource } from '../../api/types.ts'
import { type AuthScheme, asConnectorDocument, isSlug, type Server } from '../../lib/connector-document.ts'

/** What is chosen of a document before it becomes a connector. A document may have 20,000 operations. */

export type Operation = ImportPreview['operations'][number]

/** Taken as written, adjusted (the report says how), or not taken. */
export type OperationState = 'taken' | 'adjusted' | 'left_out'

export interface Item {
  readonly operation: Operation
  readonly state: OperationState
  /** Why it is proposed. */
  readonly reason: string | undefined
  /** What a search looks at, in small letters. */
  readonly text: string
}

export interface Review {
  readonly source: ImportSource
  readonly preview: ImportPreview
  readonly items: readonly Item[]
  readonly servers: Readonly<Record<string, Server>>
  readonly auth: Readonly<Record<string, AuthScheme>>
  readonly name: string
  readonly connector: string
  readonly selected: ReadonlySet<string>
  /** New names, by the names that the import gave. */
  readonly renamed: ReadonlyMap<string, string>
}

/** A document with no more operations is chosen whole; of a larger one what the gateway proposes. */
const wholeUpTo = 30

export function reviewOf(source: ImportSource, preview: ImportPreview): Review {
  const reasons = new Map(preview.proposal.map(({ action, reason }) => [action, reason]))
  const items = preview.operations.map((operation): Item => {
    const { action, method, path, title, tags, problem, notes } = operation
    return {
      operation,
      state: problem === undefined ? (notes === undefined ? 'taken' : 'adjusted') : 'left_out',
      reason: reasons.get(action),
      text: `${action} ${method} ${path} ${title} ${tags.join(' ')}`.toLowerCase(),
    }
  })
  const possible = items.filter(isPossible).map(({ operation }) => operation.action)
  const { connector, name, servers, auth = {} } = asConnectorDocument({ ...preview, actions: {} })
  return {
    source,
    preview,
    items,
    servers,
    auth,
    name,
    connector,
    selected: new Set(possible.length <= wholeUpTo || reasons.size === 0 ? possible : reasons.keys()),
    renamed: new Map(),
  }
}

export const isPossible = ({ state }: Item): boolean => state !== 'left_out'

export type ReviewChange =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'connector'; readonly connector: string }
  | { readonly kind: 'select'; readonly actions: readonly string[]; readonly on: boolean }
  | { readonly kind: 'rename'; readonly action: string; readonly name: string }

export function reviewed(review: Review, change: ReviewChange): Review {
  switch (change.kind) {
    case 'name':
      return { ...review, name: change.name }
    case 'connector':
      return { ...review, connector: change.connector }
    case 'select': {
      const selected = new Set(review.selected)
      for (const action of change.actions) change.on ? selected.add(action) : selected.delete(action)
      return { ...review, selected }
    }
    case 'rename': {
      const renamed = new Map(review.renamed)
      if (change.name === change.action) renamed.delete(change.action)
      else renamed.set(change.action, change.name)
      return { ...review, renamed }
    }
  }
}

export const nameOf = ({ renamed }: Review, action: string): string => renamed.get(action) ?? action

const actionName = /^[a-zA-Z][a-zA-Z0-9_]{0,63}$/

/** What is wrong with a new name of an action; null when nothing is. */
export function renameProblem(review: Review, action: string, name: string): string | null {
  if (!actionName.test(name)) return 'A letter, then letters, digits and "_", at most 64.'
  const taken = review.items.some(({ operation }) => operation.action !== action && nameOf(review, operation.action) === name)
  return taken ? `Another operation is named ${name}.` : null
}

export interface Filter {
  readonly text: string
  readonly tag: string
  readonly effect: Effect | ''
  readonly state: OperationState | ''
  readonly show: 'all' | 'proposed' | 'chosen'
}
export const noFilter: Filter = { text: '', tag: '', effect: '', state: '', show: 'all' }

/** The operations that meet all of it, in the order of the document; the proposed ones with the most useful first. */
export function filtered({ items, preview, selected, renamed }: Review, filter: Filter): readonly Item[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = items.filter(
    ({ operation, state, reason, text }) =>
      (filter.show !== 'proposed' || reason !== undefined) &&
      (filter.show !== 'chosen' || selected.has(operation.action)) &&
      (filter.tag === '' || operation.tags.includes(filter.tag)) &&
      (filter.effect === '' || operation.effect === filter.effect) &&
      (filter.state === '' || state === filter.state) &&
      words.every((word) => text.includes(word) || renamed.get(operation.action)?.toLowerCase().includes(word)),
  )
  if (filter.show !== 'proposed') return found
  const rank = new Map(preview.proposal.map(({ action }, index) => [action, index]))
  return found.sort((one, other) => (rank.get(one.operation.action) ?? 0) - (rank.get(other.operation.action) ?? 0))
}

interface SchemeUses {
  /** How many of the chosen operations need a credential. */
  readonly needed: number
  /** And how many of those accept each scheme; an operation that names none accepts any. */
  readonly uses: ReadonlyMap<string, number>
}

export function schemeUses({ items, auth, selected }: Review): SchemeUses {
  const uses = new Map(Object.keys(auth).map((scheme) => [scheme, 0]))
  let needed = 0
  for (const { operation } of items) {
    if (!selected.has(operation.action) || operation.auth?.length === 0) continue
    needed += 1
    for (const scheme of operation.auth ?? uses.keys()) uses.set(scheme, (uses.get(scheme) ?? 0) + 1)
  }
  return { needed, uses }
}

/** What the chosen operations cost in the context of a model, as tools; null when the gateway did not count one of them. */
export function tokensOf({ items, selected }: Review): number | null {
  let sum = 0
  for (const { operation } of items) {
    if (!selected.has(operation.action)) continue
    if (operation.tokens === undefined) return null
    sum += operation.tokens
  }
  return sum
}

/** What keeps it from being created, in words; null when nothing does. */
export function missingIn({ name, connector, selected }: Review): string | null {
  if (selected.size === 0) return 'Choose at least one operation.'
  if (!name.trim()) return 'The API needs a name.'
  if (!isSlug(connector)) return 'The identifier has lower-case letters, digits, "_" and "-", and starts with a letter.'
  return null
}

/** The body of POST /connectors: the document with what was chosen of it. */
export function importRequest({ source, items, name, connector, selected, renamed }: Review): ImportSource {
  const all = items.every((item) => !isPossible(item) || selected.has(item.operation.action))
  const rename = [...renamed].filter(([action]) => selected.has(action))
  return {
    ...source,
    name: name.trim(),
    connector,
    ...(all ? {} : { select: [...selected] }),
    ...(rename.length > 0 && { rename: Object.fromEntries(rename) }),
  }
}
