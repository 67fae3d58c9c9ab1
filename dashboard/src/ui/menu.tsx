import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { cx } from '../lib/cx.ts'

export interface MenuEntry {
  readonly label: string
  readonly icon?: ReactNode
  readonly onSelect: () => void
  readonly danger?: boolean
  readonly disabled?: boolean
}

/** A menu of commands on its trigger. A null entry draws a line. */
export function Menu({
  trigger,
  entries,
  header,
  side = 'bottom',
}: {
  readonly trigger: ReactElement
  readonly entries: readonly (MenuEntry | null)[]
  readonly header?: ReactNode
  readonly side?: 'top' | 'bottom'
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align="end" sideOffset={4} className="z-50">
          <Base.Popup className="min-w-44 rounded-panel border border-line bg-panel p-1 shadow-lift outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {header && <div className="border-b border-line px-2 pt-1 pb-2 mb-1">{header}</div>}
            {entries.map((entry, index) =>
              entry ? (
                <Base.Item
                  key={entry.label}
                  disabled={entry.disabled ?? false}
                  onClick={entry.onSelect}
                  className={cx(
                    'flex items-center gap-2 rounded-control px-2 py-1.5 text-body outline-none select-none data-disabled:opacity-45 data-highlighted:bg-hover coarse:py-2.5',
                    entry.danger ? 'text-bad' : 'text-ink',
                  )}
                >
                  {entry.icon}
                  {entry.label}
                </Base.Item>
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity and never move
                <Base.Separator key={index} className="my-1 h-px bg-line" />
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
