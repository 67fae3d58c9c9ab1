/** What a look at the document that a connector was imported from found. */
export interface Drift {
  readonly checked_at: string
  /** Of the newer document; null when nothing differs. */
  readonly fingerprint: string | null
  readonly class: 'major' | 'minor' | 'patch' | null
  readonly counts: { readonly major: number; readonly minor: number; readonly patch: number }
  /** Somebody decided to stay on the stored version in spite of it. */
  readonly pinned: boolean
}
