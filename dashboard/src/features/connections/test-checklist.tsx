import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { TestCheck, TestResult } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { formatDuration } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { checkStates, Mark } from '../../ui/status.tsx'

const steps = ['Base URL reachable', 'Credential accepted', 'Actions answer', 'Answers match their schemas']

/** The checks of a connection test, ticked off one after another. */
interface Props {
  readonly result: TestResult | undefined
  readonly running: boolean
  /** What is done already of a test that runs. */
  readonly heard?: readonly TestCheck[]
}

export function TestChecklist({ result, running, heard = [] }: Props) {
  if ((running || !result) && heard.length > 0)
    return (
      <ol aria-busy className="rounded-panel border border-line">
        {heard.map((check) => (
          <li key={check.id} className="flex h-11 items-center gap-3 border-b border-line px-4 last:border-0">
            <Mark state={checkStates[check.status]} />
            {check.label}
          </li>
        ))}
      </ol>
    )
  if (running || !result)
    return (
      <ol aria-busy className="rounded-panel border border-line">
        {steps.map((label, index) => (
          <li key={label} className="flex h-11 items-center gap-3 border-b border-line px-4 text-ink-3 last:border-0">
            <Mark state={checkStates.running} className={cx('animate-turn', index > 0 && 'opacity-40')} />
            {label}
            {index === 0 && <Elapsed />}
          </li>
        ))}
      </ol>
    )
  const failed = result.checks.filter(({ status }) => status === 'failed').length
  return (
    <div>
      <p role="status" className={cx('mb-2 font-medium', result.ok ? 'text-ok' : 'text-bad')}>
        {result.ok ? 'Everything works.' : `${failed} of ${result.checks.length} checks failed.`}
      </p>
      <ol className="rounded-panel border border-line">
        {result.checks.map((check, index) => (
          <li
            key={check.id}
            style={{ animationDelay: `${index * 45}ms` }}
            className="flex animate-appear items-start gap-3 border-b border-line px-4 py-2.5 last:border-0"
          >
            <Mark state={checkStates[check.status]} className="mt-1" />
            <div className="min-w-0 flex-1">
              <div className={cx(check.status === 'skipped' && 'text-ink-2')}>
                {check.label}
                <span className="sr-only">: {checkStates[check.status].words}</span>
              </div>
              {check.detail && <div className="text-small text-ink-3">{check.detail}</div>}
            </div>
            {check.call_id && (
              <Link
                to="/calls/$callId"
                params={{ callId: check.call_id }}
                className="-m-1.5 p-1.5 text-small text-accent hover:underline"
              >
                Call
              </Link>
            )}
            <span className="w-16 text-right text-small text-ink-3 tabular">
              {check.status === 'skipped' ? 'skipped' : check.ms > 0 && formatDuration(check.ms)}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}

/** How long the test runs, once that is worth knowing: a slow API can take half a minute. */
function Elapsed() {
  const [start] = useState(Date.now)
  const seconds = Math.floor((useNow(1000) - start) / 1000)
  return <span className="ml-auto text-small tabular">{seconds >= 2 && `${seconds} s`}</span>
}
