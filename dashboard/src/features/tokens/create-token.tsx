import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Role } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { TokenSnippets } from './token-snippets.tsx'

const roles: readonly { readonly value: Role; readonly label: string; readonly hint: string }[] = [
  { value: 'viewer', label: 'viewer', hint: 'Reads definitions and the log.' },
  { value: 'member', label: 'member', hint: 'Calls actions. Right for an agent.' },
  { value: 'manager', label: 'manager', hint: 'Also connects APIs and decides on approvals.' },
  { value: 'admin', label: 'admin', hint: 'Also defines connectors and makes tokens.' },
]

const lifetimes = [
  { value: '', label: 'until revoked' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
] as const
type Lifetime = (typeof lifetimes)[number]['value']

/** The most that the API takes. */
const mostPerMinute = 1_000_000
const mostPerDay = 100_000_000

const dayMs = 86_400_000

/** Makes a token and shows it this one time, with what a client needs to use it. */
export function CreateToken({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('member')
  const [days, setDays] = useState<Lifetime>('')
  const [perMinute, setPerMinute] = useState('')
  const [perDay, setPerDay] = useState('')
  const create = useMutation({
    mutationFn: () =>
      api.tokens.create({
        name: name.trim(),
        role,
        ...(perMinute ? { per_minute: Number(perMinute) } : {}),
        ...(perDay ? { per_day: Number(perDay) } : {}),
        ...(days ? { expires_at: new Date(Date.now() + Number(days) * dayMs).toISOString() } : {}),
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  })
  const close = () => {
    create.reset()
    setName('')
    setPerMinute('')
    setPerDay('')
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  if (create.data)
    return (
      <Dialog
        open={open}
        onClose={close}
        wide
        title={`${create.data.name} is ready`}
        description="Copy the token now. It is not stored and can't be shown again."
        footer={
          <Button look="primary" onClick={close}>
            Done
          </Button>
        }
      >
        <div className="space-y-4">
          <div className="flex items-center gap-2 rounded-panel border border-accent-line bg-accent-wash py-2 pr-2 pl-3">
            <code className="min-w-0 flex-1 break-all">{create.data.token}</code>
            <CopyButton value={create.data.token} label="Copy the token" text="Copy" />
          </div>
          <TokenSnippets token={create.data.token} />
        </div>
      </Dialog>
    )
  return (
    <Dialog open={open} onClose={close} title="New token">
      <form onSubmit={submit} className="space-y-4 pb-2">
        <TextField
          label="Name"
          required
          autoFocus
          maxLength={100}
          placeholder="Support agent"
          value={name}
          onValueChange={setName}
          hint="Who will use it; the log shows this name."
        />
        <Field label="Role">
          <Select value={role} onChange={setRole} options={roles} />
        </Field>
        <Field label="Valid">
          <Select<Lifetime> value={days} onChange={setDays} options={lifetimes} />
        </Field>
        <div className="grid grid-cols-2 gap-4">
          <TextField
            label="Calls per minute"
            optional
            type="number"
            inputMode="numeric"
            min={1}
            max={mostPerMinute}
            placeholder="no limit"
            value={perMinute}
            onValueChange={setPerMinute}
          />
          <TextField
            label="Calls per day"
            optional
            type="number"
            inputMode="numeric"
            min={1}
            max={mostPerDay}
            placeholder="no limit"
            value={perDay}
            onValueChange={setPerDay}
          />
        </div>
        <ErrorNotice error={create.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending} disabled={!name.trim()}>
            Create token
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
