import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { ListChecks } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { Connection } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { TestChecklist } from './test-checklist.tsx'
import { useConnectionTest } from './use-test.ts'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Start the test on arrival: set by links that say "Test". */
    run?: boolean
  }
}

/** Runs the test of a connection and shows its checklist. */
export function TestPanel({ connection, onCredential }: { readonly connection: Connection; readonly onCredential: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const arrivedToRun = useLocation({ select: (location) => location.state.run === true })
  const { heard, run } = useConnectionTest()
  const test = useMutation({
    mutationFn: () => run(connection.id),
    onSettled: () => client.invalidateQueries({ queryKey: ['connections'] }),
  })
  const started = useRef(false)
  const { mutate } = test

  useEffect(() => {
    if (!arrivedToRun || started.current) return
    started.current = true
    mutate()
    // A reload must not test again.
    void navigate({ to: '.', search: (previous) => previous, replace: true, state: {} })
  }, [arrivedToRun, mutate, navigate])

  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-prose text-ink-2">
          Reaches the base URL, tries the credential, and calls the reading actions that need no input. Nothing is changed at the
          API.
        </p>
        <Button
          look={test.data ? 'plain' : 'primary'}
          icon={<ListChecks size={14} />}
          busy={test.isPending}
          onClick={() => mutate()}
        >
          {test.data || test.error ? 'Test again' : 'Run the test'}
        </Button>
      </div>
      <ErrorNotice error={test.error} />
      {(test.isPending || test.data) && <TestChecklist result={test.data} running={test.isPending} heard={heard} />}
      {test.data?.checks.some(({ id, status }) => id === 'authenticated' && status === 'failed') && (
        <Button onClick={onCredential}>Enter a new credential</Button>
      )}
    </div>
  )
}
