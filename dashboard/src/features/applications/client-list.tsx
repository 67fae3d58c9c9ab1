import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { OAuthClient } from '../../api/types.ts'
import { formatDay } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Confirm } from '../../ui/overlay.tsx'
import { QueryList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'

const rowHeight = 52
const columns = 'md:grid md:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_minmax(0,1fr)_7rem_6rem_6rem] md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Application</span>
    <span>Client id</span>
    <span>Goes back to</span>
    <span>Secret</span>
    <span>Registered</span>
    <span />
  </div>
)

/** Programs registered by hand, because they neither have a metadata document nor register themselves. */
export function ClientList() {
  const cache = useQueryClient()
  const query = useQuery(queries.clients())
  const [removing, setRemoving] = useState<OAuthClient | null>(null)
  const remove = useMutation({
    mutationFn: (id: string) => api.clients.delete(id),
    onSuccess: async () => {
      say(`${removing?.name ?? 'Application'} removed`)
      setRemoving(null)
      await cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'clients' || queryKey[0] === 'grants' })
    },
  })
  return (
    <>
      <QueryList
        underTabs
        label="Registered applications"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        header={<Header />}
        row={(client) => (
          <div
            className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 md:h-[52px] md:px-8 md:py-0 ${columns}`}
          >
            <div className="w-full min-w-0 truncate font-medium md:w-auto" title={client.name}>
              {client.name}
            </div>
            <span className="flex min-w-0 items-center gap-1 max-md:w-full">
              <code className="truncate text-small text-ink-2">{client.id}</code>
              <CopyButton value={client.id} label={`Copy the client id of ${client.name}`} />
            </span>
            <code className="min-w-0 truncate text-small text-ink-2 max-md:w-full" title={client.redirect_uris.join('\n')}>
              {client.redirect_uris.join(', ')}
            </code>
            <span className="text-ink-2">{client.confidential ? 'has one' : 'none'}</span>
            <span className="hidden text-ink-2 md:block">{formatDay(client.created_at)}</span>
            <span className="ml-auto flex justify-end">
              <Button size="small" look="quiet" className="hover:text-bad" data-row-main onClick={() => setRemoving(client)}>
                Remove
              </Button>
            </span>
          </div>
        )}
        empty={
          <EmptyState title="No application is registered by hand">
            Most MCP clients need none of this: they have a metadata document, or register themselves. Register one that does
            neither.
          </EmptyState>
        }
      />
      <Confirm
        open={removing !== null}
        onClose={() => {
          remove.reset()
          setRemoving(null)
        }}
        title={`Remove ${removing?.name ?? ''}?`}
        action="Remove application"
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing.id)}
      >
        <p>Everybody who let it act for them is disconnected, and nobody can sign in with it again.</p>
        <ErrorNotice error={remove.error} />
      </Confirm>
    </>
  )
}
