import type { InfiniteData, UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../api/types.ts'
import { usePages } from '../lib/use-pages.ts'
import { ErrorNotice, SkeletonRows } from './states.tsx'
import { VirtualList, type VirtualListProps } from './virtual-list.tsx'

interface ListProps<T> extends Pick<VirtualListProps<T>, 'label' | 'keyOf' | 'row' | 'rowHeight' | 'header'> {
  /** In the place of the list when there is nothing in it. */
  readonly empty: ReactNode
  /** Tabs above draw the line. */
  readonly underTabs?: boolean
}

interface LoadedListProps<T> extends ListProps<T>, Pick<VirtualListProps<T>, 'items' | 'more'> {
  readonly query: Pick<UseQueryResult, 'isPending' | 'error' | 'refetch'>
}

/** Bars while it takes its time, what went wrong, or the rows. */
function LoadedList<T>({ query, empty, underTabs, items, rowHeight, header, ...list }: LoadedListProps<T>) {
  const line = underTabs ? undefined : 'border-t border-line'
  if (query.isPending)
    return (
      <div className={line}>
        {header}
        <SkeletonRows height={rowHeight} />
      </div>
    )
  if (query.error !== null && items.length === 0)
    return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="mx-4 my-3 md:mx-8" />
  if (items.length === 0) return empty
  return <VirtualList items={items} rowHeight={rowHeight} header={header} {...(line && { className: line })} {...list} />
}

/** A list that comes whole with one query. */
export function QueryList<T>({
  query,
  ...list
}: ListProps<T> & { readonly query: UseQueryResult<{ readonly items: readonly T[] }> }) {
  return <LoadedList query={query} items={query.data?.items ?? []} {...list} />
}

/** A list that comes page by page, as far as it is scrolled. */
export function PagedList<T>({
  query,
  ...list
}: ListProps<T> & { readonly query: UseInfiniteQueryResult<InfiniteData<Page<T>>> }) {
  const { items, more } = usePages(query)
  return <LoadedList query={query} items={items} more={more} {...list} />
}
