/** One code of docs/errors.md, which is generated from the catalogue of errors. */
export interface ErrorEntry {
  readonly code: string
  /** Title and HTTP status. */
  readonly title: string
  readonly cause: string
  readonly resolution: string
}

const form = /^## (\S+)\n\n(.+)\n\n- \*\*Why:\*\* (.+)\n- \*\*What to do:\*\* (.+)$/gm

/** The entries of the page, in its order. */
export function parseErrorEntries(page: string): readonly ErrorEntry[] {
  return [...page.matchAll(form)].map(([, code = '', title = '', cause = '', resolution = '']) => ({
    code,
    title: title.replace(/\.$/, ''),
    cause,
    resolution,
  }))
}
