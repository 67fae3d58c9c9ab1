import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, ShieldOff, Trash2 } from 'lucide-react'
import { useMemo } from 'react'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { listActions } from '../../lib/connector-actions.ts'
import { formatDay } from '../../lib/format.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Facts, Panel } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { connectionStates, EffectMark, Mark, Method } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { CallFigures } from '../calls/call-figures.tsx'
import { HistoryChart } from '../calls/history-chart.tsx'
import { useMayChange } from '../session/session.ts'

/** Actions shown here; all of them are on the tools screen. */
const shownActions = 8

interface OverviewProps {
  readonly connection: Connection
  readonly onShow: (tab: 'test' | 'credential') => void
  readonly onDelete: () => void
}

export function ConnectionOverview({ connection, onShow, onDelete }: OverviewProps) {
  const mayChange = useMayChange(connection)
  const totals = useQuery(queries.totals({ window: '24h', connection: connection.id }))
  const broken = connection.status === 'failing' || connection.status === 'needs_reauth'
  return (
    <div className="space-y-5">
      {broken && (
        <div className="flex items-start gap-3 rounded-panel bg-bad-wash p-3.5" role="status">
          <Mark state={connectionStates[connection.status]} className="mt-1" />
          <div className="min-w-0 flex-1">
            <p className="font-medium">{connection.status_detail ?? 'The last test failed.'}</p>
            <p className="text-ink-2">
              {connection.status === 'needs_reauth'
                ? 'Enter a new credential; agents then continue without a change.'
                : 'Run the test to see which step fails.'}
            </p>
          </div>
          {mayChange && (
            <Button size="small" onClick={() => onShow(connection.status === 'needs_reauth' ? 'credential' : 'test')}>
              {connection.status === 'needs_reauth' ? 'Enter credential' : 'Open the test'}
            </Button>
          )}
        </div>
      )}

      <Panel
        title="Last 24 hours"
        aside={
          <Link to="/calls" search={{ connection: connection.id }} className="text-accent hover:underline">
            All calls
          </Link>
        }
      >
        {totals.data ? (
          <>
            <CallFigures totals={totals.data} />
            <HistoryChart totals={totals.data} height={96} />
          </>
        ) : (
          <Skeleton className="h-40 animate-appear" />
        )}
      </Panel>

      <Facts
        items={[
          [
            'Base URL',
            <span key="url" className="flex items-center gap-1">
              <code className="min-w-0 break-all">{connection.server_url}</code>
              <CopyButton value={connection.server_url} label="Copy the base URL" />
            </span>,
          ],
          ['Authentication', connection.auth.label],
          ['Belongs to', { you: 'you alone', team: 'a team of yours', workspace: 'the workspace' }[connection.owner]],
          [
            'Connector',
            <Link
              key="connector"
              to="/connectors/$connectorId"
              params={{ connectorId: connection.connector }}
              className="text-accent hover:underline"
            >
              {connection.connector_name} {connection.connector_version}
            </Link>,
          ],
          connection.verify_ssl
            ? null
            : [
                'TLS',
                <span key="tls" className="flex items-center gap-1.5 font-medium text-warn">
                  <ShieldOff size={14} aria-hidden />
                  Certificates are not verified. Anyone on the way can read and change these calls.
                </span>,
              ],
          ['Last used', <Ago key="used" at={connection.last_used_at} />],
          ['Last test', <Ago key="tested" at={connection.tested_at} />],
          ['Connected', formatDay(connection.created_at)],
          ...Object.entries(connection.settings).map(([name, value]) => [name, <code key={name}>{String(value)}</code>] as const),
        ]}
      />

      <ActionList connection={connection} />

      {mayChange && (
        <div className="flex justify-end">
          <Button look="danger" size="small" icon={<Trash2 size={13} />} onClick={onDelete}>
            Delete connection
          </Button>
        </div>
      )}
    </div>
  )
}

function ActionList({ connection }: { readonly connection: Connection }) {
  const document = useQuery(queries.connector(connection.connector))
  const actions = useMemo(() => (document.data ? listActions(document.data) : []), [document.data])
  return (
    <Panel
      title="Actions"
      flush
      aside={
        <ButtonLink size="small" look="quiet" to="/tools" search={{ connection: connection.id }}>
          All {connection.actions}
        </ButtonLink>
      }
    >
      <ul>
        {actions.slice(0, shownActions).map(({ name, title, method, effect }) => (
          <li key={name} className="border-b border-line last:border-0">
            <Link
              to="/tools/$connector/$action"
              params={{ connector: connection.connector, action: name }}
              search={{ connection: connection.id }}
              data-focus-inset
              className="flex items-center gap-3 px-4 py-2 transition-colors hover:bg-hover"
            >
              <Method method={method} />
              <span className="min-w-0 flex-1 truncate">{title || name}</span>
              <EffectMark effect={effect} />
              <ChevronRight size={14} className="text-ink-3" aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
