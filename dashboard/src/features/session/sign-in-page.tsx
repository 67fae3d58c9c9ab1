import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Session } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { EntryFrame } from './entry-frame.tsx'
import { ForgotPassword } from './forgot-password.tsx'
import { SecondFactor } from './second-factor.tsx'

/** Why single sign-on did not let somebody in: what the gateway puts behind `/sign-in#sso=`. Texts of ours, not of the link. */
const ssoProblems: Readonly<Record<string, string>> = {
  began_elsewhere: 'This sign-in began in another browser or too long ago. Begin it again here.',
  refused: 'The provider did not sign you in, or told no email. Try again, or ask its admin.',
  email_unverified: 'The provider has not verified your email. Do that there first.',
  other_domain: 'Your email is not of a domain that this workspace lets in.',
  no_member: 'You are not a member of this workspace. Ask an admin for an invitation.',
  link_first: 'Your email has a password here. Sign in with it, then connect single sign-on in your profile.',
}

/** `/sign-in?workspace=…` names the workspace whose single sign-on is meant. */
const workspaceOfLink = () => (location.pathname === '/sign-in' ? new URLSearchParams(location.search).get('workspace') : null)
const problemOfLink = () => ssoProblems[new URLSearchParams(location.hash.slice(1)).get('sso') ?? ''] ?? null

/** Where somebody was going when the sign-in page came up; the sign-in page itself is no such place. */
const placeAfterSignIn = () => (location.pathname === '/sign-in' ? '/' : `${location.pathname}${location.search}`)

export function SignInPage({ session }: { readonly session: Session }) {
  const client = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [forgot, setForgot] = useState(false)
  const [problem] = useState(problemOfLink)
  const signIn = useMutation({
    mutationFn: (body: { email: string; password: string }) => api.session.signIn(body),
    onSuccess: async ({ next_step }) => {
      setPassword('')
      if (next_step !== 'second_factor') await client.invalidateQueries({ queryKey: ['session'] })
    },
  })
  const sso = useMutation({
    mutationFn: (workspace: string) => api.session.beginSingleSignOn({ workspace, return_to: placeAfterSignIn() }),
    onSuccess: ({ url }) => location.assign(url),
  })
  // What has been said need not be said again after a reload.
  useEffect(() => {
    if (problem) history.replaceState(null, '', location.pathname + location.search)
  }, [problem])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate({ email, password })
  }
  if (forgot) return <ForgotPassword mails={session.mails} email={email} onBack={() => setForgot(false)} />
  if (signIn.data?.next_step === 'second_factor') return <SecondFactor onBack={() => signIn.reset()} />
  const ssoWorkspace = workspaceOfLink() ?? session.single_sign_on?.id
  return (
    <EntryFrame title="Sign in" lead="Connections, calls and approvals of your workspace.">
      {problem && (
        <p role="alert" className="mb-4 rounded-panel border border-bad/30 bg-bad-wash p-3 text-body">
          {problem}
        </p>
      )}
      <form onSubmit={submit} className="space-y-4">
        <TextField label="Email" type="email" autoComplete="username" autoFocus required value={email} onValueChange={setEmail} />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onValueChange={setPassword}
        />
        <ErrorNotice error={signIn.error ?? sso.error} />
        <Button type="submit" look="primary" className="w-full" busy={signIn.isPending}>
          Sign in
        </Button>
      </form>
      {ssoWorkspace && (
        <Button className="mt-3 w-full" busy={sso.isPending} onClick={() => sso.mutate(ssoWorkspace)}>
          Sign in with single sign-on
        </Button>
      )}
      <Button look="quiet" size="small" className="mt-4 -ml-2" onClick={() => setForgot(true)}>
        Forgot your password?
      </Button>
    </EntryFrame>
  )
}
