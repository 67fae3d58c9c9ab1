import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import type { NotificationChannel } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { Copyable } from '../../ui/copy-button.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'

type Kind = NotificationChannel['kind']

export const kindWords: Readonly<Record<Kind, string>> = {
  slack: 'Slack',
  teams: 'Microsoft Teams',
  webhook: 'any URL, signed',
  email: 'email',
  pagerduty: 'PagerDuty',
}
const kinds = (['slack', 'teams', 'webhook', 'email', 'pagerduty'] as const).map((value) => ({ value, label: kindWords[value] }))

interface AddChannelProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly onDone: () => Promise<unknown>
}

/** Adds a channel, and shows the secret of a webhook this one time. */
export function AddChannel({ open, onClose, onDone }: AddChannelProps) {
  const [kind, setKind] = useState<Kind>('slack')
  const [name, setName] = useState('')
  const [entered, setEntered] = useState('')
  const [alertsOnly, setAlertsOnly] = useState(false)
  const add = useMutation({
    mutationFn: () => {
      const to = entered.trim()
      const target = kind === 'email' ? { email: to } : kind === 'pagerduty' ? { key: to } : { url: to }
      return api.notifications.create({ kind, name: name.trim(), ...target, ...(alertsOnly && { approvals: false }) })
    },
    onSuccess: async ({ secret }) => {
      await onDone()
      if (secret === null) close()
    },
  })
  const close = () => {
    add.reset()
    setName('')
    setEntered('')
    onClose()
  }
  const secret = add.data?.secret
  if (secret)
    return (
      <Dialog
        open={open}
        onClose={close}
        title="The channel is added"
        description="Its messages are signed with this secret. Copy it now. It can't be shown again."
        footer={
          <Button look="primary" onClick={close}>
            Done
          </Button>
        }
      >
        <Copyable text={secret} label="Copy the secret" />
      </Dialog>
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <Dialog open={open} onClose={close} title="Add a channel">
      <form onSubmit={submit} className="space-y-4 pb-2">
        <Field label="Kind">
          <Select value={kind} onChange={setKind} options={kinds} />
        </Field>
        <TextField label="Name" required maxLength={100} value={name} onValueChange={setName} />
        {kind === 'email' ? (
          <TextField label="Email" required type="email" value={entered} onValueChange={setEntered} />
        ) : kind === 'pagerduty' ? (
          <TextField
            label="Integration key"
            required
            mono
            value={entered}
            onValueChange={setEntered}
            hint="Of an Events API v2 integration of the service. It is sealed. Alerts alone are told there."
          />
        ) : (
          <TextField
            label="URL of the incoming webhook"
            required
            mono
            type="url"
            value={entered}
            onValueChange={setEntered}
            hint="It is sealed; afterwards only its host is shown."
          />
        )}
        {kind !== 'pagerduty' && (
          <Checkbox checked={alertsOnly} onChange={setAlertsOnly} label="Alerts alone, and not calls that wait" />
        )}
        <ErrorNotice error={add.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" busy={add.isPending}>
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
