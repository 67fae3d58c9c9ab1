import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { NotificationChannel } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/overlay.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { say } from '../../ui/toast.tsx'
import { AddChannel, kindWords } from './add-channel.tsx'

const rowHeight = 60

/** Where people are told that a call waits for them. */
export function NotificationsPage() {
  const client = useQueryClient()
  const query = useQuery(queries.notificationChannels())
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<NotificationChannel | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['notifications'] })
  const test = useMutation({
    mutationFn: (id: string) => api.notifications.test(id),
    onSuccess: () => say('It arrived', 'The message says nothing of any call.'),
  })
  const remove = useMutation({
    mutationFn: (id: string) => api.notifications.delete(id),
    onSuccess: async () => {
      setRemoving(null)
      await refresh()
    },
  })
  return (
    <Page
      title="Notifications"
      description="Where people are told that a call waits for approval, or that an alert fires. Messages name the call, never its input."
      actions={
        <Button look="primary" icon={<Plus size={15} />} onClick={() => setAdding(true)}>
          Add a channel
        </Button>
      }
    >
      <ErrorNotice error={test.error} className="mx-4 md:mx-8" />
      <QueryList
        label="Notification channels"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        row={(channel) => (
          <div className="flex min-h-[60px] flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2 md:px-8">
            <span className="min-w-0 flex-1 max-sm:basis-full">
              <span className="block truncate font-medium" title={channel.name}>
                {channel.name}
              </span>
              <span className="block truncate text-small text-ink-3">
                {kindWords[channel.kind]} · {channel.target}
                {!channel.approvals && ' · alerts alone'}
              </span>
            </span>
            <span className="min-w-0 text-small text-ink-3 max-sm:flex-1">
              {channel.last_error ? (
                <span className="text-bad">{channel.last_error}</span>
              ) : channel.last_delivered_at ? (
                <>
                  told <Ago at={channel.last_delivered_at} />
                </>
              ) : (
                'nothing sent yet'
              )}
            </span>
            <Button
              size="small"
              data-row-main
              busy={test.isPending && test.variables === channel.id}
              onClick={() => test.mutate(channel.id)}
            >
              Try it
            </Button>
            <Button size="small" look="quiet" className="hover:text-bad" onClick={() => setRemoving(channel)}>
              Remove
            </Button>
          </div>
        )}
        empty={
          <EmptyState title="Nobody is told">
            Calls that wait are in the inbox. Add a chat, a mailbox or a URL of yours, and people hear of them there.
          </EmptyState>
        }
      />
      <AddChannel open={adding} onClose={() => setAdding(false)} onDone={refresh} />
      <Confirm
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove ${removing?.name ?? ''}?`}
        action="Remove channel"
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing.id)}
      >
        <p>Nobody is told there any more.</p>
        <ErrorNotice error={remove.error} />
      </Confirm>
    </Page>
  )
}
