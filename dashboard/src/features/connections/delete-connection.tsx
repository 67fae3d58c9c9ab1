import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { Confirm } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { useMay } from '../session/session.ts'

/** Says what stops working before it deletes a connection. Null is closed. */
export function DeleteConnection({
  connection,
  onClose,
}: {
  readonly connection: Connection | null
  readonly onClose: () => void
}) {
  const client = useQueryClient()
  const admin = useMay('admin')
  const navigate = useNavigate()
  const pending = useInfiniteQuery({ ...queries.approvals('pending'), enabled: connection !== null })
  const waiting =
    pending.data?.pages.flatMap(({ items }) => items).filter((approval) => approval.connection.id === connection?.id).length ?? 0
  const toolsets = useQuery({ ...queries.toolsets(), enabled: connection !== null && admin })
  const naming = (toolsets.data?.items ?? []).filter(({ selection: { include, exclude } }) =>
    [...include, ...exclude].some((pick) => pick.connection === connection?.id),
  )
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
      busy={remove.isPending}
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
            {naming.length > 0 && (
              <li>
                {naming.length === 1 ? 'The toolset' : 'The toolsets'} {naming.map(({ name }) => name).join(', ')}{' '}
                {naming.length === 1 ? 'names' : 'name'} it, and will offer nothing of it.
              </li>
            )}
            {connection.default && <li>Calls that name no connection have no default any more.</li>}
            {waiting > 0 && <li>{plural(waiting, 'call')} waiting for approval can't run any more.</li>}
          </ul>
          <p>The connector and the log of past calls stay.</p>
          <ErrorNotice error={remove.error} />
        </>
      )}
    </Confirm>
  )
}
