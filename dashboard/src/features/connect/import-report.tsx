import { ChevronRight } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { ImportReport } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Mark, type State } from '../../ui/status.tsx'

type Level = ImportReport['entries'][number]['level']

const levels: Record<Level, State> = {
  skipped: { shape: 'slash', tone: 'warn', words: 'left out' },
  warning: { shape: 'triangle', tone: 'warn', words: 'to check' },
  adjusted: { shape: 'half', tone: 'idle', words: 'adjusted' },
}
const order: readonly Level[] = ['skipped', 'warning', 'adjusted']

/** Entries listed at once. */
const portion = 50

/** What was read, in one line, with the way to another document. */
export function ImportSummary({ report, onReplace }: { readonly report: ImportReport; readonly onReplace: () => void }) {
  const news = useRef<HTMLDivElement>(null)
  // It takes the place of the fields that had the focus.
  useEffect(() => news.current?.focus(), [])
  return (
    <div
      ref={news}
      tabIndex={-1}
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-panel border border-line bg-panel px-4 py-3 outline-none"
    >
      <Mark state={{ shape: 'check', tone: 'ok', words: 'Read' }} />
      <p className="min-w-0 flex-1">
        <span className="font-medium">{report.format}</span>
        <span className="text-ink-2">
          {' '}
          ·{' '}
          {report.imported === report.operations
            ? plural(report.operations, 'operation')
            : `${report.imported} of ${plural(report.operations, 'operation')}`}
        </span>
      </p>
      <Button size="small" onClick={onReplace}>
        Use another document
      </Button>
    </div>
  )
}

/** Everything that the import changed or left out: nothing is lost silently. */
export function ImportReportPanel({ report }: { readonly report: ImportReport }) {
  const [open, setOpen] = useState(false)
  const [shown, setShown] = useState(portion)
  const entries = useMemo(() => order.flatMap((level) => report.entries.filter((entry) => entry.level === level)), [report])
  if (entries.length === 0) return <p className="text-small text-ink-3">Everything in the document was taken over as it is.</p>
  const counts = order
    .map((level) => [level, entries.filter((entry) => entry.level === level).length] as const)
    .filter(([, count]) => count > 0)
  return (
    <div className="rounded-panel border border-line bg-panel">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        data-focus-inset
        className="flex w-full flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2 text-left text-small"
      >
        <ChevronRight size={13} aria-hidden className={cx('text-ink-3 transition-transform', open && 'rotate-90')} />
        <span className="font-medium">Import report</span>
        {counts.map(([level, count]) => (
          <span key={level} className="flex items-center gap-1.5 text-ink-2">
            <Mark state={levels[level]} size={11} />
            {count} {levels[level].words}
          </span>
        ))}
      </button>
      {open && (
        <ul className="max-h-72 overflow-y-auto border-t border-line text-small">
          {entries.slice(0, shown).map((entry) => (
            <li key={`${entry.pointer} ${entry.message}`} className="flex gap-2.5 border-b border-line px-3 py-1.5 last:border-0">
              <Mark state={levels[entry.level]} size={11} className="mt-1" />
              <div className="min-w-0">
                <span className="sr-only">{levels[entry.level].words}: </span>
                {entry.message}
                <code className="block truncate text-micro text-ink-3" title={entry.pointer}>
                  {entry.operation || 'the whole document'} {entry.pointer}
                </code>
              </div>
            </li>
          ))}
          {entries.length > shown && (
            <li className="px-3 py-2">
              <Button size="small" onClick={() => setShown(shown + portion * 4)}>
                Show more ({entries.length - shown})
              </Button>
            </li>
          )}
        </ul>
      )}
    </div>
  )
}
