import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { switchWorkspace } from '../../api/workspace.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'

/** Makes a workspace and goes there. */
export function NewWorkspace({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => api.workspaces.create(name.trim()),
    onSuccess: ({ id }) => switchWorkspace(id),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="New workspace"
      description="It shares nothing with this one: connectors, connections, people and the log are its own. You become its owner."
    >
      <form onSubmit={submit} className="space-y-4 pb-2">
        <TextField label="Name" required autoFocus maxLength={100} value={name} onValueChange={setName} />
        <ErrorNotice error={create.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending} disabled={!name.trim()}>
            Make workspace
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
