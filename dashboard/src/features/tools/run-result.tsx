import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { CallResult, Json, PendingCall, Problem } from '../../api/types.ts'
import { formatDuration, formatRelative } from '../../lib/format.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { ProblemNotice, Skeleton } from '../../ui/states.tsx'
import { Chip, outcomeWords, Status } from '../../ui/status.tsx'
import { AnsweredBy } from '../calls/answered-by.tsx'
import { TraceTimeline } from '../calls/trace-timeline.tsx'
import { RequestView } from './request-view.tsx'
import type { Run } from './use-run.ts'

/** What came of a try: an answer, a plan, a wait, or a problem; and the way it took. */
export function RunResult({ run, running }: { readonly run: Run | undefined; readonly running: boolean }) {
  if (running) return <Skeleton className="h-32 animate-appear" />
  if (!run)
    return (
      <div className="rounded-panel border border-dashed border-line px-5 py-8 text-center text-ink-3">
        A dry run shows the exact request and sends nothing. A run is logged like any call of an agent.
      </div>
    )
  switch (run.kind) {
    case 'answer':
      return <Answer result={run.result} />
    case 'plan':
      return <Plan result={run.result} />
    case 'pending':
      return <Pending call={run.call} />
    case 'problem':
      return <Refusal problem={run.problem} />
  }
}

function Answer({ result }: { readonly result: CallResult }) {
  const { variables, diagnostics } = result
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Status
          state={
            result.success
              ? { shape: 'check', tone: 'ok', words: 'Succeeded' }
              : { shape: 'square', tone: 'bad', words: result.error ?? 'The action failed' }
          }
          className="font-medium"
        />
        {result.status !== null && <Chip>{result.status}</Chip>}
        <span className="text-ink-2 tabular">{formatDuration(result.duration_ms)}</span>
        <CallLink id={result.id} />
      </div>
      {result.outcome !== 'done' && !isRehearsed(result) && <p className="text-warn">{outcomeWords[result.outcome].detail}</p>}
      {result.payload === undefined ? (
        <p className="text-ink-2">The answer has no content.</p>
      ) : (
        <JsonView value={result.payload} label="the answer" depth={3} />
      )}
      {hasAny(variables) && <Part title="Variables" value={variables} />}
      {hasAny(diagnostics) && <Part title="Diagnostics" value={diagnostics} />}
      <Trace id={result.id} />
    </div>
  )
}

/** By a mock or a recording: what was sent to nobody and succeeded all the same. */
const isRehearsed = ({ success, outcome }: CallResult) => success && outcome === 'not_sent'

const hasAny = (value: Json | undefined): value is Json => value !== undefined && Object.keys(value).length > 0

function Part({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <div>
      <h3 className="caption mb-1">{title}</h3>
      <JsonView value={value} label={title.toLowerCase()} />
    </div>
  )
}

function Plan({ result }: { readonly result: CallResult }) {
  if (!result.plan) return null
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Status state={{ shape: 'ring', tone: 'idle', words: 'Dry run: nothing was sent' }} className="font-medium" />
        {result.plan.needs_approval && <Chip tone="wait">a run would wait for approval</Chip>}
      </div>
      <RequestView request={result.plan} />
      <p className="text-small break-all text-ink-3">
        An approval of this call would bind <code>{result.plan.hash}</code>
      </p>
    </div>
  )
}

function Pending({ call }: { readonly call: PendingCall }) {
  return (
    <div className="space-y-3 rounded-panel bg-wait-wash p-4">
      <Status state={{ shape: 'clock', tone: 'wait', words: 'Waits for approval' }} />
      <p>
        Nothing was sent yet. A manager who is not you decides; without a decision the call expires{' '}
        {formatRelative(call.approval.expires_at)}.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <ButtonLink size="small" to="/approvals/$approvalId" params={{ approvalId: call.approval.id }}>
          Open the approval
        </ButtonLink>
        <CallLink id={call.id} />
      </div>
    </div>
  )
}

function Refusal({ problem }: { readonly problem: Problem }) {
  return (
    <div className="space-y-4">
      <ProblemNotice problem={problem}>
        {problem.outcome && problem.outcome !== 'done' && (
          <p className="mt-1 text-ink-2">{outcomeWords[problem.outcome].detail}</p>
        )}
        {problem.callId && (
          <p className="mt-1.5">
            <CallLink id={problem.callId} />
          </p>
        )}
      </ProblemNotice>
      {hasAny(problem.diagnostics) && <Part title="Diagnostics" value={problem.diagnostics} />}
      {problem.callId && <Trace id={problem.callId} />}
    </div>
  )
}

function CallLink({ id }: { readonly id: string }) {
  return (
    <Link to="/calls/$callId" params={{ callId: id }} className="text-small text-accent hover:underline">
      Open in the log
    </Link>
  )
}

function Trace({ id }: { readonly id: string }) {
  const record = useQuery(queries.call(id))
  if (!record.data || record.data.trace.length === 0) return null
  return (
    <div className="space-y-4">
      <AnsweredBy trace={record.data.trace} />
      <div>
        <h3 className="caption mb-1.5">Way through the gate</h3>
        <TraceTimeline trace={record.data.trace} total={record.data.duration_ms} />
      </div>
    </div>
  )
}
