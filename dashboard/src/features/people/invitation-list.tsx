import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Invitation } from '../../api/types.ts'
import { formatDay } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { PagedList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { type State, Status } from '../../ui/status.tsx'
import { say } from '../../ui/toast.tsx'
import { LinkBox } from './link-box.tsx'

const rowHeight = 52
const columns = 'md:grid md:grid-cols-[minmax(0,1fr)_7rem_6rem_9rem_11rem] md:gap-x-5'

const states: Record<Invitation['status'], State> = {
  open: { shape: 'clock', tone: 'wait', words: 'Open' },
  expired: { shape: 'ring', tone: 'idle', words: 'Expired' },
  accepted: { shape: 'check', tone: 'ok', words: 'Joined' },
  revoked: { shape: 'slash', tone: 'idle', words: 'Taken back' },
}

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Email</span>
    <span>State</span>
    <span>Role</span>
    <span>By</span>
    <span />
  </div>
)

export function InvitationList({ onInvite }: { readonly onInvite: () => void }) {
  const client = useQueryClient()
  const query = useInfiniteQuery(queries.invitations())
  const [link, setLink] = useState<string | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['people', 'invitations'] })
  const renew = useMutation({
    mutationFn: (id: string) => api.invitations.renew(id),
    onSuccess: async ({ url, email }) => {
      if (url === null) say(`A new link is on its way to ${email}`)
      else setLink(url)
      await refresh()
    },
  })
  const revoke = useMutation({
    mutationFn: (id: string) => api.invitations.revoke(id),
    onSuccess: async () => {
      say('Invitation taken back')
      await refresh()
    },
  })
  return (
    <>
      <ErrorNotice error={renew.error ?? revoke.error} className="mx-4 my-3 md:mx-8" />
      <PagedList
        underTabs
        label="Invitations"
        query={query}
        empty={
          <EmptyState
            title="Nobody is invited"
            actions={
              <Button look="primary" icon={<Plus size={15} />} onClick={onInvite}>
                Invite
              </Button>
            }
          >
            An invitation is a link for one email, with a role and teams. It works once, for seven days.
          </EmptyState>
        }
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        header={<Header />}
        row={(invitation) => (
          <div
            className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 md:h-[52px] md:px-8 md:py-0 ${columns}`}
          >
            <div className="w-full min-w-0 truncate font-medium md:w-auto">{invitation.email}</div>
            <Status state={states[invitation.status]} />
            <span className="text-ink-2">{invitation.role}</span>
            <span className="truncate text-ink-2">
              {invitation.invited_by}, {formatDay(invitation.created_at)}
            </span>
            <span className="ml-auto flex justify-end gap-1">
              {(invitation.status === 'open' || invitation.status === 'expired') && (
                <>
                  <Button size="small" look="quiet" data-row-main onClick={() => renew.mutate(invitation.id)}>
                    New link
                  </Button>
                  <Button size="small" look="quiet" className="hover:text-bad" onClick={() => revoke.mutate(invitation.id)}>
                    Take back
                  </Button>
                </>
              )}
            </span>
          </div>
        )}
      />
      <Dialog
        open={link !== null}
        onClose={() => setLink(null)}
        title="Hand on this link"
        description="It works once, for seven days, and is shown this once. The old link works no more."
      >
        <div className="pb-2">{link && <LinkBox url={link} />}</div>
      </Dialog>
    </>
  )
}
