import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { cx } from '../lib/cx.ts'

export interface VirtualListProps<T> {
  readonly items: readonly T[]
  readonly keyOf: (item: T) => string
  readonly row: (item: T, index: number) => ReactNode
  /** Height of a row in pixels; measured rows correct it. */
  readonly rowHeight: number
  readonly label: string
  /** Scrolls away above the rows. */
  readonly intro?: ReactNode
  /** Stays above the rows while they scroll. */
  readonly header?: ReactNode
  /** Below the rows. */
  readonly outro?: ReactNode
  readonly table?: boolean
  readonly more?: { readonly has: boolean; readonly loading: boolean; readonly load: () => void }
  /** Key of a row to bring into view once it is there. */
  readonly reveal?: string | undefined
  readonly className?: string
}

/** A row further than this many from the end asks for the next page, so that scrolling never waits. */
const ahead = 30

/**
 * A list of any length: only the rows in view exist. Arrow keys and j/k move between the rows' main elements
 * (`data-row-main`), Home and End jump. In a grid, whose rows have several, up and down keep the column.
 */
export function VirtualList<T>({
  items,
  keyOf,
  row,
  rowHeight,
  label,
  intro,
  header,
  outro,
  table,
  more,
  reveal,
  className,
}: VirtualListProps<T>) {
  const scroller = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  // What stands above the rows shifts them down in the scrolling box.
  const [scrollMargin, setScrollMargin] = useState(0)
  useLayoutEffect(() => setScrollMargin(body.current?.offsetTop ?? 0))
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => {
      const item = items[index]
      return item === undefined ? index : keyOf(item)
    },
    overscan: 12,
    scrollMargin,
  })
  const rows = virtualizer.getVirtualItems()
  const last = rows.at(-1)?.index ?? -1

  useEffect(() => {
    if (more?.has && !more.loading && last >= items.length - ahead) more.load()
  }, [more, last, items.length])

  const revealed = useRef<string>(undefined)
  useEffect(() => {
    if (reveal === undefined || revealed.current === reveal) return
    const index = items.findIndex((item) => keyOf(item) === reveal)
    if (index < 0) return
    revealed.current = reveal
    if (!virtualizer.getVirtualItems().some((shown) => shown.index === index))
      virtualizer.scrollToIndex(index, { align: 'center' })
  }, [reveal, items, keyOf, virtualizer])

  const mainsOf = (index: number) => [
    ...(scroller.current?.querySelectorAll<HTMLElement>(`[data-index="${index}"] [data-row-main]`) ?? []),
  ]
  const focusRow = (index: number, column: number) => {
    const target = Math.max(0, Math.min(items.length - 1, index))
    virtualizer.scrollToIndex(target)
    // The row may not exist yet: it is rendered on the frame after the scroll.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const mains = mainsOf(target)
        mains[Math.min(column, mains.length - 1)]?.focus({ preventScroll: true })
      }),
    )
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.altKey ||
      !(event.target instanceof HTMLElement) ||
      !event.target.matches('[data-row-main]')
    )
      return
    const current = Number(event.target.closest<HTMLElement>('[data-index]')?.dataset.index ?? -1)
    const mains = mainsOf(current)
    const column = mains.indexOf(event.target)
    const beside = { ArrowRight: column + 1, ArrowLeft: column - 1 }[event.key]
    if (beside !== undefined) {
      mains[beside]?.focus()
      return
    }
    const target = {
      ArrowDown: current + 1,
      j: current + 1,
      ArrowUp: current - 1,
      k: current - 1,
      Home: 0,
      End: items.length - 1,
    }[event.key]
    if (target === undefined) return
    event.preventDefault()
    focusRow(target, column)
  }

  // -1 says that there are rows not loaded yet.
  const container = table
    ? { role: 'table', 'aria-label': label, 'aria-rowcount': more?.has ? -1 : items.length }
    : { role: 'list', 'aria-label': label }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the rows inside
    <div
      ref={scroller}
      onKeyDown={onKeyDown}
      className={cx('relative min-h-0 flex-1 overflow-y-auto overscroll-contain', className)}
      data-scroller
    >
      {intro}
      {header && <div className="sticky top-0 z-10">{header}</div>}
      <div ref={body} {...container} style={{ height: virtualizer.getTotalSize() }} className="relative">
        {rows.map((virtual) => {
          const item = items[virtual.index]
          return item === undefined ? null : (
            <div
              key={virtual.key}
              ref={virtualizer.measureElement}
              data-index={virtual.index}
              {...(table ? { role: 'row', 'aria-rowindex': virtual.index + 1 } : { role: 'listitem' })}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${virtual.start - scrollMargin}px)` }}
            >
              {row(item, virtual.index)}
            </div>
          )
        })}
      </div>
      {outro}
      {more?.loading && items.length > 0 && <p className="animate-appear px-4 py-3 text-small text-ink-3">Loading more…</p>}
    </div>
  )
}
