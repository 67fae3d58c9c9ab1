import { type Dispatch, useDeferredValue, useMemo, useState } from 'react'
import type { Effect } from '../../api/types.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Segments, Select } from '../../ui/choice.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { OperationRow, operationRowHeight } from './operation-row.tsx'
import { type Filter, filtered, isPossible, noFilter, type OperationState, type Review, type ReviewChange } from './review.ts'

interface OperationListProps {
  readonly review: Review
  readonly change: Dispatch<ReviewChange>
  readonly filter: Filter
  readonly setFilter: (filter: Filter) => void
  /** Shows what the report says of an operation. */
  readonly onNotes: (action: string) => void
}

/** All operations of a document, to search, choose and rename; any number of them. */
export function OperationList({ review, change, filter, setFilter, onNotes }: OperationListProps) {
  const [renaming, setRenaming] = useState<string | null>(null)
  // Typing goes first; the rows follow.
  const wanted = useDeferredValue(filter)
  const shown = useMemo(() => filtered(review, wanted), [review, wanted])
  const possible = useMemo(() => shown.filter(isPossible).map(({ operation }) => operation.action), [shown])
  const chosen = possible.filter((action) => review.selected.has(action)).length
  const all = chosen === possible.length && chosen > 0
  const set = <K extends keyof Filter>(key: K, value: Filter[K]) => setFilter({ ...filter, [key]: value })
  const { tags, proposal } = review.preview
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 px-4 py-3 md:px-6">
        <SearchInput
          label="Search operations"
          value={filter.text}
          onChange={({ target }) => set('text', target.value)}
          className="min-w-44 flex-1"
        />
        <Segments
          label="Show"
          value={filter.show}
          onChange={(show) => set('show', show)}
          options={[
            { value: 'all', label: 'All' },
            { value: 'proposed', label: `Proposed ${proposal.length}` },
            { value: 'chosen', label: 'Chosen' },
          ]}
        />
        {tags.length > 0 && (
          <Select
            label="Tag"
            value={filter.tag}
            onChange={(tag) => set('tag', tag)}
            options={[
              { value: '', label: 'All tags' },
              ...tags.map(({ name, operations }) => ({ value: name, label: `${name} (${operations})` })),
            ]}
            className="max-sm:min-w-0 max-sm:flex-[1_1_6rem] sm:w-34"
          />
        )}
        <Select<Effect | ''>
          label="Effect"
          value={filter.effect}
          onChange={(effect) => set('effect', effect)}
          options={[
            { value: '', label: 'Any effect' },
            { value: 'read', label: 'Reads' },
            { value: 'write', label: 'Writes' },
            { value: 'destructive', label: 'Destroys' },
          ]}
          className="max-sm:min-w-0 max-sm:flex-[1_1_6rem] sm:w-30"
        />
        <Select<OperationState | ''>
          label="State"
          value={filter.state}
          onChange={(state) => set('state', state)}
          options={[
            { value: '', label: 'Any state' },
            { value: 'taken', label: 'As written' },
            { value: 'adjusted', label: 'Adjusted' },
            { value: 'left_out', label: 'Left out' },
          ]}
          className="max-sm:min-w-0 max-sm:flex-[1_1_6rem] sm:w-30"
        />
      </div>
      <div className="flex items-center gap-3 border-y border-line bg-sunken px-4 py-2 text-small md:px-6">
        <Checkbox
          bare
          label={all ? 'Choose none of these' : 'Choose all of these'}
          checked={all}
          indeterminate={chosen > 0 && !all}
          disabled={possible.length === 0}
          onChange={() => change({ kind: 'select', actions: possible, on: !all })}
        />
        <span className="text-ink-2 tabular">
          {formatCount(chosen)} of{' '}
          {shown.length < review.items.length ? plural(shown.length, 'shown', 'shown') : formatCount(shown.length)} chosen
        </span>
        {filter.show === 'proposed' && (
          <Button
            size="small"
            look="quiet"
            className="-my-1 ml-auto"
            onClick={() => {
              change({ kind: 'select', actions: [...review.selected], on: false })
              change({ kind: 'select', actions: proposal.map(({ action }) => action), on: true })
            }}
          >
            Choose these alone
          </Button>
        )}
      </div>
      {shown.length === 0 ? (
        <EmptyState
          title="No operation matches"
          actions={<Button onClick={() => setFilter(noFilter)}>Clear the filters</Button>}
        />
      ) : (
        <VirtualList
          label="Operations"
          items={shown}
          keyOf={({ operation }) => operation.action}
          rowHeight={operationRowHeight}
          row={(item) => (
            <OperationRow
              item={item}
              review={review}
              change={change}
              showReason={filter.show === 'proposed'}
              renaming={renaming === item.operation.action}
              setRenaming={setRenaming}
              onNotes={onNotes}
            />
          )}
        />
      )}
    </>
  )
}
