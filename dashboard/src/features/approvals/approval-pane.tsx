import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { queries } from '../../api/queries.ts'
import type { Approval } from '../../api/types.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Facts } from '../../ui/page.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { approvalStates, EffectMark, Status } from '../../ui/status.tsx'
import { Ago, Clock } from '../../ui/time.tsx'
import { WholeJson } from '../../ui/whole-json.tsx'
import { GatePassage, hostOf } from '../calls/gate-passage.tsx'
import { RequestView } from '../tools/request-view.tsx'
import { Decision } from './decision.tsx'
import { ExpiryLeft } from './expiry.tsx'
import { WhyWaiting } from './why-waiting.tsx'

/** One call that needs a person: the real request, who asks, and the decision. */
export function ApprovalPane() {
  const { approvalId } = useParams({ from: '/approvals/$approvalId' })
  const query = useQuery(queries.approval(approvalId))
  return (
    <div className="flex h-full min-h-0 flex-col">
      {query.isPending ? (
        <SkeletonRows height={44} rows={6} />
      ) : query.data ? (
        <ApprovalDetail key={approvalId} approval={query.data} />
      ) : (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="m-6" />
      )}
    </div>
  )
}

function ApprovalDetail({ approval }: { readonly approval: Approval }) {
  const { requested_by, connector, action } = approval
  return (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pt-4 pb-8 md:px-8 md:pt-6">
        <div className="max-w-3xl space-y-5">
          <header>
            <Link
              to="/approvals"
              search={(previous) => previous}
              className="mb-2 inline-flex items-center gap-1 text-small text-ink-2 md:hidden"
            >
              <ArrowLeft size={14} aria-hidden />
              All approvals
            </Link>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <h2 className="text-title font-semibold tracking-tight break-all">{action}</h2>
              <EffectMark effect={approval.effect} />
              <Status state={approvalStates[approval.status]} />
            </div>
            <p className="mt-1 text-ink-2">
              <b className="font-medium text-ink">{requested_by.name}</b> ({requested_by.kind}) asked{' '}
              <Ago at={approval.created_at} /> to call{' '}
              <code>
                {connector}.{action}
              </code>{' '}
              through <b className="font-medium text-ink">{approval.connection.name}</b>.
            </p>
          </header>
          {approval.status === 'pending' && (
            <GatePassage
              outcome="not_sent"
              status="pending_approval"
              caller={requested_by.name}
              callerNote={requested_by.kind}
              api={'command' in approval.request ? approval.connector : hostOf(approval.request.url)}
              upstreamStatus={null}
              keyUsed={false}
            />
          )}
          <section>
            <h3 className="caption mb-1.5">
              {approval.status === 'pending' ? 'The request that will be sent, once, unchanged' : 'The request'}
            </h3>
            <RequestView request={approval.request} whole />
          </section>
          <WhyWaiting approval={approval} />
          <Facts
            items={[
              approval.status === 'pending' ? ['Expires', <ExpiryLeft key="expires" at={approval.expires_at} />] : null,
              approval.decided_by && approval.decided_at
                ? [
                    'Decided',
                    <span key="decided">
                      by {approval.decided_by.name}, <Clock at={approval.decided_at} />
                    </span>,
                  ]
                : null,
              approval.reason ? ['Reason', approval.reason] : null,
              [
                'Connector',
                <Link
                  key="connector"
                  to="/connectors/$connectorId"
                  params={{ connectorId: connector }}
                  className="text-accent hover:underline"
                >
                  {connector} {approval.connector_version}
                </Link>,
              ],
              [
                'Call',
                <Link
                  key="call"
                  to="/calls/$callId"
                  params={{ callId: approval.call_id }}
                  className="text-accent hover:underline"
                >
                  <code>{approval.call_id}</code>
                </Link>,
              ],
              [
                'Fingerprint',
                <span key="hash" className="flex items-center gap-1">
                  <code
                    className="min-w-0 truncate"
                    title={`The decision holds for exactly this request: SHA-256 ${approval.hash}`}
                  >
                    {approval.hash}
                  </code>
                  <CopyButton value={approval.hash} label="Copy the fingerprint" />
                </span>,
              ],
            ]}
          />
          <section>
            <h3 className="caption mb-1.5">Input of the caller</h3>
            <div className="overflow-hidden rounded-panel border border-line">
              <WholeJson value={approval.input} label="the input" />
            </div>
          </section>
        </div>
      </div>
      <Decision approval={approval} />
    </>
  )
}
