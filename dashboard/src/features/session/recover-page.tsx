import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { EntryFrame } from './entry-frame.tsx'
import { codeOfLink } from './link-code.ts'
import { NewPasswordField } from './new-password-field.tsx'

/** `/recover#code=…`: sets a new password. */
export function RecoverPage() {
  const [code] = useState(codeOfLink)
  const [password, setPassword] = useState('')
  const set = useMutation({ mutationFn: () => api.session.setPassword({ code, password }) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    set.mutate()
  }
  if (set.isSuccess)
    return (
      <EntryFrame title="Your password is set" lead="All your sessions have ended. Sign in with the new password.">
        <Button look="primary" className="w-full" onClick={() => location.assign('/')}>
          Sign in
        </Button>
      </EntryFrame>
    )
  return (
    <EntryFrame title="Set a new password" lead="The link works once. Afterwards you are signed out everywhere.">
      <form onSubmit={submit} className="space-y-4">
        <NewPasswordField label="New password" autoFocus value={password} onValueChange={setPassword} />
        <ErrorNotice error={set.error} />
        <Button type="submit" look="primary" className="w-full" busy={set.isPending}>
          Set password
        </Button>
      </form>
    </EntryFrame>
  )
}
