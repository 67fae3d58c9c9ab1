import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Outlet, useNavigate, useSearch } from '@tanstack/react-router'
import { RotateCw } from 'lucide-react'
import { useMemo, useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { CallFilters } from '../../api/types.ts'
import { compact } from '../../lib/compact.ts'
import { usePages } from '../../lib/use-pages.ts'
import type { CallSearch, CallWindow } from '../../search.ts'
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx'
import { Segments } from '../../ui/choice.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorNotice, Skeleton, SkeletonRows } from '../../ui/states.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { CallFigures, ErrorKinds } from './call-figures.tsx'
import { CallFilterBar } from './call-filters.tsx'
import { CallRow, CallRowHeader, callRowHeight } from './call-row.tsx'
import { HistoryChart } from './history-chart.tsx'

const windows: readonly { readonly value: CallWindow; readonly label: string; readonly ms: number }[] = [
  { value: '1h', label: '1 hour', ms: 3_600_000 },
  { value: '24h', label: '24 hours', ms: 86_400_000 },
  { value: '7d', label: '7 days', ms: 604_800_000 },
  { value: '30d', label: '30 days', ms: 2_592_000_000 },
]

/** Every call ever made through the gate, its totals, and what went wrong (P10). Filters are in the address. */
export function CallsPage() {
  const search = useSearch({ from: '/calls' })
  const navigate = useNavigate()
  const [refreshed, setRefreshed] = useState(() => Date.now())
  const { window = '24h' } = search
  const wanted = useMemo(() => {
    const { window: _, ...filters } = search
    return compact(filters)
  }, [search])
  const span = windows.find(({ value }) => value === window)?.ms ?? 0
  const filters: CallFilters = useMemo(
    () => ({ ...wanted, since: new Date(refreshed - span).toISOString() }),
    [wanted, refreshed, span],
  )

  const scope = { window, ...compact({ connector: wanted.connector, connection: wanted.connection }) }
  const totals = useQuery(queries.totals(scope))
  const query = useInfiniteQuery(queries.calls(filters))
  const { items, more, count } = usePages(query)
  const slowest = useMemo(() => items.reduce((most, { duration_ms }) => Math.max(most, duration_ms), 0), [items])
  const filtered = Object.keys(wanted).length > 0

  const change = (next: Partial<CallSearch>) =>
    void navigate({ to: '/calls', search: (previous) => ({ ...previous, ...next }), replace: true })
  const refresh = () => {
    setRefreshed(Date.now())
    void totals.refetch()
  }

  return (
    <Page
      title="Calls"
      description="The permanent record of everything that passed the gate, or was stopped in it."
      actions={
        <>
          <Segments label="Time" value={window} onChange={(next) => change({ window: next })} options={windows} />
          <IconButton label="Refresh" onClick={refresh}>
            <RotateCw size={15} />
          </IconButton>
        </>
      }
    >
      <VirtualList
        table
        label="Calls"
        items={items}
        keyOf={(call) => call.id}
        rowHeight={callRowHeight}
        more={more}
        row={(call) => <CallRow call={call} slowest={slowest} />}
        intro={
          <>
            <div className="grid gap-4 px-4 pb-4 md:px-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
              <section aria-label="Totals" className="min-w-0 rounded-panel border border-line bg-panel px-4 pt-3">
                {totals.data ? (
                  <>
                    <CallFigures totals={totals.data} />
                    <HistoryChart totals={totals.data} height={104} />
                  </>
                ) : totals.isError ? (
                  <ErrorNotice error={totals.error} onRetry={() => void totals.refetch()} className="mb-3" />
                ) : (
                  <Skeleton className="mb-3 h-[13.25rem] opacity-60" />
                )}
              </section>
              <section className="min-w-0 rounded-panel border border-line bg-panel px-4 py-3">
                <h2 className="caption mb-1.5">Failures by kind</h2>
                {totals.data && (
                  <ErrorKinds
                    totals={totals.data}
                    picked={wanted.error_code}
                    onPick={(code) => change({ error_code: wanted.error_code === code ? undefined : code })}
                  />
                )}
              </section>
            </div>
            <CallFilterBar
              search={search}
              onChange={change}
              kinds={totals.data?.errors.map(({ code }) => code) ?? []}
              count={query.data ? count : ''}
              callerName={items[0]?.caller.name}
            />
          </>
        }
        header={(items.length > 0 || query.isPending) && <CallRowHeader />}
        outro={
          query.isPending ? (
            <SkeletonRows height={callRowHeight} rows={12} />
          ) : query.isError && items.length === 0 ? (
            <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="mx-4 md:mx-8" />
          ) : items.length > 0 ? null : filtered ? (
            <EmptyState
              title="No call matches"
              actions={<Button onClick={() => void navigate({ to: '/calls', search: { window } })}>Clear the filters</Button>}
            >
              Nothing in this time has all of these.
            </EmptyState>
          ) : (
            <EmptyState title="No calls in this time" actions={<ButtonLink to="/tools">Try an action</ButtonLink>}>
              Each call by an agent, a person or a test leaves one line here.
            </EmptyState>
          )
        }
      />
      <Outlet />
    </Page>
  )
}
