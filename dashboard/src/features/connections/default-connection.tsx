import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Connection } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { say } from '../../ui/toast.tsx'
import { useMayChange } from '../session/session.ts'

/** Makes a connection the one that calls mean that name none, or ends that. */
export function useDefault(connection: Connection) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: boolean) => api.connections.update(connection.id, { default: wanted }),
    onSuccess: async (_, wanted) => {
      say(wanted ? `${connection.name} is the default` : `${connection.name} is no longer the default`)
      await client.invalidateQueries({ queryKey: ['connections'] })
    },
    onError: (error) => say(`${connection.name} was not changed`, error.message),
  })
}

const among: Record<Connection['owner'], string> = {
  you: 'among your own',
  team: 'among those of the team',
  workspace: 'among those of the workspace',
}

/** Whether calls that name no connection mean this one, and the button that changes it. */
export function DefaultConnection({ connection }: { readonly connection: Connection }) {
  const mayChange = useMayChange(connection)
  const change = useDefault(connection)
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {connection.default ? `Yes, ${among[connection.owner]}: calls that name no connection use it` : 'No'}
      {mayChange && (
        <Button size="small" busy={change.isPending} onClick={() => change.mutate(!connection.default)}>
          {connection.default ? 'End' : 'Make it the default'}
        </Button>
      )}
    </span>
  )
}
