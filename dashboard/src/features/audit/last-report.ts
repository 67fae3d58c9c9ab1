import type { Report } from './verify-all.ts'

/** The last verification of a workspace that this browser saw to its end, so that a visit begins with what is known. */
const keyOf = (workspace: string) => `sallyport.verified.${workspace}`

export function lastReport(workspace: string | undefined): Report | undefined {
  const kept = workspace === undefined ? null : localStorage.getItem(keyOf(workspace))
  // Written below, by nobody else.
  return kept === null ? undefined : (JSON.parse(kept) as Report)
}

export function keepReport(workspace: string | undefined, report: Report): void {
  if (workspace !== undefined) localStorage.setItem(keyOf(workspace), JSON.stringify(report))
}
