import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { FileUp, RefreshCw } from 'lucide-react'
import { useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { ImportSource } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Panel } from '../../ui/page.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { say } from '../../ui/toast.tsx'
import { ChangesView, type Take } from './changes-view.tsx'

interface VersionsTabProps {
  readonly connectorId: string
  readonly editable: boolean
}

const intervals = [
  { value: 'never', label: 'never' },
  { value: '24', label: 'every day' },
  { value: '168', label: 'every week' },
]

/** The versions of a connector, and what is new in the document that it came from. */
export function VersionsTab({ connectorId, editable }: VersionsTabProps) {
  const client = useQueryClient()
  const picker = useRef<HTMLInputElement>(null)
  const query = useQuery(queries.connectorVersions(connectorId))
  /** What the last check looked at: what is taken must be the same. */
  const [source, setSource] = useState<ImportSource>({})
  const check = useMutation({
    mutationFn: (from: ImportSource) => api.connectors.check(connectorId, from),
    onSuccess: () => client.invalidateQueries({ queryKey: ['connectors', 'versions', connectorId] }),
  })
  const take = useMutation({
    mutationFn: (part: Take | null) =>
      api.connectors.reimport(connectorId, {
        source,
        ...(check.data?.fingerprint ? { fingerprint: check.data.fingerprint } : {}),
        ...(part === null ? {} : { take: { actions: [...part.actions], connection: part.connection } }),
      }),
    onSuccess: async ({ version }) => {
      say(`Version ${version} is in use`, 'Connections keep working with it.')
      check.reset()
      await client.invalidateQueries()
    },
  })
  const pin = useMutation({
    mutationFn: (fingerprint: string) => api.connectors.pin(connectorId, fingerprint),
    onSuccess: async () => {
      say(`Staying on version ${check.data?.current ?? ''}`, 'Until the document changes again.')
      check.reset()
      await client.invalidateQueries({ queryKey: ['connectors', 'versions', connectorId] })
    },
  })
  const schedule = useMutation({
    mutationFn: (hours: number | null) => api.connectors.scheduleChecks(connectorId, hours),
    onSuccess: () => client.invalidateQueries({ queryKey: ['connectors', 'versions', connectorId] }),
  })
  const look = (from: ImportSource) => {
    setSource(from)
    take.reset()
    pin.reset()
    check.mutate(from)
  }

  if (query.isPending) return <SkeletonRows height={42} rows={4} />
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
  const { items, address, drift, checks } = query.data
  const every = String(checks?.every_hours ?? 'never')
  return (
    <div className="max-w-5xl space-y-4">
      {editable && (
        <div className="flex flex-wrap items-center gap-2">
          <p className="min-w-0 flex-1 basis-64 text-body text-ink-2">
            {address === null ? (
              'Not imported from an address: give the newer document.'
            ) : (
              <code className="break-all">{address}</code>
            )}
            {drift !== null && (
              <span className="block text-small text-ink-3">
                Checked <Ago at={drift.checked_at} />
                {drift.fingerprint === null
                  ? ': nothing differed'
                  : drift.pinned
                    ? ': you stay on the stored version'
                    : ': it differs'}
              </span>
            )}
          </p>
          <input
            ref={picker}
            type="file"
            hidden
            aria-label="The newer document"
            accept=".json,.yaml,.yml,.har,.graphql,.gql,.txt"
            onChange={async ({ target }) => {
              const text = await target.files?.[0]?.text()
              target.value = ''
              if (text !== undefined) look({ text })
            }}
          />
          <Button icon={<FileUp size={14} />} onClick={() => picker.current?.click()} disabled={check.isPending}>
            Compare with a file
          </Button>
          {address !== null && (
            <Button
              icon={<RefreshCw size={14} />}
              look={check.data ? 'plain' : 'primary'}
              busy={check.isPending}
              onClick={() => look({})}
            >
              Check for changes
            </Button>
          )}
        </div>
      )}
      {editable && address !== null && (
        <div className="flex flex-wrap items-center gap-2 text-small text-ink-2">
          <span>The gateway checks by itself</span>
          <Select
            label="How often the gateway checks by itself"
            value={every}
            disabled={schedule.isPending}
            options={
              intervals.some(({ value }) => value === every)
                ? intervals
                : [...intervals, { value: every, label: `every ${every} hours` }]
            }
            onChange={(value) => schedule.mutate(value === 'never' ? null : Number(value))}
            className="w-40"
          />
          {checks?.problem != null && <span className="text-bad">The last time it could not: {checks.problem}</span>}
        </div>
      )}
      <ErrorNotice error={check.error ?? schedule.error} />
      {check.data && (
        <ChangesView
          key={check.data.fingerprint}
          found={check.data}
          busy={take.isPending || pin.isPending}
          error={take.error ?? pin.error}
          onTake={(part) => take.mutate(part)}
          onStay={(fingerprint) => pin.mutate(fingerprint)}
        />
      )}
      <Panel title="Versions" flush>
        <ul className="divide-y divide-line">
          {items.map(({ version, created_at, created_by }, index) => (
            <li key={version} className="flex min-h-10 flex-wrap items-center gap-x-4 px-4 py-2 text-body">
              <code className="w-20 font-medium">{version}</code>
              <span className="text-ink-2">{index === 0 ? 'in use' : ''}</span>
              <span className="ml-auto text-small text-ink-3">
                <Ago at={created_at} /> by {created_by.startsWith('token:') ? 'a token' : 'a person'}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  )
}
