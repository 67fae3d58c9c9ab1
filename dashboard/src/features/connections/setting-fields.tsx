import type { SettingValue } from '../../api/types.ts'
import type { SettingField } from '../../lib/connector-document.ts'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'

interface SettingFieldsProps {
  readonly fields: readonly SettingField[]
  readonly values: Readonly<Record<string, SettingValue>>
  readonly onChange: (values: Record<string, SettingValue>) => void
}

/** The settings of a connection that are no secret: a tenant, a region, a page size. */
export function SettingFields({ fields, values, onChange }: SettingFieldsProps) {
  const set = (name: string, value: SettingValue | undefined) => {
    const { [name]: _, ...rest } = values
    onChange(value === undefined ? rest : { ...rest, [name]: value })
  }
  return fields.map(({ name, label, description, type, options, fallback, required }) => {
    const value = values[name]
    const hint = description ?? (fallback === undefined ? undefined : `Default: ${String(fallback)}`)
    if (type === 'boolean')
      return (
        <Checkbox
          key={name}
          label={label}
          hint={hint}
          checked={Boolean(value ?? fallback)}
          onChange={(checked) => set(name, checked)}
        />
      )
    if (options)
      return (
        <Field key={name} label={label} hint={hint}>
          <Select
            value={String(value ?? fallback ?? options[0] ?? '')}
            onChange={(next) => set(name, next)}
            options={options.map((option) => ({ value: option, label: option }))}
          />
        </Field>
      )
    const parse = (text: string): SettingValue | undefined =>
      text === '' ? undefined : type === 'number' && Number.isFinite(Number(text)) ? Number(text) : text
    return (
      <TextField
        key={name}
        label={label}
        hint={hint}
        optional={!required}
        required={required}
        mono
        inputMode={type === 'number' ? 'numeric' : 'text'}
        placeholder={fallback === undefined ? undefined : String(fallback)}
        value={String(value ?? '')}
        onValueChange={(text) => set(name, parse(text))}
      />
    )
  })
}
