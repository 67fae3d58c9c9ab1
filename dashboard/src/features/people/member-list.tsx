import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, KeyRound, LogOut, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Member, Role } from '../../api/types.ts'
import { formatDay } from '../../lib/format.ts'
import { useDebounced } from '../../lib/use-debounced.ts'
import { usePages } from '../../lib/use-pages.ts'
import { IconButton } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { Menu } from '../../ui/menu.tsx'
import { PagedList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { say } from '../../ui/toast.tsx'
import { useCaller, useMay } from '../session/session.ts'
import { RecoverMember } from './recover-member.tsx'
import { RemoveMember } from './remove-member.tsx'
import { rolesUpTo } from './roles.ts'

const rowHeight = 56
const columns = 'md:grid md:grid-cols-[minmax(0,1fr)_9rem_minmax(0,12rem)_8rem_6rem_2.5rem] md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Member</span>
    <span>Role</span>
    <span>Teams</span>
    <span>Second factor</span>
    <span>Joined</span>
    <span />
  </div>
)

export function MemberList() {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const search = useDebounced(text.trim())
  const query = useInfiniteQuery(queries.members(search))
  const { items } = usePages(query)
  const [removing, setRemoving] = useState<Member | null>(null)
  const [recovering, setRecovering] = useState<Member | null>(null)
  const setRole = useMutation({
    mutationFn: ({ member, role }: { member: Member; role: Role }) => api.members.setRole(member.id, role),
    onSuccess: (member) => say(`${member.name} is ${member.role} now`),
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => ['people', 'session'].includes(String(queryKey[0])) }),
  })
  const endSessions = useMutation({
    mutationFn: (member: Member) => api.members.endSessions(member.id),
    onSuccess: (_answer, member) => say(`${member.name} is signed out everywhere`),
  })
  // A handful needs no search.
  const searchable = search !== '' || text !== '' || items.length > 8
  return (
    <>
      {searchable && (
        <div className="px-4 py-2 md:px-8">
          <SearchInput
            label="Search members"
            className="max-w-xs"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      )}
      <ErrorNotice error={setRole.error ?? endSessions.error} className="mx-4 my-3 md:mx-8" />
      <PagedList
        underTabs
        label="Members"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        header={<Header />}
        row={(member) => (
          <MemberRow
            member={member}
            onRole={(role) => setRole.mutate({ member, role })}
            onRemove={() => setRemoving(member)}
            onRecover={() => setRecovering(member)}
            onEndSessions={() => endSessions.mutate(member)}
          />
        )}
        empty={
          <EmptyState title={search ? 'Nobody like that' : 'No members yet'}>
            {search
              ? 'No name or email has these letters.'
              : 'Tokens work without people. Invite somebody to decide on approvals.'}
          </EmptyState>
        }
      />
      <RemoveMember member={removing} onClose={() => setRemoving(null)} />
      <RecoverMember member={recovering} onClose={() => setRecovering(null)} />
    </>
  )
}

interface MemberRowProps {
  readonly member: Member
  readonly onRole: (role: Role) => void
  readonly onRemove: () => void
  readonly onRecover: () => void
  readonly onEndSessions: () => void
}

function MemberRow({ member, onRole, onRemove, onRecover, onEndSessions }: MemberRowProps) {
  const caller = useCaller()
  const admin = useMay('admin')
  const may = admin && (member.role !== 'owner' || caller?.role === 'owner')
  return (
    <div
      className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 md:h-14 md:px-8 md:py-0 ${columns}`}
    >
      <div className="w-full min-w-0 md:w-auto">
        <div className="truncate font-medium">
          {member.name}
          {member.id === caller?.id && <span className="font-normal text-ink-3"> (you)</span>}
        </div>
        <div className="truncate text-small text-ink-3">{member.email}</div>
      </div>
      {may && caller ? (
        <Select
          label={`Role of ${member.name}`}
          className="w-32"
          value={member.role}
          onChange={onRole}
          options={rolesUpTo(caller.role)}
        />
      ) : (
        <span className="text-ink-2">{member.role}</span>
      )}
      <span className="truncate text-ink-2">{member.teams.map(({ name }) => name).join(', ')}</span>
      <Status
        state={
          member.two_factor ? { shape: 'disc', tone: 'ok', words: '2FA on' } : { shape: 'ring', tone: 'idle', words: '2FA off' }
        }
      />
      <span className="hidden text-ink-2 md:block">{formatDay(member.joined_at)}</span>
      <span className="ml-auto flex justify-end">
        {may && (
          <Menu
            trigger={
              <IconButton size="small" label={`More for ${member.name}`} data-row-main>
                <Ellipsis size={15} />
              </IconButton>
            }
            entries={[
              { label: 'Link to set a new password…', icon: <KeyRound size={14} />, onSelect: onRecover },
              { label: 'Sign out everywhere', icon: <LogOut size={14} />, onSelect: onEndSessions },
              null,
              { label: 'Remove…', icon: <UserMinus size={14} />, danger: true, onSelect: onRemove },
            ]}
          />
        )}
      </span>
    </div>
  )
}
