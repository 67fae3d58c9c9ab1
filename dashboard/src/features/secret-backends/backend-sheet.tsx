import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries, watchMs } from '../../api/queries.ts'
import type { SecretBackend } from '../../api/types.ts'
import { formatCount } from '../../lib/format.ts'
import { usePages } from '../../lib/use-pages.ts'
import { Button } from '../../ui/button.tsx'
import { Sheet } from '../../ui/overlay.tsx'
import { Facts } from '../../ui/page.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { say } from '../../ui/toast.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { BackendDialog } from './backend-dialog.tsx'
import { RemoveBackend } from './remove-backend.tsx'
import { Replica } from './replica.tsx'
import { kindWords, stateOf } from './words.ts'

type Show = 'all' | 'problems'

interface BackendSheetProps {
  readonly backend: SecretBackend
  readonly show: Show
  readonly onShow: (show: Show) => void
  readonly onClose: () => void
}

/** One backend: how it does, and every secret that is in it or is to be. */
export function BackendSheet({ backend, show, onShow, onClose }: BackendSheetProps) {
  const query = useInfiniteQuery({
    ...queries.replicatedSecrets(backend.id, show === 'problems'),
    // As long as the numbers of the backend are asked for, so are its secrets.
    refetchInterval: backend.secrets.waiting > 0 && watchMs,
  })
  const { items, more, count } = usePages(query)
  return (
    <Sheet
      onClose={onClose}
      label={backend.name}
      header={
        <>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h2 className="min-w-0 truncate text-lead font-semibold">{backend.name}</h2>
            <Status state={stateOf(backend)} />
          </div>
          <p className="mt-1 truncate text-small text-ink-3">{kindWords[backend.kind].label}</p>
        </>
      }
    >
      <VirtualList
        className="h-full"
        label="Secrets"
        items={items}
        keyOf={({ connection }) => connection}
        rowHeight={96}
        more={more}
        intro={
          <>
            <About backend={backend} onRemoved={onClose} />
            <div className="flex items-center justify-between gap-3 border-b border-line px-5 pb-2">
              <h3 className="font-semibold">
                Secrets <span className="font-normal text-ink-3">{count}</span>
              </h3>
              {(show === 'problems' || backend.secrets.failing + backend.secrets.drifted > 0) && (
                <Button size="small" look="quiet" onClick={() => onShow(show === 'all' ? 'problems' : 'all')}>
                  {show === 'all' ? 'Only with problems' : 'All of them'}
                </Button>
              )}
            </div>
          </>
        }
        row={(replica) => (
          <div className="border-b border-line px-5 py-3">
            {replica.connection_name === null ? (
              <code className="text-small text-ink-2">{replica.connection}</code>
            ) : (
              <Link
                to="/connections/$connectionId"
                params={{ connectionId: replica.connection }}
                data-row-main
                className="font-medium hover:underline"
              >
                {replica.connection_name}
              </Link>
            )}
            <Replica replica={replica} mayRewrite={replica.connection_name !== null} />
          </div>
        )}
        outro={
          items.length > 0 ? undefined : query.isPending ? (
            <SkeletonRows height={96} rows={4} />
          ) : query.error !== null ? (
            <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="m-5" />
          ) : show === 'problems' ? (
            <EmptyState title="No problems">Nothing failed, and nobody else has changed what was written.</EmptyState>
          ) : (
            <EmptyState title="No secret is in it">
              Make it the mode of the workspace, or move single connections to it on their page.
            </EmptyState>
          )
        }
      />
    </Sheet>
  )
}

function About({ backend, onRemoved }: { readonly backend: SecretBackend; readonly onRemoved: () => void }) {
  const client = useQueryClient()
  const [open, setOpen] = useState<'change' | 'remove' | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['secret-backends'] })
  const test = useMutation({
    mutationFn: () => api.secrets.testBackend(backend.id),
    onSuccess: ({ ok, message }) => ok && say(`${backend.name} works`, message),
    onSettled: refresh,
  })
  const sync = useMutation({
    mutationFn: () => api.secrets.sync(backend.id),
    onSuccess: () => say('Looked at every secret', 'What failed is being tried again.'),
    onSettled: refresh,
  })
  const { written, waiting, failing, drifted } = backend.secrets
  return (
    <div className="space-y-4 p-5">
      {backend.problem !== null && (
        <p className="rounded-panel border border-bad/30 bg-bad-wash p-3 break-words text-ink">{backend.problem}</p>
      )}
      <Facts
        items={[
          [
            'Where',
            <span className="break-all" key="where">
              {kindWords[backend.kind].place(backend.settings)}
            </span>,
          ],
          ['Prefix', <code key="prefix">{backend.settings.prefix}</code>],
          backend.settings.namespace === undefined ? null : ['Namespace', <code key="ns">{backend.settings.namespace}</code>],
          ['Workspace', backend.default ? 'Its connections are written here' : 'Only connections that name it'],
          [
            'Secrets',
            `${formatCount(written)} written, ${formatCount(waiting)} waiting, ${formatCount(failing)} failing, ${formatCount(drifted)} drifted`,
          ],
          ['Last test', <Ago key="test" at={backend.tested_at} />],
          ['Last look', <Ago key="look" at={backend.checked_at} />],
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <Button size="small" busy={test.isPending} onClick={() => test.mutate()}>
          Test
        </Button>
        <Button size="small" busy={sync.isPending} onClick={() => sync.mutate()}>
          Try again now
        </Button>
        <Button size="small" look="quiet" onClick={() => setOpen('change')}>
          Change
        </Button>
        <Button size="small" look="quiet" className="hover:text-bad" onClick={() => setOpen('remove')}>
          Remove
        </Button>
      </div>
      <ErrorNotice error={test.error ?? sync.error} />
      {open === 'change' && <BackendDialog backend={backend} onClose={() => setOpen(null)} onSaved={() => setOpen(null)} />}
      {open === 'remove' && <RemoveBackend backend={backend} onClose={() => setOpen(null)} onRemoved={onRemoved} />}
    </div>
  )
}
