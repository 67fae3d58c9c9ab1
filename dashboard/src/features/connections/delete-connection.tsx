import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { Confirm } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'

/** Says what stops working before it deletes a connection. Null is closed. */
export function DeleteConnection({
  connection,
  onClose,
}: {
  readonly connection: Connection | null
  readonly onClose: () => void
}) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { data: dependents, error } = useQuery({
    ...queries.dependents(connection?.id ?? ''),
    enabled: connection !== null,
  })
  const remove = useMutation({
    mutationFn: (id: string) => api.connections.delete(id),
    onSuccess: async () => {
      say(`${connection?.name ?? 'Connection'} deleted`)
      onClose()
      await navigate({ to: '/connections', search: (previous) => ({ ...(previous.q ? { q: previous.q } : {}) }) })
      await client.invalidateQueries()
    },
  })
  const close = () => {
    remove.reset()
    onClose()
  }
  return (
    <Confirm
      open={connection !== null}
      onClose={close}
      title={`Delete ${connection?.name ?? ''}?`}
      action="Delete connection"
      busy={remove.isPending || (dependents === undefined && error === null)}
      onConfirm={() => connection && remove.mutate(connection.id)}
    >
      {connection && (
        <>
          <p>Its credential is destroyed and can't be brought back. From then on:</p>
          <ul className="list-disc space-y-1 pl-5">
            <li>
              {plural(connection.actions, 'action')} of <code>custom.{connection.connector}</code> can no longer be called through
              it
              {connection.calls_today > 0 && <>; today there were {plural(connection.calls_today, 'call')}</>}.
            </li>
            {dependents?.toolsets.map(({ slug, name, tokens }) => (
              <li key={slug}>
                The toolset {name} names it, and will offer nothing of it
                {tokens > 0 && <>; {plural(tokens, 'token')} bound to that</>}.
              </li>
            ))}
            {connection.default && <li>Calls that name no connection have no default any more.</li>}
            {dependents && dependents.waiting_calls > 0 && (
              <li>{plural(dependents.waiting_calls, 'call')} waiting for approval can't run any more.</li>
            )}
            {dependents && dependents.standing_approvals > 0 && (
              <li>{plural(dependents.standing_approvals, 'standing approval')} no longer counts.</li>
            )}
          </ul>
          <p>The connector and the log of past calls stay.</p>
          <ErrorNotice error={remove.error ?? error} />
        </>
      )}
    </Confirm>
  )
}
