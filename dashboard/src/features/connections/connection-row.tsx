import { Link, useNavigate } from '@tanstack/react-router'
import { Ellipsis, KeyRound, ListChecks, Pencil, Play, ScrollText, ShieldOff, Star, Trash2, Wrench } from 'lucide-react'
import type { Connection } from '../../api/types.ts'
import { compact } from '../../lib/compact.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { ButtonLink, IconButton } from '../../ui/button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { Chip, connectionStates, Mark, Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { useMayChange } from '../session/session.ts'
import { useDefault } from './default-connection.tsx'

/** Height of a row on a wide screen, in pixels; on a phone rows measure themselves. */
export const connectionRowHeight = 64

const columns =
  'md:grid md:grid-cols-[minmax(0,1fr)_10rem_8.5rem_13.5rem] lg:grid-cols-[minmax(0,1fr)_9.5rem_11rem_9.5rem_13.5rem] md:gap-x-5'

export function ConnectionRowHeader() {
  return (
    <div className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
      <span>Connection</span>
      <span>Status</span>
      <span className="hidden lg:block">Authentication</span>
      <span>Calls today</span>
      <span />
    </div>
  )
}

interface RowProps {
  readonly connection: Connection
  /** Most calls today of any connection in the list: the full width of the bar. */
  readonly busiest: number
  readonly onDelete: () => void
}

/** One connection: what it is, whether it works, how much it is used, and what one does with it. */
export function ConnectionRow({ connection, busiest, onDelete }: RowProps) {
  const broken = connection.status === 'failing' || connection.status === 'needs_reauth'
  return (
    <div
      className={`relative border-b border-line px-4 py-3 transition-colors hover:bg-hover md:h-16 md:items-center md:px-8 md:py-0 ${columns}`}
    >
      <div className="flex min-w-0 items-start gap-3">
        <Mark state={connectionStates[connection.status]} className="mt-1" />
        <div className="min-w-0 flex-1">
          <div className="flex min-w-0 items-center gap-2">
            <Link
              to="/connections/$connectionId"
              params={{ connectionId: connection.id }}
              search={(previous) => compact({ q: previous.q, connector: previous.connector })}
              data-row-main
              data-focus-inset
              className="truncate font-medium after:absolute after:inset-0"
            >
              {connection.name}
            </Link>
            {connection.environment !== 'production' && <Chip>{connection.environment}</Chip>}
            {connection.owner !== 'workspace' && <Chip>{connection.owner === 'you' ? 'yours alone' : 'team'}</Chip>}
            {connection.default && <Chip>default</Chip>}
            {connection.mock !== null && <Chip tone="warn">mock</Chip>}
            {!connection.verify_ssl && (
              <Chip tone="warn">
                <ShieldOff size={11} aria-hidden />
                TLS not verified
              </Chip>
            )}
          </div>
          <div className="truncate text-small text-ink-3">
            <code>{connection.server_url.replace(/^https:\/\//, '')}</code>
          </div>
        </div>
        <div className="-mt-1 -mr-2 md:hidden">
          <RowMenu connection={connection} onDelete={onDelete} />
        </div>
      </div>

      <div className="mt-1.5 pl-6 md:mt-0 md:pl-0">
        <Status state={connectionStates[connection.status]} className="[&>svg]:hidden" />
        <div className="truncate text-small text-ink-3" title={connection.status_detail ?? undefined}>
          {broken ? (
            connection.status_detail
          ) : connection.tested_at ? (
            <>
              tested <Ago at={connection.tested_at} />
            </>
          ) : null}
        </div>
      </div>

      <div className="hidden min-w-0 lg:block">
        <div className="truncate text-ink-2">{connection.auth.label}</div>
        <div className="text-small text-ink-3">{plural(connection.actions, 'action')}</div>
      </div>

      <div className="mt-2 flex items-center gap-3 pl-6 md:mt-0 md:block md:pl-0">
        <CallsBar calls={connection.calls_today} busiest={busiest} />
        <div className="text-small text-ink-3">
          {connection.last_used_at && 'used '}
          <Ago at={connection.last_used_at} never="never used" />
        </div>
      </div>

      <RowActions connection={connection} broken={broken} onDelete={onDelete} />
    </div>
  )
}

function CallsBar({ calls, busiest }: { readonly calls: number; readonly busiest: number }) {
  return (
    <div className="flex items-center gap-2">
      <span aria-hidden className="h-1.5 w-14 overflow-hidden rounded-full bg-sunken shadow-[inset_0_0_0_1px_var(--line)]">
        <span
          className="block h-full rounded-full bg-ink-3"
          style={{ width: calls === 0 || busiest === 0 ? 0 : `max(3px, ${(calls / busiest) * 100}%)` }}
        />
      </span>
      <span className="tabular">{formatCount(calls)}</span>
      <span className="sr-only md:hidden">calls today</span>
    </div>
  )
}

function RowActions({
  connection,
  broken,
  onDelete,
}: {
  readonly connection: Connection
  readonly broken: boolean
  readonly onDelete: () => void
}) {
  const mayChange = useMayChange(connection)
  const to = { to: '/connections/$connectionId', params: { connectionId: connection.id } } as const
  return (
    <div className="relative z-1 mt-2.5 flex items-center gap-1 pl-6 md:mt-0 md:justify-end md:pl-0">
      {mayChange &&
        (broken ? (
          <ButtonLink
            size="small"
            icon={<Wrench size={13} />}
            {...to}
            search={{ tab: connection.status === 'needs_reauth' ? 'credential' : 'test' }}
          >
            Fix connection
          </ButtonLink>
        ) : (
          <ButtonLink
            size="small"
            look="quiet"
            icon={<ListChecks size={13} />}
            {...to}
            search={{ tab: 'test' }}
            state={{ run: true }}
          >
            Test
          </ButtonLink>
        ))}
      <ButtonLink size="small" look="quiet" icon={<ScrollText size={13} />} to="/calls" search={{ connection: connection.id }}>
        Logs
      </ButtonLink>
      <span className="hidden md:block">
        <RowMenu connection={connection} onDelete={onDelete} />
      </span>
    </div>
  )
}

function RowMenu({ connection, onDelete }: { readonly connection: Connection; readonly onDelete: () => void }) {
  const navigate = useNavigate()
  const mayChange = useMayChange(connection)
  const change = useDefault(connection)
  const open = (tab: 'credential' | 'settings' | 'test', run = false) =>
    void navigate({
      to: '/connections/$connectionId',
      params: { connectionId: connection.id },
      search: { tab },
      ...(run ? { state: { run } } : {}),
    })
  const reading = [
    {
      label: 'Try an action',
      icon: <Play size={14} />,
      onSelect: () => void navigate({ to: '/tools', search: { connection: connection.id } }),
    },
    {
      label: 'View logs',
      icon: <ScrollText size={14} />,
      onSelect: () => void navigate({ to: '/calls', search: { connection: connection.id } }),
    },
  ]
  const changing = [
    { label: 'Edit', icon: <Pencil size={14} />, onSelect: () => open('settings') },
    { label: 'Test', icon: <ListChecks size={14} />, onSelect: () => open('test', true) },
    {
      label: 'Rotate credential',
      icon: <KeyRound size={14} />,
      onSelect: () => open('credential'),
      disabled: connection.auth.fields.length === 0,
    },
    {
      label: connection.default ? 'No longer the default' : 'Make it the default',
      icon: <Star size={14} />,
      onSelect: () => change.mutate(!connection.default),
    },
    ...reading,
    null,
    { label: 'Delete', icon: <Trash2 size={14} />, onSelect: onDelete, danger: true },
  ]
  return (
    <span className="relative z-1">
      <Menu
        trigger={
          <IconButton size="small" label={`More for ${connection.name}`}>
            <Ellipsis size={15} />
          </IconButton>
        }
        entries={mayChange ? changing : reading}
      />
    </span>
  )
}
