import { authLabelOf, settingFieldsOf } from '../../lib/connector-document.ts'
import { RadioCards } from '../../ui/choice.tsx'
import { TextField } from '../../ui/field.tsx'
import { SecretFields } from '../connections/secret-fields.tsx'
import { SettingFields } from '../connections/setting-fields.tsx'
import { ownSchemeOf, schemeOf, secretsOf } from './draft.ts'
import { OwnerField } from './owner-field.tsx'
import { blankScheme, isMade, type MadeScheme, SchemeEditor, schemeTypes } from './scheme-editor.tsx'
import type { StepProps } from './step.ts'

const none = ''
const other = '\0other'

/** How the API knows the caller: one of the document's schemes, or one described here; then the credential itself. */
export function StepAuth({ draft, change, secrets, setSecrets }: StepProps) {
  const { document } = draft
  const scheme = schemeOf(draft)
  const ownScheme = ownSchemeOf(draft)
  const declared = Object.entries(document.auth ?? {}).filter(([name]) => draft.declared.includes(name))
  const describing = draft.scheme === ownScheme
  const settings = settingFieldsOf(document, draft.environment, scheme ?? undefined)
  // A header that has no name yet has no field either.
  const secretFields = secretsOf(draft).filter(({ name }) => name)

  const choose = (next: string) => {
    setSecrets({})
    if (next === other) change({ kind: 'scheme', name: ownScheme, scheme: document.auth?.[ownScheme] ?? blankScheme('api_key') })
    else change({ kind: 'scheme', name: next })
  }
  const chooseType = (type: MadeScheme) => {
    setSecrets({})
    if (type === 'none') change({ kind: 'scheme', name: none })
    else change({ kind: 'scheme', name: ownScheme, scheme: blankScheme(type) })
  }

  return (
    <div className="space-y-7">
      {declared.length > 0 && (
        <RadioCards
          label="Authentication of the document"
          value={describing ? other : draft.scheme}
          onChange={choose}
          options={[
            ...declared.map(([name, declaredScheme]) => ({
              value: name,
              label: authLabelOf(declaredScheme),
              hint: declaredScheme.description ?? name,
            })),
            { value: none, label: 'None', hint: 'Calls carry no credential.' },
            ...(draft.start === 'existing'
              ? []
              : [
                  {
                    value: other,
                    label: 'Something else',
                    hint: 'Describe it here when the document has it wrong or not at all.',
                  },
                ]),
          ]}
        />
      )}
      {(declared.length === 0 || describing) && draft.start !== 'existing' && (
        <RadioCards
          label="Kind of authentication"
          className="sm:grid-cols-2"
          value={describing && scheme && isMade(scheme.type) ? scheme.type : 'none'}
          onChange={chooseType}
          options={schemeTypes}
        />
      )}
      {describing && scheme && (
        <SchemeEditor scheme={scheme} onChange={(next) => change({ kind: 'scheme', name: ownScheme, scheme: next })} />
      )}
      {secretFields.length > 0 && (
        <section className="space-y-3">
          <h2 className="font-semibold">Credential</h2>
          <SecretFields fields={secretFields} values={secrets} onChange={setSecrets} />
        </section>
      )}
      {settings.length > 0 && (
        <section className="space-y-4">
          <h2 className="font-semibold">Settings</h2>
          <SettingFields
            fields={settings}
            values={draft.settings}
            onChange={(next) => change({ kind: 'connection', change: { settings: next } })}
          />
        </section>
      )}
      <TextField
        label="Name of the connection"
        optional
        maxLength={100}
        placeholder={document.name}
        value={draft.connectionName}
        onValueChange={(connectionName) => change({ kind: 'connection', change: { connectionName } })}
        hint="To tell accounts of the same API apart, such as “CRM, support team”."
      />
      <OwnerField value={draft.owner} onChange={(owner) => change({ kind: 'connection', change: { owner } })} />
    </div>
  )
}
