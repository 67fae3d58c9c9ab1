import { SallyportError } from '../../errors.ts'

export interface Base {
  readonly origin: string
  /** The path of the base URL without a slash at its end; empty for the root. */
  readonly prefix: string
}

const maxBases = 1000
const bases = new Map<string, Base | null>()

function parse(text: string): Base | null {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return null
  if (url.username !== '' || url.password !== '' || text.includes('?') || text.includes('#')) return null
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') }
}

/** The parts of a base URL; null when it is not an http(s) URL, or has userinfo, a query or a fragment. */
export function parseBase(text: string): Base | null {
  let base = bases.get(text)
  if (base === undefined) {
    if (bases.size >= maxBases) bases.clear()
    base = parse(text)
    bases.set(text, base)
  }
  return base
}

const outside = 'The URL of this call would leave the server URL of the connector.'

/**
 * Joins base, path and query, then compares what a URL parser makes of it with what was meant: any difference (a resolved "..",
 * another host, a changed character) refuses the call with URL_NOT_ALLOWED.
 */
export function joinUrl(baseUrl: string, path: string, query: string): string {
  const base = parseBase(baseUrl)
  if (base === null)
    throw new SallyportError('URL_NOT_ALLOWED', { detail: 'The server URL of the connection is not a plain http or https URL.' })
  const pathname = `${base.prefix}${path}`
  const search = query === '' ? '' : `?${query}`
  const url = `${base.origin}${pathname}${search}`
  const parsed = URL.parse(url)
  const same =
    parsed !== null &&
    parsed.href === url &&
    parsed.origin === base.origin &&
    parsed.pathname === pathname &&
    parsed.search === search
  if (!same) throw new SallyportError('URL_NOT_ALLOWED', { detail: outside })
  return url
}

/** Whether a URL lies at or below a base URL. */
export function isBelow(url: URL, baseUrl: string): boolean {
  const base = parseBase(baseUrl)
  return (
    base !== null && url.origin === base.origin && (url.pathname === base.prefix || url.pathname.startsWith(`${base.prefix}/`))
  )
}
