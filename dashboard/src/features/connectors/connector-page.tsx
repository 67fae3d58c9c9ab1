import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ArrowLeft, Cable, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { plainText } from '../../lib/plain-text.ts'
import { ButtonLink, IconButton } from '../../ui/button.tsx'
import { Confirm } from '../../ui/overlay.tsx'
import { ErrorNotice, Skeleton, SkeletonRows } from '../../ui/states.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { say } from '../../ui/toast.tsx'
import { useMay } from '../session/session.ts'
import { ActionList } from './action-list.tsx'
import { ConnectorMark } from './connector-mark.tsx'
import { DocumentTab } from './document-tab.tsx'
import { VersionsTab } from './versions-tab.tsx'

/** With its language and completion, which nobody else needs. */
const ScriptTab = lazy(() => import('./script-tab.tsx'))

type Tab = 'actions' | 'script' | 'versions' | 'document'

/** One connector: what it can do, and the document that says so. */
export function ConnectorPage() {
  const { connectorId } = useParams({ from: '/connectors/$connectorId' })
  const { tab = 'actions' } = useSearch({ from: '/connectors/$connectorId' })
  const navigate = useNavigate()
  const mayDefine = useMay('admin')
  const mayConnect = useMay('member')
  const [deleting, setDeleting] = useState(false)
  const [draft, setDraft] = useState<string | null>(null)
  const query = useQuery(queries.connector(connectorId))
  const item = useQuery(queries.connectorItem(connectorId))
  const show = (next: Tab) => void navigate({ to: '.', search: next === 'actions' ? {} : { tab: next }, replace: true })

  if (query.isPending) return <SkeletonRows height={56} rows={8} />
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="m-6" />
  const document = query.data
  const { name, description, script } = document
  // The newest version; the document itself need not name it.
  const version = item.data?.version ?? document.version ?? ''
  return (
    <div className="flex h-full min-h-0 flex-col">
      <title>{`${name} · Sallyport`}</title>
      <header className="px-4 pt-4 pb-2 md:px-8 md:pt-6">
        <Link to="/connectors" className="mb-2 inline-flex items-center gap-1 text-small text-ink-2 hover:text-ink">
          <ArrowLeft size={13} aria-hidden />
          Connectors
        </Link>
        <div className="flex flex-wrap items-start gap-3">
          <ConnectorMark connector={{ id: connectorId, name, brand_color: item.data?.brand_color ?? '' }} size={40} />
          <div className="min-w-0 flex-1">
            <h1 className="text-title font-semibold tracking-tight">{name}</h1>
            <p className="text-small text-ink-3">
              <code>custom.{document.connector}</code>
              {version && (
                <>
                  {' '}
                  · version <code>{version}</code>
                </>
              )}
            </p>
            {description && <p className="mt-1 line-clamp-2 max-w-prose text-ink-2">{plainText(description)}</p>}
          </div>
          <div className="flex gap-2 max-sm:basis-full">
            {mayConnect && (
              <ButtonLink to="/connect" search={{ connector: connectorId }} icon={<Cable size={14} />}>
                Connect
              </ButtonLink>
            )}
            {mayDefine && (
              <IconButton look="plain" label="Delete this connector" onClick={() => setDeleting(true)}>
                <Trash2 size={14} />
              </IconButton>
            )}
          </div>
        </div>
      </header>
      <Tabs<Tab>
        value={tab}
        onChange={show}
        listClassName="px-4 md:px-8"
        tabs={[
          {
            value: 'actions',
            label: (
              <>
                Actions <span className="text-ink-3 tabular">{Object.keys(document.actions).length}</span>
              </>
            ),
          },
          ...(script ? [{ value: 'script' as const, label: draft === null ? 'Script' : 'Script (edited)' }] : []),
          { value: 'versions', label: 'Versions' },
          { value: 'document', label: 'Document' },
        ]}
      >
        <TabPanel value="actions" className="flex min-h-0 flex-1 flex-col">
          <ActionList document={document} />
        </TabPanel>
        {script && (
          <TabPanel value="script" className="min-h-0 flex-1 overflow-y-auto px-4 py-4 md:px-8">
            <Suspense fallback={<Skeleton className="h-64 animate-appear" />}>
              <ScriptTab
                connectorId={connectorId}
                version={version}
                document={{ ...document, script }}
                draft={draft}
                onDraft={setDraft}
              />
            </Suspense>
          </TabPanel>
        )}
        <TabPanel value="versions" className="min-h-0 flex-1 overflow-y-auto px-4 py-4 md:px-8">
          <VersionsTab connectorId={connectorId} editable={mayDefine} />
        </TabPanel>
        <TabPanel value="document" className="min-h-0 flex-1 overflow-y-auto px-4 py-4 md:px-8">
          <DocumentTab key={version} connectorId={connectorId} version={version} editable={mayDefine} />
        </TabPanel>
      </Tabs>
      <DeleteConnector id={connectorId} name={name} open={deleting} onClose={() => setDeleting(false)} />
    </div>
  )
}

function DeleteConnector({
  id,
  name,
  open,
  onClose,
}: {
  readonly id: string
  readonly name: string
  readonly open: boolean
  readonly onClose: () => void
}) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: () => api.connectors.delete(id),
    onSuccess: async () => {
      say(`${name} deleted`)
      await navigate({ to: '/connectors' })
      client.removeQueries({ queryKey: ['connectors'] })
    },
  })
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title={`Delete ${name}?`}
      action="Delete connector"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p>
        All its versions go. A connector that still has connections is not deleted: delete those first. The log of past calls
        stays.
      </p>
      <ErrorNotice error={remove.error} />
    </Confirm>
  )
}
