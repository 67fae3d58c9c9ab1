import { useSyncExternalStore } from 'react'

/** Whether a media query matches, followed live. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => matchMedia(query).matches,
  )
}

/** Wide enough for two panes; the same width as the `md:` classes. */
export const useWide = (): boolean => useMedia('(min-width: 56rem)')
