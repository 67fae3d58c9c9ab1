import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { EntryFrame } from './entry-frame.tsx'
import { minPassword } from './link-code.ts'

/** `/setup#code=…`: a fragment never reaches a server or its log. */
const codeFromLink = (): string =>
  new URLSearchParams(location.hash.slice(1)).get('code') ?? new URLSearchParams(location.search).get('code') ?? ''

/** Shown until the first person exists: makes the owner of the workspace. */
export function SetupPage() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [linked] = useState(codeFromLink)
  const [code, setCode] = useState(linked)
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const setup = useMutation({
    mutationFn: (body: Parameters<typeof api.session.setUp>[0]) => api.session.setUp(body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['session'] }),
  })
  // The code must not stay in the address or the history.
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
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          required
          minLength={minPassword}
          value={password}
          onValueChange={setPassword}
          hint={`At least ${minPassword} characters. A short sentence is good.`}
        />
        <ErrorNotice error={setup.error} />
        <Button type="submit" look="primary" className="w-full" busy={setup.isPending}>
          Create the workspace
        </Button>
      </form>
    </EntryFrame>
  )
}
