import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Approval } from '../../api/types.ts'
import { visible } from '../../lib/visible.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'

interface ApproveNextProps {
  readonly approval: Approval
  readonly open: boolean
  readonly onClose: () => void
  readonly onDone: () => Promise<unknown>
}

/** Lets the next calls like this one run for an hour, with some or none of its values. This one is decided on by itself. */
export function ApproveNext({ approval, open, onClose, onDone }: ApproveNextProps) {
  const inputs = typeof approval.input === 'object' && approval.input !== null ? Object.entries(approval.input) : []
  const [count, setCount] = useState('5')
  const [same, setSame] = useState<readonly string[]>(inputs.map(([name]) => name))
  const grant = useMutation({
    mutationFn: () => api.approvals.approveNext(approval.id, { count: Number(count), same: [...same] }),
    onSuccess: async () => {
      say('Approved in advance', 'Listed under Standing, where it can be ended.')
      onClose()
      await onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    grant.mutate()
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Approve the next calls of ${approval.action}`}
      description={`For an hour, calls of ${approval.requested_by.name} over ${approval.connection.name} run without asking. A change of the connector or the connection ends it.`}
    >
      <form onSubmit={submit} className="space-y-4 pb-1">
        <TextField label="How many" type="number" min={1} max={100} required value={count} onValueChange={setCount} />
        {inputs.length > 0 && (
          <fieldset className="space-y-1.5">
            <legend className="mb-1.5 text-small font-medium text-ink-2">Only with the same</legend>
            {inputs.map(([name, value]) => (
              <Checkbox
                key={name}
                checked={same.includes(name)}
                onChange={(checked) => setSame(checked ? [...same, name] : same.filter((each) => each !== name))}
                label={name}
                hint={<code className="block max-h-20 overflow-y-auto break-all">{visible(JSON.stringify(value))}</code>}
              />
            ))}
          </fieldset>
        )}
        <ErrorNotice error={grant.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={grant.isPending}>
            Approve the next ones
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
