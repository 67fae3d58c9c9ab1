import { Link } from '@tanstack/react-router'
import { ChevronRight, Play, Stamp } from 'lucide-react'
import { useMemo, useState } from 'react'
import { type ListedAction, listActions, matching, schemasOf } from '../../lib/connector-actions.ts'
import type { ConnectorDocument } from '../../lib/connector-document.ts'
import { cx } from '../../lib/cx.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Chip, EffectMark, Method } from '../../ui/status.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'

const rowHeight = 42

/** The actions of a connector; a row opens to its schemas. */
export function ActionList({ document }: { readonly document: ConnectorDocument }) {
  const [text, setText] = useState('')
  const [open, setOpen] = useState<string | null>(null)
  const actions = useMemo(() => listActions(document), [document])
  const shown = useMemo(() => matching(actions, text), [actions, text])
  return (
    <>
      <div className="flex items-center gap-3 px-4 py-3 md:px-8">
        <SearchInput
          label="Search actions"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="w-full sm:w-72"
        />
        {text && <span className="text-small text-ink-3 tabular">{shown.length}</span>}
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No action matches" />
      ) : (
        <VirtualList
          label="Actions"
          items={shown}
          keyOf={({ name }) => name}
          rowHeight={rowHeight}
          className="border-t border-line"
          row={(action) => (
            <ActionRow
              document={document}
              action={action}
              open={open === action.name}
              onToggle={() => setOpen(open === action.name ? null : action.name)}
            />
          )}
        />
      )}
    </>
  )
}

interface RowProps {
  readonly document: ConnectorDocument
  readonly action: ListedAction
  readonly open: boolean
  readonly onToggle: () => void
}

function ActionRow({ document, action, open, onToggle }: RowProps) {
  const { name, title, method, path, effect, confirm, deprecated } = action
  return (
    <div className={cx('border-b border-line', open && 'bg-panel')}>
      <button
        type="button"
        data-row-main
        data-focus-inset
        aria-expanded={open}
        onClick={onToggle}
        className="flex min-h-[42px] w-full items-center gap-3 px-4 text-left transition-colors hover:bg-hover md:px-8"
      >
        <ChevronRight size={13} aria-hidden className={cx('shrink-0 text-ink-3 transition-transform', open && 'rotate-90')} />
        <Method method={method} />
        <span className="min-w-0 flex-1 items-baseline gap-4 py-1.5 md:grid md:grid-cols-[minmax(9rem,2fr)_minmax(0,3fr)] lg:grid-cols-[minmax(0,3fr)_minmax(0,4fr)_minmax(0,4fr)]">
          <span className={cx('block truncate', deprecated && 'text-ink-3 line-through')}>{name}</span>
          <span className="hidden min-w-0 truncate text-ink-2 lg:block">{title}</span>
          <code className="block min-w-0 truncate text-small text-ink-3">{path}</code>
        </span>
        <span className="md:w-26">
          {confirm && (
            <Chip tone="wait">
              <Stamp size={11} aria-hidden />
              <span className="max-sm:sr-only">needs approval</span>
            </Chip>
          )}
        </span>
        <span className="w-18">
          <EffectMark effect={effect} />
        </span>
      </button>
      {open && <ActionDetail document={document} action={action} />}
    </div>
  )
}

function ActionDetail({ document, action }: Pick<RowProps, 'document' | 'action'>) {
  const { connector } = document
  const { input, output } = useMemo(() => schemasOf(document, action.name), [document, action.name])
  return (
    <div className="space-y-4 px-4 pt-1 pb-5 md:pr-8 md:pl-14">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="max-w-prose">
          {action.title && <div className="font-medium">{action.title}</div>}
          <p className="text-ink-2">{action.description || 'No description.'}</p>
        </div>
        <ButtonLink
          size="small"
          icon={<Play size={13} />}
          to="/tools/$connector/$action"
          params={{ connector, action: action.name }}
        >
          Try it
        </ButtonLink>
      </div>
      <div className="grid gap-4 lg:grid-cols-2">
        <div className="min-w-0">
          <h3 className="caption mb-1">Input</h3>
          <JsonView value={input} label="the input schema" depth={3} />
        </div>
        <div className="min-w-0">
          <h3 className="caption mb-1">Answer</h3>
          {output === undefined ? (
            <p className="text-ink-2">Not described.</p>
          ) : (
            <JsonView value={output} label="the output schema" depth={3} />
          )}
        </div>
      </div>
      <Link to="/calls" search={{ connector, action: action.name }} className="text-small text-accent hover:underline">
        Calls of this action
      </Link>
    </div>
  )
}
