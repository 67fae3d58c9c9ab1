import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { problemOf } from '../../api/problem.ts'
import type { Approval, ApproveResult } from '../../api/types.ts'
import { formatDuration } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice, ProblemNotice } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { say } from '../../ui/toast.tsx'
import { useCaller, useMay } from '../session/session.ts'

/** The bar below a waiting call: approve, reject, or why the reader can't; afterwards, what came of it. */
export function Decision({ approval }: { readonly approval: Approval }) {
  const client = useQueryClient()
  const [rejecting, setRejecting] = useState(false)
  const refresh = () =>
    client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'approvals' || queryKey[0] === 'calls' })
  const approve = useMutation({ mutationFn: () => api.approvals.approve(approval.id), onSettled: refresh })

  if (approve.data) return <Outcome result={approve.data} />
  if (approval.status !== 'pending') return null
  return (
    <div className="shrink-0 border-t border-line bg-panel px-4 py-3 md:px-8">
      <ErrorNotice error={approve.error} className="mb-3" />
      {approval.can_decide ? (
        <div className="flex flex-wrap items-center gap-2">
          <Button look="primary" icon={<Check size={14} />} busy={approve.isPending} onClick={() => approve.mutate()}>
            Approve and run
          </Button>
          <Button look="danger" icon={<X size={14} />} disabled={approve.isPending} onClick={() => setRejecting(true)}>
            Reject…
          </Button>
          <p className="text-small text-ink-3">Runs exactly once, in the name of {approval.requested_by.name}.</p>
        </div>
      ) : (
        <WhyNot approval={approval} />
      )}
      <RejectDialog approval={approval} open={rejecting} onClose={() => setRejecting(false)} onDone={refresh} />
    </div>
  )
}

function WhyNot({ approval }: { readonly approval: Approval }) {
  const caller = useCaller()
  const mayDecide = useMay('manager')
  const own = caller?.id === approval.requested_by.id
  return (
    <p className="text-ink-2">
      {own
        ? 'This is your own call. Nobody approves their own calls, so another manager has to decide.'
        : mayDecide
          ? 'This call was made with a token of yours. Nobody approves their own calls, so another manager has to decide.'
          : 'A manager of the workspace decides on this call.'}
    </p>
  )
}

function RejectDialog({
  approval,
  open,
  onClose,
  onDone,
}: {
  readonly approval: Approval
  readonly open: boolean
  readonly onClose: () => void
  readonly onDone: () => Promise<void>
}) {
  const [reason, setReason] = useState('')
  const reject = useMutation({
    mutationFn: () => api.approvals.reject(approval.id, reason.trim() || undefined),
    onSuccess: async () => {
      say('Rejected', 'Nothing was sent.')
      onClose()
      await onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    reject.mutate()
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Reject ${approval.action}?`}
      description={`${approval.requested_by.name} can read the reason with the call, which can't be approved afterwards.`}
    >
      <form onSubmit={submit} className="space-y-3 pb-1">
        <Field label="Reason" optional>
          <TextArea value={reason} onChange={({ target }) => setReason(target.value)} maxLength={1000} autoFocus />
        </Field>
        <ErrorNotice error={reject.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" busy={reject.isPending}>
            Reject the call
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Outcome({ result: { call, problem, approval } }: { readonly result: ApproveResult }) {
  return (
    <div role="status" className="max-h-[50%] shrink-0 overflow-y-auto border-t border-line bg-panel px-4 py-3 md:px-8">
      {problem ? (
        <ProblemNotice problem={problemOf(problem)} />
      ) : call ? (
        <div className="max-w-3xl space-y-2.5">
          <div className="flex flex-wrap items-center gap-x-4">
            <Status
              state={
                call.success
                  ? { shape: 'check', tone: 'ok', words: 'Approved and run' }
                  : { shape: 'square', tone: 'bad', words: call.error ?? 'Approved, but the call failed' }
              }
              words={
                call.success && call.status !== null
                  ? `Approved and run: the API answered ${call.status}`
                  : (call.error ?? 'Approved and run')
              }
            />
            <span className="text-small text-ink-3 tabular">{formatDuration(call.duration_ms)}</span>
            <Link to="/calls/$callId" params={{ callId: approval.call_id }} className="text-small text-accent hover:underline">
              Open in the log
            </Link>
          </div>
          {call.payload !== undefined && <JsonView value={call.payload} label="the answer" />}
        </div>
      ) : (
        <p>Approved.</p>
      )}
    </div>
  )
}
