/** Numbers and times as the screens show them, in the reader's language and time zone. */

const whole = new Intl.NumberFormat()
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})
const day = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' })

export const formatCount = (count: number): string => whole.format(count)
/** 1,247 → 1.2K: for badges and bars, where the digits would not fit. */
export const formatShort = (count: number): string => (count < 1000 ? whole.format(count) : short.format(count))

/** "1 action", "3 actions". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

/** Milliseconds: 0.4 ms, 127 ms, 2.31 s, 1 min 4 s. */
export function formatDuration(ms: number): string {
  if (ms < 1) return ms > 0 && ms < 0.05 ? '< 0.1 ms' : `${ms.toFixed(1)} ms`
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

/** 0.9921 → 99.2 %. Never rounds a failure away: 0.99996 is 99.99 %, not 100 %. */
export function formatRate(rate: number): string {
  if (rate === 1) return '100 %'
  const percent = rate * 100
  return percent > 99.9 ? `${Math.floor(percent * 100) / 100} %` : `${percent.toFixed(1)} %`
}

export const formatDay = (instant: string): string => day.format(new Date(instant))
export const formatFull = (instant: string): string => full.format(new Date(instant))

/** Today: 14:32:15. Earlier: Nov 3, 14:32:15. */
export function formatClock(instant: string, now = new Date()): string {
  const then = new Date(instant)
  return then.toDateString() === now.toDateString() ? clock.format(then) : dayAndClock.format(then)
}

const hourTick = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false })
const dayTick = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })

/** The label of a time axis: hours within two days, dates beyond. */
export const formatTick = (ms: number, spanMs: number): string => (spanMs < 48 * 3_600_000 ? hourTick : dayTick).format(ms)

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** "2 hr. ago", "in 5 min.", "just now". */
export function formatRelative(instant: string, now = Date.now()): string {
  const seconds = (new Date(instant).getTime() - now) / 1000
  for (const [unit, size] of steps) if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  return Math.abs(seconds) < 10 ? 'just now' : relative.format(Math.trunc(seconds), 'second')
}

/** Time left as a countdown: 23 h 58 min, 4 min 09 s, 12 s. Empty once past. */
export function formatLeft(ms: number): string {
  if (ms <= 0) return ''
  const seconds = Math.floor(ms / 1000)
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  if (hours >= 48) return `${Math.floor(hours / 24)} days`
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min`
  return minutes > 0 ? `${minutes} min ${String(seconds % 60).padStart(2, '0')} s` : `${seconds} s`
}
