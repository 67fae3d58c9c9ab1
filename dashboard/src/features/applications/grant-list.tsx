import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Grant } from '../../api/types.ts'
import { formatDay } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/overlay.tsx'
import { PagedList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { say } from '../../ui/toast.tsx'

const rowHeight = 52
const columns = 'md:grid md:grid-cols-[minmax(0,1fr)_minmax(0,14rem)_10rem_8rem_7rem_7rem] md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Application</span>
    <span>Acts for</span>
    <span>May use</span>
    <span>Last used</span>
    <span>Connected</span>
    <span />
  </div>
)

/** What somebody lets act for them: one's own, for admins everybody's. */
export function GrantList({ underTabs = false }: { readonly underTabs?: boolean }) {
  const client = useQueryClient()
  const query = useInfiniteQuery(queries.grants())
  const [ending, setEnding] = useState<Grant | null>(null)
  const revoke = useMutation({
    mutationFn: (id: string) => api.clients.revokeGrant(id),
    onSuccess: async () => {
      say(`${ending ? ending.client.name : 'Application'} disconnected`)
      setEnding(null)
      await client.invalidateQueries({ queryKey: ['grants'] })
    },
  })
  return (
    <>
      <PagedList
        underTabs={underTabs}
        label="Applications"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        header={<Header />}
        row={(grant) => <GrantRow grant={grant} onEnd={() => setEnding(grant)} />}
        empty={
          <EmptyState title="No application is connected">
            Give an MCP client the address <code>{`${location.origin}/mcp`}</code>. It opens a page here that asks you.
          </EmptyState>
        }
      />
      <Confirm
        open={ending !== null}
        onClose={() => {
          revoke.reset()
          setEnding(null)
        }}
        title={`Disconnect ${ending ? ending.client.name : ''}?`}
        action="Disconnect"
        busy={revoke.isPending}
        onConfirm={() => ending && revoke.mutate(ending.id)}
      >
        <p>It is refused from its next request on, and has to ask {ending?.person.name} again.</p>
        <ErrorNotice error={revoke.error} />
      </Confirm>
    </>
  )
}

function GrantRow({ grant, onEnd }: { readonly grant: Grant; readonly onEnd: () => void }) {
  return (
    <div
      className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 md:h-[52px] md:px-8 md:py-0 ${columns}`}
    >
      <div className="w-full min-w-0 md:w-auto">
        <div className="truncate font-medium">{grant.client.name}</div>
        <div className="truncate text-small text-ink-3">{grant.client.host}</div>
      </div>
      <span className="truncate text-ink-2" title={grant.person.email}>
        {grant.person.name}
      </span>
      <code className="truncate text-small text-ink-2">{grant.resource}</code>
      <span className="text-ink-2">
        <Ago at={grant.last_used_at} never="never used" />
      </span>
      <span className="hidden text-ink-2 md:block">{formatDay(grant.created_at)}</span>
      <span className="ml-auto flex justify-end">
        <Button size="small" look="quiet" className="hover:text-bad" data-row-main onClick={onEnd}>
          Disconnect
        </Button>
      </span>
    </div>
  )
}
