import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice, Skeleton } from '../../ui/states.tsx'
import { MoveDialog } from '../secret-backends/move-dialog.tsx'
import { Replica } from '../secret-backends/replica.tsx'
import { backendOption, proxyOption } from '../secret-backends/words.ts'
import { useMay, useMayChange } from '../session/session.ts'

/** Where the connection's secret is beside the gateway, and the button that moves it. */
export function ConnectionSecret({ connection }: { readonly connection: Connection }) {
  const query = useQuery(queries.connectionSecret(connection.id))
  const mayRewrite = useMayChange(connection)
  // A person's own account stays with the gateway.
  const mayMove = useMay('manager') && connection.owner !== 'you'
  const backends = useQuery({ ...queries.secretBackends(), enabled: mayMove }).data?.items ?? []
  const [moving, setMoving] = useState(false)
  const placement = query.data
  if (query.isPending) return <Skeleton className="h-4 w-40 animate-appear" />
  if (!placement) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
  const withAgents = Object.keys(connection.auth.agent_secrets).length > 0
  const here = withAgents ? 'With the agents of its network; the rest in the gateway' : 'In the gateway alone'
  const written = placement.replicas.filter(({ state }) => state !== 'removing').map(({ backend_name }) => backend_name)
  const chosen = backends.find(({ id }) => id === placement.chosen)
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span>
          {placement.mode === 'secret_manager' ? `In the gateway, and in ${written.join(', ')}` : here}
          {chosen && ', as chosen for this one'}
        </span>
        {mayMove && backends.length > 0 && (
          <Button size="small" onClick={() => setMoving(true)}>
            Move
          </Button>
        )}
      </div>
      {placement.replicas.map((replica) => (
        <Replica key={replica.backend} replica={replica} mayRewrite={mayRewrite} />
      ))}
      {moving && (
        <MoveDialog
          title={`Where the secret of ${connection.name} is`}
          chosen={placement.chosen}
          options={[
            { value: 'workspace', label: 'As the workspace', hint: 'Follows the mode of the workspace.' },
            proxyOption,
            ...backends.map(backendOption),
          ]}
          move={(to) => api.secrets.move(connection.id, to)}
          onClose={() => setMoving(false)}
        />
      )}
    </div>
  )
}
