import { Link } from '@tanstack/react-router'
import type { CallSummary } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { formatDuration } from '../../lib/format.ts'
import { callStates, Mark } from '../../ui/status.tsx'
import { Clock } from '../../ui/time.tsx'

/** Height of a row in pixels on a wide screen. */
export const callRowHeight = 34

const columns =
  'md:grid md:grid-cols-[9.5rem_minmax(0,1.6fr)_minmax(0,1fr)_minmax(0,13rem)_8.5rem] lg:grid-cols-[9.5rem_minmax(0,1.6fr)_minmax(0,1fr)_minmax(0,1fr)_minmax(0,14rem)_9.5rem] md:gap-x-5'

export function CallRowHeader() {
  return (
    <div aria-hidden className={cx('hidden border-y border-line bg-bg px-8 py-1.5 caption', columns)}>
      <span>Time</span>
      <span>Action</span>
      <span>Connection</span>
      <span className="hidden lg:block">Caller</span>
      <span>Result</span>
      <span className="text-right">Duration</span>
    </div>
  )
}

/** What came of a call, in the shortest words: 200, 404 ENDPOINT_NOT_FOUND, Waits for approval. */
export function resultWords({ status, upstream_status, error_code }: CallSummary): string {
  if (status === 'failed') return [upstream_status, error_code].filter((part) => part !== null).join(' ') || 'Failed'
  if (status === 'succeeded') return upstream_status === null ? 'Succeeded' : `${upstream_status} OK`
  return callStates[status].words
}

export function CallRow({ call, slowest }: { readonly call: CallSummary; readonly slowest: number }) {
  const state = callStates[call.status]
  const failed = call.status === 'failed'
  return (
    <div
      className={cx(
        'relative border-b border-line px-4 py-2.5 transition-colors hover:bg-hover md:h-[34px] md:items-center md:px-8 md:py-0',
        columns,
      )}
    >
      <div role="cell" className="float-right text-small text-ink-3 md:float-none md:text-ink-2">
        <Clock at={call.started_at} />
      </div>
      <div role="cell" className="min-w-0 truncate">
        <Link
          to="/calls/$callId"
          params={{ callId: call.id }}
          search={(previous) => previous}
          data-row-main
          data-focus-inset
          className="after:absolute after:inset-0"
        >
          <span className="text-ink-3">{call.connector ?? '–'}</span>
          <span className="text-ink-3">.</span>
          <span className="font-medium">{call.action ?? '–'}</span>
        </Link>
      </div>
      <div role="cell" className="hidden truncate text-ink-2 md:block">
        {call.connection?.name ?? '–'}
      </div>
      <div role="cell" className="hidden truncate text-ink-2 lg:block">
        {call.caller.name}
      </div>
      <div role="cell" className="mt-0.5 flex min-w-0 items-center gap-2 md:mt-0">
        <Mark state={state} />
        <span className={cx('truncate text-small tabular', failed ? 'text-bad' : 'text-ink-2')}>
          <span className="sr-only">{state.words}: </span>
          {resultWords(call)}
        </span>
        {call.outcome === 'sent_unknown' && call.effect !== 'read' && (
          <span className="text-small whitespace-nowrap text-warn">may have happened</span>
        )}
        <span className="ml-auto text-small text-ink-3 tabular md:hidden">
          {call.caller.name} · {formatDuration(call.duration_ms)}
        </span>
      </div>
      <div role="cell" className="hidden items-center justify-end gap-2 md:flex">
        <span aria-hidden className="h-1 w-16">
          <span
            className="block h-full rounded-full bg-edge/60"
            style={{ width: slowest === 0 ? 0 : `max(2px, ${(Math.log1p(call.duration_ms) / Math.log1p(slowest)) * 100}%)` }}
          />
        </span>
        <span className="w-16 text-right text-small tabular">{formatDuration(call.duration_ms)}</span>
      </div>
    </div>
  )
}
