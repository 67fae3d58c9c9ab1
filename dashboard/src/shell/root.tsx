import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { queries } from '../api/queries.ts'
import type { Session } from '../api/types.ts'
import { chosenWorkspace, forgetWorkspace } from '../api/workspace.ts'
import { ApprovalLinkPage } from '../features/approvals/approval-link-page.tsx'
import { AuthorizePage } from '../features/session/authorize-page.tsx'
import { JoinPage } from '../features/session/join-page.tsx'
import { RecoverPage } from '../features/session/recover-page.tsx'
import { SetupPage } from '../features/session/setup-page.tsx'
import { SignInPage } from '../features/session/sign-in-page.tsx'
import { TwoFactorRequired } from '../features/session/two-factor-required.tsx'
import { Logo } from '../ui/logo.tsx'
import { ErrorNotice } from '../ui/states.tsx'
import { ToastRegion } from '../ui/toast.tsx'
import { Shell } from './shell.tsx'

/**
 * Decides what a reader sees first. The address stays as it was, so a link to an approval still leads there after
 * signing in.
 */
export function Root() {
  const path = useLocation({ select: ({ pathname }) => pathname })
  const session = useQuery(queries.session())
  if (session.isPending)
    return (
      <div role="status" className="grid h-dvh animate-appear place-items-center">
        <Logo size={28} />
        <span className="sr-only">Loading</span>
      </div>
    )
  if (!session.data)
    return (
      <main className="mx-auto max-w-md p-6">
        <ErrorNotice error={session.error} onRetry={() => void session.refetch()} />
      </main>
    )
  return (
    <>
      <First session={session.data} path={path} />
      <ToastRegion />
    </>
  )
}

function First({ session, path }: { readonly session: Session; readonly path: string }) {
  const { setup_required, caller, person, next_step } = session
  // The workspace chosen last is one that this person is not in, or not any more.
  const astray = person !== null && caller === null && next_step === null && chosenWorkspace() !== undefined
  useEffect(() => {
    if (!astray) return
    forgetWorkspace()
    location.reload()
  }, [astray])
  if (setup_required) return <SetupPage />
  if (path === '/approval-link') return <ApprovalLinkPage />
  if (path === '/join') return <JoinPage />
  if (path === '/recover') return <RecoverPage />
  if (caller && path === '/authorize') return <AuthorizePage session={{ ...session, caller }} />
  if (caller) return <Shell session={{ ...session, caller }} />
  if (astray) return null
  if (next_step === 'turn_on_two_factor') return <TwoFactorRequired session={session} />
  return <SignInPage session={session} />
}
