import type { AuditEntry } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { Clock } from '../../ui/time.tsx'
import { kindWords } from './kinds.ts'

/** Height of a row in pixels on a wide screen. */
export const auditRowHeight = 34

const columns = 'md:grid md:grid-cols-[9.5rem_minmax(0,1fr)_minmax(0,1.2fr)_minmax(0,1.2fr)_8rem] md:gap-x-5'

export function AuditRowHeader() {
  return (
    <div aria-hidden className={cx('hidden border-y border-line bg-bg px-8 py-1.5 caption', columns)}>
      <span>Time</span>
      <span>Who</span>
      <span>Did</span>
      <span>What</span>
      <span>From</span>
    </div>
  )
}

export function AuditRow({ entry, onOpen }: { readonly entry: AuditEntry; readonly onOpen: () => void }) {
  const { at, actor, kind, target, ip } = entry
  return (
    <div
      className={cx(
        'relative border-b border-line px-4 py-2.5 transition-colors hover:bg-hover md:h-[34px] md:items-center md:px-8 md:py-0',
        columns,
      )}
    >
      <div role="cell" className="float-right text-small text-ink-3 md:float-none md:text-ink-2">
        <Clock at={at} />
      </div>
      <div role="cell" className="truncate text-ink-2">
        {actor.name}
      </div>
      <div role="cell" className="min-w-0 truncate">
        <button
          type="button"
          onClick={onOpen}
          data-row-main
          data-focus-inset
          className="max-w-full truncate text-left font-medium after:absolute after:inset-0"
        >
          {kindWords[kind] ?? kind}
        </button>
      </div>
      <div role="cell" className="truncate text-ink-2">
        {target.name}
      </div>
      <div role="cell" className="hidden truncate text-small text-ink-3 tabular md:block">
        {ip ?? '–'}
      </div>
    </div>
  )
}
