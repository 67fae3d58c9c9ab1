import { formatClock, formatFull, formatRelative } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'

/** "2 hr. ago", with the exact time on hover. */
export function Ago({ at, never = 'never' }: { readonly at: string | null; readonly never?: string }) {
  const now = useNow(at ? 30_000 : null)
  if (!at) return <>{never}</>
  return (
    <time dateTime={at} title={formatFull(at)}>
      {formatRelative(at, now)}
    </time>
  )
}

/** The time of day, or date and time when it was not today. */
export function Clock({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={formatFull(at)} className="tabular">
      {formatClock(at)}
    </time>
  )
}
