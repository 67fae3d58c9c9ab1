import { X } from 'lucide-react'
import { type ActionForm, type InputRow, inputTypes, placeholdersOf } from '../../lib/action-form.ts'
import { IconButton } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { Input } from '../../ui/field.tsx'

interface InputsTableProps {
  readonly form: ActionForm
  readonly rows: readonly InputRow[]
  readonly onChange: (row: InputRow) => void
  readonly onRemove: (name: string) => void
}

/** The inputs that the placeholders ask for: they appear here as one types. */
export function InputsTable({ form, rows, onChange, onRemove }: InputsTableProps) {
  const named = new Set(placeholdersOf(form))
  const inPath = new Set(placeholdersOf({ ...form, query: [], headers: [], body: '' }))
  return (
    <section>
      <h3 className="mb-2 font-semibold">Inputs</h3>
      {rows.length === 0 ? (
        <p className="text-small text-ink-3">None yet. Each placeholder in the request becomes an input that agents fill.</p>
      ) : (
        <ul className="divide-y divide-line rounded-panel border border-line">
          {rows.map((row) => (
            <li
              key={row.name}
              className="grid grid-cols-[minmax(0,1fr)_7rem_auto] items-center gap-x-3 gap-y-2 px-3 py-2 sm:grid-cols-[minmax(0,9rem)_7rem_6.5rem_minmax(0,1fr)_auto]"
            >
              <code className="truncate">{row.name}</code>
              <Select
                label={`Type of ${row.name}`}
                value={row.type}
                onChange={(type) => onChange({ ...row, type })}
                options={inputTypes.map((value) => ({ value, label: value }))}
              />
              <Checkbox
                label="required"
                checked={row.required}
                disabled={inPath.has(row.name)}
                onChange={(required) => onChange({ ...row, required })}
              />
              <Input
                aria-label={`Description of ${row.name}`}
                placeholder="What it is, with an example"
                value={row.description}
                onValueChange={(description) => onChange({ ...row, description })}
                className="max-sm:col-span-3"
              />
              {named.has(row.name) ? (
                <span className="w-7 max-sm:hidden" />
              ) : (
                <IconButton size="small" label={`Remove ${row.name}`} onClick={() => onRemove(row.name)}>
                  <X size={13} />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
