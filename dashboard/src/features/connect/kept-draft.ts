import type { ConnectorDocument } from '../../lib/connector-document.ts'
import { type Draft, draftOf } from './draft.ts'

/** The draft outlives a look at another page, but not the credential typed into it. */
let kept: Draft | null = null

export const keptDraft = (): Draft | null => kept
export const setKeptDraft = (draft: Draft | null): void => {
  kept = draft
}
/** What the four steps begin with when they are opened next. */
export const keepDraft = (document: ConnectorDocument): void => setKeptDraft(draftOf('hand', document))
