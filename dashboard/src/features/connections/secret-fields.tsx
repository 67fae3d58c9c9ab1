import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import type { CredentialField } from '../../api/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { Field, Input, TextArea } from '../../ui/field.tsx'

interface SecretFieldsProps {
  readonly fields: readonly CredentialField[]
  readonly values: Readonly<Record<string, string>>
  readonly onChange: (values: Record<string, string>) => void
  readonly autoFocus?: boolean
}

/** Inputs for a credential. What is typed is hidden until someone asks to see it, and browsers don't remember it. */
export function SecretFields({ fields, values, onChange, autoFocus }: SecretFieldsProps) {
  return (
    <div className="space-y-4">
      {fields.map((field, index) => (
        <SecretField
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          onChange={(value) => onChange({ ...values, [field.name]: value })}
          autoFocus={Boolean(autoFocus) && index === 0}
        />
      ))}
      <p className="text-small text-ink-3">Encrypted in the gateway. It is never shown again, neither here nor to an agent.</p>
    </div>
  )
}

function SecretField({
  field,
  value,
  onChange,
  autoFocus,
}: {
  readonly field: CredentialField
  readonly value: string
  readonly onChange: (value: string) => void
  readonly autoFocus: boolean
}) {
  const [shown, setShown] = useState(false)
  const { title, kind, secret, required, description, example } = field
  const about = { label: title, ...(description !== undefined && { hint: description }), ...(!required && { optional: true }) }
  const common = { value, required, ...(example !== undefined && { placeholder: example }) }
  if (kind === 'long_text') {
    return (
      <Field {...about}>
        <TextArea mono {...common} onChange={(event) => onChange(event.target.value)} autoFocus={autoFocus} />
      </Field>
    )
  }
  return (
    <Field {...about}>
      <div className="relative">
        <Input
          mono
          type={shown || !secret ? 'text' : 'password'}
          autoComplete="off"
          data-1p-ignore
          data-lpignore="true"
          {...common}
          onValueChange={onChange}
          autoFocus={autoFocus}
          className={secret ? 'pr-10' : ''}
        />
        {secret && (
          <span className="absolute top-1/2 right-0.5 -translate-y-1/2">
            <IconButton size="small" label={shown ? 'Hide what is typed' : 'Show what is typed'} onClick={() => setShown(!shown)}>
              {shown ? <EyeOff size={14} /> : <Eye size={14} />}
            </IconButton>
          </span>
        )}
      </div>
    </Field>
  )
}
