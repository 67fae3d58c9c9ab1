import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Connection } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { SecretFields } from './secret-fields.tsx'

/** Replaces the credential, then tests the connection with it. */
export function CredentialForm({ connection }: { readonly connection: Connection }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [values, setValues] = useState<Record<string, string>>({})
  const rotate = useMutation({
    mutationFn: () => api.connections.rotate(connection.id, { fields: values }),
    onSuccess: async () => {
      setValues({})
      say('Credential replaced', 'The next call uses the new one.')
      await client.invalidateQueries({ queryKey: ['connections'] })
      await navigate({ to: '.', search: (previous) => ({ ...previous, tab: 'test' }), replace: true, state: { run: true } })
    },
  })
  const { fields, label } = connection.auth
  if (fields.length === 0) return <p className="text-ink-2">This connection needs no credential: {label}.</p>
  const complete = fields.every((name) => values[name])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rotate.mutate()
  }
  return (
    <form onSubmit={submit} className="max-w-md space-y-4">
      <p className="text-ink-2">
        {label}. The new credential replaces the stored one at once; calls that are under way finish with the old one. Create it
        at the API first, and revoke the old one after the test.
      </p>
      <SecretFields fields={fields} values={values} onChange={setValues} autoFocus />
      <ErrorNotice error={rotate.error} />
      <Button type="submit" look="primary" busy={rotate.isPending} disabled={!complete}>
        Replace and test
      </Button>
    </form>
  )
}
