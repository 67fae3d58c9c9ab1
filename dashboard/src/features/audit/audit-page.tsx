import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Download, ShieldCheck, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { AuditEntry, AuditKind } from '../../api/types.ts'
import { exportPath } from '../../api/workspace.ts'
import { compact } from '../../lib/compact.ts'
import { usePages } from '../../lib/use-pages.ts'
import type { AuditSearch, AuditWindow } from '../../search.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Segments, Select } from '../../ui/choice.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { AuditRow, AuditRowHeader, auditRowHeight } from './audit-row.tsx'
import { EntrySheet } from './entry-sheet.tsx'
import { kindWords } from './kinds.ts'
import { keepReport, lastReport } from './last-report.ts'
import { Verdict } from './verdict.tsx'
import { verifyAll } from './verify-all.ts'

const any = ''
const kinds = Object.entries(kindWords) as [AuditKind, string][]
const kindOptions = [
  { value: any, label: 'Everything' },
  ...kinds.map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label)),
]

const dayMs = 86_400_000
const windows: readonly { readonly value: AuditWindow | typeof any; readonly label: string; readonly ms: number }[] = [
  { value: '24h', label: '24 hours', ms: dayMs },
  { value: '7d', label: '7 days', ms: 7 * dayMs },
  { value: '30d', label: '30 days', ms: 30 * dayMs },
  { value: '365d', label: 'A year', ms: 365 * dayMs },
  { value: any, label: 'Ever', ms: Number.POSITIVE_INFINITY },
]

/** Who did what: the acts of the append-only log, and whether it is as it was written. Filters are in the address. */
export function AuditPage() {
  const search = useSearch({ from: '/audit' })
  const navigate = useNavigate()
  const workspace = useQuery(queries.session()).data?.workspace?.id
  const { past = any, ...wanted } = search
  // From when the time was chosen: a moment that moved would ask for another list each time.
  const since = useMemo(() => {
    const span = windows.find(({ value }) => value === past)?.ms ?? Number.POSITIVE_INFINITY
    return Number.isFinite(span) ? new Date(Date.now() - span).toISOString() : undefined
  }, [past])
  const query = useInfiniteQuery(queries.audit(compact({ ...wanted, since })))
  const { items, more, count } = usePages(query)
  const [opened, setOpened] = useState<AuditEntry | null>(null)
  const [reached, setReached] = useState<{ readonly to: number; readonly head: number } | null>(null)
  const verify = useMutation({
    mutationFn: () => verifyAll(setReached),
    onSuccess: (report) => keepReport(workspace, report),
  })
  const change = (next: Partial<AuditSearch>) =>
    void navigate({ to: '/audit', search: (previous) => ({ ...previous, ...next }), replace: true })
  const filtered = Object.keys(compact(search)).length > 0
  const nameOf = (id: string | undefined, part: 'actor' | 'target') =>
    items.find((entry) => entry[part].id === id)?.[part].name ?? id
  return (
    <Page
      title="Audit log"
      description="Everything people, tokens and the gateway did. Each entry is chained to the one before it; calls are in the same chain."
      actions={
        <>
          <a href={exportPath(workspace)} download className={buttonClass('plain')}>
            <Download size={15} aria-hidden /> Export
          </a>
          <Button look="primary" icon={<ShieldCheck size={15} />} busy={verify.isPending} onClick={() => verify.mutate()}>
            Verify
          </Button>
        </>
      }
    >
      <VirtualList
        table
        label="Audit log"
        items={items}
        keyOf={({ seq }) => String(seq)}
        rowHeight={auditRowHeight}
        more={more}
        row={(entry) => <AuditRow entry={entry} onOpen={() => setOpened(entry)} />}
        intro={
          <>
            <Verdict
              report={verify.data ?? lastReport(workspace)}
              error={verify.error}
              reached={verify.isPending ? reached : null}
            />
            <div role="search" className="flex flex-wrap items-center gap-2 px-4 pb-3 md:px-8">
              <Select
                label="What was done"
                value={search.kind ?? any}
                onChange={(value) => change({ kind: kinds.find(([kind]) => kind === value)?.[0] })}
                options={kindOptions}
                className="w-full sm:w-64"
              />
              <Segments
                label="Time"
                value={past}
                onChange={(next) => change({ past: next === any ? undefined : next })}
                options={windows}
              />
              {search.actor && (
                <FilterChip label={`by ${nameOf(search.actor, 'actor')}`} onRemove={() => change({ actor: undefined })} />
              )}
              {search.target && (
                <FilterChip label={`to ${nameOf(search.target, 'target')}`} onRemove={() => change({ target: undefined })} />
              )}
              <span className="ml-auto text-small text-ink-3 tabular max-sm:hidden">{query.data ? count : ''}</span>
            </div>
          </>
        }
        header={(items.length > 0 || query.isPending) && <AuditRowHeader />}
        outro={
          query.isPending ? (
            <SkeletonRows height={auditRowHeight} rows={12} />
          ) : query.isError && items.length === 0 ? (
            <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="mx-4 md:mx-8" />
          ) : items.length > 0 ? null : (
            <EmptyState
              title={filtered ? 'Nothing matches' : 'Nothing yet'}
              actions={filtered && <Button onClick={() => void navigate({ to: '/audit', search: {} })}>Clear the filters</Button>}
            >
              {filtered ? 'Nobody did this in this time.' : 'What people and tokens do leaves one line here.'}
            </EmptyState>
          )
        }
      />
      {opened && (
        <EntrySheet
          entry={opened}
          onClose={() => setOpened(null)}
          onFilter={(next) => {
            setOpened(null)
            change(next)
          }}
        />
      )}
    </Page>
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
