import type { ReactNode } from 'react'
import { cx } from '../lib/cx.ts'

/** The frame of a screen: its title, one sentence, its actions, and the content that scrolls below. */
export function Page({
  title,
  description,
  actions,
  toolbar,
  children,
  narrow,
}: {
  readonly title: string
  readonly description?: ReactNode
  readonly actions?: ReactNode
  readonly toolbar?: ReactNode
  readonly children: ReactNode
  readonly narrow?: boolean
}) {
  return (
    <div className="flex h-full min-h-0 flex-col">
      <title>{`${title} · Sallyport`}</title>
      <header className="shrink-0 px-4 pt-4 pb-3 md:px-8 md:pt-6">
        <div className={cx('flex flex-wrap items-start justify-between gap-x-4 gap-y-2', narrow && 'mx-auto max-w-3xl')}>
          <div className="min-w-0">
            <h1 className="text-title font-semibold tracking-tight">{title}</h1>
            {description && <p className="mt-0.5 max-w-3xl text-body text-ink-2 max-sm:hidden">{description}</p>}
          </div>
          {actions && <div className="flex max-w-full shrink-0 flex-wrap gap-2">{actions}</div>}
        </div>
        {toolbar && <div className="mt-3 flex flex-wrap items-center gap-2">{toolbar}</div>}
      </header>
      {children}
    </div>
  )
}

/** A sheet of paper on the ground: a group of things with a line around it. */
export function Panel({
  title,
  aside,
  children,
  className,
  flush,
}: {
  readonly title?: ReactNode
  readonly aside?: ReactNode
  readonly children: ReactNode
  readonly className?: string
  readonly flush?: boolean
}) {
  return (
    <section className={cx('min-w-0 rounded-panel border border-line bg-panel', className)}>
      {(title || aside) && (
        <header className="flex min-h-10 items-center justify-between gap-3 border-b border-line px-4 py-1.5">
          {title && <h2 className="text-body font-semibold">{title}</h2>}
          {aside && <div className="flex items-center gap-2 text-small text-ink-3">{aside}</div>}
        </header>
      )}
      <div className={flush ? undefined : 'p-4'}>{children}</div>
    </section>
  )
}

/** Names and values, aligned. */
export function Facts({ items }: { readonly items: readonly (readonly [string, ReactNode] | null)[] }) {
  return (
    <dl className="grid grid-cols-[minmax(6.5rem,auto)_minmax(0,1fr)] items-baseline gap-x-4 gap-y-2 text-body">
      {items.map((item) =>
        item ? (
          <div key={item[0]} className="contents">
            <dt className="text-ink-3">{item[0]}</dt>
            <dd className="min-w-0 [&_button]:-my-1">{item[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
