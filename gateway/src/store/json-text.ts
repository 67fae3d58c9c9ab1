const unstorable = /\\u(?:0000|d[89a-f])/i
const escapes = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u0000|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/gs

/** Whether JSON text has an escape that PostgreSQL may not be able to store. Quick; may err on the side of yes. */
export function mayBeUnstorable(json: string): boolean {
  // Most texts have no such escape at all, and looking for two letters costs a third.
  return json.includes('\\u') && unstorable.test(json)
}

/**
 * JSON text that `jsonb` takes: the character NUL and lone surrogates, which JSON allows and PostgreSQL's text does not,
 * become U+FFFD. Everything else stays as it is.
 */
export function storableJson(json: string): string {
  if (!mayBeUnstorable(json)) return json
  // Longest first: a pair of surrogates (12) and a short escape (2) are fine, what is 6 long is neither.
  return json.replace(escapes, (sequence) => (sequence.length === 6 ? '\ufffd' : sequence))
}

/** The same for plain text. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}
