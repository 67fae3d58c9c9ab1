import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import type { CredentialField, OAuthApp } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { SecretFields } from '../connections/secret-fields.tsx'

/** One connector, or all of a family. */
export type OAuthAppTarget = { readonly connector: string } | { readonly family: string }

interface FormProps {
  /** The app to change; without one it is entered. */
  readonly app?: OAuthApp
  readonly target: OAuthAppTarget
  readonly name: string
  readonly onSaved?: () => void
}

const secretField = (kept: boolean): CredentialField => ({
  ...{ name: 'client_secret', title: 'Client secret', kind: 'text', secret: true, required: false },
  description: kept ? 'Empty: the stored one stays.' : 'Where the provider gives one.',
})

/** Enters an app that was registered at a provider, or changes it. */
export function OAuthAppForm({ app, target, name, onSaved }: FormProps) {
  const client = useQueryClient()
  const [title, setTitle] = useState(app?.name ?? name)
  const [clientId, setClientId] = useState(app?.client_id ?? '')
  const [secrets, setSecrets] = useState<Record<string, string>>({})
  const save = useMutation({
    mutationFn: () => {
      const { client_secret = '' } = secrets
      const body = { name: title.trim() || name, client_id: clientId.trim(), ...(client_secret && { client_secret }) }
      return app ? api.oauthApps.update(app.id, body) : api.oauthApps.create({ ...target, ...body })
    },
    onSuccess: async () => {
      setSecrets({})
      say('OAuth app saved', app ? undefined : 'People can consent to it now.')
      await client.invalidateQueries({ queryKey: ['oauth-apps'] })
      onSaved?.()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4" aria-label="OAuth app">
      <TextField label="Name" optional maxLength={100} placeholder={name} value={title} onValueChange={setTitle} />
      <TextField label="Client ID" required mono value={clientId} onValueChange={setClientId} />
      <SecretFields fields={[secretField(app?.has_secret ?? false)]} values={secrets} onChange={setSecrets} />
      <ErrorNotice error={save.error} />
      <Button type="submit" busy={save.isPending} disabled={!clientId.trim()}>
        Save the app
      </Button>
    </form>
  )
}
