import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/states.tsx'

/** An old setup link, opened again. */
export function SetupDone() {
  return (
    <EmptyState title="This gateway is already set up" actions={<ButtonLink to="/connections">Go to connections</ButtonLink>}>
      A setup link works once. Ask an admin of the workspace for an account.
    </EmptyState>
  )
}
