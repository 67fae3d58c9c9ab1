import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, ShieldOff, Trash2 } from 'lucide-react'
import { useMemo } from 'react'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { listActions } from '../../lib/connector-actions.ts'
import { formatCount, formatDay } from '../../lib/format.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Facts, Panel } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { EffectMark, Method } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { CallFigures } from '../calls/call-figures.tsx'
import { HistoryChart } from '../calls/history-chart.tsx'
import { useMayChange } from '../session/session.ts'
import { Accounts } from './accounts.tsx'
import { ConnectionSecret } from './connection-secret.tsx'
import { DefaultConnection } from './default-connection.tsx'
import { GrantedScopes } from './granted-scopes.tsx'
import { Mend, type MendProps } from './mend.tsx'
import { lacksTools, TakeTools } from './take-tools.tsx'

/** Actions shown here; all of them are on the tools screen. */
const shownActions = 8

interface OverviewProps {
  readonly connection: Connection
  readonly onShow: MendProps['onShow']
  readonly onDelete: () => void
}

export function ConnectionOverview({ connection, onShow, onDelete }: OverviewProps) {
  const mayChange = useMayChange(connection)
  const document = useQuery(queries.connector(connection.connector))
  const oauth = document.data?.auth?.[connection.auth.scheme]
  const totals = useQuery(queries.totals({ window: '24h', connection: connection.id }))
  return (
    <div className="space-y-5">
      <Mend connection={connection} onShow={onShow} />

      {document.data && lacksTools(document.data) && connection.status !== 'needs_reauth' && (
        <TakeTools document={document.data} />
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
          ['Secret', <ConnectionSecret key="secret" connection={connection} />],
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
          connection.mock === null
            ? null
            : [
                'Answers',
                <span key="mock">
                  Mock scenario <code>{connection.mock}</code>; nothing is sent.
                </span>,
              ],
          connection.record === null
            ? null
            : [
                'Recorded on',
                <Link
                  key="record"
                  to="/cassettes/$name"
                  params={{ name: connection.record }}
                  className="text-accent hover:underline"
                >
                  {connection.record}
                </Link>,
              ],
          ['Default', <DefaultConnection key="default" connection={connection} />],
          ['Calls today', formatCount(connection.calls_today)],
          ['Last used', <Ago key="used" at={connection.last_used_at} />],
          ['Last test', <Ago key="tested" at={connection.tested_at} />],
          ['Connected', formatDay(connection.created_at)],
          ...Object.entries(connection.settings).map(([name, value]) => [name, <code key={name}>{String(value)}</code>] as const),
        ]}
      />

      {(oauth?.type === 'oauth2' || oauth?.type === 'mcp_oauth') && connection.auth.scopes !== null && (
        <GrantedScopes connection={connection} scheme={oauth} />
      )}

      <ActionList connection={connection} />

      <Accounts connection={connection} />

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
