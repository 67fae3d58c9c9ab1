import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { NamePanel } from '../../ui/name-panel.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { say } from '../../ui/toast.tsx'
import { minPassword } from '../session/link-code.ts'
import { NewPasswordField } from '../session/new-password-field.tsx'
import { TwoFactorPanel } from './two-factor-panel.tsx'

/** Your own account: name, password, second factor, sessions. */
export function ProfilePage() {
  const { data } = useQuery(queries.session())
  const person = data?.person
  if (!data || !person)
    return <EmptyState title="This is for people">A token has no account. Sign in with an email to see yours.</EmptyState>
  return (
    <Page title="Your profile" description={person.email} narrow>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8 md:px-8">
        <div className="mx-auto max-w-3xl space-y-4">
          {person.single_sign_on ? (
            <Panel title="Single sign-on">
              Your name, password and second factor are kept by your provider. This session counts for this workspace only.
            </Panel>
          ) : (
            <>
              <NamePanel
                label="How others see you"
                name={person.name}
                action="Save"
                onRename={(name) => api.account.rename(name)}
                done="Name changed"
              />
              <PasswordPanel />
              <TwoFactorPanel on={person.two_factor} />
              {data.workspace && <ConnectSso workspace={data.workspace} />}
            </>
          )}
          <SessionsPanel />
        </div>
      </div>
    </Page>
  )
}

function PasswordPanel() {
  const client = useQueryClient()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useMutation({
    mutationFn: () => api.account.changePassword({ current_password: current, new_password: next }),
    onSuccess: async () => {
      say('Password changed; your other sessions have ended')
      setCurrent('')
      setNext('')
      await client.invalidateQueries()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <Panel title="Password">
      <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onValueChange={setCurrent}
        />
        <NewPasswordField label="New password" advice="All your other sessions end." value={next} onValueChange={setNext} />
        <div className="sm:col-span-2">
          <ErrorNotice error={change.error} className="mb-3" />
          <Button type="submit" busy={change.isPending} disabled={!current || next.length < minPassword}>
            Change password
          </Button>
        </div>
      </form>
    </Panel>
  )
}

/** Lets whoever signs in with a password come by the workspace's provider from now on. */
function ConnectSso({ workspace }: { readonly workspace: { readonly id: string; readonly name: string } }) {
  const connect = useMutation({
    mutationFn: () => api.session.beginSingleSignOn({ workspace: workspace.id, return_to: '/profile' }),
    onSuccess: ({ url }) => location.assign(url),
  })
  return (
    <Panel title="Single sign-on">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 text-ink-2">
          If {workspace.name} has single sign-on, connect it to your account to sign in either way.
        </p>
        <Button busy={connect.isPending} onClick={() => connect.mutate()}>
          Connect
        </Button>
      </div>
      <ErrorNotice error={connect.error} className="mt-3" />
    </Panel>
  )
}

function SessionsPanel() {
  const client = useQueryClient()
  const sessions = useQuery(queries.mySessions())
  const refresh = () => client.invalidateQueries({ queryKey: ['my-sessions'] })
  const end = useMutation({ mutationFn: (id: string) => api.account.endSession(id), onSuccess: refresh })
  const endOthers = useMutation({
    mutationFn: () => api.account.endOtherSessions(),
    onSuccess: async ({ ended }) => {
      say(ended === 1 ? '1 session ended' : `${ended} sessions ended`)
      await refresh()
    },
  })
  const items = sessions.data?.items ?? []
  return (
    <Panel
      title="Where you are signed in"
      flush
      aside={
        items.length > 1 && (
          <Button size="small" busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            End all others
          </Button>
        )
      }
    >
      {sessions.isPending && <SkeletonRows rows={2} height={52} />}
      <ErrorNotice error={sessions.error ?? end.error ?? endOthers.error} className="m-4" />
      <ul>
        {items.map((session) => (
          <li key={session.id} className="flex items-center gap-3 border-b border-line px-4 py-2.5 last:border-0">
            <div className="min-w-0 flex-1">
              <div className="truncate">{deviceOf(session.user_agent)}</div>
              <div className="text-small text-ink-3">
                {session.ip ?? 'unknown address'} · signed in <Ago at={session.created_at} />
                {session.single_sign_on && ' by single sign-on'}
              </div>
            </div>
            {session.current ? (
              <Status state={{ shape: 'disc', tone: 'ok', words: 'This one' }} />
            ) : (
              <Button size="small" look="quiet" className="hover:text-bad" onClick={() => end.mutate(session.id)}>
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** A browser and a system in words, from what the browser calls itself. */
function deviceOf(agent: string | null): string {
  if (agent === null) return 'Unknown program'
  const browser = /Firefox/.test(agent)
    ? 'Firefox'
    : /Edg\//.test(agent)
      ? 'Edge'
      : /Chrome/.test(agent)
        ? 'Chrome'
        : /Safari/.test(agent)
          ? 'Safari'
          : null
  const system = /Windows/.test(agent)
    ? 'Windows'
    : /Mac OS/.test(agent)
      ? 'macOS'
      : /Android/.test(agent)
        ? 'Android'
        : /iPhone|iPad/.test(agent)
          ? 'iOS'
          : /Linux/.test(agent)
            ? 'Linux'
            : null
  return browser === null ? agent.slice(0, 80) : system === null ? browser : `${browser} on ${system}`
}
