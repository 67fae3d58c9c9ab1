import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { consentsTo } from '../../lib/connector-document.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { ConsentPanel } from '../consent/consent-panel.tsx'
import { useReconsent } from './mend.tsx'
import { SecretFields } from './secret-fields.tsx'

/** Replaces the credential, then tests the connection with it. */
export function CredentialForm({ connection }: { readonly connection: Connection }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [values, setValues] = useState<Record<string, string>>({})
  const rotate = useMutation({
    mutationFn: (verify: boolean) => api.connections.rotate(connection.id, { fields: values, verify }),
    onSuccess: async () => {
      setValues({})
      say('Credential replaced', 'The next call uses the new one.')
      await client.invalidateQueries({ queryKey: ['connections'] })
      await navigate({ to: '.', search: (previous) => ({ ...previous, tab: 'test' }), replace: true, state: { run: true } })
    },
  })
  const document = useQuery(queries.connector(connection.connector))
  const byConsent = consentsTo(document.data?.auth?.[connection.auth.scheme])
  const { fields, label } = connection.auth
  if (fields.length === 0) return <p className="text-ink-2">This connection needs no credential: {label}.</p>
  const complete = fields.every(({ name, required }) => !required || values[name])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rotate.mutate(true)
  }
  // Neither of the two is shown before it is known which of them it is.
  if (document.isPending) return null
  return (
    <form onSubmit={submit} className="max-w-md space-y-4">
      {byConsent && <ConsentAgain connection={connection} />}
      <p className="text-ink-2">
        {byConsent ? 'Or enter tokens, or a client, of your own' : label}. Create the new credential at the API first. The gateway
        tries it there, and keeps the stored one when it is refused; calls that are under way finish with the old one. Revoke that
        one after the test.
      </p>
      <SecretFields fields={fields} values={values} onChange={setValues} autoFocus={!byConsent} />
      <ErrorNotice error={rotate.error} />
      {rotate.isError && complete && (
        <Button size="small" onClick={() => rotate.mutate(false)}>
          Replace without a try
        </Button>
      )}
      <Button type="submit" look="primary" busy={rotate.isPending} disabled={!complete || !Object.values(values).some(Boolean)}>
        Replace and test
      </Button>
    </form>
  )
}

function ConsentAgain({ connection }: { readonly connection: Connection }) {
  const { consent, busy, error, begin } = useReconsent(connection)
  return (
    <section className="space-y-3 border-b border-line pb-5">
      <p className="text-ink-2">Its tokens come by consent at {connection.connector_name}, and are renewed by the gateway.</p>
      {!consent.waiting && (
        <Button look="primary" busy={busy} onClick={() => begin()}>
          Consent again
        </Button>
      )}
      <ConsentPanel consent={consent} provider={connection.connector_name} onAgain={() => begin()} />
      <ErrorNotice error={error} />
    </section>
  )
}
