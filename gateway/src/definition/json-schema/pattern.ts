import { RE2JS } from 're2js'

/** Patterns come from third parties: a long one is no pattern anyone needs. */
const maxPatternLength = 2000
/** Steps of the engine are at most (length of the text × size of the program); 50 million are about a second. */
const maxSteps = 50_000_000
/** Compiling costs about 0.1 ms, so what is in use stays; the bound keeps a changing set from growing. */
const maxCached = 2000

export type Pattern = (text: string) => boolean
const cache = new Map<string, Pattern | null>()

function compile(source: string): Pattern | null {
  if (source.length > maxPatternLength) return null
  if (source === '' || source === '^.*$' || source === '.*' || source === '^(.*)$') return () => true
  try {
    // The linear-time engine has no lookaround and no back-references: such patterns can't be run safely.
    const expression = RE2JS.compile(RE2JS.translateRegExp(source))
    const size = Math.max(1, expression.programSize())
    return (text) => text.length * size > maxSteps || expression.test(text)
  } catch {
    return null
  }
}

/**
 * A `pattern` of a schema on a linear-time engine; null when it is invalid or needs backtracking, then it counts as an
 * annotation. ECMA 262 syntax, unanchored. Texts too long to check within the budget pass.
 */
export function linearPattern(source: string): Pattern | null {
  let pattern = cache.get(source)
  if (pattern === undefined) {
    if (cache.size >= maxCached) cache.clear()
    pattern = compile(source)
    cache.set(source, pattern)
  }
  return pattern
}
