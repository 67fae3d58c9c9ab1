import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { SecretBackend } from '../../api/types.ts'
import { Checkbox } from '../../ui/choice.tsx'
import { Confirm } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'

interface RemoveBackendProps {
  readonly backend: SecretBackend
  readonly onClose: () => void
  readonly onRemoved: () => void
}

/** Removes a backend. The gateway refuses while secrets are in it; only then is it offered to abandon them. */
export function RemoveBackend({ backend, onClose, onRemoved }: RemoveBackendProps) {
  const client = useQueryClient()
  const [abandon, setAbandon] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.secrets.removeBackend(backend.id, abandon ? { abandon } : {}),
    onSuccess: async () => {
      say(`${backend.name} removed`)
      onRemoved()
      // Not its secrets: they can't be asked for any more.
      await client.invalidateQueries({ queryKey: queries.secretBackends().queryKey })
    },
  })
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Remove ${backend.name}?`}
      action={abandon ? 'Abandon and remove' : 'Remove backend'}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p>The gateway forgets its credential and writes nothing there any more.</p>
      <ErrorNotice error={remove.error} />
      {remove.isError && (
        <Checkbox
          checked={abandon}
          onChange={setAbandon}
          label="Abandon the secrets"
          hint="They stay there as they are, and nobody keeps them in step. Its connections go back to proxy mode."
        />
      )}
    </Confirm>
  )
}
