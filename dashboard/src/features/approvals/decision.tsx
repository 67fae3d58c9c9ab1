import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Approval } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { useCaller } from '../session/session.ts'
import { ApproveNext } from './approve-next.tsx'
import { Outcome, PastOutcome } from './outcome.tsx'

/** The bar below a waiting call: approve, reject, or why the reader can't; afterwards, what came of it. */
export function Decision({ approval }: { readonly approval: Approval }) {
  const client = useQueryClient()
  const [rejecting, setRejecting] = useState(false)
  const [approvingNext, setApprovingNext] = useState(false)
  const refresh = () =>
    client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'approvals' || queryKey[0] === 'calls' })
  const approve = useMutation({ mutationFn: () => api.approvals.approve(approval.id), onSettled: refresh })

  if (approve.data) return <Outcome result={approve.data} />
  if (approval.status === 'used') return <PastOutcome callId={approval.call_id} />
  if (approval.status !== 'pending') return null
  return (
    <div className="shrink-0 border-t border-line bg-panel px-4 py-3 md:px-8">
      <ErrorNotice error={approve.error} className="mb-3 max-w-3xl" />
      {approval.can_decide ? (
        <div className="flex flex-wrap items-center gap-2">
          <Button look="primary" icon={<Check size={14} />} busy={approve.isPending} onClick={() => approve.mutate()}>
            Approve and run
          </Button>
          <Button look="danger" icon={<X size={14} />} disabled={approve.isPending} onClick={() => setRejecting(true)}>
            Reject…
          </Button>
          <Button look="quiet" disabled={approve.isPending} onClick={() => setApprovingNext(true)}>
            The next ones alike…
          </Button>
          <p className="text-small text-ink-3">Runs exactly once, in the name of {approval.requested_by.name}.</p>
        </div>
      ) : (
        <WhyNot approval={approval} />
      )}
      <ApproveNext approval={approval} open={approvingNext} onClose={() => setApprovingNext(false)} onDone={refresh} />
      <RejectDialog approval={approval} open={rejecting} onClose={() => setRejecting(false)} onDone={refresh} />
    </div>
  )
}

function WhyNot({ approval }: { readonly approval: Approval }) {
  const own = useCaller()?.id === approval.requested_by.id
  return (
    <p className="max-w-3xl text-ink-2">
      {own
        ? 'This is your own call. Nobody approves their own calls, so another manager has to decide. If you are alone here, invite one under People, or let an agent ask with a token: you can decide on its calls.'
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
