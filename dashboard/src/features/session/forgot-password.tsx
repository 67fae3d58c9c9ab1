import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { EntryFrame } from './entry-frame.tsx'

interface ForgotPasswordProps {
  /** Whether the installation sends mail. */
  readonly mails: boolean
  readonly email: string
  readonly onBack: () => void
}

/** Has a link mailed, or says who can make one. */
export function ForgotPassword({ mails, email: typed, onBack }: ForgotPasswordProps) {
  const [email, setEmail] = useState(typed)
  const request = useMutation({ mutationFn: () => api.session.requestRecovery(email) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    request.mutate()
  }
  const back = (
    <Button look="quiet" size="small" className="mt-4 -ml-2" onClick={onBack}>
      Back to sign in
    </Button>
  )
  if (!mails)
    return (
      <EntryFrame
        title="Set a new password"
        lead="This installation sends no mail. An admin of your workspace can make you a one-time link, under People. For the last admin, the operator can: sallyport recover <email>, on the host."
      >
        {back}
      </EntryFrame>
    )
  if (request.isSuccess)
    return (
      <EntryFrame
        title="Look into your mail"
        lead={`If somebody has the email ${email}, a link is on its way. It works once, for an hour.`}
      >
        {back}
      </EntryFrame>
    )
  return (
    <EntryFrame title="Set a new password" lead="We send you a link with which you choose one.">
      <form onSubmit={submit} className="space-y-4">
        <TextField label="Email" type="email" autoComplete="username" autoFocus required value={email} onValueChange={setEmail} />
        <ErrorNotice error={request.error} />
        <Button type="submit" look="primary" className="w-full" busy={request.isPending}>
          Send the link
        </Button>
      </form>
      {back}
    </EntryFrame>
  )
}
