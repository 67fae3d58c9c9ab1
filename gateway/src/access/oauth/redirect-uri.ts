/** Longer ones serve nobody. */
const maxLength = 2000
/** Hosts of the machine the browser runs on; the name is not what RFC 8252 recommends, but what programs use. */
const loopback = new Set(['127.0.0.1', '[::1]', 'localhost'])
/** What a browser runs, opens or reads itself, instead of handing it to a program. */
const notForPrograms = /^(?:about|blob|chrome|data|file|filesystem|ftp|javascript|mailto|sms|tel|vbscript|view-source|wss?):$/

export function isLoopback(url: URL): boolean {
  return url.protocol === 'http:' && loopback.has(url.hostname)
}

/**
 * Whether codes may ever be sent there: https, http to the browser's own machine, or the scheme of a program (RFC 8252). Written
 * as URL parsers print it, so that everybody reads the same host in it; no fragment, no user, no password.
 */
export function isRedirectUri(text: string): boolean {
  const url = text.length > maxLength ? null : URL.parse(text)
  if (url === null || text.includes('#') || url.username !== '' || url.password !== '') return false
  // A bare origin is printed with a slash.
  if (url.href !== text && url.href !== `${text}/`) return false
  if (url.protocol === 'https:') return true
  if (url.protocol === 'http:') return loopback.has(url.hostname)
  return !notForPrograms.test(url.protocol)
}

/**
 * Whether a registered redirect URI permits this one: the same text, or on the browser's own machine the same but for the port,
 * which a program takes as it comes (RFC 8252, section 7.3).
 */
export function permitsRedirect(registered: string, asked: string): boolean {
  if (!isRedirectUri(asked)) return false
  if (registered === asked) return true
  const [one, other] = [URL.parse(registered), URL.parse(asked)]
  if (one === null || other === null || !isLoopback(one) || !isLoopback(other)) return false
  one.port = ''
  other.port = ''
  return one.href === other.href
}

/** Where a redirect URI leads, for people: its host, or the scheme of a program. */
export function placeOf(redirectUri: string): string {
  const url = new URL(redirectUri)
  return /^https?:$/.test(url.protocol) ? url.host : url.protocol.slice(0, -1)
}
