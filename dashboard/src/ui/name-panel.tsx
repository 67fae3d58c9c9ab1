import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from './button.tsx'
import { TextField } from './field.tsx'
import { Panel } from './page.tsx'
import { ErrorNotice } from './states.tsx'
import { say } from './toast.tsx'

interface NamePanelProps {
  readonly label: string
  readonly name: string
  readonly action: string
  readonly onRename: (name: string) => Promise<unknown>
  /** Said when it is done. */
  readonly done: string
}

/** One name and the button that changes it. */
export function NamePanel({ label, name: known, action, onRename, done }: NamePanelProps) {
  const client = useQueryClient()
  const [name, setName] = useState(known)
  const rename = useMutation({
    mutationFn: () => onRename(name.trim()),
    onSuccess: async () => {
      say(done)
      await client.invalidateQueries()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate()
  }
  return (
    <Panel title="Name">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
        <TextField className="min-w-56 flex-1" label={label} required maxLength={100} value={name} onValueChange={setName} />
        <Button type="submit" busy={rename.isPending} disabled={name.trim() === '' || name.trim() === known}>
          {action}
        </Button>
      </form>
      <ErrorNotice error={rename.error} className="mt-3" />
    </Panel>
  )
}
