import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Token } from '../../api/types.ts'
import { formatCount, formatDay, formatFull } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/overlay.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { say } from '../../ui/toast.tsx'
import { useCaller } from '../session/session.ts'
import { CreateToken } from './create-token.tsx'
import { EditToken } from './edit-token.tsx'
import { RotateToken } from './rotate-token.tsx'

const rowHeight = 52
const columns = 'md:grid md:grid-cols-[minmax(0,1fr)_9rem_minmax(0,0.8fr)_8rem_7rem_6rem_12.5rem] md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Token</span>
    <span>State</span>
    <span>For</span>
    <span>Limits</span>
    <span>Last used</span>
    <span>Created</span>
    <span />
  </div>
)

/** The tokens with which agents and scripts ask. */
export function TokensPage() {
  const client = useQueryClient()
  const query = useQuery(queries.tokens())
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<Token | null>(null)
  const [rotating, setRotating] = useState<Token | null>(null)
  const [editing, setEditing] = useState<Token | null>(null)
  const revoke = useMutation({
    mutationFn: (id: string) => api.tokens.revoke(id),
    onSuccess: async () => {
      say(`${revoking?.name ?? 'Token'} revoked`)
      setRevoking(null)
      await client.invalidateQueries({ queryKey: ['tokens'] })
    },
  })
  const create = (
    <Button look="primary" icon={<Plus size={15} />} onClick={() => setCreating(true)}>
      New token
    </Button>
  )
  return (
    <Page
      title="Tokens"
      description="One for each agent or script, so that the log tells them apart and each can be revoked alone."
      actions={query.isSuccess && query.data.items.length === 0 ? null : create}
    >
      <QueryList
        label="Tokens"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        header={<Header />}
        row={(token) => (
          <TokenRow
            token={token}
            onRevoke={() => setRevoking(token)}
            onRotate={() => setRotating(token)}
            onEdit={() => setEditing(token)}
          />
        )}
        empty={
          <EmptyState title="No tokens yet" actions={create}>
            With a token an agent reaches all tools of this workspace over MCP or HTTP, within its role.
          </EmptyState>
        }
      />
      <CreateToken open={creating} onClose={() => setCreating(false)} />
      {editing && <EditToken token={editing} onClose={() => setEditing(null)} />}
      {rotating && <RotateToken token={rotating} onClose={() => setRotating(null)} />}
      <Confirm
        open={revoking !== null}
        onClose={() => {
          revoke.reset()
          setRevoking(null)
        }}
        title={`Revoke ${revoking?.name ?? ''}?`}
        action="Revoke token"
        busy={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking.id)}
      >
        <p>
          Whoever uses it is refused from now on, and what it has open is cut. This can't be undone; its past calls stay in the
          log.
        </p>
        {revoking?.last_used_at && (
          <p>
            It was last used <Ago at={revoking.last_used_at} />.
          </p>
        )}
        <ErrorNotice error={revoke.error} />
      </Confirm>
    </Page>
  )
}

function stateOf({ revoked_at, expires_at }: Token) {
  if (revoked_at) return { shape: 'slash', tone: 'idle', words: 'Revoked' } as const
  if (expires_at && new Date(expires_at).getTime() < Date.now()) return { shape: 'ring', tone: 'idle', words: 'Expired' } as const
  return { shape: 'disc', tone: 'ok', words: expires_at ? `until ${formatDay(expires_at)}` : 'Valid' } as const
}

/** How often it may call; on a narrow screen nothing when it may as often as it likes. */
function Limits({ perMinute, perDay }: { readonly perMinute: number | null; readonly perDay: number | null }) {
  const limits = [
    perMinute === null ? null : `${formatCount(perMinute)} a minute`,
    perDay === null ? null : `${formatCount(perDay)} a day`,
  ].filter((limit) => limit !== null)
  if (limits.length === 0) return <span className="hidden text-ink-3 md:block">none</span>
  return (
    <span className="text-ink-2 md:flex md:flex-col">
      {limits.map((limit, index) => (
        <span key={limit} className="whitespace-nowrap">
          {limit}
          {index < limits.length - 1 && <span className="md:hidden">, </span>}
        </span>
      ))}
    </span>
  )
}

/** What it is confined to: its tools, its environments, its addresses. */
function Scope({ token: { role, toolset, cassette, environments, caller_ips, person, team } }: { readonly token: Token }) {
  const teams = useQuery(queries.everyTeam()).data
  const where = [
    cassette && `replays ${cassette}`,
    environments?.join(', '),
    caller_ips && `from ${caller_ips.join(', ')}`,
    person ? `as ${person.name}` : team === null ? null : `in ${teams?.find(({ id }) => id === team)?.name ?? 'a team'}`,
  ].filter((part) => typeof part === 'string')
  return (
    <span className="min-w-0 text-ink-2 md:flex md:flex-col">
      <span className="truncate">
        {role}
        {toolset && (toolset.name === null ? <span className="text-bad">, its toolset was deleted</span> : `, ${toolset.name}`)}
      </span>
      {where.length > 0 && (
        <span className="truncate text-small text-ink-3" title={where.join('; ')}>
          {' '}
          {where.join('; ')}
        </span>
      )}
    </span>
  )
}

interface TokenRowProps {
  readonly token: Token
  readonly onRevoke: () => void
  readonly onRotate: () => void
  readonly onEdit: () => void
}

function TokenRow({ token, onRevoke, onRotate, onEdit }: TokenRowProps) {
  const caller = useCaller()
  // What acts for a person only they change.
  const mine = token.person === null || token.person?.id === caller?.id
  const state = stateOf(token)
  return (
    <div
      className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 md:h-[52px] md:px-8 md:py-0 ${columns}`}
    >
      <div className="w-full min-w-0 md:w-auto">
        <div className={state.tone === 'ok' ? 'truncate font-medium' : 'truncate text-ink-3'} title={token.name}>
          {token.name}
        </div>
        <div className="truncate text-small text-ink-3">
          <code>{token.hint}…</code>
          {token.previous_until && (
            <span title={formatFull(token.previous_until)}> old one until {formatDay(token.previous_until)}</span>
          )}
        </div>
      </div>
      <Status state={state} />
      <Scope token={token} />
      <Limits perMinute={token.per_minute} perDay={token.per_day} />
      <span className="text-ink-2">
        {token.last_used_at && <span className="md:hidden">used </span>}
        <Ago at={token.last_used_at} never="never used" />
      </span>
      <span className="hidden text-ink-2 md:block">{formatDay(token.created_at)}</span>
      <span className="ml-auto flex justify-end">
        {state.tone === 'ok' && mine && (
          <>
            <Button size="small" look="quiet" onClick={onEdit}>
              Change
            </Button>
            <Button size="small" look="quiet" onClick={onRotate}>
              Rotate
            </Button>
          </>
        )}
        {!token.revoked_at && (
          <Button size="small" look="quiet" className="hover:text-bad" data-row-main onClick={onRevoke}>
            Revoke
          </Button>
        )}
      </span>
    </div>
  )
}
