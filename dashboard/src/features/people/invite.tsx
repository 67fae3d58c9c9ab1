import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Role } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { useCaller } from '../session/session.ts'
import { LinkBox } from './link-box.tsx'
import { rolesUpTo } from './roles.ts'

/** Invites somebody: by mail, or by a link to hand on. */
export function Invite({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const client = useQueryClient()
  const caller = useCaller()
  const teams = useQuery({ ...queries.everyTeam(), enabled: open })
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('member')
  const [chosen, setChosen] = useState<readonly string[]>([])
  const invite = useMutation({
    mutationFn: () => api.invitations.create({ email: email.trim(), role, teams: chosen.map((id) => ({ id, role: 'member' })) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['people'] }),
  })
  const close = () => {
    invite.reset()
    setEmail('')
    setChosen([])
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate()
  }
  if (invite.data)
    return (
      <Dialog
        open={open}
        onClose={close}
        title={invite.data.mailed ? 'The invitation is on its way' : 'Hand on this link'}
        description={
          invite.data.mailed
            ? `A mail to ${invite.data.email} has the link. It works once, for seven days.`
            : `It is for ${invite.data.email}, works once, for seven days, and is shown this once.`
        }
        footer={
          <Button look="primary" onClick={close}>
            Done
          </Button>
        }
      >
        {invite.data.url && <LinkBox url={invite.data.url} />}
      </Dialog>
    )
  return (
    <Dialog open={open} onClose={close} title="Invite somebody">
      <form onSubmit={submit} className="space-y-4 pb-2">
        <TextField label="Email" type="email" required autoFocus maxLength={254} value={email} onValueChange={setEmail} />
        <Field label="Role">
          <Select value={role} onChange={setRole} options={rolesUpTo(caller?.role ?? 'viewer')} />
        </Field>
        {teams.data && teams.data.length > 0 && (
          <fieldset className="space-y-2">
            <legend className="mb-1.5 text-small font-medium text-ink-2">Teams</legend>
            <div className="max-h-40 space-y-2 overflow-y-auto">
              {teams.data.map(({ id, name }) => (
                <Checkbox
                  key={id}
                  label={name}
                  checked={chosen.includes(id)}
                  onChange={(on) => setChosen(on ? [...chosen, id] : chosen.filter((each) => each !== id))}
                />
              ))}
            </div>
          </fieldset>
        )}
        <ErrorNotice error={invite.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" busy={invite.isPending} disabled={!email.trim()}>
            Invite
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
