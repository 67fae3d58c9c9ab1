import { useState } from 'react'
import type { ConnectorChange, ConnectorChanges, SemverClass } from '../../api/types.ts'
import { formatShort, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { Panel } from '../../ui/page.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { type State, Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'

/** Operations and callers shown before the rest is asked for. */
const shownParts = 50
const shownCallers = 8

const states: Record<SemverClass, State> = {
  major: { shape: 'triangle', tone: 'bad', words: 'Breaks' },
  minor: { shape: 'disc', tone: 'ok', words: 'Adds' },
  patch: { shape: 'ring', tone: 'idle', words: 'Other' },
}

const counted: Record<SemverClass, string> = { major: 'breaking', minor: 'added', patch: 'other' }

export interface Take {
  readonly actions: readonly string[]
  readonly connection: boolean
}

interface ChangesViewProps {
  readonly found: ConnectorChanges
  readonly busy: boolean
  readonly error: unknown
  readonly onTake: (part: Take | null) => void
  readonly onStay: (fingerprint: string) => void
}

/** A change without the name of the action it stands under. */
export const changeWords = ({ message, action }: ConnectorChange) =>
  message.replace(action === null ? /^connection / : /^action [^ :]+:? /, '').replace(/^./, (letter) => letter.toUpperCase())

/** What is new in a document, what breaks first, whom it concerns, and the three things to do about it. */
export function ChangesView({ found, busy, error, onTake, onStay }: ChangesViewProps) {
  const { current, version, counts, parts, changes, affected, fingerprint } = found
  const [chosen, setChosen] = useState<ReadonlySet<string | null>>(
    () => new Set(parts.filter((part) => part.class !== 'major').map(({ action }) => action)),
  )
  const [limit, setLimit] = useState(shownParts)
  if (fingerprint === null)
    return (
      <p role="status" className="rounded-panel border border-line bg-ok-wash px-4 py-3 text-body">
        Nothing differs from version {current}.
      </p>
    )
  const byAction = Map.groupBy(changes, ({ action }) => action)
  const toggle = (action: string | null) =>
    setChosen((before) => new Set(before.has(action) ? [...before].filter((one) => one !== action) : [...before, action]))
  const part: Take = { actions: [...chosen].filter((action) => action !== null), connection: chosen.has(null) }
  return (
    <div className="space-y-4">
      <Panel
        title={
          <>
            <code>{current}</code> → <code>{version}</code>
          </>
        }
        aside={
          <span className="flex flex-wrap gap-x-3">
            {(['major', 'minor', 'patch'] as const).map(
              (level) =>
                counts[level] > 0 && (
                  <Status key={level} state={states[level]} words={`${formatShort(counts[level])} ${counted[level]}`} />
                ),
            )}
          </span>
        }
        flush
      >
        <ul className="divide-y divide-line">
          {parts.slice(0, limit).map(({ action, class: level, changes: count }) => (
            <li key={action ?? ''} className="flex gap-3 px-4 py-2.5">
              <span className="flex h-5 items-center">
                <Checkbox
                  bare
                  label={`Take ${action ?? 'what concerns connections'}`}
                  checked={chosen.has(action)}
                  onChange={() => toggle(action)}
                />
              </span>
              <div className="min-w-0 flex-1">
                <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                  {action === null ? (
                    <span className="font-medium">Connections and the connector itself</span>
                  ) : (
                    <code className="font-medium break-all">{action}</code>
                  )}
                  <Status state={states[level]} className="text-small" />
                </div>
                <ul className="mt-0.5 space-y-0.5 text-body text-ink-2">
                  {(byAction.get(action) ?? []).slice(0, shownParts).map((change) => (
                    <li key={`${change.message} ${change.kind}`} className="flex gap-2 break-words">
                      <span aria-hidden className={change.class === 'major' ? 'text-bad' : 'text-ink-3'}>
                        {{ added: '+', removed: '−', changed: '~' }[change.kind]}
                      </span>
                      <span className="min-w-0 flex-1 wrap-anywhere">{changeWords(change)}</span>
                    </li>
                  ))}
                  {count > shownParts && (
                    <li className="text-small text-ink-3">and {plural(count - shownParts, 'more change')}</li>
                  )}
                </ul>
              </div>
            </li>
          ))}
        </ul>
        {parts.length > limit && (
          <div className="border-t border-line p-2 text-center">
            <Button size="small" look="quiet" onClick={() => setLimit(limit + 10 * shownParts)}>
              Show more of {formatShort(parts.length)}
            </Button>
          </div>
        )}
      </Panel>
      <Used affected={affected} />
      <ErrorNotice error={error} />
      <div className="flex flex-wrap gap-2">
        <Button look="primary" busy={busy} onClick={() => onTake(null)}>
          Take all as {version}
        </Button>
        <Button disabled={busy || chosen.size === 0 || chosen.size === parts.length} onClick={() => onTake(part)}>
          Take the {formatShort(chosen.size)} chosen
        </Button>
        <Button disabled={busy || found.pinned} onClick={() => onStay(fingerprint)}>
          Stay on {current}
        </Button>
      </div>
    </div>
  )
}

function Used({ affected: { callers, toolsets, days } }: { readonly affected: ConnectorChanges['affected'] }) {
  return (
    <Panel title="Who uses what changed" aside={`last ${days} days`} flush={callers.length > 0}>
      {callers.length === 0 && <p className="text-body text-ink-2">Nobody called it.</p>}
      <ul className="divide-y divide-line">
        {callers.slice(0, shownCallers).map(({ id, name, kind, calls, last_used_at, actions }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-4 px-4 py-2 text-body">
            <span className="font-medium">{name}</span>
            <span className="text-small text-ink-3">{kind === 'token' ? 'token' : 'person'}</span>
            <code className="min-w-0 flex-1 basis-40 truncate text-small text-ink-2" title={actions.join(', ')}>
              {actions.join(', ')}
            </code>
            <span className="text-small text-ink-3 tabular">
              {plural(calls, 'call')}, last <Ago at={last_used_at} />
            </span>
          </li>
        ))}
      </ul>
      {callers.length > shownCallers && (
        <p className="px-4 py-2 text-small text-ink-3">and {plural(callers.length - shownCallers, 'other')}</p>
      )}
      {toolsets.length > 0 && (
        <p className="border-t border-line px-4 py-2 text-small text-ink-2">
          In the {toolsets.length === 1 ? 'toolset' : 'toolsets'} {toolsets.map(({ name }) => name).join(', ')}.
        </p>
      )}
    </Panel>
  )
}
