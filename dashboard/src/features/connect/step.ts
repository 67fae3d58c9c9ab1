import type { Dispatch } from 'react'
import type { Change, Draft } from './draft.ts'

/** What every step gets. Secrets stand apart from the draft: they are dropped when the page is left. */
export interface StepProps {
  readonly draft: Draft
  readonly change: Dispatch<Change>
  readonly secrets: Readonly<Record<string, string>>
  readonly setSecrets: (secrets: Record<string, string>) => void
}
