import { environmentsOf, serverUrlOf } from '../../lib/connector-document.ts'
import { Select } from '../../ui/choice.tsx'
import { Field, TextArea, TextField } from '../../ui/field.tsx'
import type { StepProps } from './step.ts'

/** The name, description and address of the API. */
export function StepBasics({ draft, change }: StepProps) {
  const { document, environment } = draft
  return (
    <div className="space-y-4">
      <TextField
        label="Name"
        required
        autoFocus={!document.name}
        maxLength={200}
        placeholder="My Company CRM"
        value={document.name}
        onValueChange={(name) => change({ kind: 'name', name })}
      />
      <TextField
        label="Identifier"
        mono
        required
        value={document.connector}
        onValueChange={(slug) => change({ kind: 'slug', slug })}
        hint={
          <>
            Agents call <code>custom.{document.connector || 'my_company_crm'}.…</code>; it can't be changed later.
          </>
        }
      />
      <Field label="Description" optional>
        <TextArea
          value={document.description ?? ''}
          onChange={({ target }) => change({ kind: 'document', document: { ...document, description: target.value } })}
        />
      </Field>
      {environmentsOf(document).length > 1 && (
        <Field label="Environment" hint="The document names several servers. A connection belongs to one of them.">
          <Select
            value={environment}
            onChange={(next) => change({ kind: 'connection', change: { environment: next } })}
            options={environmentsOf(document).map((value) => ({ value, label: value, hint: serverUrlOf(document, value) }))}
          />
        </Field>
      )}
      <TextField
        label="Base URL"
        mono
        required
        inputMode="url"
        placeholder="https://crm.example.com/api/v1"
        value={serverUrlOf(document, environment)}
        onValueChange={(url) => change({ kind: 'server', url })}
        hint="Calls never leave this address and what is below it. Private networks must be permitted by the operator of the gateway."
      />
    </div>
  )
}
