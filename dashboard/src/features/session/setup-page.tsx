import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { EntryFrame } from './entry-frame.tsx'
import { codeOfLink } from './link-code.ts'
import { NewPasswordField } from './new-password-field.tsx'

/** `/setup#code=…`, and any page until the first person exists: makes the owner of the workspace. */
export function SetupPage() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [linked] = useState(codeOfLink)
  const [code, setCode] = useState(linked)
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const setup = useMutation({
    mutationFn: (body: Parameters<typeof api.session.setUp>[0]) => api.session.setUp(body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['session'] }),
  })
  // Once somebody is set up, there is nothing at this address.
  useEffect(() => {
    if (linked) void navigate({ to: '/connections', replace: true })
  }, [linked, navigate])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setup.mutate({ code: code.trim(), name: name.trim(), email: email.trim(), password })
  }
  return (
    <EntryFrame title="Set up this gateway" lead="You become its owner. Nobody else can use this link afterwards.">
      <form onSubmit={submit} className="space-y-4">
        {!linked && (
          <TextField
            label="Setup code"
            mono
            required
            autoFocus
            value={code}
            onValueChange={setCode}
            hint="The gateway prints it when it starts for the first time, as a part of the setup link."
          />
        )}
        <TextField
          label="Your name"
          autoComplete="name"
          required
          autoFocus={Boolean(linked)}
          value={name}
          onValueChange={setName}
        />
        <TextField label="Email" type="email" autoComplete="username" required value={email} onValueChange={setEmail} />
        <NewPasswordField value={password} onValueChange={setPassword} />
        <ErrorNotice error={setup.error} />
        <Button type="submit" look="primary" className="w-full" busy={setup.isPending}>
          Create the workspace
        </Button>
      </form>
    </EntryFrame>
  )
}
