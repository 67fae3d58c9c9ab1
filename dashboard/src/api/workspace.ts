/**
 * The workspace this tab works in. Each tab has its own, so that switching in one changes nothing under the hands of another;
 * a new tab begins with the one chosen last.
 */
const key = 'sallyport.workspace'

export function chosenWorkspace(): string | undefined {
  return sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? undefined
}

/** Loads the page anew: everything on it belongs to the workspace that is left. */
export function switchWorkspace(id: string, to = '/'): void {
  sessionStorage.setItem(key, id)
  localStorage.setItem(key, id)
  location.assign(to)
}

export function forgetWorkspace(): void {
  sessionStorage.removeItem(key)
  localStorage.removeItem(key)
}

/** The audit log as a file, for a link: no page adds a header to what a browser downloads. */
export const exportPath = (workspace: string | undefined) =>
  `/api/v1/audit/export${workspace === undefined ? '' : `?workspace=${encodeURIComponent(workspace)}`}`
