import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queries, watchMs } from '../../api/queries.ts'
import { usePages } from '../../lib/use-pages.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { ExpiryLeft } from './expiry.tsx'

/** What runs without asking because somebody approved the next calls alike; nothing while there is none. */
export function StandingList({ mayRevoke }: { readonly mayRevoke: boolean }) {
  const client = useQueryClient()
  const { items } = usePages(useInfiniteQuery({ ...queries.standingApprovals(), refetchInterval: watchMs }))
  const revoke = useMutation({
    mutationFn: (id: string) => api.approvals.revokeStanding(id),
    onSettled: () => client.invalidateQueries({ queryKey: ['approvals'] }),
  })
  const open = items.filter(({ status }) => status === 'open')
  if (open.length === 0) return null
  return (
    <section aria-label="Standing approvals" className="max-h-60 shrink-0 overflow-y-auto border-t border-line px-4 py-3">
      <h2 className="caption mb-1.5">Standing</h2>
      <ErrorNotice error={revoke.error} />
      <ul className="space-y-1.5">
        {open.map(({ id, action, requested_by, total, used, expires_at }) => (
          <li key={id} className="flex items-center gap-2 text-small">
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{action}</span>
              <span className="text-ink-3">
                {requested_by.name} · {total - used} of {total} left · <ExpiryLeft at={expires_at} />
              </span>
            </span>
            {mayRevoke && (
              <Button size="small" busy={revoke.isPending && revoke.variables === id} onClick={() => revoke.mutate(id)}>
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
