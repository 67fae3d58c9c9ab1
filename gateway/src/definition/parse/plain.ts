/** No connector file nests deeper; what walks documents may recurse. */
const maxDepth = 100

export interface PlainProblem {
  readonly path: readonly (string | number)[]
  readonly text: string
}

/** The first reason why a value is not plain JSON data that is safe to walk and copy; null when it is. */
export function plainProblem(value: unknown): PlainProblem | null {
  // One array for the way down: a document may have a million nodes.
  const path: (string | number)[] = []

  function visit(item: unknown): PlainProblem | null {
    if (typeof item === 'string' || typeof item === 'boolean' || item === null) return null
    if (typeof item === 'number') return Number.isFinite(item) ? null : { path, text: 'must be a finite number' }
    if (typeof item !== 'object') return { path, text: 'is nothing that JSON can hold' }
    if (path.length >= maxDepth) return { path: path.slice(0, 3), text: `is nested deeper than ${maxDepth} levels` }
    for (const [key, child] of Object.entries(item)) {
      path.push(Array.isArray(item) ? Number(key) : key)
      const found = key === '__proto__' ? { path, text: 'is not a permitted key' } : visit(child)
      if (found !== null) return found
      path.pop()
    }
    return null
  }

  return visit(value)
}
