import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { problemOf } from '../../api/problem.ts'
import { queries } from '../../api/queries.ts'
import type { ApproveResult } from '../../api/types.ts'
import { formatDuration } from '../../lib/format.ts'
import { JsonView } from '../../ui/json-view.tsx'
import { ProblemNotice } from '../../ui/states.tsx'
import { callStates, type State, Status } from '../../ui/status.tsx'

const Bar = ({ children }: { readonly children: ReactNode }) => (
  <div role="status" className="max-h-[50%] shrink-0 overflow-y-auto border-t border-line bg-panel px-4 py-3 md:px-8">
    <div className="max-w-3xl space-y-2.5">{children}</div>
  </div>
)

interface LineProps {
  readonly state: State
  readonly words: string
  readonly durationMs: number
  readonly callId: string
}

const Line = ({ state, words, durationMs, callId }: LineProps) => (
  <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
    <Status state={state} words={words} className="min-w-0 whitespace-normal" />
    <span className="text-small text-ink-3 tabular">{formatDuration(durationMs)}</span>
    <Link
      to="/calls/$callId"
      params={{ callId }}
      className="inline-flex min-h-6 items-center text-small text-accent hover:underline coarse:min-h-9"
    >
      Open in the log
    </Link>
  </div>
)

/** What came of a call that the reader has just approved. */
export function Outcome({ result: { call, problem, approval } }: { readonly result: ApproveResult }) {
  if (problem) {
    return (
      <Bar>
        <ProblemNotice problem={problemOf(problem)}>
          <p className="mt-1.5">
            <Link to="/calls/$callId" params={{ callId: approval.call_id }} className="text-small text-accent hover:underline">
              Open in the log
            </Link>
          </p>
        </ProblemNotice>
      </Bar>
    )
  }
  if (!call) return <Bar>Approved.</Bar>
  const answered = call.status === null ? 'Approved and run' : `Approved and run: the API answered ${call.status}`
  return (
    <Bar>
      <Line
        state={call.success ? callStates.succeeded : callStates.failed}
        words={call.success ? answered : (call.error ?? 'Approved, but the call failed')}
        durationMs={call.duration_ms}
        callId={approval.call_id}
      />
      {call.payload !== undefined && <JsonView value={call.payload} label="the answer" />}
    </Bar>
  )
}

/** The same from the log, for a call that was approved before. Its answer is there for its caller and for managers. */
export function PastOutcome({ callId }: { readonly callId: string }) {
  const { data: call } = useQuery(queries.call(callId))
  if (!call) return null
  const answered = call.upstream_status === null ? callStates[call.status].words : `The API answered ${call.upstream_status}`
  return (
    <Bar>
      <Line state={callStates[call.status]} words={call.error_detail ?? answered} durationMs={call.duration_ms} callId={callId} />
      {call.result?.payload !== undefined && <JsonView value={call.result.payload} label="the answer" />}
    </Bar>
  )
}
