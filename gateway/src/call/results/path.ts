import { isObject } from '../../definition/json-schema/keywords.ts'
import { SallyportError } from '../../errors.ts'
import { shapeOf } from './left-out.ts'

/**
 * Places in a JSON value: `items[0].name`, `["odd key"]`, and `items[*].name` for the names of all items. The empty path, or `$`,
 * is the whole value. Walked step by step; nothing is evaluated.
 */
export type Step = { readonly key: string } | { readonly index: number } | 'all'

const maxLength = 1_000
const maxSteps = 64
const plainName = /^[A-Za-z_$][\w$-]*$/
const token = /\.?([A-Za-z_$][\w$-]*)|\[(\d{1,9})\]|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]/y

/** The path of a member of what is at `path`. */
export function memberPath(path: string, key: string): string {
  if (!plainName.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

function wrong(): SallyportError {
  return new SallyportError('INVALID_INPUT', {
    detail: 'This is no path. Write it like items[0].name, items[*].id or ["odd key"]; leave it out for the whole answer.',
  })
}

/** Throws INVALID_INPUT. */
export function parsePath(path: string): readonly Step[] {
  if (path.length > maxLength) throw wrong()
  const text = path.replace(/^\$(?=$|[.[])/, '')
  const steps: Step[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const match = token.exec(text)
    if (match === null || steps.length >= maxSteps) throw wrong()
    const [, name, index, all, quoted] = match
    if (all !== undefined) steps.push('all')
    else if (index !== undefined) steps.push({ index: Number(index) })
    else if (quoted !== undefined) steps.push({ key: keyOf(quoted) })
    else steps.push({ key: name ?? '' })
  }
  return steps
}

function keyOf(quoted: string): string {
  try {
    return String(JSON.parse(quoted))
  } catch {
    throw wrong()
  }
}

function nothing(path: string, at: unknown): SallyportError {
  return new SallyportError('INVALID_INPUT', {
    detail: `The path leads nowhere: ${path === '' ? 'the answer' : path.slice(0, 200)} is ${/^[aeiou]/.test(shapeOf(at)) ? 'an' : 'a'} ${shapeOf(at)}.`,
  })
}

/** What is at a path. Throws INVALID_INPUT that says how far it leads. With `[*]`, null stands for items that have no such place. */
export function valueAt(value: unknown, steps: readonly Step[]): unknown {
  let at = value
  let path = ''
  for (const [index, step] of steps.entries()) {
    if (step === 'all') {
      if (!Array.isArray(at)) throw nothing(path, at)
      const rest = steps.slice(index + 1)
      return at.map((item) => valueIn(item, rest))
    }
    const next = stepInto(at, step)
    if (next === undefined) throw nothing(path, at)
    at = next.value
    path = 'index' in step ? `${path}[${step.index}]` : memberPath(path, step.key)
  }
  return at
}

function valueIn(item: unknown, steps: readonly Step[]): unknown {
  let at = item
  for (const [index, step] of steps.entries()) {
    if (step === 'all') return Array.isArray(at) ? at.map((each) => valueIn(each, steps.slice(index + 1))) : null
    const next = stepInto(at, step)
    if (next === undefined) return null
    at = next.value
  }
  return at
}

function stepInto(at: unknown, step: Exclude<Step, 'all'>): { readonly value: unknown } | undefined {
  if ('index' in step) return Array.isArray(at) && step.index < at.length ? { value: at[step.index] } : undefined
  return isObject(at) && Object.hasOwn(at, step.key) ? { value: at[step.key] } : undefined
}
