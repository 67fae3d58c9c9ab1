import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'
import { SetupPage } from '../features/session/setup-page.tsx'
import { SignInPage } from '../features/session/sign-in-page.tsx'
import { Logo } from '../ui/logo.tsx'
import { ErrorNotice } from '../ui/states.tsx'
import { ToastRegion } from '../ui/toast.tsx'
import { Shell } from './shell.tsx'

/**
 * Decides what a reader sees first. The address stays as it was, so a link to an approval still leads there after
 * signing in.
 */
export function Root() {
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
  const { setup_required, caller } = session.data
  return (
    <>
      {setup_required ? <SetupPage /> : caller ? <Shell session={{ ...session.data, caller }} /> : <SignInPage />}
      <ToastRegion />
    </>
  )
}
