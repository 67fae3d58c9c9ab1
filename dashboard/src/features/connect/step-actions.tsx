import { Pencil, Plus, Stamp } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Effect } from '../../api/types.ts'
import { type ActionDocument, effectOf } from '../../lib/connector-document.ts'
import { plainText } from '../../lib/plain-text.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Chip, EffectMark, Method } from '../../ui/status.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { ActionEditor } from './action-editor.tsx'
import type { StepProps } from './step.ts'

const rowHeight = 44
/** Of the list, in pixels: a few rows and a half, which shows that it scrolls. */
const leastHeight = 6.5 * rowHeight

interface Listed {
  readonly name: string
  readonly action: ActionDocument
  readonly effect: Effect
}

/** Which actions agents get: chosen from the document, or added by hand. */
export function StepActions({ draft, change }: StepProps) {
  const { document, selected } = draft
  const [text, setText] = useState('')
  const [tag, setTag] = useState('')
  const [effect, setEffect] = useState<Effect | ''>('')
  /** Name of the action in the editor; empty for a new one. */
  const [editing, setEditing] = useState<string | null>(null)

  const all = useMemo(
    () => Object.entries(document.actions).map(([name, action]): Listed => ({ name, action, effect: effectOf(action) })),
    [document.actions],
  )
  const tags = useMemo(() => [...new Set(all.flatMap(({ action }) => action.tags ?? []))].sort(), [all])
  const words = text.trim().toLowerCase()
  const shown = useMemo(
    () =>
      all.filter(
        (item) =>
          (!tag || item.action.tags?.includes(tag)) &&
          (!effect || item.effect === effect) &&
          (!words ||
            [item.name, item.action.title ?? '', item.action.path, item.action.description ?? ''].some((part) =>
              part.toLowerCase().includes(words),
            )),
      ),
    [all, tag, effect, words],
  )
  const chosen = shown.filter(({ name }) => selected.has(name)).length

  const put = (name: string, action: ActionDocument) => {
    const old = editing ?? ''
    // An action keeps its place when it is renamed.
    const entries = old
      ? Object.entries(document.actions).map(([key, value]) =>
          key === old ? ([name, action] as const) : ([key, value] as const),
        )
      : [...Object.entries(document.actions), [name, action] as const]
    change({ kind: 'document', document: { ...document, actions: Object.fromEntries(entries) } })
    setEditing(null)
  }
  const remove = (name: string) => {
    const { [name]: _, ...actions } = document.actions
    change({ kind: 'document', document: { ...document, actions } })
    setEditing(null)
  }
  const add = (
    <Button icon={<Plus size={14} />} onClick={() => setEditing('')}>
      Add an action
    </Button>
  )

  return (
    <div className="space-y-4">
      {all.length === 0 ? (
        <div className="rounded-panel border border-dashed border-line">
          <EmptyState title="No actions yet" actions={add}>
            An action is one request: a method, a path with placeholders, a body.
          </EmptyState>
        </div>
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-2">
            <SearchInput
              label="Search actions"
              value={text}
              onChange={({ target }) => setText(target.value)}
              className="min-w-40 flex-1"
            />
            {tags.length > 0 && (
              <Select
                label="Tag"
                value={tag}
                onChange={setTag}
                options={[{ value: '', label: 'All tags' }, ...tags.map((value) => ({ value, label: value }))]}
                className="w-36"
              />
            )}
            <Select<Effect | ''>
              label="Effect"
              value={effect}
              onChange={setEffect}
              options={[
                { value: '', label: 'Any effect' },
                { value: 'read', label: 'Reads' },
                { value: 'write', label: 'Writes' },
                { value: 'destructive', label: 'Destroys' },
              ]}
              className="w-32"
            />
            {add}
          </div>
          <div className="overflow-hidden rounded-panel border border-line bg-panel">
            <div className="flex items-center gap-3 border-b border-line bg-sunken px-3 py-2 text-small">
              <Checkbox
                bare
                label={chosen === shown.length ? 'Choose none of these' : 'Choose all of these'}
                checked={chosen > 0 && chosen === shown.length}
                indeterminate={chosen > 0 && chosen < shown.length}
                onChange={() => change({ kind: 'select', actions: shown.map(({ name }) => name), on: chosen < shown.length })}
              />
              <span className="text-ink-2 tabular">
                {selected.size} of {all.length} chosen{shown.length < all.length && `, ${shown.length} shown`}
              </span>
            </div>
            {shown.length === 0 ? (
              <p className="px-4 py-8 text-center text-ink-3">No action matches.</p>
            ) : (
              <div
                className="flex"
                style={{ height: `min(${shown.length * rowHeight}px, max(${leastHeight}px, 100dvh - 27rem))` }}
              >
                <VirtualList
                  label="Actions"
                  items={shown}
                  keyOf={({ name }) => name}
                  rowHeight={rowHeight}
                  row={(item) => (
                    <ActionRow
                      item={item}
                      chosen={selected.has(item.name)}
                      onChoose={(on) => change({ kind: 'select', actions: [item.name], on })}
                      onEdit={() => setEditing(item.name)}
                    />
                  )}
                />
              </div>
            )}
          </div>
        </>
      )}
      {editing !== null && (
        <ActionEditor
          name={editing}
          action={document.actions[editing]}
          taken={new Set(Object.keys(document.actions).filter((name) => name !== editing))}
          onSave={put}
          onRemove={editing ? () => remove(editing) : undefined}
          onClose={() => setEditing(null)}
        />
      )}
    </div>
  )
}

interface RowProps {
  readonly item: Listed
  readonly chosen: boolean
  readonly onChoose: (on: boolean) => void
  readonly onEdit: () => void
}

function ActionRow({ item: { name, action, effect }, chosen, onChoose, onEdit }: RowProps) {
  return (
    <div className="flex h-11 items-center gap-3 border-b border-line pr-1.5 pl-3 transition-colors hover:bg-hover">
      <Checkbox bare label={`Choose ${name}`} checked={chosen} onChange={onChoose} />
      <Method method={action.method} className="max-sm:hidden" />
      <span className="min-w-0 flex-1 leading-tight">
        <span className="block truncate">{name}</span>
        <span className="block truncate text-micro text-ink-3">
          {action.title || plainText(action.description ?? '') || action.path}
        </span>
      </span>
      {action.confirm && (
        <Chip tone="wait">
          <Stamp size={11} aria-hidden />
          <span className="max-sm:sr-only">
            <span className="sr-only">needs </span>approval
          </span>
        </Chip>
      )}
      <EffectMark effect={effect} />
      <IconButton size="small" label={`Edit ${name}`} onClick={onEdit}>
        <Pencil size={13} />
      </IconButton>
    </div>
  )
}
