import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Team } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { usePages } from '../../lib/use-pages.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/overlay.tsx'
import { PagedList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { useCaller, useMay } from '../session/session.ts'
import { TeamDialog } from './team-dialog.tsx'

const rowHeight = 52
const columns = 'md:grid md:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_8rem_11rem] md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Team</span>
    <span>Members</span>
    <span>Connections</span>
    <span />
  </div>
)

export function TeamList({ onCreate }: { readonly onCreate: () => void }) {
  const client = useQueryClient()
  const admin = useMay('admin')
  const caller = useCaller()
  const query = useInfiniteQuery(queries.teams())
  const [opened, setOpened] = useState<string | null>(null)
  const [deleting, setDeleting] = useState<Team | null>(null)
  const remove = useMutation({
    mutationFn: (id: string) => api.teams.delete(id),
    onSuccess: async () => {
      say(`${deleting?.name ?? 'Team'} deleted`)
      setDeleting(null)
      await client.invalidateQueries({ queryKey: ['people'] })
    },
  })
  const { items } = usePages(query)
  return (
    <>
      <PagedList
        underTabs
        label="Teams"
        query={query}
        empty={
          <EmptyState
            title="No teams yet"
            actions={
              admin && (
                <Button look="primary" icon={<Plus size={15} />} onClick={onCreate}>
                  New team
                </Button>
              )
            }
          >
            A team has connections of its own, which only its members see and use.
          </EmptyState>
        }
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        header={<Header />}
        row={(team) => {
          const manages = admin || team.members.some(({ id, role }) => id === caller?.id && role === 'manager')
          return (
            <div
              className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 md:h-[52px] md:px-8 md:py-0 ${columns}`}
            >
              <div className="w-full min-w-0 truncate font-medium md:w-auto">{team.name}</div>
              <span className="min-w-0 truncate text-ink-2">
                {team.members.length === 0 ? 'nobody yet' : team.members.map(({ name }) => name).join(', ')}
              </span>
              <span className="text-ink-2">{team.connections === 0 ? 'none' : plural(team.connections, 'connection')}</span>
              <span className="ml-auto flex justify-end gap-1">
                <Button size="small" look="quiet" data-row-main onClick={() => setOpened(team.id)}>
                  {manages ? 'Manage' : 'Show'}
                </Button>
                {admin && (
                  <Button size="small" look="quiet" className="hover:text-bad" onClick={() => setDeleting(team)}>
                    Delete
                  </Button>
                )}
              </span>
            </div>
          )
        }}
      />
      <TeamDialog team={items.find(({ id }) => id === opened) ?? null} onClose={() => setOpened(null)} />
      <Confirm
        open={deleting !== null}
        onClose={() => {
          remove.reset()
          setDeleting(null)
        }}
        title={`Delete ${deleting?.name ?? ''}?`}
        action="Delete team"
        busy={remove.isPending}
        onConfirm={() => deleting && remove.mutate(deleting.id)}
      >
        <p>Its members stay in the workspace. Tokens that work in it are gone. A team with connections is not deleted.</p>
        <ErrorNotice error={remove.error} />
      </Confirm>
    </>
  )
}
