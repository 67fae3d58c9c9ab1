import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { compact } from '../../lib/compact.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryList } from '../../ui/query-list.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Chip, Status } from '../../ui/status.tsx'
import { BackendDialog } from './backend-dialog.tsx'
import { BackendSheet } from './backend-sheet.tsx'
import { MoveDialog } from './move-dialog.tsx'
import { backendOption, kindWords, proxy, proxyOption, stateOf } from './words.ts'

/** Secret managers that workloads read from, and whether the workspace is in their mode. */
export function SecretBackendsPage() {
  const { backend: shown, secrets } = useSearch({ from: '/secret-backends' })
  const navigate = useNavigate()
  const query = useQuery(queries.secretBackends())
  const [open, setOpen] = useState<'add' | 'mode' | null>(null)
  const close = () => setOpen(null)
  const goTo = (search: { backend?: string; secrets?: 'problems' }) => void navigate({ to: '.', search })
  const items = query.data?.items ?? []
  const current = items.find((backend) => backend.default)
  const opened = items.find(({ id }) => id === shown)
  const add = (
    <Button look="primary" icon={<Plus size={15} />} onClick={() => setOpen('add')}>
      Add a backend
    </Button>
  )
  return (
    <Page
      title="Secret backends"
      description="Secret managers of yours. The gateway keeps there what calls need, so that workloads can make them without it."
      actions={items.length > 0 && add}
      toolbar={
        items.length > 0 && (
          <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
            <span>
              {current ? (
                <>
                  Secret-manager mode: connections are written to <strong className="font-medium text-ink">{current.name}</strong>
                </>
              ) : (
                'Proxy mode: credentials stay in the gateway'
              )}
            </span>
            <Button size="small" onClick={() => setOpen('mode')}>
              Change the mode
            </Button>
          </div>
        )
      }
    >
      <QueryList
        label="Secret backends"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={60}
        row={(backend) => (
          <div className="relative flex min-h-[60px] flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2 transition-colors hover:bg-hover md:px-8">
            <span className="min-w-0 flex-1 max-sm:basis-full">
              <span className="flex items-center gap-2">
                <button
                  type="button"
                  data-row-main
                  data-focus-inset
                  className="block min-w-0 truncate text-left font-medium after:absolute after:inset-0"
                  onClick={() => goTo({ backend: backend.id })}
                >
                  {backend.name}
                </button>
                {backend.default && <Chip>default</Chip>}
              </span>
              <span className="block truncate text-small text-ink-3">
                {kindWords[backend.kind].label} · {kindWords[backend.kind].place(backend.settings)}
              </span>
            </span>
            <span className="text-small text-ink-3" title={`${formatCount(backend.secrets.written)} written`}>
              {plural(
                Object.values(backend.secrets).reduce((sum, count) => sum + count, 0),
                'secret',
              )}
            </span>
            <Status state={stateOf(backend)} className="text-small" />
          </div>
        )}
        empty={
          <EmptyState title="Proxy mode" actions={add}>
            Credentials stay in the gateway, and calls go through it. Add a secret manager for workloads that must go on while the
            gateway is away.
          </EmptyState>
        }
      />
      {open === 'add' && (
        <BackendDialog
          backend={null}
          onClose={close}
          onSaved={({ id }) => {
            close()
            goTo({ backend: id })
          }}
        />
      )}
      {open === 'mode' && (
        <MoveDialog
          title="Where the workspace keeps secrets"
          chosen={current?.id ?? proxy}
          options={[proxyOption, ...items.map(backendOption)]}
          move={(to) =>
            to === proxy && current
              ? api.secrets.updateBackend(current.id, { default: false })
              : api.secrets.updateBackend(to, { default: true })
          }
          onClose={close}
        />
      )}
      {opened && (
        <BackendSheet
          backend={opened}
          show={secrets ?? 'all'}
          onShow={(next) => goTo(compact({ backend: opened.id, secrets: next === 'all' ? undefined : next }))}
          onClose={() => goTo({})}
        />
      )}
    </Page>
  )
}
