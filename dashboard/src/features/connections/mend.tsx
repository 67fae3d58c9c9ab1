import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Connection } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { connectionStates, Mark } from '../../ui/status.tsx'
import { say } from '../../ui/toast.tsx'
import { ConsentPanel } from '../consent/consent-panel.tsx'
import { useConsent } from '../consent/use-consent.ts'
import { useMayChange } from '../session/session.ts'

/** Asks for a consent once more, and tests the connection with what it gave. */
export function useReconsent(connection: Connection, onDone?: () => void) {
  const client = useQueryClient()
  const test = useMutation({
    mutationFn: () => api.connections.test(connection.id),
    onSuccess: ({ ok }) => {
      if (ok) say(`${connection.name} works`)
      onDone?.()
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['connections'] }),
  })
  const consent = useConsent(() => test.mutate())
  const ask = useMutation({
    mutationFn: (scopes: readonly string[]) => api.connections.reauthorize(connection.id, { scopes: [...scopes] }),
    onSuccess: (next) => {
      if (consent.begin(connection.id, next)) test.mutate()
    },
    onError: () => consent.cancel(),
  })
  return {
    consent,
    busy: ask.isPending || test.isPending,
    error: ask.error ?? test.error,
    /** In the very press of a button; `scopes` besides those that it has. */
    begin(scopes: readonly string[] = []) {
      consent.prepare()
      ask.mutate(scopes)
    },
  }
}

type Shown = 'test' | 'credential' | 'settings'

/** What takes each step but a consent: a button that leads to its tab. */
const places = {
  rotate: { tab: 'credential', words: 'Enter credential' },
  edit: { tab: 'settings', words: 'Open settings' },
  test: { tab: 'test', words: 'Open the test' },
} as const satisfies Record<string, { tab: Shown; words: string }>

export interface MendProps {
  readonly connection: Connection
  readonly onShow: (tab: Shown) => void
}

/** What is wrong with a connection, or will soon be, and the one press that mends it. */
export function Mend({ connection, onShow }: MendProps) {
  const mayChange = useMayChange(connection)
  const { consent, busy, error, begin } = useReconsent(connection)
  const link = useMutation({ mutationFn: () => api.connections.consentLink(connection.id) })
  const { mend } = connection
  if (mend === null) return null
  const place = mend.step === 'reauthorize' ? null : places[mend.step]
  return (
    <div className="space-y-3">
      <div
        className={`flex flex-wrap items-start gap-3 rounded-panel p-3.5 ${mend.urgency === 'now' ? 'bg-bad-wash' : 'bg-warn-wash'}`}
        role="status"
      >
        <Mark state={connectionStates[connection.status]} className="mt-1" />
        <div className="min-w-48 flex-1">
          <p className="font-medium">{mend.reason}</p>
          <p className="text-ink-2">{mend.how}</p>
        </div>
        {mayChange &&
          (place === null ? (
            <>
              <Button size="small" look="primary" busy={busy} onClick={() => begin()}>
                {connection.tested_at === null ? 'Consent' : 'Consent again'}
              </Button>
              <Button size="small" busy={link.isPending} onClick={() => link.mutate()}>
                Make a link
              </Button>
            </>
          ) : (
            <Button size="small" onClick={() => onShow(place.tab)}>
              {place.words}
            </Button>
          ))}
      </div>
      <ConsentPanel consent={consent} provider={connection.connector_name} onAgain={() => begin()} />
      {link.data && (
        <div className="rounded-panel border border-line p-3.5" role="status">
          <p className="mb-2 text-ink-2">
            For somebody without an account here. It counts once and for an hour, for this consent alone.
          </p>
          <div className="flex items-center gap-2">
            <code className="min-w-0 flex-1 truncate">{link.data.url}</code>
            <CopyButton value={link.data.url} text="Copy" label="Copy the link" />
          </div>
        </div>
      )}
      <ErrorNotice error={error ?? link.error} />
    </div>
  )
}
