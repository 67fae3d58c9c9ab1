import { cx } from '../../lib/cx.ts'
import { formatFull, formatLeft } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'

/** Below this the time left is shown as urgent, in milliseconds. */
const urgent = 15 * 60_000

/** The time left to decide, counted down: by the second in the last minutes. */
export function ExpiryLeft({ at }: { readonly at: string }) {
  const end = new Date(at).getTime()
  const now = useNow(end - Date.now() < 2 * urgent ? 1000 : 30_000)
  const left = formatLeft(end - now)
  return (
    <time
      dateTime={at}
      title={`Expires ${formatFull(at)}`}
      className={cx('tabular', end - now < urgent && 'font-medium text-warn')}
    >
      {left ? `${left} left` : 'expired'}
    </time>
  )
}
