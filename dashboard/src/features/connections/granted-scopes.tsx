import { useState } from 'react'
import type { Connection } from '../../api/types.ts'
import type { AuthScheme } from '../../lib/connector-document.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/page.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { ConsentPanel } from '../consent/consent-panel.tsx'
import { ScopeChoice } from '../consent/scope-choice.tsx'
import { useMayChange } from '../session/session.ts'
import { useReconsent } from './mend.tsx'

interface ScopesProps {
  readonly connection: Connection
  readonly scheme: Extract<AuthScheme, { type: 'oauth2' | 'mcp_oauth' }>
}

/** What somebody allowed at the provider, and how more is asked for. */
export function GrantedScopes({ connection, scheme }: ScopesProps) {
  const mayChange = useMayChange(connection)
  const [chosen, setChosen] = useState<readonly string[] | null>(null)
  const { consent, busy, error, begin } = useReconsent(connection, () => setChosen(null))
  const granted = connection.auth.scopes ?? []
  const known = scheme.scopes ?? {}
  const more = Object.fromEntries(Object.entries(known).filter(([name]) => !granted.includes(name)))
  const ask = () => begin(chosen ?? [])
  return (
    <Panel
      title="Allowed by consent"
      aside={
        mayChange &&
        chosen === null &&
        Object.keys(more).length > 0 && (
          <Button size="small" look="quiet" onClick={() => setChosen([])}>
            Ask for more
          </Button>
        )
      }
    >
      <div className="space-y-4">
        {granted.length === 0 ? (
          <p className="text-ink-2">{connection.connector_name} names no scopes.</p>
        ) : (
          <ul className="space-y-1.5">
            {granted.map((name) => (
              <li key={name}>
                {known[name] && <span className="block">{known[name]}</span>}
                <code className="text-small break-all text-ink-3">{name}</code>
              </li>
            ))}
          </ul>
        )}
        {chosen !== null && (
          <>
            <ScopeChoice label="Ask for" scopes={more} value={chosen} onChange={setChosen} />
            {!consent.waiting && (
              <div className="flex gap-2">
                <Button look="primary" busy={busy} disabled={chosen.length === 0} onClick={ask}>
                  Continue to {connection.connector_name}
                </Button>
                <Button look="quiet" onClick={() => setChosen(null)}>
                  Cancel
                </Button>
              </div>
            )}
          </>
        )}
        <ConsentPanel consent={consent} provider={connection.connector_name} onAgain={ask} />
        <ErrorNotice error={error} />
      </div>
    </Panel>
  )
}
