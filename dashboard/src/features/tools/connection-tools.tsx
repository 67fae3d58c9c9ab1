import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMatch, useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useMemo, useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { type ListedAction, listActions } from '../../lib/connector-actions.ts'
import { cx } from '../../lib/cx.ts'
import { formatCount } from '../../lib/format.ts'
import { usePages } from '../../lib/use-pages.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { connectionStates, Mark } from '../../ui/status.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { ToolRow, toolRowHeight } from './tool-row.tsx'

type Row =
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'action'; readonly connection: Connection; readonly action: ListedAction }

/** The connections; one of them is open and shows its actions. Only its document is loaded. */
export function ConnectionTools() {
  const { connection: chosen } = useSearch({ from: '/tools' })
  const shown = useMatch({ from: '/tools/$connector/$action', shouldThrow: false })
  const navigate = useNavigate()
  const query = useInfiniteQuery(queries.connections())
  const { items, more } = usePages(query)
  /** The one that was closed by hand, so that the first does not open again. */
  const [closed, setClosed] = useState<string | null>(null)

  const first = items.find(({ connector }) => connector === shown?.params.connector) ?? items[0]
  const wanted = chosen ?? first?.id
  // A link may lead to a connection that is not on the pages loaded so far.
  const linked = useQuery({
    ...queries.connection(chosen ?? ''),
    enabled: chosen !== undefined && !items.some(({ id }) => id === chosen),
  })
  const all = useMemo(() => {
    const { data } = linked
    return data && !items.some(({ id }) => id === data.id) ? [data, ...items] : items
  }, [linked, items])
  const open = wanted === closed ? undefined : all.find(({ id }) => id === wanted)
  const document = useQuery({ ...queries.connector(open?.connector ?? ''), enabled: open !== undefined })
  const actions = useMemo(() => (document.data ? listActions(document.data) : []), [document.data])

  const rows = useMemo(
    () =>
      all.flatMap((connection): Row[] => [
        { kind: 'connection', connection },
        ...(connection.id === open?.id ? actions.map((action) => ({ kind: 'action' as const, connection, action })) : []),
      ]),
    [all, actions, open],
  )
  const toggle = (id: string) => {
    setClosed(id === open?.id ? id : null)
    void navigate({ to: '.', search: (previous) => ({ ...previous, connection: id }), replace: true })
  }

  if (query.isPending) return <SkeletonRows height={toolRowHeight} rows={10} />
  if (query.isError && items.length === 0)
    return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="mx-4" />
  if (all.length === 0)
    return (
      <EmptyState
        title="No tools yet"
        actions={
          <ButtonLink to="/import" look="primary">
            Connect an API
          </ButtonLink>
        }
      >
        Every action of a connection becomes a tool.
      </EmptyState>
    )
  return (
    <>
      {document.isError && <ErrorNotice error={document.error} onRetry={() => void document.refetch()} className="m-4" />}
      <VirtualList
        label="Connections and their actions"
        items={rows}
        keyOf={(row) => (row.kind === 'connection' ? row.connection.id : `${row.connection.id}/${row.action.name}`)}
        rowHeight={toolRowHeight}
        more={more}
        reveal={shown && open ? `${open.id}/${shown.params.action}` : undefined}
        className="border-t border-line"
        row={(row) =>
          row.kind === 'connection' ? (
            <ConnectionHead
              connection={row.connection}
              open={row.connection.id === open?.id}
              onToggle={() => toggle(row.connection.id)}
            />
          ) : (
            <ToolRow connector={row.connection.connector} connection={row.connection.id} action={row.action} />
          )
        }
      />
    </>
  )
}

interface HeadProps {
  readonly connection: Connection
  readonly open: boolean
  readonly onToggle: () => void
}

function ConnectionHead({ connection, open, onToggle }: HeadProps) {
  return (
    <button
      type="button"
      data-row-main
      data-focus-inset
      aria-expanded={open}
      onClick={onToggle}
      className={cx(
        'flex h-10 w-full items-center gap-2 border-b border-line px-3.5 text-left transition-colors hover:bg-hover',
        open && 'bg-sunken',
      )}
    >
      <ChevronRight
        size={13}
        aria-hidden
        className={cx('shrink-0 text-ink-3 transition-transform duration-100', open && 'rotate-90')}
      />
      <Mark state={connectionStates[connection.status]} size={10} />
      <span className="min-w-0 flex-1 truncate font-medium">{connection.name}</span>
      {connection.environment !== 'production' && <span className="text-micro text-ink-3">{connection.environment}</span>}
      <span className="text-small text-ink-3 tabular">{formatCount(connection.actions)}</span>
    </button>
  )
}
