import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { Network } from '../../api/types.ts'
import { formatDay, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable } from '../../ui/copy-button.tsx'
import { Sheet } from '../../ui/overlay.tsx'
import { Panel } from '../../ui/page.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { Chip, Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { say } from '../../ui/toast.tsx'
import { useMay } from '../session/session.ts'
import { AgentInstructions } from './agent-instructions.tsx'
import { healthOf } from './health.ts'

interface SheetProps {
  readonly network: Network
  readonly onClose: () => void
  readonly onRemove: () => void
}

/** One network: its agents, its tokens, and how to bring another agent in. */
export function NetworkSheet({ network, onClose, onRemove }: SheetProps) {
  const mayChange = useMay('admin')
  return (
    <Sheet
      onClose={onClose}
      label={network.name}
      header={
        <div className="min-w-0">
          <h2 className="truncate text-lead font-semibold">{network.name}</h2>
          <Status {...healthOf(network)} />
        </div>
      }
    >
      <div className="space-y-4 p-4 md:p-6">
        <Copyable text={network.id} label="Copy the id" />
        <Panel title="Agents">
          <Agents network={network} />
        </Panel>
        {mayChange && <Tokens network={network} />}
        {mayChange && (
          <Button look="quiet" className="hover:text-bad" onClick={onRemove}>
            Delete the network
          </Button>
        )}
      </div>
    </Sheet>
  )
}

function Agents({ network: { agents, gateways } }: { readonly network: Network }) {
  if (agents.length === 0) return <p className="text-ink-2">None has come yet. Make a token, and start one with it.</p>
  return (
    <ul className="divide-y divide-line">
      {agents.map((agent) => (
        <li key={agent.name} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
          <span className="min-w-0 flex-1 truncate font-medium">{agent.name}</span>
          <Chip tone={agent.online ? 'ok' : 'idle'}>{agent.online ? 'connected' : 'away'}</Chip>
          <span className="w-full text-small text-ink-2">
            Version {agent.version}, protocol {agent.protocol}, from {agent.address}, seen <Ago at={agent.seen_at} />
            {agent.online && gateways > 1 && `, at ${agent.gateways} of ${plural(gateways, 'gateway')}`}
          </span>
          <span className="w-full text-small text-ink-3">
            {agent.connectors === null ? 'Serves any connector' : `Serves ${agent.connectors.join(', ')}`}, as far as its own file
            allows.
          </span>
        </li>
      ))}
    </ul>
  )
}

function Tokens({ network }: { readonly network: Network }) {
  const client = useQueryClient()
  const changed = () => client.invalidateQueries({ queryKey: ['networks'] })
  const [shown, setShown] = useState<string | null>(null)
  const create = useMutation({
    mutationFn: () => api.networks.createToken(network.id),
    onSuccess: async ({ token }) => {
      setShown(token)
      await changed()
    },
  })
  const revoke = useMutation({
    mutationFn: (id: string) => api.networks.revokeToken(id),
    onSuccess: async () => {
      say('Token revoked', 'Whoever came by it is disconnected.')
      await changed()
    },
  })
  const tokens = (network.tokens ?? []).filter(({ revoked_at }) => revoked_at === null)
  return (
    <Panel title="Tokens">
      <ul className="divide-y divide-line">
        {tokens.map(({ id, hint, created_at, last_used_at, expires_at }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <code>{hint}…</code>
            <span className="min-w-0 flex-1 text-small text-ink-2">
              made {formatDay(created_at)}, used <Ago at={last_used_at} />
              {expires_at && `, until ${formatDay(expires_at)}`}
            </span>
            <Button
              size="small"
              look="quiet"
              className="hover:text-bad"
              busy={revoke.isPending}
              onClick={() => revoke.mutate(id)}
            >
              Revoke
            </Button>
          </li>
        ))}
      </ul>
      {tokens.length === 0 && <p className="text-ink-2">None counts any more: no agent can come in.</p>}
      <ErrorNotice error={create.error ?? revoke.error} className="mt-3" />
      <Button size="small" className="mt-3" busy={create.isPending} onClick={() => create.mutate()}>
        New token
      </Button>
      {shown !== null && (
        <AgentInstructions title={`A token for agents of ${network.name}`} token={shown} onClose={() => setShown(null)} />
      )}
    </Panel>
  )
}
