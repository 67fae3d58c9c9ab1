import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Member } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { Confirm } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'

/** Says what goes with a member before it goes, and how much it was afterwards. Null is closed. */
export function RemoveMember({ member, onClose }: { readonly member: Member | null; readonly onClose: () => void }) {
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: (id: string) => api.members.remove(id),
    onSuccess: async ({ tokens_revoked, connections_deleted }) => {
      say(`${member?.name} removed, with ${plural(tokens_revoked, 'token')} and ${plural(connections_deleted, 'own connection')}`)
      onClose()
      await client.invalidateQueries()
    },
  })
  return (
    <Confirm
      open={member !== null}
      onClose={() => {
        remove.reset()
        onClose()
      }}
      title={`Remove ${member?.name ?? ''}?`}
      action="Remove member"
      busy={remove.isPending}
      onConfirm={() => member && remove.mutate(member.id)}
    >
      <p>They are refused from the next request on. With the membership go:</p>
      <ul className="list-disc space-y-1 pl-5">
        <li>the tokens they made, and those made with these: agents that use them stop working,</li>
        <li>their own connections, with the credentials,</li>
        <li>their places in teams.</li>
      </ul>
      <p>Connections of the workspace and of teams stay, and so does the log.</p>
      <ErrorNotice error={remove.error} />
    </Confirm>
  )
}
