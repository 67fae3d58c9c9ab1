import { useEffect, useState } from 'react'

/** The value once it has been still for a while, so that typing does not ask the gateway for every letter. */
export function useDebounced<T>(value: T, ms = 180): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}
