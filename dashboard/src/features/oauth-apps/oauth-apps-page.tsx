import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { OAuthApp } from '../../api/types.ts'
import { formatDay, plural } from '../../lib/format.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Copyable } from '../../ui/copy-button.tsx'
import { Confirm, Dialog } from '../../ui/overlay.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { useMay } from '../session/session.ts'
import { EnterOAuthApp } from './enter-oauth-app.tsx'
import { OAuthAppForm } from './oauth-app-form.tsx'

const rowHeight = 56
const columns = 'md:grid md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_11rem_8rem_10rem] md:items-center md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>App</span>
    <span>Client ID</span>
    <span>Used by</span>
    <span>Entered</span>
    <span />
  </div>
)

/** The apps that people of this workspace consent to, and what depends on each. */
export function OAuthAppsPage() {
  const mayChange = useMay('admin')
  const query = useQuery(queries.oauthApps())
  const [entering, setEntering] = useState(false)
  const [editing, setEditing] = useState<OAuthApp | null>(null)
  const [removing, setRemoving] = useState<OAuthApp | null>(null)
  const enter = mayChange && (
    <Button look="primary" icon={<Plus size={15} />} onClick={() => setEntering(true)}>
      Enter an app
    </Button>
  )
  return (
    <Page
      title="OAuth apps"
      description="Apps that you registered at providers. People consent to them; one serves every connector of its family."
      actions={query.data && query.data.items.length > 0 && enter}
      toolbar={
        query.data && (
          <div className="flex min-w-0 flex-wrap items-center gap-x-2 text-ink-2">
            Redirect URL to enter at every provider: <Copyable text={query.data.redirect_url} label="Copy the redirect URL" />
          </div>
        )
      }
    >
      <QueryList
        label="OAuth apps"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        header={<Header />}
        row={(app) => (
          <div
            className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 md:h-14 md:px-8 md:py-0 ${columns}`}
          >
            <div className="min-w-0 max-md:w-full">
              <div className="truncate font-medium">{app.name}</div>
              <div className="truncate text-small text-ink-3">{servesWords(app)}</div>
            </div>
            <code className="min-w-0 truncate text-small text-ink-2 max-md:w-full" title={app.client_id}>
              {app.client_id}
            </code>
            {app.connections === 0 ? (
              <span className="text-ink-3">nothing yet</span>
            ) : app.connector === null ? (
              <span>{plural(app.connections, 'connection')}</span>
            ) : (
              <Link to="/connections" search={{ connector: app.connector }} className="text-accent hover:underline">
                {plural(app.connections, 'connection')}
              </Link>
            )}
            <span className="hidden text-ink-2 md:block">{formatDay(app.created_at)}</span>
            <span className="ml-auto flex justify-end gap-1">
              {mayChange && (
                <>
                  {!app.registered && (
                    <Button size="small" look="quiet" data-row-main onClick={() => setEditing(app)}>
                      Edit
                    </Button>
                  )}
                  <Button size="small" look="quiet" className="hover:text-bad" onClick={() => setRemoving(app)}>
                    Remove
                  </Button>
                </>
              )}
            </span>
          </div>
        )}
        empty={
          <EmptyState
            title="No OAuth app is entered yet"
            actions={
              <>
                {enter}
                <ButtonLink to="/catalog">Open the catalog</ButtonLink>
              </>
            }
          >
            Providers that work by consent, such as Google or Slack, want an app of yours first. Their page in the catalog says
            how to register one, and takes it too.
          </EmptyState>
        }
      />
      <Dialog open={entering} onClose={() => setEntering(false)} title="Enter an OAuth app">
        <EnterOAuthApp onSaved={() => setEntering(false)} />
      </Dialog>
      {editing && (
        <Dialog open onClose={() => setEditing(null)} title={`Edit ${editing.name}`} description={servesWords(editing)}>
          <OAuthAppForm
            app={editing}
            target={editing.connector === null ? { family: editing.family ?? '' } : { connector: editing.connector }}
            name={editing.name}
            onSaved={() => setEditing(null)}
          />
        </Dialog>
      )}
      <RemoveApp app={removing} onClose={() => setRemoving(null)} />
    </Page>
  )
}

const servesWords = ({ connector, family, issuer }: OAuthApp): string =>
  connector === null && family === null
    ? `MCP servers with sign-in at ${issuer}`
    : connector === null
      ? `Every connector of the family ${family}`
      : `The connector ${connector}`

function RemoveApp({ app, onClose }: { readonly app: OAuthApp | null; readonly onClose: () => void }) {
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: (id: string) => api.oauthApps.delete(id),
    onSuccess: async () => {
      say(`${app?.name ?? 'OAuth app'} removed`)
      onClose()
      await client.invalidateQueries({ queryKey: ['oauth-apps'] })
    },
  })
  return (
    <Confirm
      open={app !== null}
      onClose={() => {
        remove.reset()
        onClose()
      }}
      title={`Remove ${app?.name ?? ''}?`}
      action="Remove app"
      busy={remove.isPending}
      onConfirm={() => app && remove.mutate(app.id)}
    >
      <p>
        {app && app.connections > 0
          ? `${plural(app.connections, 'connection')} got their tokens with it and could not renew them: remove those first.`
          : 'Nobody can consent to it any more. No connection depends on it.'}
      </p>
      <ErrorNotice error={remove.error} />
    </Confirm>
  )
}
