import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Network } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Confirm, Dialog } from '../../ui/overlay.tsx'
import { Page } from '../../ui/page.tsx'
import { PagedList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { say } from '../../ui/toast.tsx'
import { useMay } from '../session/session.ts'
import { AgentInstructions } from './agent-instructions.tsx'
import { healthOf } from './health.ts'
import { NetworkSheet } from './network-sheet.tsx'

const rowHeight = 56
const columns = 'md:grid md:grid-cols-[minmax(0,1fr)_13rem_9rem_10rem_9rem] md:items-center md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Network</span>
    <span>State</span>
    <span>Versions</span>
    <span>Used by</span>
    <span>Last seen</span>
  </div>
)

const versionsOf = ({ agents }: Network): string =>
  [...new Set(agents.filter(({ online }) => online).map(({ version }) => version))].join(', ') || '—'

/** Networks that the gateway reaches through agents in them. */
export function NetworksPage() {
  const mayChange = useMay('admin')
  const query = useInfiniteQuery(queries.networks())
  const [making, setMaking] = useState(false)
  const [opened, setOpened] = useState<string | null>(null)
  const [removing, setRemoving] = useState<Network | null>(null)
  const networks = query.data?.pages.flatMap(({ items }) => items) ?? []
  const shown = networks.find(({ id }) => id === opened)
  const make = mayChange && (
    <Button look="primary" icon={<Plus size={15} />} onClick={() => setMaking(true)}>
      New network
    </Button>
  )
  return (
    <Page
      title="Networks"
      description="Private networks, reached by agents in them that dial out: nothing has to be opened towards the inside."
      actions={networks.length > 0 && make}
    >
      <PagedList
        label="Networks"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        header={<Header />}
        row={(network) => (
          <button
            type="button"
            data-row-main
            onClick={() => setOpened(network.id)}
            className={`flex w-full flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 text-left hover:bg-hover md:h-14 md:px-8 md:py-0 ${columns}`}
          >
            <span className="min-w-0 truncate font-medium max-md:w-full">{network.name}</span>
            <Status {...healthOf(network)} />
            <span className="truncate text-ink-2 max-md:hidden">{versionsOf(network)}</span>
            <span className="text-ink-2">{plural(network.connections, 'connection')}</span>
            <span className="text-ink-2 max-md:ml-auto">
              <Ago at={network.agents[0]?.seen_at ?? null} />
            </span>
          </button>
        )}
        empty={
          <EmptyState title="No private network yet" actions={make}>
            For an API behind a firewall, run an agent beside it. It dials out to this gateway and makes the requests from there,
            as far as a file of its own allows; credentials may stay there too.
          </EmptyState>
        }
      />
      {making && <NewNetwork onClose={() => setMaking(false)} />}
      {shown && (
        <NetworkSheet
          network={shown}
          onClose={() => setOpened(null)}
          onRemove={() => {
            setOpened(null)
            setRemoving(shown)
          }}
        />
      )}
      <RemoveNetwork network={removing} onClose={() => setRemoving(null)} />
    </Page>
  )
}

/** A name, then the token of its agents this one time. */
function NewNetwork({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => api.networks.create(name.trim()),
    onSuccess: () => client.invalidateQueries({ queryKey: ['networks'] }),
  })
  if (create.data)
    return (
      <AgentInstructions
        title={`${create.data.network.name} waits for an agent`}
        token={create.data.token.token}
        onClose={onClose}
      />
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <Dialog open onClose={onClose} title="New network">
      <form onSubmit={submit} className="space-y-4" aria-label="New network">
        <TextField
          label="Name"
          required
          maxLength={100}
          placeholder="Office"
          value={name}
          onValueChange={setName}
          hint="Connections choose their network by it."
        />
        <ErrorNotice error={create.error} />
        <Button type="submit" look="primary" busy={create.isPending} disabled={!name.trim()}>
          Make the network
        </Button>
      </form>
    </Dialog>
  )
}

function RemoveNetwork({ network, onClose }: { readonly network: Network | null; readonly onClose: () => void }) {
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: (id: string) => api.networks.delete(id),
    onSuccess: async () => {
      say(`${network?.name ?? 'Network'} deleted`)
      onClose()
      await client.invalidateQueries({ queryKey: ['networks'] })
    },
  })
  return (
    <Confirm
      open={network !== null}
      onClose={() => {
        remove.reset()
        onClose()
      }}
      title={`Delete ${network?.name ?? 'the network'}?`}
      action="Delete it"
      busy={remove.isPending}
      onConfirm={() => network && remove.mutate(network.id)}
    >
      <p>Its agents are disconnected at once, and its tokens end.</p>
      <ErrorNotice error={remove.error} className="mt-3" />
    </Confirm>
  )
}
