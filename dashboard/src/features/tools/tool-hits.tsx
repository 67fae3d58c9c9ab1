import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { ToolRow, toolRowHeight } from './tool-row.tsx'

/** The actions of all connections that fit the words, best first: the search that agents use. */
export function ToolHits({ search }: { readonly search: string }) {
  const query = useQuery(queries.toolSearch(search))
  if (query.isPending) return <SkeletonRows height={toolRowHeight} rows={8} />
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="mx-4" />
  if (query.data.length === 0)
    return <EmptyState title="No action matches">Search looks at names, paths and descriptions, as agents do.</EmptyState>
  return (
    <VirtualList
      label="Actions found"
      items={query.data}
      keyOf={({ tool }) => tool}
      rowHeight={toolRowHeight}
      className="border-t border-line"
      row={({ connector, action, method, path, effect }) => (
        <ToolRow connector={connector} action={{ name: action, method, path, effect }} qualified />
      )}
    />
  )
}
