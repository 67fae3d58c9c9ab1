/** Says whether a URL matches. Its query and fragment don't count. */
export type UrlPattern = (url: URL) => boolean

/** Linear: each piece is looked for once, from where the last one ended. */
function matchesGlob(text: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces
  if (!text.startsWith(first)) return false
  const last = rest.pop()
  if (last === undefined) return text === first
  let at = first.length
  for (const piece of rest) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

/**
 * Compiles `https://api.example.com/v1/*`: scheme, host and port must be equal, `*.` before the host stands for any subdomain,
 * `*` in the path for any text. Without a path every path matches. Null when it is no such pattern.
 */
export function compileUrlPattern(pattern: string): UrlPattern | null {
  const match = /^(https?):\/\/(\*\.)?([^/*?#@\\\s]+)(\/[^?#\\\s]*)?$/i.exec(pattern)
  if (match === null) return null
  const [, scheme, wildcard, host, path = '/*'] = match
  const parsed = URL.parse(`${scheme}://${host}${path}`)
  // A dot segment would be resolved and the pattern would mean something else than it says.
  if (parsed === null || parsed.hostname === '' || path.split('/').length !== parsed.pathname.split('/').length) return null
  const pieces = parsed.pathname.split('*')
  return (url) => {
    if (url.protocol !== parsed.protocol || url.port !== parsed.port) return false
    const sameHost = wildcard === undefined ? url.hostname === parsed.hostname : url.hostname.endsWith(`.${parsed.hostname}`)
    return sameHost && matchesGlob(url.pathname, pieces)
  }
}
