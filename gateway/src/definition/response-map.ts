import type { ResponseDocument } from './document.ts'

/** One step of a path: a key, an index, or every item of a list. */
type Step = string | number | typeof every
const every = Symbol('every item')

/** Cuts `data.items[0].name`, `items[].name` or `["odd key"]`; null when it is no such path. */
export function parsePathExpression(text: string): readonly Step[] | null {
  const steps: Step[] = []
  const token = /\.?([^.[\]"\s][^.[\]"]*)|\[(\d{1,9})\]|(\[\])|\[("(?:[^"\\]|\\.)*")\]/y
  while (token.lastIndex < text.length) {
    const start = token.lastIndex
    const match = token.exec(text)
    if (match === null) return null
    const [, name, index, all, quoted] = match
    // A name follows a dot, except at the start.
    if (name !== undefined && (start === 0) === text.startsWith('.', start)) return null
    if (all !== undefined) steps.push(every)
    else if (index !== undefined) steps.push(Number(index))
    else if (name !== undefined) steps.push(name)
    else if (quoted !== undefined) {
      const key = parseQuoted(quoted)
      if (key === null) return null
      steps.push(key)
    }
  }
  return steps
}

function parseQuoted(text: string): string | null {
  try {
    return String(JSON.parse(text))
  } catch {
    return null
  }
}

/** The value at a path; undefined when something on the way is missing. Only own properties are followed. */
export function follow(value: unknown, steps: readonly Step[], from = 0): unknown {
  let current = value
  for (let i = from; i < steps.length; i++) {
    const step = steps[i]
    if (step === every) {
      if (!Array.isArray(current)) return undefined
      return current.map((item: unknown) => follow(item, steps, i + 1)).filter((item) => item !== undefined)
    }
    if (typeof current !== 'object' || current === null || step === undefined) return undefined
    if (typeof step === 'number' ? !Array.isArray(current) : Array.isArray(current)) return undefined
    if (!Object.hasOwn(current, step)) return undefined
    current = Reflect.get(current, step)
  }
  return current
}

/** The value at a path that was checked; undefined when something on the way is missing. */
export function compilePath(path: string): (body: unknown) => unknown {
  const steps = parsePathExpression(path) ?? []
  return (body) => follow(body, steps)
}

export type MapResponse = (body: unknown) => unknown

/**
 * Compiles an action's `response`: `root` picks the part that is the answer (null when it is missing), `map` builds an object
 * from paths below it and leaves out fields whose path leads nowhere. A list is mapped item by item, unless the paths say
 * themselves which items they mean (`[0].id`).
 */
export function compileResponse({ root, map }: ResponseDocument): MapResponse {
  const rootSteps = root === undefined ? [] : (parsePathExpression(root) ?? [])
  const fields =
    map === undefined ? null : Object.entries(map).map(([field, path]) => [field, parsePathExpression(path) ?? []] as const)
  const byItem = fields?.every(([, steps]) => typeof steps[0] === 'string') ?? false

  function mapped(part: unknown): unknown {
    if (fields === null) return part
    const answer: Record<string, unknown> = {}
    for (const [field, steps] of fields) {
      const value = follow(part, steps)
      // Defined, not assigned: a field may be called __proto__.
      if (value !== undefined)
        Object.defineProperty(answer, field, { value, enumerable: true, configurable: true, writable: true })
    }
    return answer
  }

  return (body) => {
    const part = rootSteps.length === 0 ? body : (follow(body, rootSteps) ?? null)
    return byItem && Array.isArray(part) ? part.map(mapped) : mapped(part)
  }
}

/** Compiles `variables` of an action's `response`: values by name, without those whose path leads nowhere. */
export function compileVariables({
  variables,
}: ResponseDocument): (body: unknown) => Readonly<Record<string, unknown>> | undefined {
  if (variables === undefined) return () => undefined
  const paths = Object.entries(variables).map(([name, path]) => [name, compilePath(path)] as const)
  return (body) =>
    Object.fromEntries(
      paths.flatMap(([name, valueAt]) => {
        const value = valueAt(body)
        return value === undefined ? [] : [[name, value]]
      }),
    )
}

/** Whether something stands at the path of `failure`: anything but null, false, 0, an empty text and an empty list. */
export function compileFailure({ failure }: ResponseDocument): (body: unknown) => boolean {
  const steps = failure === undefined ? null : parsePathExpression(failure)
  return (body) => {
    const found = steps === null ? undefined : follow(body, steps)
    return Array.isArray(found) ? found.length > 0 : Boolean(found)
  }
}
