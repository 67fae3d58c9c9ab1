import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Page } from '../api/types.ts'

/** The items of all pages loaded so far, and how to load the next, in the shape that VirtualList takes. */
export function usePages<T>(query: UseInfiniteQueryResult<InfiniteData<Page<T>>>) {
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  return {
    items,
    more: { has: query.hasNextPage, loading: query.isFetchingNextPage, load: () => void query.fetchNextPage() },
    /** "3,214" once everything is here, "100+" before. */
    count: query.hasNextPage ? `${items.length}+` : items.length.toLocaleString(),
  }
}
