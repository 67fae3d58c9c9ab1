import { useInfiniteQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'

/** How many approvals wait, for the badge: "7", or "100+" when there are more than a page. Asked every 20 seconds. */
export function usePendingApprovals(): string | null {
  const pending = useInfiniteQuery({ ...queries.approvals('pending'), refetchInterval: 20_000 })
  const first = pending.data?.pages[0]
  const count = pending.data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? 0
  if (!first || count === 0) return null
  return pending.hasNextPage ? `${count}+` : String(count)
}
