/** Deeper values are refused, so that nobody who walks through them runs out of stack. */
const maxDepth = 100

/** Text of JSON from a script as plain data; undefined when it is nested too deeply. A member `__proto__`, which would change what it is assigned to, is left out. */
export function plainJson(text: string): { readonly value: unknown } | undefined {
  const value: unknown = JSON.parse(text)
  return tidy(value, 0) ? { value } : undefined
}

function tidy(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth >= maxDepth) return false
  if (Array.isArray(value)) return value.every((item) => tidy(item, depth + 1))
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  return Object.values(value).every((item) => tidy(item, depth + 1))
}
