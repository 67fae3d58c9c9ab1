import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { type Option, Select } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'

interface MoveDialogProps {
  readonly title: string
  readonly chosen: string
  readonly options: readonly Option<string>[]
  readonly move: (to: string) => Promise<unknown>
  readonly onClose: () => void
}

/** Asks where secrets are to be: what reads them where they are now is cut off. */
export function MoveDialog({ title, chosen, options, move, onClose }: MoveDialogProps) {
  const client = useQueryClient()
  const [to, setTo] = useState(chosen)
  const save = useMutation({
    mutationFn: () => move(to),
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries({ queryKey: ['secret-backends'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Dialog open onClose={onClose} title={title}>
      <form onSubmit={submit} className="space-y-4 pb-2">
        <Field label="Where" hint={options.find(({ value }) => value === to)?.hint}>
          <Select value={to} onChange={setTo} options={options} />
        </Field>
        <p className="text-ink-2">
          What is elsewhere is removed there. Workloads that read it directly fail until they have a new manifest.
        </p>
        <ErrorNotice error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={save.isPending} disabled={to === chosen}>
            Move
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
