import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { ConnectorListItem } from '../../api/types.ts'
import { VirtualList, type VirtualListProps } from '../../ui/virtual-list.tsx'
import { CatalogTile, tileHeight } from './catalog-tile.tsx'

/** Narrower, a tile could not hold a name and its marks. */
const tileWidth = 290

interface GridProps extends Pick<VirtualListProps<unknown>, 'label' | 'more'> {
  readonly items: readonly ConnectorListItem[]
  readonly intro?: ReactNode
  readonly outro?: ReactNode
}

/** As many columns as fit; only the rows in view exist. */
export function CatalogGrid({ items, label, more, intro, outro }: GridProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [columns, setColumns] = useState(1)
  useEffect(() => {
    const { current } = frame
    if (!current) return
    const observer = new ResizeObserver(() => setColumns(Math.max(1, Math.floor(current.clientWidth / tileWidth))))
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  const rows = useMemo(
    () => Array.from({ length: Math.ceil(items.length / columns) }, (_, row) => items.slice(row * columns, (row + 1) * columns)),
    [items, columns],
  )
  return (
    <div ref={frame} className="flex min-h-0 flex-1 flex-col border-t border-line">
      <VirtualList
        label={label}
        items={rows}
        keyOf={(row) => row[0]?.id ?? ''}
        rowHeight={tileHeight}
        intro={intro}
        outro={outro}
        {...(more && { more })}
        row={(row) => (
          <div className="grid gap-3 px-4 pt-3 md:px-8" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
            {row.map((entry) => (
              <CatalogTile key={entry.id} entry={entry} />
            ))}
          </div>
        )}
      />
    </div>
  )
}
