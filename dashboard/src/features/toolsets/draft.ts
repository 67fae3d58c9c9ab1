import type { Effect, NewToolset, ToolFormat, Toolset, ToolsetPick } from '../../api/types.ts'

/** A toolset as the editor holds it. */
export interface Draft {
  readonly name: string
  readonly slug: string
  readonly mode: Toolset['mode']
  readonly format: ToolFormat
  readonly approval: Toolset['approval']
  /** Whether tools are selected by conditions; otherwise only what is picked is in. */
  readonly byConditions: boolean
  /** Empty: any. */
  readonly connectors: readonly string[]
  /** As typed, separated by commas; empty: any. */
  readonly tags: string
  readonly effects: readonly Effect[]
  readonly include: readonly ToolsetPick[]
  readonly exclude: readonly ToolsetPick[]
}

export const effects = ['read', 'write', 'destructive'] as const satisfies readonly Effect[]

export const emptyDraft: Draft = {
  name: '',
  slug: '',
  mode: 'direct',
  format: 'mcp',
  approval: 'never',
  byConditions: true,
  connectors: [],
  tags: '',
  effects: ['read'],
  include: [],
  exclude: [],
}

export function toDraft(toolset: Toolset): Draft {
  const { select, include, exclude } = toolset.selection
  return {
    name: toolset.name,
    slug: toolset.slug,
    mode: toolset.mode,
    // The API takes no other.
    format: toolset.format as ToolFormat,
    approval: toolset.approval,
    byConditions: select !== null,
    connectors: select?.connectors ?? [],
    tags: select?.tags?.join(', ') ?? '',
    effects: select === null ? [] : (select.effects ?? effects),
    include,
    exclude,
  }
}

export function toSelection({
  byConditions,
  connectors,
  tags,
  effects: wanted,
  include,
  exclude,
}: Draft): NewToolset['selection'] {
  const words = tags.split(',').flatMap((tag) => tag.trim() || [])
  return {
    select: byConditions
      ? {
          ...(connectors.length > 0 && { connectors: [...connectors] }),
          ...(words.length > 0 && { tags: words }),
          ...(wanted.length < effects.length && { effects: [...wanted] }),
        }
      : null,
    include: [...include],
    exclude: [...exclude],
  }
}

const same = (a: ToolsetPick, b: ToolsetPick) =>
  a.connector === b.connector && a.action === b.action && a.connection === b.connection

/** The draft with one tool taken in or out by hand. */
export function withTool(draft: Draft, pick: ToolsetPick, wanted: boolean): Draft {
  const include = draft.include.filter((each) => !same(each, pick))
  const exclude = draft.exclude.filter((each) => !same(each, pick))
  return wanted ? { ...draft, include: [...include, pick], exclude } : { ...draft, include, exclude: [...exclude, pick] }
}
