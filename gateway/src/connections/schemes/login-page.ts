import type { AuthScheme } from '../../definition/document.ts'
import type { SessionScheme } from '../../definition/login.ts'
import { fillAddress } from '../../definition/template/server.ts'
import type { CompiledConnector, Settings } from '../../definition/types.ts'

/** Whether a URL, which may be relative to another, has this path at its end; a server URL may have a prefix of its own. */
export function isPage(path: string, url: string, base?: string): boolean {
  const found = URL.parse(url, base)?.pathname.replace(/\/+$/, '')
  const wanted = path.replace(/[?].*$/, '').replace(/\/+$/, '')
  return found !== undefined && wanted !== '' && found.endsWith(wanted)
}

/** Where a session that has ended leads to, as a path. */
export function loginPageOf({ login_page, login }: SessionScheme, connector: CompiledConnector, settings: Settings): string {
  const page = fillAddress(login_page ?? login.url, connector.document, settings)
  return page.startsWith('/') ? page : new URL(page).pathname
}

/** Recognises the page that an API leads to once a session has ended. */
export function loginPageTest(
  scheme: AuthScheme,
  connector: CompiledConnector,
  settings: Settings,
): ((url: string, base?: string) => boolean) | null {
  if (scheme.type !== 'session') return null
  return (url, base) => isPage(loginPageOf(scheme, connector, settings), url, base)
}
