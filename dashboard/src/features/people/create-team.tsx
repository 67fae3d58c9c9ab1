import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'

export function CreateTeam({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => api.teams.create({ name: name.trim() }),
    onSuccess: async () => {
      setName('')
      onClose()
      await client.invalidateQueries({ queryKey: ['people'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <Dialog open={open} onClose={onClose} title="New team">
      <form onSubmit={submit} className="space-y-4 pb-2">
        <TextField label="Name" required autoFocus maxLength={100} placeholder="Support" value={name} onValueChange={setName} />
        <ErrorNotice error={create.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending} disabled={!name.trim()}>
            Make team
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
