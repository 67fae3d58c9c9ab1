import { type FormEvent, useId, useState } from 'react'
import type { ConnectorScheme } from '../../api/types.ts'
import { type ConnectorDocument, environmentsOf, serverUrlOf, settingFieldsOf } from '../../lib/connector-document.ts'
import { Button } from '../../ui/button.tsx'
import { RadioCards, Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { OwnerField } from '../connect/owner-field.tsx'
import { SecretFields } from '../connections/secret-fields.tsx'
import { SettingFields } from '../connections/setting-fields.tsx'
import { ConsentPanel } from '../consent/consent-panel.tsx'
import { ScopeChoice } from '../consent/scope-choice.tsx'
import type { Connecting, Entered, Stage } from './use-connect.ts'

const working = (provider: string): Record<Stage, string> => ({
  verify: `Asking ${provider} whether it accepts this…`,
  store: 'Sealing the credential…',
  test: 'Testing the connection…',
})

interface FormProps {
  readonly document: ConnectorDocument
  readonly schemes: readonly ConnectorScheme[]
  readonly entered: Entered
  readonly onChange: (entered: Entered) => void
  /** The tokens come by somebody's consent: fields are only for those who have tokens or a client of their own. */
  readonly byConsent: boolean
  /** Why nothing can be connected yet; null when it can. */
  readonly missing: string | null
  readonly connecting: Connecting
}

/** The form of a provider, made of what its connector file says. */
export function ConnectForm({ document, schemes, entered, onChange, byConsent, missing, connecting }: FormProps) {
  const { name } = document
  const [unhidden, setUnhidden] = useState(false)
  const why = useId()
  const set = (change: Partial<Entered>) => onChange({ ...entered, ...change })
  const scheme = schemes.find((each) => each.name === entered.scheme)
  const oauth = document.auth?.[entered.scheme]
  const fields = scheme?.fields ?? []
  const settings = settingFieldsOf(document, entered.environment, document.auth?.[entered.scheme])
  const environments = environmentsOf(document)
  const complete =
    fields.every((field) => !field.required || entered.secrets[field.name]) &&
    settings.every((field) => !field.required || entered.settings[field.name] !== undefined)
  const own = byConsent && Object.values(entered.secrets).some(Boolean)
  const { refused, consent, stage, busy } = connecting
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (complete && missing === null && !busy) connecting.connect(entered)
  }
  const action = byConsent && !own ? `Continue to ${name}` : 'Connect'
  return (
    <form onSubmit={submit} aria-label={`Connect ${name}`} className="space-y-6">
      {schemes.length > 1 && (
        <RadioCards
          label="How to connect"
          value={entered.scheme}
          onChange={(next) => set({ scheme: next, secrets: {}, scopes: null })}
          options={schemes.map((each) => ({
            value: each.name,
            label: each.label,
            ...(each.description !== undefined && { hint: each.description }),
          }))}
        />
      )}
      {environments.length > 1 && (
        <Field label="Environment" hint={<code>{serverUrlOf(document, entered.environment)}</code>}>
          <Select
            value={entered.environment}
            onChange={(environment) => set({ environment })}
            options={environments.map((value) => ({ value, label: value }))}
          />
        </Field>
      )}
      {settings.length > 0 && (
        <div className="space-y-4">
          <SettingFields fields={settings} values={entered.settings} onChange={(next) => set({ settings: next })} />
        </div>
      )}
      {fields.length > 0 &&
        (byConsent && !unhidden ? (
          <button
            type="button"
            onClick={() => setUnhidden(true)}
            className="rounded-control text-small text-accent hover:underline coarse:py-2.5"
          >
            I have tokens, or a client of my own
          </button>
        ) : (
          <SecretFields
            fields={fields}
            values={entered.secrets}
            onChange={(secrets) => set({ secrets })}
            autoFocus={!byConsent && settings.length === 0}
          />
        ))}
      {(oauth?.type === 'oauth2' || oauth?.type === 'mcp_oauth') && oauth.scopes && (
        <ScopeChoice
          label={`What agents may do at ${name}`}
          scopes={oauth.scopes}
          value={entered.scopes ?? oauth.default_scopes ?? []}
          onChange={(scopes) => set({ scopes })}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Name of the connection"
          optional
          maxLength={100}
          placeholder={name}
          value={entered.name}
          onValueChange={(next) => set({ name: next })}
          hint="To tell accounts apart."
        />
        <OwnerField value={entered.owner} onChange={(owner) => set({ owner })} />
      </div>
      {refused && (
        <section role="alert" className="rounded-panel border border-bad/30 bg-bad-wash p-4">
          <h2 className="font-semibold">{name} does not accept this</h2>
          <p className="mt-0.5 break-words text-ink-2">{refused.message}</p>
          <p className="mt-1 text-small text-ink-2">Nothing was stored.</p>
          <Button size="small" className="mt-3" onClick={() => connecting.connect(entered, true)}>
            Connect without asking
          </Button>
        </section>
      )}
      <ConsentPanel consent={consent} provider={name} onAgain={() => connecting.connect(entered)} />
      <ErrorNotice error={connecting.error} />
      {!consent.waiting && (consent.end === null || consent.end.outcome === 'authorized') && (
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" look="primary" busy={busy} disabled={!complete || missing !== null} aria-describedby={why}>
            {action}
          </Button>
          <p id={why} role="status" className="text-small text-ink-3">
            {busy && stage ? working(name)[stage] : (missing ?? '')}
          </p>
        </div>
      )}
    </form>
  )
}
