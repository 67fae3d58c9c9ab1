import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import { cx } from '../lib/cx.ts'

interface TabsProps<T extends string> {
  readonly value: T
  readonly onChange: (value: T) => void
  readonly tabs: readonly { readonly value: T; readonly label: ReactNode }[]
  readonly children: ReactNode
  readonly listClassName?: string
}

/** Tabs on a line; wrap each part in a TabPanel. */
export function Tabs<T extends string>({ value, onChange, tabs, children, listClassName }: TabsProps<T>) {
  return (
    <Base.Root value={value} onValueChange={(next) => onChange(next as T)} className="flex min-h-0 flex-1 flex-col">
      <Base.List className={cx('relative flex shrink-0 gap-4 overflow-x-auto shadow-[inset_0_-1px_var(--line)]', listClassName)}>
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            data-focus-inset
            className="flex items-center gap-1.5 border-b-2 border-transparent py-2 text-body whitespace-nowrap text-ink-2 transition-colors hover:text-ink data-active:border-ink data-active:font-medium data-active:text-ink coarse:py-3"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {children}
    </Base.Root>
  )
}

export function TabPanel({
  value,
  className,
  children,
}: {
  readonly value: string
  readonly className?: string
  readonly children: ReactNode
}) {
  return (
    <Base.Panel value={value} data-focus-inset className={className}>
      {children}
    </Base.Panel>
  )
}
