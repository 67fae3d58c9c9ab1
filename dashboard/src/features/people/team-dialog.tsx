import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Team } from '../../api/types.ts'
import { useDebounced } from '../../lib/use-debounced.ts'
import { usePages } from '../../lib/use-pages.ts'
import { Button } from '../../ui/button.tsx'
import { type Option, Select } from '../../ui/choice.tsx'
import { TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { useCaller, useMay } from '../session/session.ts'

type Place = 'member' | 'manager'
const places: readonly Option<Place>[] = [
  { value: 'member', label: 'member', hint: 'Uses the connections of the team.' },
  { value: 'manager', label: 'manager', hint: 'Also manages them, and who is in the team.' },
]

/** Who is in a team. Null is closed. */
export function TeamDialog({ team, onClose }: { readonly team: Team | null; readonly onClose: () => void }) {
  const client = useQueryClient()
  const caller = useCaller()
  const admin = useMay('admin')
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
  const set = useMutation({
    mutationFn: ({ person, role }: { person: string; role: Place | null }) =>
      api.teams.setMember(team?.id ?? '', { person, role }),
    onSuccess: refresh,
  })
  const manages = admin || team?.members.some(({ id, role }) => id === caller?.id && role === 'manager') === true
  return (
    <Dialog
      open={team !== null}
      onClose={() => {
        set.reset()
        onClose()
      }}
      title={team?.name ?? ''}
      description="Only its members see and use the connections of a team."
    >
      <div className="space-y-4 pb-2">
        {team && admin && <RenameTeam key={team.id} team={team} onDone={refresh} />}
        <ul className="divide-y divide-line rounded-panel border border-line">
          {team?.members.length === 0 && <li className="px-3 py-2.5 text-ink-3">Nobody yet.</li>}
          {team?.members.map((member) => (
            <li key={member.id} className="flex items-center gap-2 px-3 py-2">
              <div className="min-w-0 flex-1">
                <div className="truncate">{member.name}</div>
                <div className="truncate text-small text-ink-3">{member.email}</div>
              </div>
              {manages ? (
                <>
                  <Select
                    label={`Role of ${member.name} in the team`}
                    className="w-28"
                    value={member.role}
                    onChange={(role) => set.mutate({ person: member.id, role })}
                    options={places}
                  />
                  <Button
                    size="small"
                    look="quiet"
                    className="hover:text-bad"
                    onClick={() => set.mutate({ person: member.id, role: null })}
                  >
                    Take out
                  </Button>
                </>
              ) : (
                <span className="text-ink-2">{member.role}</span>
              )}
            </li>
          ))}
        </ul>
        {team && manages && (
          <AddMember key={team.id} team={team} busy={set.isPending} onAdd={(person) => set.mutate({ person, role: 'member' })} />
        )}
        <ErrorNotice error={set.error} />
      </div>
    </Dialog>
  )
}

function RenameTeam({ team, onDone }: { readonly team: Team; readonly onDone: () => unknown }) {
  const [name, setName] = useState(team.name)
  const rename = useMutation({ mutationFn: () => api.teams.rename(team.id, name.trim()), onSuccess: onDone })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate()
  }
  return (
    <form onSubmit={submit}>
      <div className="flex items-end gap-2">
        <TextField className="min-w-0 flex-1" label="Name" required maxLength={100} value={name} onValueChange={setName} />
        <Button type="submit" busy={rename.isPending} disabled={name.trim() === '' || name.trim() === team.name}>
          Rename
        </Button>
      </div>
      <ErrorNotice error={rename.error} className="mt-3" />
    </form>
  )
}

/** How many matches are offered; more letters leave fewer. */
const offered = 6

function AddMember({
  team,
  busy,
  onAdd,
}: {
  readonly team: Team
  readonly busy: boolean
  readonly onAdd: (person: string) => void
}) {
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  // The button goes with whom it added; the next person is looked for here.
  const add = (person: string) => {
    onAdd(person)
    input.current?.focus()
  }
  const search = useDebounced(text.trim())
  const { items } = usePages(useInfiniteQuery(queries.members(search)))
  const others = items.filter(({ id }) => !team.members.some((member) => member.id === id))
  return (
    <div>
      <TextField ref={input} label="Member to add" placeholder="Name or email" value={text} onValueChange={setText} />
      <ul aria-label="Members to add" className="mt-1.5">
        {others.slice(0, offered).map(({ id, name, email }) => (
          <li key={id} className="flex items-center gap-2 py-1 pl-3">
            <span className="min-w-0 flex-1 truncate">
              {name} <span className="text-small text-ink-3">{email}</span>
            </span>
            <Button size="small" aria-label={`Add ${name}`} disabled={busy} onClick={() => add(id)}>
              Add
            </Button>
          </li>
        ))}
        {others.length === 0 && search !== '' && <li className="py-1 pl-3 text-ink-3">Nobody else like that.</li>}
        {others.length > offered && <li className="py-1 pl-3 text-small text-ink-3">Type a name to find others.</li>}
      </ul>
    </div>
  )
}
