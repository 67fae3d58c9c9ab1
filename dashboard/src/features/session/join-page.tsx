import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { switchWorkspace } from '../../api/workspace.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice, Skeleton } from '../../ui/states.tsx'
import { EntryFrame } from './entry-frame.tsx'
import { codeOfLink } from './link-code.ts'
import { NewPasswordField } from './new-password-field.tsx'

/** `/join#code=…`: what the invitation is to, and the way in. */
export function JoinPage() {
  const client = useQueryClient()
  const [code] = useState(codeOfLink)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const offer = useQuery({ queryKey: ['join', code], queryFn: () => api.session.lookAtInvitation(code), retry: false })
  const join = useMutation({
    mutationFn: () => api.session.join(offer.data?.step === 'new' ? { code, name: name.trim(), password } : { code }),
    onSuccess: ({ id }) => switchWorkspace(id),
  })
  const signOut = useMutation({
    mutationFn: () => api.session.signOut(),
    onSuccess: () => client.invalidateQueries(),
  })
  if (offer.isPending)
    return (
      <EntryFrame title="Invitation" lead="Looking at it…">
        <Skeleton className="h-8" />
      </EntryFrame>
    )
  if (!offer.data)
    return (
      <EntryFrame title="This invitation does not work" lead="It may have been used, taken back, or be too old.">
        <ErrorNotice error={offer.error} />
      </EntryFrame>
    )
  const { workspace, email, role, invited_by, step } = offer.data
  const lead = `${invited_by} invites ${email} to be ${role === 'admin' || role === 'owner' ? 'an' : 'a'} ${role}.`
  if (step === 'sign_in')
    return (
      <EntryFrame title={`Join ${workspace}`} lead={lead}>
        <p className="text-body">
          This email has an account here. Sign in with it, then open the link of the invitation once more.
        </p>
        <Button
          look="primary"
          className="mt-4 w-full"
          busy={signOut.isPending}
          onClick={() => signOut.mutate(undefined, { onSettled: () => location.assign('/') })}
        >
          Sign in
        </Button>
      </EntryFrame>
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    join.mutate()
  }
  return (
    <EntryFrame title={`Join ${workspace}`} lead={lead}>
      <form onSubmit={submit} className="space-y-4">
        {step === 'new' && (
          <>
            <TextField label="Your name" autoComplete="name" autoFocus required value={name} onValueChange={setName} />
            <TextField label="Email" type="email" autoComplete="username" value={email} readOnly />
            <NewPasswordField value={password} onValueChange={setPassword} />
          </>
        )}
        <ErrorNotice error={join.error} />
        <Button type="submit" look="primary" className="w-full" busy={join.isPending}>
          Join {workspace}
        </Button>
      </form>
    </EntryFrame>
  )
}
