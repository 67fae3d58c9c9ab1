import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Session } from '../../api/types.ts'
import { switchWorkspace } from '../../api/workspace.ts'
import { Button } from '../../ui/button.tsx'
import { TwoFactorSetup } from '../account/two-factor-setup.tsx'
import { EntryFrame } from './entry-frame.tsx'

/** Signed in, but the workspace lets in only people with a second factor. */
export function TwoFactorRequired({ session }: { readonly session: Session }) {
  const signOut = useMutation({ mutationFn: () => api.session.signOut(), onSuccess: () => location.assign('/') })
  return (
    <EntryFrame title="One more step" lead="This workspace wants everybody to sign in with a second factor. Set it up to go on.">
      <TwoFactorSetup />
      <div className="mt-4 -ml-2 flex flex-wrap gap-2">
        {session.workspaces.length > 1 &&
          session.workspaces.map(({ id, name }) => (
            <Button key={id} look="quiet" size="small" onClick={() => switchWorkspace(id)}>
              Go to {name}
            </Button>
          ))}
        <Button look="quiet" size="small" onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </div>
    </EntryFrame>
  )
}
