import { Link } from '@tanstack/react-router'
import { ChevronRight, Play, Stamp } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Capability } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Chip, EffectMark, Method } from '../../ui/status.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'

const rowHeight = 42

/** The actions of a connector; a row opens to its schemas. */
export function CapabilityList({ connector, actions }: { readonly connector: string; readonly actions: readonly Capability[] }) {
  const [text, setText] = useState('')
  const [open, setOpen] = useState<string | null>(null)
  const words = text.trim().toLowerCase()
  const shown = useMemo(
    () =>
      words
        ? actions.filter(({ action, title, path, tags }) =>
            [action, title, path, ...tags].some((part) => part.toLowerCase().includes(words)),
          )
        : actions,
    [actions, words],
  )
  return (
    <>
      <div className="flex items-center gap-3 px-4 py-3 md:px-8">
        <SearchInput
          label="Search actions"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="w-full sm:w-72"
        />
        {words && <span className="text-small text-ink-3 tabular">{shown.length}</span>}
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No action matches" />
      ) : (
        <VirtualList
          label="Actions"
          items={shown}
          keyOf={({ action }) => action}
          rowHeight={rowHeight}
          className="border-t border-line"
          row={(capability) => (
            <CapabilityRow
              connector={connector}
              capability={capability}
              open={open === capability.action}
              onToggle={() => setOpen(open === capability.action ? null : capability.action)}
            />
          )}
        />
      )}
    </>
  )
}

interface RowProps {
  readonly connector: string
  readonly capability: Capability
  readonly open: boolean
  readonly onToggle: () => void
}

function CapabilityRow({ connector, capability, open, onToggle }: RowProps) {
  const { action, title, description, method, path, effect, confirm, deprecated, input_schema, output_schema } = capability
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
        <span className="min-w-0 flex-1 items-baseline gap-4 py-1.5 md:grid md:grid-cols-[minmax(9rem,2fr)_minmax(0,3fr)]">
          <span className={cx('block truncate', deprecated && 'text-ink-3 line-through')}>{action}</span>
          <code className="block min-w-0 truncate text-small text-ink-3">{path}</code>
        </span>
        {confirm && (
          <Chip tone="wait">
            <Stamp size={11} aria-hidden />
            <span className="max-sm:sr-only">needs approval</span>
          </Chip>
        )}
        <span className="w-18">
          <EffectMark effect={effect} />
        </span>
      </button>
      {open && (
        <div className="space-y-4 px-4 pt-1 pb-5 md:pr-8 md:pl-14">
          <div className="flex flex-wrap items-start justify-between gap-3">
            <div className="max-w-prose">
              {title && <div className="font-medium">{title}</div>}
              <p className="text-ink-2">{description || 'No description.'}</p>
            </div>
            <ButtonLink size="small" icon={<Play size={13} />} to="/tools/$connector/$action" params={{ connector, action }}>
              Try it
            </ButtonLink>
          </div>
          <div className="grid gap-4 lg:grid-cols-2">
            <div className="min-w-0">
              <h3 className="caption mb-1">Input</h3>
              <JsonView value={input_schema} label="the input schema" depth={3} />
            </div>
            <div className="min-w-0">
              <h3 className="caption mb-1">Answer</h3>
              {output_schema ? (
                <JsonView value={output_schema} label="the output schema" depth={3} />
              ) : (
                <p className="text-ink-2">Not described.</p>
              )}
            </div>
          </div>
          <Link to="/calls" search={{ connector, action }} className="text-small text-accent hover:underline">
            Calls of this action
          </Link>
        </div>
      )}
    </div>
  )
}
