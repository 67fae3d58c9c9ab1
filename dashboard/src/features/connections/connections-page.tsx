import { useInfiniteQuery } from '@tanstack/react-query'
import { Outlet, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { compact } from '../../lib/compact.ts'
import { usePages } from '../../lib/use-pages.ts'
import { useSearchText } from '../../lib/use-search-text.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { useMay } from '../session/session.ts'
import { ConnectionRow, ConnectionRowHeader, connectionRowHeight } from './connection-row.tsx'
import { DeleteConnection } from './delete-connection.tsx'
import { DoorsPicture } from './doors-picture.tsx'

/** Every account the gateway may use, and how each one is doing (P9). */
export function ConnectionsPage() {
  const { connector } = useSearch({ from: '/connections' })
  const navigate = useNavigate()
  const mayConnect = useMay('member')
  const { text, setText, search } = useSearchText()
  const [deleting, setDeleting] = useState<Connection | null>(null)

  const query = useInfiniteQuery(queries.connections(compact({ search: search || undefined, connector })))
  const { items, more, count } = usePages(query)
  const busiest = useMemo(() => items.reduce((most, { calls_today }) => Math.max(most, calls_today), 0), [items])
  const filtered = Boolean(search || connector)
  // The empty state offers the same, in the middle of the screen.
  const empty = query.isSuccess && items.length === 0 && !filtered

  return (
    <Page
      title="Connections"
      description="Accounts of APIs that agents may use. Credentials stay in the gateway."
      actions={
        mayConnect &&
        !empty && (
          <ButtonLink to="/catalog" look="primary" icon={<Plus size={15} />}>
            Connect an API
          </ButtonLink>
        )
      }
      toolbar={
        (!query.data || items.length > 0 || filtered) && (
          <>
            <SearchInput
              label="Search connections"
              value={text}
              onChange={(event) => setText(event.target.value)}
              className="w-full sm:w-72"
            />
            {connector && (
              <Button
                size="small"
                onClick={() => void navigate({ to: '/connections', search: ({ connector: _, ...rest }) => rest })}
              >
                {connector}
                <X size={12} aria-label="Remove this filter" />
              </Button>
            )}
            <span className="ml-auto text-small text-ink-3 tabular max-sm:hidden">{query.data && count}</span>
          </>
        )
      }
    >
      {query.isPending ? (
        <div className="border-t border-line">
          <ConnectionRowHeader />
          <SkeletonRows height={connectionRowHeight} />
        </div>
      ) : query.isError && items.length === 0 ? (
        <div className="px-4 md:px-8">
          <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
        </div>
      ) : items.length === 0 ? (
        filtered ? (
          <EmptyState title="No connection matches" actions={<Button onClick={() => setText('')}>Clear the search</Button>}>
            Search looks at names, connectors and base URLs.
          </EmptyState>
        ) : (
          <EmptyState
            picture={<DoorsPicture />}
            title="Connect the first API"
            actions={
              mayConnect && (
                <ButtonLink to="/catalog" look="primary" icon={<Plus size={15} />}>
                  Connect an API
                </ButtonLink>
              )
            }
          >
            Pick a provider from the catalog, or start from the description of any API. Agents get tools; the key stays here.
          </EmptyState>
        )
      ) : (
        <VirtualList
          label="Connections"
          items={items}
          keyOf={(connection) => connection.id}
          rowHeight={connectionRowHeight}
          header={<ConnectionRowHeader />}
          more={more}
          className="border-t border-line"
          row={(connection) => (
            <ConnectionRow connection={connection} busiest={busiest} onDelete={() => setDeleting(connection)} />
          )}
        />
      )}
      <Outlet />
      <DeleteConnection connection={deleting} onClose={() => setDeleting(null)} />
    </Page>
  )
}
