import { useEffect, useState } from 'react'

/** The current time in milliseconds, renewed at this interval; null stops the clock. */
export function useNow(everyMs: number | null = 30_000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (everyMs === null) return
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
