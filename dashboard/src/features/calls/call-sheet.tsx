import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { CallRecord } from '../../api/types.ts'
import { formatBytes, formatFull } from '../../lib/format.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Sheet } from '../../ui/overlay.tsx'
import { Facts } from '../../ui/page.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { callStates, EffectMark, Method, outcomeWords, Status } from '../../ui/status.tsx'
import { Clock } from '../../ui/time.tsx'
import { AnsweredBy } from './answered-by.tsx'
import { resultWords } from './call-row.tsx'
import { GatePassage, hostOf } from './gate-passage.tsx'
import { TraceTimeline } from './trace-timeline.tsx'

/** The whole record of one call, over the log. */
export function CallSheet() {
  const { callId } = useParams({ from: '/calls/$callId' })
  const navigate = useNavigate()
  const query = useQuery(queries.call(callId))
  const call = query.data
  return (
    <Sheet
      onClose={() => void navigate({ to: '/calls', search: (previous) => previous })}
      label="Call"
      header={
        call ? (
          <>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <h2 className="text-lead font-semibold break-all">
                {call.connector}.{call.action}
              </h2>
              <Status state={callStates[call.status]} words={resultWords(call)} />
            </div>
            <div className="mt-0.5 text-small text-ink-3">
              <Clock at={call.started_at} /> by{' '}
              <Link
                to="/calls"
                search={(previous) => ({ ...previous, caller: call.caller.id })}
                title="Show the calls of this caller"
                className="hover:text-ink hover:underline"
              >
                {call.caller.name}
              </Link>
            </div>
          </>
        ) : (
          <h2 className="text-lead font-semibold">Call</h2>
        )
      }
    >
      {query.isPending ? (
        <SkeletonRows height={44} rows={8} />
      ) : call ? (
        <CallDetail call={call} />
      ) : (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="m-5" />
      )}
    </Sheet>
  )
}

function CallDetail({ call }: { readonly call: CallRecord }) {
  const outcome = outcomeWords[call.outcome]
  return (
    <div className="space-y-5 p-5">
      <GatePassage
        outcome={call.outcome}
        status={call.status}
        caller={call.caller.name}
        callerNote={`${call.caller.kind}, ${call.entrance}`}
        api={hostOf(call.url)}
        upstreamStatus={call.upstream_status}
        keyUsed={call.trace.some(({ stage, failed }) => stage === 'use-credential' && !failed)}
      />
      {call.error_code && (
        <section className="rounded-panel bg-bad-wash p-3.5">
          <div className="flex flex-wrap justify-between gap-2">
            <h3 className="font-medium">{call.error_detail ?? 'The call failed.'}</h3>
            <code className="text-small text-bad">{call.error_code}</code>
          </div>
          {call.outcome !== 'done' && <p className="mt-0.5 text-ink-2">{outcome.detail}</p>}
        </section>
      )}
      {call.approval_id && (
        <p className="rounded-panel bg-wait-wash p-3.5">
          {call.status === 'pending_approval'
            ? 'A person has to decide before this call is sent. '
            : 'This call needed the decision of a person. '}
          <Link
            to="/approvals/$approvalId"
            params={{ approvalId: call.approval_id }}
            className="font-medium text-wait underline underline-offset-2"
          >
            {call.status === 'pending_approval' ? 'Decide' : 'Open the approval'}
          </Link>
        </p>
      )}
      <AnsweredBy trace={call.trace} />
      <section>
        <h3 className="caption mb-2">Trace</h3>
        <TraceTimeline trace={call.trace} total={call.duration_ms} />
      </section>
      <Facts
        items={[
          call.method && call.url
            ? [
                'Request',
                <span key="request" className="flex items-start gap-1">
                  <Method method={call.method} className="mt-px w-auto pr-1" />
                  <code className="min-w-0 break-all">{call.url}</code>
                  <CopyButton value={call.url} label="Copy the URL" />
                </span>,
              ]
            : null,
          call.connection
            ? [
                'Connection',
                <Link
                  key="connection"
                  to="/connections/$connectionId"
                  params={{ connectionId: call.connection.id }}
                  className="text-accent hover:underline"
                >
                  {call.connection.name}
                </Link>,
              ]
            : null,
          call.connector
            ? [
                'Connector',
                <Link
                  key="connector"
                  to="/connectors/$connectorId"
                  params={{ connectorId: call.connector }}
                  className="text-accent hover:underline"
                >
                  {call.connector} {call.connector_version}
                </Link>,
              ]
            : null,
          call.effect ? ['Effect', <EffectMark key="effect" effect={call.effect} />] : null,
          ['Outcome', outcome.title],
          call.response_bytes === null ? null : ['Answer', formatBytes(call.response_bytes)],
          ['Started', formatFull(call.started_at)],
          [
            'Call id',
            <span key="id" className="flex items-center gap-1">
              <code className="break-all">{call.id}</code>
              <CopyButton value={call.id} label="Copy the call id" />
            </span>,
          ],
        ]}
      />
      <section>
        <h3 className="caption mb-1.5">Input</h3>
        <JsonView value={call.input} label="the input" />
      </section>
      {call.result && (
        <section>
          <h3 className="caption mb-1.5">Answer</h3>
          <JsonView value={call.result.payload ?? call.result} label="the answer" />
        </section>
      )}
    </div>
  )
}
