const unreserved = /^[A-Za-z0-9\-._~]*$/
const leftByEncodeUri = /[!'()*]/g
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** Percent-encodes everything but the unreserved characters (RFC 3986, section 2.3). Throws URIError for a lone surrogate. */
export function encode(text: string): string {
  return unreserved.test(text) ? text : encodeURIComponent(text).replace(leftByEncodeUri, percent)
}

/** A parameter name from the document: `$filter` and `fields:all` keep their marks, which some servers compare undecoded. */
export function encodeName(name: string): string {
  return encodeURIComponent(name)
    .replace(leftByEncodeUri, percent)
    .replace(/%(?:24|3A|40|2C)/g, decodeURIComponent)
}

/** Literal path text from the document: what may stand in a path segment stays, valid percent-encodings too. */
export function encodeLiteral(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@]/gu, (match) =>
    match.length === 3 ? match : encodeURIComponent(match),
  )
}

/** A segment that a URL parser takes for "here" or "one up", in any of its spellings (WHATWG URL, "single-dot path segment"). */
export function isDotSegment(segment: string): boolean {
  return segment.length <= 6 && /^(?:\.|%2e){1,2}$/i.test(segment)
}

/** Bytes that would end a line or a text further down the way. */
const breaking = /[\r\n\0]/
export const hasBreaking = (text: string): boolean => breaking.test(text)
