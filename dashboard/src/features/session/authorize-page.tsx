import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { Authorization, AuthorizationParameters, Session, SessionCaller } from '../../api/types.ts'
import { switchWorkspace } from '../../api/workspace.ts'
import { formatCount } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Facts } from '../../ui/page.tsx'
import { ErrorNotice, Skeleton } from '../../ui/states.tsx'
import { EntryFrame } from './entry-frame.tsx'

const names = [
  'client_id',
  'redirect_uri',
  'response_type',
  'code_challenge',
  'code_challenge_method',
  'resource',
  'scope',
  'state',
] as const

/** What the application sent the browser with; null when something is missing or there twice, which nobody honest does. */
function parametersOfLink(): AuthorizationParameters | null {
  const given = new URLSearchParams(location.search)
  if (names.some((name) => given.getAll(name).length > 1)) return null
  const [client_id, redirect_uri] = [given.get('client_id'), given.get('redirect_uri')]
  if (!client_id || !redirect_uri) return null
  return {
    ...Object.fromEntries(names.flatMap((name) => (given.has(name) ? [[name, given.get(name)]] : []))),
    client_id,
    redirect_uri,
  }
}

/** `/authorize`: an application asks to act for whoever is signed in. */
export function AuthorizePage({ session }: { readonly session: Session & { readonly caller: SessionCaller } }) {
  const [asked] = useState(parametersOfLink)
  const look = useQuery({
    queryKey: ['authorization', asked],
    queryFn: () => (asked === null ? null : api.authorization.look(asked)),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (look.isPending)
    return (
      <EntryFrame title="An application asks" lead="Looking at it…">
        <Skeleton className="h-8" />
      </EntryFrame>
    )
  if (asked === null || !look.data)
    return (
      <EntryFrame title="This request does not work" lead="Nothing was allowed. Begin anew in the application.">
        {look.error ? (
          <ErrorNotice error={look.error} />
        ) : (
          <p className="text-body">The link is incomplete, or says the same thing twice.</p>
        )}
        <WorkspaceChoice session={session} />
      </EntryFrame>
    )
  if (look.data.refused !== null) {
    const { description, back } = look.data.refused
    return (
      <EntryFrame title="This request does not work" lead={`${look.data.client.name} asked for something that is not there.`}>
        <p className="text-body">{description}</p>
        <Button className="mt-4 w-full" onClick={() => location.assign(back)}>
          Go back to {look.data.place}
        </Button>
      </EntryFrame>
    )
  }
  return <Question session={session} asked={asked} authorization={look.data} />
}

function Question({
  session,
  asked,
  authorization: { client, place, toolset, tools, writes },
}: {
  readonly session: Session
  readonly asked: AuthorizationParameters
  readonly authorization: Authorization
}) {
  const decide = useMutation({
    mutationFn: (allow: boolean) => api.authorization.decide({ ...asked, allow }),
    onSuccess: ({ url }) => location.assign(url),
  })
  const name = client.name
  if (decide.isSuccess)
    return (
      <EntryFrame title={decide.variables ? `${name} is connected` : 'Not allowed'} lead={`Going back to ${place}…`}>
        <p className="text-body text-ink-2">If nothing happens, open the application yourself. You can close this page.</p>
      </EntryFrame>
    )
  return (
    <EntryFrame title={`Allow ${name}?`} lead="It will list and call tools as you, until you disconnect it.">
      <Facts
        items={[
          ['Application', <strong key="host">{client.host}</strong>],
          ['Tools', toolset ? `${toolset.name}: ${formatCount(tools)}` : `All: ${formatCount(tools)}`],
          ['Of these write', writes === 0 ? 'none' : formatCount(writes)],
          ['Workspace', session.workspace?.name],
          ['As', session.person?.email],
          ['Then goes to', place],
        ]}
      />
      {client.known === 'by_itself' && (
        <p className="mt-4 rounded-panel bg-warn-wash p-3 text-body">
          Nobody vouches for this name: the application registered itself. Go on only if you have just begun this there.
        </p>
      )}
      <WorkspaceChoice session={session} />
      <ErrorNotice error={decide.error} className="mt-4" />
      <div className="mt-6 flex gap-2">
        <Button className="flex-1" busy={decide.isPending && !decide.variables} onClick={() => decide.mutate(false)}>
          Don’t allow
        </Button>
        <Button look="primary" className="flex-1" busy={decide.isPending && decide.variables} onClick={() => decide.mutate(true)}>
          Allow
        </Button>
      </div>
    </EntryFrame>
  )
}

/** For people with several workspaces: what is allowed counts in one. */
function WorkspaceChoice({ session }: { readonly session: Session }) {
  if (session.workspaces.length < 2) return null
  return (
    <div className="mt-4">
      <Select
        label="Another workspace"
        value={session.workspace?.id ?? ''}
        options={session.workspaces.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(id) => switchWorkspace(id, `${location.pathname}${location.search}`)}
      />
    </div>
  )
}
