import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../../ui/button.tsx'
import { Field, Input } from '../../ui/field.tsx'

const labels: Readonly<Record<string, string>> = {
  key: 'API key',
  token: 'Token',
  username: 'User name',
  password: 'Password',
  client_certificate: 'Client certificate, PEM',
  client_key: 'Private key of the certificate, PEM, without a passphrase',
}

interface SecretFieldsProps {
  /** Names as the gateway gives them: key, token, username, password, or the name of a header. */
  readonly fields: readonly string[]
  readonly values: Readonly<Record<string, string>>
  readonly onChange: (values: Record<string, string>) => void
  readonly autoFocus?: boolean
}

/** Inputs for a credential. What is typed is hidden until someone asks to see it, and browsers don't remember it. */
export function SecretFields({ fields, values, onChange, autoFocus }: SecretFieldsProps) {
  return (
    <div className="space-y-4">
      {fields.map((name, index) => (
        <SecretField
          key={name}
          name={name}
          value={values[name] ?? ''}
          onChange={(value) => onChange({ ...values, [name]: value })}
          autoFocus={Boolean(autoFocus) && index === 0}
        />
      ))}
      <p className="text-small text-ink-3">Encrypted in the gateway. It is never shown again, neither here nor to an agent.</p>
    </div>
  )
}

function SecretField({
  name,
  value,
  onChange,
  autoFocus,
}: {
  readonly name: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly autoFocus: boolean
}) {
  const [shown, setShown] = useState(false)
  const plain = name === 'username'
  return (
    <Field label={labels[name] ?? name}>
      <div className="relative">
        <Input
          mono
          type={shown || plain ? 'text' : 'password'}
          autoComplete="off"
          data-1p-ignore
          data-lpignore="true"
          value={value}
          onValueChange={onChange}
          autoFocus={autoFocus}
          required
          className={plain ? '' : 'pr-10'}
        />
        {!plain && (
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
