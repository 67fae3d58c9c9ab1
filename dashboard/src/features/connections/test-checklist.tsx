import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { TestCheck, TestResult } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { formatDuration } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { checkStates, Mark } from '../../ui/status.tsx'
import { remedyOf } from './remedy.ts'

interface Props {
  readonly result: TestResult | undefined
  readonly running: boolean
  /** What is done already of a test that runs. */
  readonly heard: readonly TestCheck[]
}

/** The checks of a connection test, each ticked off as soon as it is done, with what to do about those that failed. */
export function TestChecklist({ result, running, heard }: Props) {
  const done = running || !result ? inOrder(heard) : result.checks
  const failed = done.filter(({ status }) => status === 'failed').length
  return (
    <div aria-live="polite">
      {!running && result && (
        <p role="status" className={cx('mb-2 font-medium', result.ok ? 'text-ok' : 'text-bad')}>
          {result.ok ? 'Everything works.' : `${failed} of ${done.length} checks failed.`}
        </p>
      )}
      <ol aria-label="Checks" aria-busy={running} className="rounded-panel border border-line bg-panel">
        {done.map((check) => (
          <Check key={check.id} check={check} />
        ))}
        {running && <Waiting heard={heard} />}
      </ol>
    </div>
  )
}

const rank = ({ id }: TestCheck): number => (id === 'reachable' ? 0 : id === 'authenticated' ? 1 : id === 'schema' ? 3 : 2)

/** As the result will have them: the verdict on the credential is heard after the actions that it comes from. */
const inOrder = (checks: readonly TestCheck[]): readonly TestCheck[] => [...checks].sort((one, other) => rank(one) - rank(other))

function Check({ check }: { readonly check: TestCheck }) {
  const { label, status, detail, phases, call_id: call, ms } = check
  const remedy = status === 'failed' ? remedyOf(check) : ''
  return (
    <li className="flex animate-appear items-start gap-3 border-b border-line px-4 py-2.5 last:border-0">
      <Mark state={checkStates[status]} className="mt-1" />
      <div className="min-w-0 flex-1">
        <div className={cx(status === 'skipped' && 'text-ink-2')}>
          {label}
          <span className="sr-only">: {checkStates[status].words}</span>
        </div>
        {detail && <div className="text-small break-words text-ink-3">{detail}</div>}
        {phases && <Way phases={phases} />}
        {remedy && <div className="mt-0.5 text-small text-ink">{remedy}</div>}
      </div>
      {call && (
        <Link to="/calls/$callId" params={{ callId: call }} className="-m-1.5 p-1.5 text-small text-accent hover:underline">
          Call
        </Link>
      )}
      <span className="w-16 text-right text-small text-ink-3 tabular">
        {status === 'skipped' ? 'skipped' : ms > 0 && formatDuration(ms)}
      </span>
    </li>
  )
}

const phaseNames = { dns: 'DNS', tcp: 'TCP', tls: 'TLS' } as const

/** How far the way to the API went. */
function Way({ phases }: { readonly phases: NonNullable<TestCheck['phases']> }) {
  return (
    <ul aria-label="The way to the API" className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-small">
      {(['dns', 'tcp', 'tls'] as const).map((phase) => (
        <li key={phase} className={cx('flex items-center gap-1.5', phases[phase] === 'failed' ? 'text-bad' : 'text-ink-2')}>
          <Mark state={checkStates[phases[phase]]} size={10} />
          {phaseNames[phase]}
          <span className="sr-only">: {checkStates[phases[phase]].words}</span>
        </li>
      ))}
    </ul>
  )
}

/** What is done now, and what comes after it. */
function Waiting({ heard }: { readonly heard: readonly TestCheck[] }) {
  const has = (id: string) => heard.some((check) => check.id === id)
  const steps = [
    ...(has('reachable') ? [] : ['Base URL reachable']),
    ...(has('authenticated') ? [] : ['Credential, and the actions that only read']),
    ...(has('schema') ? [] : ['Answers match their schemas']),
  ]
  return steps.map((label, index) => (
    <li key={label} className="flex h-11 items-center gap-3 border-b border-line px-4 text-ink-3 last:border-0">
      <Mark state={checkStates.running} className={index > 0 ? 'opacity-40' : 'animate-turn'} />
      {label}
      {index === 0 && <Elapsed />}
    </li>
  ))
}

/** How long it takes, once that is worth knowing: a slow API can take half a minute. */
function Elapsed() {
  const [start] = useState(Date.now)
  const seconds = Math.floor((useNow(1000) - start) / 1000)
  return <span className="ml-auto text-small tabular">{seconds >= 2 && `${seconds} s`}</span>
}
