import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Blocks, Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { ConnectorListItem } from '../../api/types.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { usePages } from '../../lib/use-pages.ts'
import { useSearchText } from '../../lib/use-search-text.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { Chip } from '../../ui/status.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { useMay } from '../session/session.ts'
import { ConnectorMark } from './connector-mark.tsx'
import { Drafts } from './drafts.tsx'

const NewInstance = lazy(() => import('./new-instance.tsx'))

const rowHeight = 60
const columns = 'md:grid md:grid-cols-[minmax(0,1fr)_6rem_6rem_8rem_7rem] md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Connector</span>
    <span>Version</span>
    <span>Actions</span>
    <span>Connections</span>
    <span />
  </div>
)

/** The definitions of APIs, each usable by any number of connections. */
export function ConnectorsPage() {
  const mayDefine = useMay('admin')
  const { text, setText, search } = useSearchText()
  const query = useInfiniteQuery(queries.connectors(search))
  const { items, more, count } = usePages(query)
  const [choosing, setChoosing] = useState(false)
  const add = mayDefine && (
    <>
      <Button icon={<Blocks size={15} />} onClick={() => setChoosing(true)}>
        New from built-in
      </Button>
      <ButtonLink to="/import" look="primary" icon={<Plus size={15} />}>
        Add a connector
      </ButtonLink>
    </>
  )
  return (
    <Page
      title="Connectors"
      description="Versioned definitions of APIs. A connection is one account of one of them."
      actions={query.isSuccess && items.length === 0 && !search ? null : add}
      toolbar={
        (!query.data || items.length > 0 || search) && (
          <>
            <SearchInput
              label="Search connectors"
              value={text}
              onChange={(event) => setText(event.target.value)}
              className="w-full sm:w-72"
            />
            <span className="ml-auto text-small text-ink-3 tabular max-sm:hidden">{query.data && count}</span>
          </>
        )
      }
    >
      {mayDefine && <Drafts />}
      {query.isPending ? (
        <div className="border-t border-line">
          <Header />
          <SkeletonRows height={rowHeight} />
        </div>
      ) : query.isError && items.length === 0 ? (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="mx-4 md:mx-8" />
      ) : items.length === 0 ? (
        search ? (
          <EmptyState title="No connector matches" actions={<Button onClick={() => setText('')}>Clear the search</Button>} />
        ) : (
          <EmptyState title="No connectors yet" actions={add}>
            Import the description of an API, or describe it by hand.
          </EmptyState>
        )
      ) : (
        <VirtualList
          label="Connectors"
          items={items}
          keyOf={({ id }) => id}
          rowHeight={rowHeight}
          header={<Header />}
          more={more}
          row={(connector) => <ConnectorRow connector={connector} />}
          className="border-t border-line"
        />
      )}
      {choosing && (
        <Suspense>
          <NewInstance onClose={() => setChoosing(false)} />
        </Suspense>
      )}
    </Page>
  )
}

function ConnectorRow({ connector }: { readonly connector: ConnectorListItem }) {
  const mayConnect = useMay('member')
  return (
    <div
      className={`relative flex items-center gap-3 border-b border-line px-4 py-2.5 transition-colors hover:bg-hover md:h-15 md:px-8 md:py-0 ${columns}`}
    >
      <div className="flex min-w-0 flex-1 items-center gap-3">
        <ConnectorMark connector={connector} />
        <div className="min-w-0 flex-1">
          <div className="flex items-center gap-2">
            <Link
              to="/connectors/$connectorId"
              params={{ connectorId: connector.id }}
              data-row-main
              data-focus-inset
              className="truncate font-medium after:absolute after:inset-0"
            >
              {connector.name}
            </Link>
            {connector.category && <Chip className="max-sm:hidden">{connector.category}</Chip>}
          </div>
          <div className="truncate text-small text-ink-3">
            <span className="md:hidden">{plural(connector.actions, 'action')} · </span>
            {connector.description || <code>{connector.id}</code>}
          </div>
        </div>
      </div>
      <code className="hidden text-ink-2 md:block">{connector.version}</code>
      <span className="hidden tabular md:block">{formatCount(connector.actions)}</span>
      <span className="hidden tabular md:block">
        {connector.connections === 0 ? <span className="text-ink-3">none</span> : formatCount(connector.connections)}
      </span>
      <div className="relative z-1 flex justify-end">
        {mayConnect && (
          <ButtonLink size="small" look="quiet" to="/connect" search={{ connector: connector.id }}>
            Connect
          </ButtonLink>
        )}
      </div>
    </div>
  )
}
