import { useState } from 'react'
import type { TraceStep } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { formatDuration } from '../../lib/format.ts'
import { outside, stages } from './stages.ts'

/**
 * The stages of a call as a waterfall on one time axis: dark is the gateway, petrol is the API. Stages that the call never
 * reached stay empty.
 */
export function TraceTimeline({ trace, total }: { readonly trace: readonly TraceStep[]; readonly total: number }) {
  const [open, setOpen] = useState<string | null>(null)
  const end = Math.max(total, ...trace.map(({ at_ms, ms }) => at_ms + ms), 0.001)
  const known = Object.keys(stages)
  const reached = new Set(trace.map(({ stage }) => stage))
  // Only a call that ended early has stages that it did not reach; a plain answer may simply need fewer.
  const last = known.findLastIndex((stage) => reached.has(stage))
  const missing = trace.some(({ failed }) => failed) || !reached.has(outside) ? known.slice(last + 1) : []
  const api = trace.filter(({ stage }) => stage === outside).reduce((sum, { ms }) => sum + ms, 0)
  const detail = trace.find(({ stage }) => stage === open)

  return (
    <div>
      <div className="mb-2 flex flex-wrap justify-between gap-x-4 text-small text-ink-2 tabular">
        <span>
          <b className="font-semibold text-ink">{formatDuration(total)}</b> in total
        </span>
        <span className="flex gap-3">
          <Key className="bg-ink-2" words={`gateway ${formatDuration(Math.max(0, total - api))}`} />
          <Key className="bg-accent" words={`API ${formatDuration(api)}`} />
        </span>
      </div>
      <ol onMouseLeave={() => setOpen(null)} className="-mx-1.5">
        {trace.map((step) => (
          <li key={`${step.stage}@${step.at_ms}`}>
            <button
              type="button"
              data-focus-inset
              onFocus={() => setOpen(step.stage)}
              onMouseEnter={() => setOpen(step.stage)}
              onBlur={() => setOpen(null)}
              aria-label={`${step.stage}: ${formatDuration(step.ms)}${step.failed ? ', the call ended here' : ''}. ${stages[step.stage] ?? ''}`}
              className={cx(
                'grid w-full cursor-default grid-cols-[7.5rem_minmax(0,1fr)_4rem] items-center gap-3 rounded-control px-1.5 py-0.5 text-left coarse:py-1.5',
                open === step.stage && 'bg-hover',
              )}
            >
              <span className={cx('truncate text-small', step.failed ? 'font-medium text-bad' : 'text-ink-2')}>{step.stage}</span>
              <span className="relative h-3">
                <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
                <span
                  className={cx(
                    'absolute inset-y-0 rounded-[2px]',
                    step.failed ? 'bg-bad' : step.stage === outside ? 'bg-accent' : 'bg-ink-2',
                  )}
                  style={{
                    left: `min(${(step.at_ms / end) * 100}%, calc(100% - 3px))`,
                    width: `max(3px, ${(step.ms / end) * 100}%)`,
                  }}
                />
              </span>
              <span className={cx('text-right text-small tabular', step.failed ? 'text-bad' : 'text-ink-3')}>
                {formatDuration(step.ms)}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <p className="mt-1.5 min-h-9 text-small text-ink-3">
        {detail ? (
          <>
            {stages[detail.stage]} {detail.at_ms > 0 && `Began after ${formatDuration(detail.at_ms)}.`}{' '}
            {detail.failed && <span className="text-bad">The call ended here.</span>}
          </>
        ) : (
          (missing.length > 0 && trace.length > 0 && <>Not reached: {missing.join(', ')}.</>) ||
          'Choose a stage to read what it does.'
        )}
      </p>
    </div>
  )
}

function Key({ className, words }: { readonly className: string; readonly words: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <span aria-hidden className={cx('size-2 rounded-[2px]', className)} />
      {words}
    </span>
  )
}
