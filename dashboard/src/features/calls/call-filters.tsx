import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { SlidersHorizontal, X } from 'lucide-react'
import { useEffect, useEffectEvent, useId, useState } from 'react'
import { queries } from '../../api/queries.ts'
import { cx } from '../../lib/cx.ts'
import { useDebounced } from '../../lib/use-debounced.ts'
import { type CallSearch, callStatuses } from '../../search.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { callStates } from '../../ui/status.tsx'

interface FilterBarProps {
  readonly search: CallSearch
  readonly onChange: (next: Partial<CallSearch>) => void
  /** Error codes that occurred. */
  readonly kinds: readonly string[]
  readonly count: string
  /** Name of the caller that is filtered for, once a call of theirs is known. */
  readonly callerName: string | undefined
}

const any = ''

/** The filters of the log, in one line. Those set by links from elsewhere show as chips. */
export function CallFilterBar({ search, onChange, kinds, count, callerName }: FilterBarProps) {
  const [open, setOpen] = useState(false)
  const rest = useId()
  const connectors = useInfiniteQuery(queries.connectors())
  const connection = useQuery({ ...queries.connection(search.connection ?? ''), enabled: search.connection !== undefined })
  const [action, setAction] = useState(search.action ?? '')
  const settled = useDebounced(action.trim(), 300)
  const keep = useEffectEvent((typed: string) => {
    if (typed !== (search.action ?? '')) onChange({ action: typed || undefined })
  })
  useEffect(() => keep(settled), [settled])
  // Cleared or followed by a link.
  useEffect(() => setAction(search.action ?? ''), [search.action])

  const known = connectors.data?.pages.flatMap(({ items }) => items) ?? []
  const connectorOptions = [
    { value: any, label: 'All connectors' },
    ...known.map(({ id, name }) => ({ value: id, label: name })),
    ...(search.connector && !known.some(({ id }) => id === search.connector)
      ? [{ value: search.connector, label: search.connector }]
      : []),
  ]
  const codes = [...new Set([...kinds, ...(search.error_code ? [search.error_code] : [])])]
  /** Filters behind the button of a small screen. */
  const set = [search.connector, search.status, search.error_code].filter(Boolean).length
  return (
    <div role="search" className="flex flex-wrap items-center gap-2 px-4 pb-3 md:px-8">
      <div className="flex w-full gap-2 sm:w-52">
        <SearchInput
          label="Exact action name"
          value={action}
          onChange={(event) => setAction(event.target.value)}
          className="flex-1"
        />
        <Button
          icon={<SlidersHorizontal size={14} />}
          aria-expanded={open}
          aria-controls={rest}
          onClick={() => setOpen(!open)}
          className="sm:hidden"
        >
          Filter{set > 0 && ` (${set})`}
        </Button>
      </div>
      <div id={rest} className={cx('flex-wrap gap-2 max-sm:w-full sm:contents', open ? 'flex' : 'max-sm:hidden')}>
        <Select
          label="Connector"
          value={search.connector ?? any}
          onChange={(value) => onChange({ connector: value || undefined })}
          options={connectorOptions}
          className="w-[calc(50%-0.25rem)] sm:w-44"
        />
        <Select
          label="Status"
          value={search.status ?? any}
          onChange={(value) => onChange({ status: callStatuses.find((status) => status === value) })}
          options={[
            { value: any, label: 'Any status' },
            ...callStatuses.map((value) => ({ value, label: callStates[value].words })),
          ]}
          className="w-[calc(50%-0.25rem)] sm:w-40"
        />
        {codes.length > 0 && (
          <Select
            label="Kind of failure"
            value={search.error_code ?? any}
            onChange={(value) => onChange({ error_code: value || undefined })}
            options={[{ value: any, label: 'Any failure' }, ...codes.map((value) => ({ value, label: value }))]}
            className="w-full sm:w-52"
          />
        )}
      </div>
      {search.connection && (
        <FilterChip label={connection.data?.name ?? search.connection} onRemove={() => onChange({ connection: undefined })} />
      )}
      {search.caller && (
        <FilterChip label={`by ${callerName ?? search.caller}`} onRemove={() => onChange({ caller: undefined })} />
      )}
      <span className="ml-auto text-small text-ink-3 tabular max-sm:hidden">{count}</span>
    </div>
  )
}

function FilterChip({ label, onRemove }: { readonly label: string; readonly onRemove: () => void }) {
  return (
    <Button size="small" onClick={onRemove} className="max-w-56">
      <span className="truncate">{label}</span>
      <X size={12} aria-label="Remove this filter" />
    </Button>
  )
}
