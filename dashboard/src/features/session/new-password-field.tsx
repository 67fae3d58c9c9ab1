import { TextField } from '../../ui/field.tsx'
import { minPassword } from './link-code.ts'

interface NewPasswordFieldProps {
  readonly value: string
  readonly onValueChange: (value: string) => void
  readonly label?: string
  /** Follows how long it has to be. */
  readonly advice?: string
  readonly autoFocus?: boolean
}

/** A password that somebody chooses. */
export function NewPasswordField({ label = 'Password', advice = 'A short sentence is good.', ...field }: NewPasswordFieldProps) {
  return (
    <TextField
      label={label}
      type="password"
      autoComplete="new-password"
      required
      minLength={minPassword}
      hint={`At least ${minPassword} characters. ${advice}`}
      {...field}
    />
  )
}
