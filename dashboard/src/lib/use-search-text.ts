import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useState } from 'react'
import { useDebounced } from './use-debounced.ts'

/** The text of a list's search field, kept as `?q=` in the address; `search` is what to ask the gateway for. */
export function useSearchText() {
  const { q } = useSearch({ strict: false })
  const navigate = useNavigate()
  const [text, setText] = useState(q ?? '')
  const search = useDebounced(text.trim())
  const keep = useEffectEvent((settled: string) => {
    if (settled !== (q ?? ''))
      void navigate({ to: '.', search: (previous) => ({ ...previous, q: settled || undefined }), replace: true })
  })
  useEffect(() => keep(search), [search])
  return { text, setText, search }
}
