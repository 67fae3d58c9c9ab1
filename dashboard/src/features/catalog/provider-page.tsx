import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { ConnectorListItem, ConnectorScheme } from '../../api/types.ts'
import { type ConnectorDocument, consentsTo, environmentsOf } from '../../lib/connector-document.ts'
import { plural } from '../../lib/format.ts'
import { plainText } from '../../lib/plain-text.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { Chip } from '../../ui/status.tsx'
import { ConnectorMark } from '../connectors/connector-mark.tsx'
import { appFor, OAuthAppChoice } from '../consent/oauth-app-choice.tsx'
import { useMay } from '../session/session.ts'
import { ConnectForm } from './connect-form.tsx'
import { Connected } from './connected.tsx'
import { OfferedActions } from './offered-actions.tsx'
import { categoryLabel } from './search.ts'
import { SetupGuide } from './setup-guide.tsx'
import { type Entered, useConnect } from './use-connect.ts'

/** A provider of the catalog, and the form to connect an account of it, with what to click at the provider beside. */
export function ProviderPage() {
  const { connectorId } = useParams({ from: '/catalog/$connectorId' })
  const document = useQuery(queries.connector(connectorId))
  const schemes = useQuery(queries.connectorSchemes(connectorId))
  const entry = useQuery(queries.catalogEntry(connectorId))
  const error = document.error ?? schemes.error ?? entry.error
  if (error)
    return (
      <div className="p-6">
        <BackLink />
        <ErrorNotice error={error} onRetry={() => void Promise.all([document.refetch(), schemes.refetch(), entry.refetch()])} />
      </div>
    )
  if (!document.data || !schemes.data || entry.data === undefined)
    return (
      <>
        <div className="px-4 pt-4 md:px-8 md:pt-6">
          <BackLink />
        </div>
        <SkeletonRows height={56} />
      </>
    )
  return <Provider key={connectorId} document={document.data} schemes={schemes.data} entry={entry.data} />
}

const BackLink = () => (
  <Link to="/catalog" className="mb-2 inline-flex items-center gap-1 text-small text-ink-2 hover:text-ink">
    <ArrowLeft size={13} aria-hidden />
    Catalog
  </Link>
)

interface ProviderProps {
  readonly document: ConnectorDocument
  readonly schemes: readonly ConnectorScheme[]
  readonly entry: ConnectorListItem | null
}

function Provider({ document, schemes, entry }: ProviderProps) {
  const { connector: id, name } = document
  const mayManage = useMay('manager')
  const mayConnect = useMay('member')
  const [entered, setEntered] = useState<Entered>({
    scheme: schemes[0]?.name ?? '',
    environment: environmentsOf(document)[0] ?? '',
    secrets: {},
    settings: {},
    scopes: null,
    name: '',
    owner: mayManage ? '' : 'me',
  })
  const scheme = document.auth?.[entered.scheme]
  const oauth = scheme?.type === 'oauth2' ? scheme : undefined
  const byConsent = consentsTo(scheme) && !entered.secrets.access_token
  const apps = useQuery({ ...queries.oauthApps(), enabled: oauth !== undefined && mayManage })
  const app = apps.data && appFor(apps.data.items, id, oauth?.family)
  const connecting = useConnect({ id, name }, byConsent)
  const missing = ((): string | null => {
    if (!entry?.installed && !mayManage) return 'A manager has to install it first.'
    if (!entry?.installed && entered.owner === 'me') return 'Connect it for the workspace or a team first.'
    if (oauth && apps.data && !app && !entered.secrets.client_id && !entered.secrets.access_token)
      return 'Enter the OAuth app first.'
    return null
  })()
  const finished = connecting.testing || connecting.result !== null

  return (
    <div className="h-full overflow-y-auto">
      <title>{`${name} · Sallyport`}</title>
      <header className="px-4 pt-4 pb-4 md:px-8 md:pt-6">
        <BackLink />
        <div className="flex flex-wrap items-start gap-3">
          <ConnectorMark connector={{ id, name, brand_color: document.brand?.color ?? '' }} size={44} />
          <div className="min-w-0 flex-1">
            <div className="flex flex-wrap items-center gap-2">
              <h1 className="text-title font-semibold tracking-tight">{name}</h1>
              {document.category && <Chip>{categoryLabel(document.category)}</Chip>}
              {entry?.newer_version && <Chip tone="warn">{entry.newer_version} is out</Chip>}
            </div>
            {document.description && <p className="max-w-prose text-ink-2">{plainText(document.description)}</p>}
          </div>
          {entry?.installed && (
            <div className="flex gap-2 max-sm:basis-full">
              {entry.connections > 0 && (
                <ButtonLink to="/connections" search={{ connector: id }}>
                  {plural(entry.connections, 'account')}
                </ButtonLink>
              )}
              <ButtonLink to="/connectors/$connectorId" params={{ connectorId: id }} look="quiet">
                Connector
              </ButtonLink>
            </div>
          )}
        </div>
      </header>
      <div className="grid items-start gap-x-8 gap-y-6 border-t border-line px-4 py-6 md:px-8 lg:grid-cols-[minmax(0,40rem)_minmax(18rem,28rem)]">
        <div className="min-w-0 space-y-6">
          {finished ? (
            <Connected document={document} connecting={connecting} />
          ) : mayConnect ? (
            <>
              {oauth && <OAuthAppChoice connector={id} name={name} family={oauth.family} />}
              <ConnectForm {...{ document, schemes, entered, byConsent, missing, connecting }} onChange={setEntered} />
            </>
          ) : (
            <p className="text-ink-2">Your role looks only. Members connect accounts of their own, managers those of all.</p>
          )}
        </div>
        <div className="min-w-0 space-y-6">
          <SetupGuide name={name} steps={document.guide?.[entered.scheme] ?? []} docs={document.docs} />
          <OfferedActions document={document} />
        </div>
      </div>
    </div>
  )
}
