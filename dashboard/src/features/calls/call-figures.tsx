import type { ReactNode } from 'react'
import type { CallTotals } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { formatCount, formatDuration, formatRate } from '../../lib/format.ts'

function Figure({
  label,
  value,
  note,
  bad,
}: {
  readonly label: string
  readonly value: string
  readonly note?: ReactNode
  readonly bad?: boolean
}) {
  return (
    <div className="min-w-0">
      <dt className="caption">{label}</dt>
      <dd className={cx('text-figure font-medium tracking-tight tabular', bad && 'text-bad')}>{value}</dd>
      <dd className="h-4.5 truncate text-small text-ink-3 tabular">{note}</dd>
    </div>
  )
}

/** The totals of a window as four figures. */
export function CallFigures({ totals }: { readonly totals: CallTotals }) {
  const { total, failed, success_rate, mean_duration_ms, p95_duration_ms } = totals
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 pb-2 sm:grid-cols-4">
      <Figure label="Finished calls" value={formatCount(total)} />
      <Figure label="Succeeded" value={success_rate === null ? '–' : formatRate(success_rate)} />
      <Figure
        label="Mean time"
        value={mean_duration_ms === null ? '–' : formatDuration(mean_duration_ms)}
        note={p95_duration_ms === null ? '' : `95 % within ${formatDuration(p95_duration_ms)}`}
      />
      <Figure label="Failed" value={formatCount(failed)} bad={failed > 0} />
    </dl>
  )
}

interface ErrorKindsProps {
  readonly totals: CallTotals
  readonly onPick: (code: string) => void
  readonly picked: string | undefined
}

/** Failures by kind, most frequent first; picking one filters the log. */
export function ErrorKinds({ totals, onPick, picked }: ErrorKindsProps) {
  const most = totals.errors.reduce((max, { count }) => Math.max(max, count), 1)
  if (totals.errors.length === 0) return <p className="text-ink-3">No failures in this time.</p>
  return (
    <ul className="-mx-1.5 space-y-px">
      {totals.errors.slice(0, 6).map(({ code, upstream_status, count }) => (
        <li key={`${code}${upstream_status}`}>
          <button
            type="button"
            aria-pressed={picked === code}
            onClick={() => onPick(code)}
            className="grid w-full grid-cols-[minmax(0,1fr)_2.5rem_2rem] items-center gap-2 rounded-control px-1.5 py-0.5 text-left transition-colors hover:bg-hover aria-pressed:bg-hover coarse:py-2"
          >
            <span className="truncate">
              <code className="text-small">{code}</code>
              {upstream_status !== null && <span className="ml-1.5 text-small text-ink-3">{upstream_status}</span>}
            </span>
            <span aria-hidden className="h-1.5 rounded-full bg-sunken">
              <span className="block h-full rounded-full bg-bad" style={{ width: `max(3px, ${(count / most) * 100}%)` }} />
            </span>
            <span className="text-right tabular">{formatCount(count)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
