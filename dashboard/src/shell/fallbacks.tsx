import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { toProblem } from '../api/problem.ts'
import { ButtonLink } from '../ui/button.tsx'
import { EmptyState, ProblemNotice } from '../ui/states.tsx'

export function NotFound() {
  return (
    <EmptyState title="There is no page at this address" actions={<ButtonLink to="/connections">Go to connections</ButtonLink>}>
      It may have been moved or deleted.
    </EmptyState>
  )
}

/** A screen that failed to load or to draw. The rest of the page still works. */
export function ScreenError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return (
    <div className="mx-auto max-w-lg p-6">
      <ProblemNotice problem={toProblem(error)} onRetry={retry} />
    </div>
  )
}
