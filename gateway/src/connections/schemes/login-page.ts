import type { AuthScheme } from '../../definition/document.ts'
import { loginPageOf } from '../../definition/login.ts'

/** Whether a URL, which may be relative to another, has this path at its end; a server URL may have a prefix of its own. */
export function isPage(path: string, url: string, base?: string): boolean {
  const found = URL.parse(url, base)?.pathname.replace(/\/+$/, '')
  const wanted = path.replace(/[?].*$/, '').replace(/\/+$/, '')
  return found !== undefined && wanted !== '' && found.endsWith(wanted)
}

/** Recognises the page that an API leads to once a session has ended. */
export function loginPageTest(scheme: AuthScheme): ((url: string, base?: string) => boolean) | null {
  if (scheme.type !== 'session') return null
  const page = loginPageOf(scheme)
  return (url, base) => isPage(page, url, base)
}
