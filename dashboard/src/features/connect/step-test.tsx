import { Play } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { toProblem } from '../../api/problem.ts'
import type { TestResult } from '../../api/types.ts'
import { authLabelOf, serverUrlOf } from '../../lib/connector-document.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Facts } from '../../ui/page.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { checkStates, Mark } from '../../ui/status.tsx'
import { TestChecklist } from '../connections/test-checklist.tsx'
import { type Draft, type Step, schemeOf } from './draft.ts'
import type { Saving, Stage } from './use-save.ts'

/** Names listed at the end. */
const listed = 6

interface StepTestProps {
  readonly draft: Draft
  readonly saving: Saving
  readonly onGo: (step: Step) => void
  readonly onFinished: () => void
}

/** One failing action does not make a connection useless; a refused credential does. */
function usable({ ok, checks }: TestResult): boolean {
  const refused = checks.some(({ id, status }) => id === 'authenticated' && status === 'failed')
  return ok || (!refused && checks.some(({ status, call_id }) => status === 'passed' && call_id !== undefined))
}

/** Saves and tests, shows every step of it, and says what agents can use now. */
export function StepTest({ draft, saving: { save, stage, connection, heard }, onGo, onFinished }: StepTestProps) {
  const saved = connection !== null && !save.isPending
  const works = save.data !== undefined && usable(save.data)
  const taken = save.error !== null && stage === 'connector' && toProblem(save.error).code === 'CONFLICT'
  useEffect(() => {
    if (works) onFinished()
  }, [works, onFinished])

  return (
    <div className="space-y-6">
      <Summary draft={draft} />
      {works && save.data && <Ready draft={draft} result={save.data} />}
      {(save.isPending || save.data || save.error) && (
        <section aria-live="polite" className="space-y-3">
          {draft.start !== 'existing' && (
            <Line words="Connector" stage="connector" current={stage} failed={Boolean(save.error)} done={Boolean(save.data)} />
          )}
          <Line
            words="Connection, with its credential sealed"
            stage="connection"
            current={stage}
            failed={Boolean(save.error)}
            done={Boolean(save.data)}
          />
          {stage === 'test' && <TestChecklist result={save.data} running={save.isPending} heard={heard} />}
          <ErrorNotice error={save.error} />
        </section>
      )}
      {!save.data && !save.error && !save.isPending && (
        <p className="text-ink-2">
          Saving stores the definition and seals the credential; then the gateway reaches the API and calls reading actions that
          need no input. Nothing is changed there.
        </p>
      )}
      {!works && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => onGo(taken ? 'basics' : 'auth')} disabled={save.isPending}>
            {taken ? 'Change the identifier' : save.data ? 'Correct the credential' : 'Back'}
          </Button>
          <Button look="primary" busy={save.isPending} onClick={() => save.mutate()}>
            {save.data || save.error ? 'Try again' : 'Save and test'}
          </Button>
          {saved && (
            <ButtonLink to="/connections/$connectionId" params={{ connectionId: connection.id }} look="quiet">
              Leave it as it is
            </ButtonLink>
          )}
        </div>
      )}
    </div>
  )
}

function Summary({ draft }: { readonly draft: Draft }) {
  const { document, environment, selected } = draft
  const scheme = schemeOf(draft)
  return (
    <section className="rounded-panel border border-line bg-panel p-4">
      <Facts
        items={[
          ['API', document.name],
          [
            'Base URL',
            <code key="url" className="break-all">
              {serverUrlOf(document, environment)}
            </code>,
          ],
          ['Authentication', scheme ? authLabelOf(scheme) : 'None'],
          [
            'Actions',
            draft.start === 'existing'
              ? formatCount(Object.keys(document.actions).length)
              : `${formatCount(selected.size)} of ${formatCount(Object.keys(document.actions).length)}`,
          ],
        ]}
      />
    </section>
  )
}

const stages: readonly Stage[] = ['connector', 'connection', 'test']

function Line({
  words,
  stage,
  current,
  failed,
  done,
}: {
  readonly words: string
  readonly stage: Stage
  readonly current: Stage | null
  readonly failed: boolean
  readonly done: boolean
}) {
  const at = stages.indexOf(stage)
  const now = current ? stages.indexOf(current) : -1
  const state =
    done || now > at ? checkStates.passed : now < at ? checkStates.skipped : failed ? checkStates.failed : checkStates.running
  return (
    <p className="flex items-center gap-2.5">
      <Mark state={state} className={state === checkStates.running ? 'animate-turn' : ''} />
      {words}
      <span className="sr-only">: {state.words}</span>
    </p>
  )
}

function Ready({ draft, result }: { readonly draft: Draft; readonly result: TestResult }) {
  const failed = result.checks.filter(({ status }) => status === 'failed').length
  const names =
    draft.start === 'existing'
      ? Object.keys(draft.document.actions)
      : Object.keys(draft.document.actions).filter((name) => draft.selected.has(name))
  const first = names[0]
  const end = useRef<HTMLElement>(null)
  // The button that was pressed is gone.
  useEffect(() => end.current?.focus(), [])
  return (
    <section
      ref={end}
      tabIndex={-1}
      aria-labelledby="ready"
      className="outline-none rounded-panel border border-ok/40 bg-panel p-4 shadow-[inset_3px_0_0_var(--ok)]"
    >
      <h2 id="ready" className="font-semibold">
        Your agents can now use {plural(names.length, 'tool')}
      </h2>
      <ul className="mt-2 space-y-0.5">
        {names.slice(0, listed).map((name) => (
          <li key={name}>
            <code>
              custom.{draft.document.connector}.{name}()
            </code>
          </li>
        ))}
      </ul>
      {names.length > listed && <p className="mt-0.5 text-ink-2">and {formatCount(names.length - listed)} more</p>}
      {failed > 0 && <p className="mt-2 text-warn">{plural(failed, 'check')} below failed; the rest works.</p>}
      <div className="mt-4 flex flex-wrap gap-2">
        {first && (
          <ButtonLink
            look="primary"
            icon={<Play size={14} />}
            to="/tools/$connector/$action"
            params={{ connector: draft.document.connector, action: first }}
            search={{ connection: result.connection.id }}
          >
            Try one
          </ButtonLink>
        )}
        <ButtonLink to="/connections">All connections</ButtonLink>
      </div>
    </section>
  )
}
