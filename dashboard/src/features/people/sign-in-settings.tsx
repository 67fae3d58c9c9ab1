import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Role, SignInSettings as Settings } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { Copyable } from '../../ui/copy-button.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Facts, Panel } from '../../ui/page.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { useCaller } from '../session/session.ts'
import { rolesUpTo } from './roles.ts'

/** What the workspace wants of people who sign in, and its single sign-on. */
export function SignInSettings() {
  const client = useQueryClient()
  const query = useQuery(queries.signInSettings())
  const refresh = async (settings: Settings) => {
    client.setQueryData(queries.signInSettings().queryKey, settings)
    await client.invalidateQueries({ queryKey: ['session'] })
  }
  const require = useMutation({
    mutationFn: (on: boolean) => api.workspaces.updateSignInSettings({ require_two_factor: on }),
    onSuccess: refresh,
  })
  if (query.isPending) return <SkeletonRows rows={4} height={64} />
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="m-4 md:mx-8" />
  const settings = query.data
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4 md:px-8">
      <div className="max-w-3xl space-y-4">
        <Panel title="Second factor">
          <Checkbox
            checked={settings.require_two_factor}
            onChange={(on) => require.mutate(on)}
            disabled={require.isPending}
            label="Let in only people who sign in with a second factor"
            hint="Whoever has none sets it up at the next request. Single sign-on is excused: its provider asks for one."
          />
          <ErrorNotice error={require.error} className="mt-3" />
        </Panel>
        <SingleSignOnPanel key={JSON.stringify(settings.single_sign_on)} settings={settings} onSaved={refresh} />
      </div>
    </div>
  )
}

const nobody = 'nobody'

function SingleSignOnPanel({
  settings,
  onSaved,
}: {
  readonly settings: Settings
  readonly onSaved: (settings: Settings) => unknown
}) {
  const caller = useCaller()
  const sso = settings.single_sign_on
  const [issuer, setIssuer] = useState(sso?.issuer ?? '')
  const [clientId, setClientId] = useState(sso?.client_id ?? '')
  const [secret, setSecret] = useState('')
  const [domains, setDomains] = useState(sso?.domains.join(', ') ?? '')
  const [role, setRole] = useState<Role | typeof nobody>(sso?.default_role ?? nobody)
  const save = useMutation({
    mutationFn: (remove: boolean) =>
      api.workspaces.updateSignInSettings({
        single_sign_on: remove
          ? null
          : {
              issuer: issuer.trim(),
              client_id: clientId.trim(),
              ...(secret ? { client_secret: secret } : {}),
              domains: domains
                .split(/[\s,]+/)
                .map((domain) => domain.trim())
                .filter(Boolean),
              default_role: role === nobody ? null : role,
            },
      }),
    onSuccess: (next, remove) => {
      say(remove ? 'Single sign-on is off' : 'The provider answers; single sign-on is on')
      return onSaved(next)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(false)
  }
  return (
    <Panel title="Single sign-on with OpenID Connect">
      <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
        <TextField
          className="sm:col-span-2"
          label="Issuer"
          mono
          type="url"
          required
          placeholder="https://login.example.com"
          value={issuer}
          onValueChange={setIssuer}
          hint="Its discovery document is read before anything is stored."
        />
        <TextField label="Client id" mono required value={clientId} onValueChange={setClientId} />
        <TextField
          label="Client secret"
          mono
          type="password"
          autoComplete="off"
          required={sso === null}
          placeholder={sso === null ? '' : 'kept as it is'}
          value={secret}
          onValueChange={setSecret}
        />
        <TextField
          label="Domains of emails"
          required
          placeholder="example.com"
          value={domains}
          onValueChange={setDomains}
          hint="Several with commas."
        />
        <Field label="Who comes for the first time">
          <Select
            value={role}
            onChange={setRole}
            options={[
              { value: nobody, label: 'is not let in', hint: 'Only members and who was invited.' },
              ...rolesUpTo(caller?.role ?? 'viewer').map(({ value, hint }) => ({
                value,
                label: `becomes ${value}`,
                ...(hint ? { hint } : {}),
              })),
            ]}
          />
        </Field>
        <div className="sm:col-span-2">
          <ErrorNotice error={save.error} className="mb-3" />
          <div className="flex gap-2">
            <Button type="submit" look="primary" busy={save.isPending}>
              {sso === null ? 'Turn on' : 'Save'}
            </Button>
            {sso !== null && (
              <Button look="danger" disabled={save.isPending} onClick={() => save.mutate(true)}>
                Turn off
              </Button>
            )}
          </div>
        </div>
      </form>
      {sso !== null && (
        <div className="mt-4 border-t border-line pt-4">
          <Facts
            items={[
              ['Callback', <Copyable key="callback" text={sso.callback_url} label="Copy the callback" />],
              ['Sign in at', <Copyable key="sign-in" text={sso.sign_in_url} label="Copy the address" />],
            ]}
          />
        </div>
      )}
    </Panel>
  )
}
