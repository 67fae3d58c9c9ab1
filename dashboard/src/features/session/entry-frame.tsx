import type { ReactNode } from 'react'
import { Logo } from '../../ui/logo.tsx'

/** The page before the gate: one card, the mark, nothing else. */
export function EntryFrame({
  title,
  lead,
  children,
}: {
  readonly title: string
  readonly lead: ReactNode
  readonly children: ReactNode
}) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <title>{`${title} · Sallyport`}</title>
      <div className="w-full max-w-[22rem]">
        <div className="mb-8 flex items-center gap-3">
          <Logo size={28} />
          <span className="text-lead font-semibold tracking-tight">Sallyport</span>
        </div>
        <h1 className="text-title font-semibold tracking-tight">{title}</h1>
        <p className="mt-1 mb-6 text-body text-ink-2">{lead}</p>
        {children}
      </div>
    </main>
  )
}
