/** One challenge of `WWW-Authenticate` (RFC 9110, section 11.6.1); names in lower case. */
export interface Challenge {
  readonly scheme: string
  readonly parameters: Readonly<Record<string, string | undefined>>
}

const piece = /[\s,]*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w!#$%&'*+.^`|~-]+))/y

/** All challenges of a header, several of which may have been joined by commas; what cannot be read ends the list. */
export function challengesIn(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = []
  piece.lastIndex = 0
  for (let match = piece.exec(header); match !== null; match = piece.exec(header)) {
    const [, name, quoted, plain = '', scheme] = match
    if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), parameters: Object.create(null) })
    else if (name !== undefined)
      Object.assign(found.at(-1)?.parameters ?? {}, { [name.toLowerCase()]: quoted?.replace(/\\(.)/g, '$1') ?? plain })
  }
  return found
}
