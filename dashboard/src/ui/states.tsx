import { RotateCw, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { toProblem } from '../api/problem.ts'
import type { Problem } from '../api/types.ts'
import { cx } from '../lib/cx.ts'
import { Button } from './button.tsx'

/** What an empty list says: what belongs here, and the one thing to do next. */
export function EmptyState({
  picture,
  title,
  children,
  actions,
}: {
  readonly picture?: ReactNode
  readonly title: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-6 py-14 text-center">
      {picture && <div className="mb-5 text-ink-3">{picture}</div>}
      <h2 className="text-lead font-semibold">{title}</h2>
      {children && <div className="mt-1.5 text-body text-balance text-ink-2">{children}</div>}
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}

/** A problem in the gateway's own words: what happened, what to do, and its code. */
export function ProblemNotice({
  problem,
  onRetry,
  className,
  children,
}: {
  readonly problem: Problem
  readonly onRetry?: (() => void) | undefined
  readonly className?: string
  readonly children?: ReactNode
}) {
  return (
    <div role="alert" className={cx('max-w-3xl rounded-panel border border-bad/30 bg-bad-wash p-3 text-body', className)}>
      <div className="flex items-start gap-2.5">
        <TriangleAlert size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden />
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-baseline justify-between gap-x-3">
            <strong className="font-semibold">{problem.title}</strong>
            <code className="text-small text-bad">
              {/* Status 0: the dashboard's own. In a tab of its own: a form may be open here. */}
              {problem.status === 0 ? (
                problem.code
              ) : (
                <a href={`/errors#${problem.code}`} target="_blank" rel="noopener" title="What this code means">
                  {problem.code}
                </a>
              )}
            </code>
          </div>
          <p className="mt-0.5 text-ink">{problem.detail}</p>
          <p className="mt-1 text-ink-2">{problem.resolution}</p>
          {children}
          {onRetry && (
            <Button size="small" className="mt-2.5" icon={<RotateCw size={13} />} onClick={onRetry}>
              Try again
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}

/** The same for whatever was thrown; nothing when there was nothing. */
export function ErrorNotice({
  error,
  onRetry,
  className,
}: {
  readonly error: unknown
  readonly onRetry?: () => void
  readonly className?: string
}) {
  if (!error) return null
  return <ProblemNotice problem={toProblem(error)} onRetry={onRetry} {...(className ? { className } : {})} />
}

/** A bar in the place of a text to come. Appears only after 200 ms: a quick answer shows no flicker. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden className={cx('block animate-breathe rounded-chip bg-sunken', className)} />
}

/** Rows of skeletons as high as the rows of the list they stand for. */
export function SkeletonRows({
  rows = 8,
  height,
  className,
}: {
  readonly rows?: number
  readonly height: number
  readonly className?: string
}) {
  return (
    <div role="status" className={cx('animate-appear', className)}>
      <span className="sr-only">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical bars have no identity
        <div key={row} style={{ height }} className="flex items-center gap-4 border-b border-line px-4 md:px-8">
          <Skeleton className="size-3 rounded-full" />
          <Skeleton className={cx('h-3', ['w-1/4', 'w-1/3', 'w-1/5'][row % 3])} />
          <Skeleton className={cx('ml-auto h-3', ['w-1/6', 'w-1/12'][row % 2])} />
        </div>
      ))}
    </div>
  )
}
