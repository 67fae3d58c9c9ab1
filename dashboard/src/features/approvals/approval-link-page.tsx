import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { EntryFrame } from '../session/entry-frame.tsx'
import { codeOfLink } from '../session/link-code.ts'
import { RequestView } from '../tools/request-view.tsx'
import { ExpiryLeft } from './expiry.tsx'

/** `/approval-link#code=…` of a notification: shows the exact request once, to whoever has the link. Deciding needs a sign-in. */
export function ApprovalLinkPage() {
  const [code] = useState(codeOfLink)
  // A press, so that a program that only looks at the link does not use it up.
  const look = useMutation({ mutationFn: () => api.approvals.look(code) })
  if (!look.data)
    return (
      <EntryFrame title="A call waits for approval" lead="The link shows its exact request once. To decide, you sign in.">
        <div className="space-y-4">
          <ErrorNotice error={look.error} />
          <Button look="primary" className="w-full" busy={look.isPending} onClick={() => look.mutate()}>
            See the request
          </Button>
          <ButtonLink to="/approvals" className="w-full">
            Sign in
          </ButtonLink>
        </div>
      </EntryFrame>
    )
  const { id, action, connector, connection, requested_by, request, status, expires_at } = look.data
  return (
    <main className="mx-auto max-w-3xl space-y-5 px-4 py-10">
      <title>A call waits for approval · Sallyport</title>
      <h1 className="text-title font-semibold tracking-tight break-all">{action}</h1>
      <p className="text-ink-2">
        <b className="font-medium text-ink">{requested_by.name}</b> ({requested_by.kind}) asks to call{' '}
        <code>
          {connector}.{action}
        </code>{' '}
        through <b className="font-medium text-ink">{connection.name}</b>.{' '}
        {status === 'pending' ? <ExpiryLeft at={expires_at} /> : 'It waits no more.'}
      </p>
      <RequestView request={request} whole />
      <ButtonLink look="primary" to="/approvals/$approvalId" params={{ approvalId: id }}>
        Sign in to decide
      </ButtonLink>
    </main>
  )
}
