import type { ScriptRun } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { formatDuration } from '../../lib/format.ts'
import { JsonView } from '../../ui/json-view.tsx'
import { ProblemNotice } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'

const tones: Record<ScriptRun['logs'][number]['level'], string> = {
  trace: 'text-ink-3',
  debug: 'text-ink-3',
  info: 'text-ink-2',
  warn: 'text-warn',
  error: 'text-bad',
}

const hasAny = (value: object | undefined): boolean => value !== undefined && Object.keys(value).length > 0

/** What came of a trial: the outcome or the problem, the log, and each request with its answer. */
export function ScriptResult({ run }: { readonly run: ScriptRun }) {
  const { outcome, problem, logs, requests, duration_ms } = run
  return (
    <div className="space-y-4">
      {problem !== null && (
        <>
          <ProblemNotice problem={{ ...problem, title: 'The script did not get to its end', status: 400 }} />
          {hasAny(problem.diagnostics) && <Part title="Diagnostics" value={problem.diagnostics} />}
        </>
      )}
      {outcome !== null && (
        <>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <Status
              state={
                outcome.success
                  ? { shape: 'check', tone: 'ok', words: 'Succeeded' }
                  : { shape: 'square', tone: 'bad', words: outcome.error ?? 'The command failed' }
              }
              className="font-medium"
            />
            <span className="text-ink-2 tabular">{formatDuration(duration_ms)}</span>
          </div>
          {outcome.payload === undefined ? (
            outcome.success && <p className="text-ink-2">It returned no payload.</p>
          ) : (
            <JsonView value={outcome.payload} label="the payload" depth={3} />
          )}
          {hasAny(outcome.variables) && <Part title="Variables" value={outcome.variables} />}
          {hasAny(outcome.diagnostics) && <Part title="Diagnostics" value={outcome.diagnostics} />}
        </>
      )}
      <section aria-label="Log">
        <h3 className="caption mb-1">Log</h3>
        {logs.length === 0 ? (
          <p className="text-small text-ink-3">Nothing was logged.</p>
        ) : (
          <ol className="max-h-56 overflow-y-auto font-mono text-small">
            {logs.map(({ level, message }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines stay where they are
              <li key={index} className="grid grid-cols-[3.5rem_minmax(0,1fr)] gap-2">
                <span className={tones[level]}>{level}</span>
                <span className="break-words whitespace-pre-wrap">{message}</span>
              </li>
            ))}
          </ol>
        )}
      </section>
      <section aria-label="Requests">
        <h3 className="caption mb-1">Requests</h3>
        {requests.length === 0 ? (
          <p className="text-small text-ink-3">Nothing was asked for.</p>
        ) : (
          <ol className="font-mono text-small">
            {requests.map(({ method, url, status, ms }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: requests stay where they are
              <li key={index} className="grid grid-cols-[3.5rem_minmax(0,1fr)_3rem_4rem] gap-2 py-0.5">
                <span className="text-ink-2">{method}</span>
                <span className="break-all">{url}</span>
                <span className={cx('text-right', status === null || status >= 400 ? 'text-bad' : 'text-ok')}>
                  {status ?? 'none'}
                </span>
                <span className="text-right text-ink-3 tabular">{formatDuration(ms)}</span>
              </li>
            ))}
          </ol>
        )}
      </section>
    </div>
  )
}

function Part({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <div>
      <h3 className="caption mb-1">{title}</h3>
      <JsonView value={value} label={title.toLowerCase()} />
    </div>
  )
}
