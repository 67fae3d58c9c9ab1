import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, Outlet, useMatch, useNavigate, useSearch } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useMemo } from 'react'
import { queries } from '../../api/queries.ts'
import type { Tool } from '../../api/types.ts'
import { compact } from '../../lib/compact.ts'
import { cx } from '../../lib/cx.ts'
import { usePages } from '../../lib/use-pages.ts'
import { useSearchText } from '../../lib/use-search-text.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { EffectMark, Method } from '../../ui/status.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'

const rowHeight = 46
type Row =
  | { readonly kind: 'head'; readonly key: string; readonly tool: Tool }
  | { readonly kind: 'tool'; readonly key: string; readonly tool: Tool }

/** The tools under the names of their connection: agents see them in the same grouping. */
function rowsOf(tools: readonly Tool[]): Row[] {
  return tools.flatMap((tool, index): Row[] => {
    const row: Row = { kind: 'tool', key: `${tool.connection.id}/${tool.action}`, tool }
    return tools[index - 1]?.connection.id === tool.connection.id
      ? [row]
      : [{ kind: 'head', key: `head/${tool.connection.id}/${index}`, tool }, row]
  })
}

/** All actions that can be called now, and beside them the one to try. */
export function ToolsPage() {
  const { connector } = useSearch({ from: '/tools' })
  const navigate = useNavigate()
  const open = useMatch({ from: '/tools/$connector/$action', shouldThrow: false })
  const { text, setText, search } = useSearchText()

  const query = useInfiniteQuery(queries.tools(compact({ search: search || undefined, connector })))
  const { items, more, count } = usePages(query)
  const rows = useMemo(() => rowsOf(items), [items])

  return (
    <div className="grid h-full min-h-0 md:grid-cols-[21rem_minmax(0,1fr)]">
      <title>Tools · Sallyport</title>
      <section aria-label="Tools" className={cx('min-h-0 flex-col border-r border-line', open ? 'hidden md:flex' : 'flex')}>
        <header className="px-4 pt-4 pb-3 md:pt-6">
          <div className="flex items-baseline justify-between">
            <h1 className="text-title font-semibold tracking-tight">Tools</h1>
            <span className="text-small text-ink-3 tabular">{query.data && count}</span>
          </div>
          <SearchInput label="Search actions" value={text} onChange={(event) => setText(event.target.value)} className="mt-3" />
          {connector && (
            <Button
              size="small"
              className="mt-2"
              onClick={() => void navigate({ to: '.', search: ({ connector: _, ...rest }) => rest })}
            >
              only {connector}
              <X size={12} aria-label="Remove this filter" />
            </Button>
          )}
        </header>
        {query.isPending ? (
          <SkeletonRows height={rowHeight} rows={10} />
        ) : query.isError && items.length === 0 ? (
          <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="mx-4" />
        ) : items.length === 0 ? (
          search || connector ? (
            <EmptyState title="No action matches">Search looks at names, titles and descriptions.</EmptyState>
          ) : (
            <EmptyState
              title="No tools yet"
              actions={
                <ButtonLink to="/connect" look="primary">
                  Connect an API
                </ButtonLink>
              }
            >
              Every action of a connection becomes a tool.
            </EmptyState>
          )
        ) : (
          <VirtualList
            label="Actions"
            items={rows}
            keyOf={({ key }) => key}
            rowHeight={rowHeight}
            more={more}
            row={({ kind, tool }) => (kind === 'head' ? <ConnectionHead tool={tool} /> : <ToolRow tool={tool} />)}
            className="border-t border-line"
          />
        )}
      </section>
      <div className={cx('min-h-0 min-w-0', open ? 'block' : 'hidden md:block')}>
        {open ? (
          <Outlet />
        ) : (
          items.length > 0 && (
            <div className="grid h-full place-items-center">
              <EmptyState title="Pick an action to try">
                See the exact request before it leaves, run it, and follow its way through the gate.
              </EmptyState>
            </div>
          )
        )}
      </div>
    </div>
  )
}

function ConnectionHead({ tool }: { readonly tool: Tool }) {
  return (
    <div className="flex items-baseline gap-2 bg-bg px-4 pt-3.5 pb-1.5">
      <span className="truncate text-small font-semibold">{tool.connection.name}</span>
      <span className="truncate text-micro text-ink-3">{tool.connection.environment}</span>
    </div>
  )
}

function ToolRow({ tool }: { readonly tool: Tool }) {
  return (
    <Link
      to="/tools/$connector/$action"
      params={{ connector: tool.connector, action: tool.action }}
      search={(previous) => ({ ...previous, connection: tool.connection.id })}
      data-row-main
      data-focus-inset
      className="flex h-[46px] items-center gap-2 border-l-2 border-transparent px-3.5 transition-colors hover:bg-hover data-[status=active]:border-accent data-[status=active]:bg-hover"
    >
      <span className="min-w-0 flex-1 leading-tight">
        <span className="flex items-center gap-1.5">
          <span className={cx('truncate', tool.deprecated && 'text-ink-3 line-through')}>{tool.action}</span>
          {tool.effect !== 'read' && <EffectMark effect={tool.effect} bare />}
        </span>
        <span className="flex min-w-0 items-baseline">
          <Method method={tool.method} className="w-10" />
          <code className="truncate text-micro text-ink-3">{tool.path}</code>
        </span>
      </span>
    </Link>
  )
}
