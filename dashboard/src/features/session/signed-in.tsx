import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/states.tsx'

/** The sign-in page, opened by somebody who is signed in. */
export function SignedIn() {
  return (
    <EmptyState title="You are signed in" actions={<ButtonLink to="/connections">Go to connections</ButtonLink>}>
      To come in as somebody else, sign out first.
    </EmptyState>
  )
}
