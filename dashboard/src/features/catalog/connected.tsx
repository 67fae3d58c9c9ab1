import { ListChecks, Play } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { TestResult } from '../../api/types.ts'
import type { ConnectorDocument } from '../../lib/connector-document.ts'
import { plural } from '../../lib/format.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { lacksTools, TakeTools } from '../connections/take-tools.tsx'
import { TestChecklist } from '../connections/test-checklist.tsx'
import type { Connecting } from './use-connect.ts'

/** After the credential is stored: the checklist, and what one does next. */
export function Connected({ document, connecting }: { readonly document: ConnectorDocument; readonly connecting: Connecting }) {
  const { connection, result, heard, testing, testAgain, correct } = connecting
  const first = Object.keys(document.actions)[0]
  const end = useRef<HTMLElement>(null)
  // The button that was pressed is gone.
  useEffect(() => end.current?.focus(), [])
  return (
    <section ref={end} tabIndex={-1} aria-label="Result" className="space-y-5 outline-none">
      {result && works(result) && (
        <div className="rounded-panel border border-ok/40 bg-panel p-4 shadow-[inset_3px_0_0_var(--ok)]">
          <h2 className="font-semibold">{document.name} is connected</h2>
          {lacksTools(document) ? (
            <p className="mt-0.5 text-ink-2">One step is left: its tools.</p>
          ) : (
            <p className="mt-0.5 text-ink-2">Agents can now use {plural(Object.keys(document.actions).length, 'tool')}.</p>
          )}
          <div className="mt-4 flex flex-wrap gap-2">
            {first !== undefined && (
              <ButtonLink
                look="primary"
                icon={<Play size={14} />}
                to="/tools/$connector/$action"
                params={{ connector: document.connector, action: first }}
                search={{ connection: result.connection.id }}
              >
                Try one
              </ButtonLink>
            )}
            <ButtonLink to="/connections/$connectionId" params={{ connectionId: result.connection.id }}>
              Open the connection
            </ButtonLink>
            <ButtonLink to="/catalog" look="quiet">
              Back to the catalog
            </ButtonLink>
          </div>
        </div>
      )}
      {result && works(result) && lacksTools(document) && <TakeTools document={document} />}
      <TestChecklist result={result ?? undefined} running={testing} heard={heard} />
      {result && !works(result) && (
        <div className="flex flex-wrap gap-2">
          {result.checks.some(({ id, status }) => id === 'authenticated' && status === 'failed') && (
            <Button look="primary" onClick={correct}>
              Correct what was entered
            </Button>
          )}
          <Button icon={<ListChecks size={14} />} onClick={testAgain}>
            Test again
          </Button>
          {connection !== undefined && (
            <ButtonLink to="/connections/$connectionId" params={{ connectionId: connection }}>
              Open the connection
            </ButtonLink>
          )}
        </div>
      )}
    </section>
  )
}

/** One failing action does not make a connection useless; a refused credential or an unreachable API does. */
const works = ({ ok, checks }: TestResult): boolean =>
  ok || checks.every(({ status, call_id }) => status !== 'failed' || call_id !== undefined)
