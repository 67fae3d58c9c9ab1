import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { SecretReplica } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { replicaStates, troubleOf } from './words.ts'

/** Where one secret is, how it is, and the way to write it anew when that is not well. */
export function Replica({ replica, mayRewrite }: { readonly replica: SecretReplica; readonly mayRewrite: boolean }) {
  const client = useQueryClient()
  const rewrite = useMutation({
    mutationFn: () => api.secrets.rewrite(replica.connection),
    onSettled: () => client.invalidateQueries({ queryKey: ['secret-backends'] }),
  })
  const trouble = troubleOf(replica)
  return (
    <div className="min-w-0 space-y-1 text-small text-ink-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Status state={replicaStates[replica.state]} />
        {replica.written_at && (
          <span>
            written <Ago at={replica.written_at} />
          </span>
        )}
        {mayRewrite && (replica.state === 'drifted' || replica.state === 'failing') && (
          <Button size="small" className="ml-auto" busy={rewrite.isPending} onClick={() => rewrite.mutate()}>
            Write it anew
          </Button>
        )}
      </div>
      {trouble !== null && (
        <p className={replica.problem === null ? 'break-words text-warn' : 'break-words text-bad'}>{trouble}</p>
      )}
      <div className="flex items-center gap-1">
        <code className="min-w-0 break-all">{replica.reference}</code>
        <CopyButton value={replica.reference} label="Copy the name of the secret" />
      </div>
      <ErrorNotice error={rewrite.error} />
    </div>
  )
}
