import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { PreviewedTool } from '../../api/types.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { useDebounced } from '../../lib/use-debounced.ts'
import { Button } from '../../ui/button.tsx'
import { Segments } from '../../ui/choice.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { EffectMark } from '../../ui/status.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { type Draft, toSelection, withTool } from './draft.ts'
import { leftOutWords } from './words.ts'

const rowHeight = 46
/** More in one list and models choose worse. */
const manyTools = 30

/** What an agent will see of the draft, what it costs, and what is left out and why. Each tool can be taken in or out by hand. */
export function ToolsetPreviewList({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const [show, setShow] = useState<'included' | 'left_out'>('included')
  const { format, approval } = draft
  // As text, so that an equal draft is the same one.
  const body = useDebounced(JSON.stringify({ selection: toSelection(draft), format, approval }))
  const query = useInfiniteQuery(queries.toolsetPreview(JSON.parse(body), show))
  const first = query.data?.pages[0]
  const tools = query.data?.pages.flatMap(({ items }) => items) ?? []
  const move = ({ connector, action, connection }: PreviewedTool, wanted: boolean) =>
    onChange(withTool(draft, { connector, action, connection: connection.id }, wanted))
  return (
    <section aria-label="What an agent will see" className="overflow-hidden rounded-panel border border-line">
      <header className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2">
        <Segments
          label="Show"
          value={show}
          onChange={setShow}
          options={[
            { value: 'included', label: first ? `${formatCount(first.included)} in` : 'In' },
            { value: 'left_out', label: first ? `${formatCount(first.left_out)} left out` : 'Left out' },
          ]}
        />
        <p role="status" className="text-small text-ink-2">
          {first &&
            (draft.mode === 'search'
              ? 'five tools that find and call these'
              : first.tokens === null
                ? 'too many to be listed at once'
                : `about ${plural(first.tokens, 'token')} of every conversation`)}
        </p>
      </header>
      {first && draft.mode === 'direct' && first.included > manyTools && (
        <p className="border-b border-line bg-warn-wash px-4 py-2 text-small text-ink">
          With more than {manyTools} tools in one list models choose worse. Narrow it down.
        </p>
      )}
      {query.isPending ? (
        <SkeletonRows height={rowHeight} rows={4} />
      ) : query.isError ? (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="m-3" />
      ) : tools.length === 0 ? (
        <p className="px-4 py-8 text-center text-ink-2">
          {show === 'left_out'
            ? 'Nothing is left out.'
            : 'No tool is in. Choose effects above, or take some in from those left out.'}
        </p>
      ) : (
        <VirtualList
          label={show === 'included' ? 'Tools in the set' : 'Tools left out'}
          items={tools}
          keyOf={({ name }) => name}
          rowHeight={rowHeight}
          className="max-h-80"
          more={{ has: query.hasNextPage, loading: query.isFetchingNextPage, load: () => void query.fetchNextPage() }}
          row={(tool) => <PreviewRow tool={tool} onMove={(wanted) => move(tool, wanted)} />}
        />
      )}
    </section>
  )
}

function PreviewRow({ tool, onMove }: { readonly tool: PreviewedTool; readonly onMove: (wanted: boolean) => void }) {
  const { name, connection, effect, confirm, left_out, tokens } = tool
  return (
    <div className="flex h-[46px] items-center gap-3 border-b border-line px-4">
      <div className="min-w-0 flex-1 leading-tight">
        <div className="flex items-center gap-1.5">
          <code className="truncate">{name}</code>
          {effect !== 'read' && <EffectMark effect={effect} bare />}
        </div>
        <div className="truncate text-small text-ink-3">
          {connection.name}, {connection.environment}
          {confirm && ' · waits for a person'}
        </div>
      </div>
      <span className="shrink-0 text-small text-ink-2">
        {left_out === null ? `${formatCount(tokens ?? 0)}` : leftOutWords[left_out]}
      </span>
      <Button size="small" look="quiet" data-row-main onClick={() => onMove(left_out !== null)}>
        {left_out === null ? 'Take out' : 'Take in'}
      </Button>
    </div>
  )
}
