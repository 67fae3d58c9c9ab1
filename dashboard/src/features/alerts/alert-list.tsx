import { useInfiniteQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import type { Alert } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { PagedList } from '../../ui/query-list.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { kindWords, stateOf } from './words.ts'

interface AlertListProps {
  /** What fires now, or everything that has. */
  readonly show: 'firing' | 'all'
  readonly onOpen: (id: string) => void
  readonly onSilence: (alert: Alert) => void
  readonly onNewRule: () => void
}

export function AlertList({ show, onOpen, onSilence, onNewRule }: AlertListProps) {
  const query = useInfiniteQuery(queries.alerts(show === 'firing' ? { state: 'firing' } : {}))
  return (
    <PagedList
      label={show === 'firing' ? 'Alerts that fire' : 'All alerts'}
      query={query}
      keyOf={({ id }) => id}
      rowHeight={60}
      underTabs
      row={(alert) => (
        <div className="relative flex min-h-[60px] flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2 transition-colors hover:bg-hover md:px-8">
          <span className="min-w-0 flex-1 max-sm:basis-full">
            <button
              type="button"
              data-row-main
              data-focus-inset
              className="block max-w-full truncate text-left font-medium after:absolute after:inset-0"
              onClick={() => onOpen(alert.id)}
            >
              {alert.rule.name} · {alert.label}
            </button>
            <span className="block truncate text-small text-ink-3">
              {kindWords[alert.rule.kind].value(alert.value)}
              {alert.examples.length > 0 && `: ${alert.examples.join(', ')}`}
            </span>
          </span>
          <Status state={stateOf(alert)} className="text-small" />
          <span className="text-small text-ink-3">
            <Ago at={alert.resolved_at ?? alert.since} />
          </span>
          {alert.state === 'firing' && alert.silenced === null && (
            <Button size="small" className="relative" onClick={() => onSilence(alert)}>
              Silence
            </Button>
          )}
        </div>
      )}
      empty={
        show === 'firing' ? (
          <EmptyState title="Nothing fires" actions={<Button onClick={onNewRule}>Watch something</Button>}>
            What is wrong by one of your rules stands here as long as it lasts, and its channels are told.
          </EmptyState>
        ) : (
          <EmptyState title="No alert has fired">
            What fired and was resolved in the last 90 days stands here, with who was told.
          </EmptyState>
        )
      }
    />
  )
}
