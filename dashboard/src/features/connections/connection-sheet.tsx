import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import { compact } from '../../lib/compact.ts'
import { Sheet } from '../../ui/overlay.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { Chip, connectionStates, Status } from '../../ui/status.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { useMay, useMayChange } from '../session/session.ts'
import { ConnectionOverview } from './connection-overview.tsx'
import { ConnectionPolicy } from './connection-policy.tsx'
import { ConnectionSettings } from './connection-settings.tsx'
import { CredentialForm } from './credential-form.tsx'
import { DeleteConnection } from './delete-connection.tsx'
import { TestPanel } from './test-panel.tsx'

type Tab = 'overview' | 'test' | 'credential' | 'settings'

/** One connection over the list: how it does, its test, its credential, its settings. Each tab has an address. */
export function ConnectionSheet() {
  const { connectionId } = useParams({ from: '/connections/$connectionId' })
  const { tab = 'overview' } = useSearch({ from: '/connections/$connectionId' })
  const navigate = useNavigate()
  const query = useQuery(queries.connection(connectionId))
  const [deleting, setDeleting] = useState(false)
  const close = () => void navigate({ to: '/connections', search: ({ q, connector }) => compact({ q, connector }) })
  const show = (next: Tab) => void navigate({ to: '.', search: (previous) => ({ ...previous, tab: next }), replace: true })
  const connection = query.data
  const mayChange = useMayChange(connection)
  const admin = useMay('admin')

  return (
    <Sheet
      onClose={close}
      label={connection?.name ?? 'Connection'}
      header={
        connection ? (
          <>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <h2 className="text-lead font-semibold">{connection.name}</h2>
              <Status state={connectionStates[connection.status]} />
            </div>
            <div className="mt-1 flex flex-wrap items-center gap-2 text-small text-ink-3">
              {connection.connector_name} {connection.connector_version}
              {connection.environment !== 'production' && <Chip>{connection.environment}</Chip>}
            </div>
          </>
        ) : (
          <h2 className="text-lead font-semibold">Connection</h2>
        )
      }
    >
      {query.isPending ? (
        <SkeletonRows height={44} rows={6} />
      ) : !connection ? (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="m-5" />
      ) : (
        <Tabs<Tab>
          value={mayChange ? tab : 'overview'}
          onChange={show}
          listClassName="px-5 pt-1"
          tabs={[
            { value: 'overview', label: 'Overview' },
            ...(mayChange
              ? ([
                  { value: 'test', label: 'Test' },
                  { value: 'credential', label: 'Credential' },
                  { value: 'settings', label: 'Settings' },
                ] as const)
              : []),
          ]}
        >
          <TabPanel value="overview" className="p-5">
            <ConnectionOverview connection={connection} onShow={show} onDelete={() => setDeleting(true)} />
          </TabPanel>
          <TabPanel value="test" className="p-5">
            <TestPanel connection={connection} onCredential={() => show('credential')} />
          </TabPanel>
          <TabPanel value="credential" className="p-5">
            <CredentialForm connection={connection} />
          </TabPanel>
          <TabPanel value="settings" className="space-y-6 p-5">
            <ConnectionSettings connection={connection} />
            {admin && <ConnectionPolicy connection={connection} />}
          </TabPanel>
        </Tabs>
      )}
      <DeleteConnection connection={deleting && connection ? connection : null} onClose={() => setDeleting(false)} />
    </Sheet>
  )
}
