import { useMemo, useState } from 'react'
import { listActions } from '../../lib/connector-actions.ts'
import type { ConnectorDocument } from '../../lib/connector-document.ts'
import { formatCount } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/page.tsx'
import { EffectMark, Method } from '../../ui/status.tsx'

/** Shown at first; large connectors have hundreds. */
const shownActions = 8
const mostActions = 200

/** What agents will be able to do. */
export function OfferedActions({ document }: { readonly document: ConnectorDocument }) {
  const actions = useMemo(() => listActions(document), [document])
  const [all, setAll] = useState(false)
  if (actions.length === 0) return null
  return (
    <Panel title="Actions" aside={<span className="tabular">{formatCount(actions.length)}</span>} flush>
      <ul>
        {actions.slice(0, all ? mostActions : shownActions).map(({ name, title, method, effect }) => (
          <li key={name} className="flex items-center gap-3 border-b border-line px-4 py-2 last:border-0">
            <Method method={method} />
            <span className="min-w-0 flex-1 truncate" title={name}>
              {title || name}
            </span>
            <EffectMark effect={effect} />
          </li>
        ))}
      </ul>
      {!all && actions.length > shownActions && (
        <div className="border-t border-line px-2 py-1.5">
          <Button size="small" look="quiet" onClick={() => setAll(true)}>
            Show {formatCount(Math.min(mostActions, actions.length) - shownActions)} more
          </Button>
        </div>
      )}
    </Panel>
  )
}
