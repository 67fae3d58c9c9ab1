import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { OAuthApp } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { Copyable } from '../../ui/copy-button.tsx'
import { Panel } from '../../ui/page.tsx'
import { ErrorNotice, Skeleton } from '../../ui/states.tsx'
import { OAuthAppForm } from '../oauth-apps/oauth-app-form.tsx'
import { useMay } from '../session/session.ts'

/** The app that connections of a connector consent through: its own, before that of its family. */
export const appFor = (apps: readonly OAuthApp[], connector: string, family: string | undefined): OAuthApp | undefined =>
  apps.find((app) => app.connector === connector) ??
  (family === undefined ? undefined : apps.find((app) => app.family === family))

/** "google" → "Google". */
const familyName = (family: string): string => family.slice(0, 1).toUpperCase() + family.slice(1)

interface ChoiceProps {
  readonly connector: string
  readonly name: string
  readonly family: string | undefined
}

/** Which app people consent to; an admin enters the first one here. */
export function OAuthAppChoice({ connector, name, family }: ChoiceProps) {
  const mayEnter = useMay('admin')
  const maySee = useMay('manager')
  const apps = useQuery({ ...queries.oauthApps(), enabled: maySee })
  if (!maySee) return null
  if (apps.isPending) return <Skeleton className="h-16 animate-appear" />
  if (apps.isError) return <ErrorNotice error={apps.error} onRetry={() => void apps.refetch()} />
  const app = appFor(apps.data.items, connector, family)
  if (app)
    return (
      <Panel
        title="OAuth app"
        aside={
          <Link to="/oauth-apps" className="text-accent hover:underline">
            All apps
          </Link>
        }
      >
        <p className="font-medium">{app.name}</p>
        <p className="text-small text-ink-3">
          Client <code>{app.client_id}</code>
          {app.family !== null && `, for everything of ${familyName(app.family)}`}
          {app.connections > 0 && `, used by ${plural(app.connections, 'connection')}`}
        </p>
      </Panel>
    )
  return (
    <Panel title="OAuth app">
      <div className="space-y-4">
        <p className="text-ink-2">
          {name} asks people for their consent on behalf of an app that you register there once
          {family !== undefined && `; it then serves everything of ${familyName(family)}`}.{' '}
          {mayEnter || 'An admin has to enter it first.'}
        </p>
        <div>
          <div className="mb-1 text-small font-medium text-ink-2">Redirect URL to enter there</div>
          <Copyable text={apps.data.redirect_url} label="Copy the redirect URL" />
        </div>
        {mayEnter && (
          <OAuthAppForm
            target={family === undefined ? { connector } : { family }}
            name={family === undefined ? name : familyName(family)}
          />
        )}
      </div>
    </Panel>
  )
}
