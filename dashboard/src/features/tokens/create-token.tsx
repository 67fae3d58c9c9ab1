import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Role } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { NewSecret } from './new-secret.tsx'

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
  const [scope, setScope] = useState('')
  const [toolset, setToolset] = useState('')
  const [environments, setEnvironments] = useState('')
  const [ranges, setRanges] = useState('')
  const teams = useQuery(queries.teams()).data?.items ?? []
  const toolsets = useQuery(queries.toolsets()).data?.items ?? []
  // What is confined to some of the tools does nothing else.
  const confined = toolset !== '' || environments.trim() !== ''
  const wordsOf = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '')
  const create = useMutation({
    mutationFn: () =>
      api.tokens.create({
        name: name.trim(),
        role: confined && role !== 'viewer' ? 'member' : role,
        ...(scope === 'me' ? { personal: true } : scope ? { team: scope } : {}),
        ...(toolset ? { toolset } : {}),
        ...(environments.trim() ? { environments: wordsOf(environments) } : {}),
        ...(ranges.trim() ? { caller_ips: wordsOf(ranges) } : {}),
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
    setScope('')
    setToolset('')
    setEnvironments('')
    setRanges('')
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  if (create.data)
    return (
      <NewSecret
        open={open}
        onClose={close}
        title={`${create.data.name} is ready`}
        token={create.data.token}
        toolset={toolsets.find(({ id }) => id === toolset)?.slug}
      />
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
        <Field label="Tools" hint={confined ? 'It lists and calls these, and does nothing else here.' : undefined}>
          <Select
            value={toolset}
            onChange={setToolset}
            options={[{ value: '', label: 'all tools' }, ...toolsets.map(({ id, name: label }) => ({ value: id, label }))]}
          />
        </Field>
        <div className="grid grid-cols-2 gap-4">
          <Field label="Connections">
            <Select
              value={scope}
              onChange={setScope}
              options={[
                { value: '', label: 'of the workspace' },
                { value: 'me', label: 'mine and my teams’' },
                ...teams.map(({ id, name: team }) => ({ value: id, label: `of ${team}` })),
              ]}
            />
          </Field>
          <TextField
            label="Environments"
            optional
            placeholder="all"
            value={environments}
            onValueChange={setEnvironments}
            hint="Such as sandbox"
          />
        </div>
        <div className="grid grid-cols-2 gap-4">
          <Field label="Role">
            <Select
              value={confined && role !== 'viewer' ? 'member' : role}
              onChange={setRole}
              options={confined ? roles.slice(0, 2) : roles}
            />
          </Field>
          <Field label="Valid">
            <Select<Lifetime> value={days} onChange={setDays} options={lifetimes} />
          </Field>
        </div>
        <TextField
          label="Only from these addresses"
          optional
          mono
          placeholder="203.0.113.7/32, 10.0.0.0/8"
          value={ranges}
          onValueChange={setRanges}
        />
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
