import { isRecord, type Json } from '../spec.ts'

/** Starts of objects that are tried, and how far down a value is looked through. */
const MAX_STARTS = 20
const MAX_LEVELS = 8

/** A description of an API that stands in a script of a page: the state of Redoc, Scalar's content, `swaggerDoc`. */
export function embeddedSpec(script: string): Json | null {
  const whole = parsed(script.trim())
  if (whole !== undefined) return specIn(whole)
  const start = /\{\s*"(?:openapi|swagger)"\s*:\s*"[23]\./g
  for (let tries = 0, found = start.exec(script); found !== null && tries < MAX_STARTS; found = start.exec(script), tries++) {
    const end = endOfObject(script, found.index)
    const value = end < 0 ? undefined : parsed(script.slice(found.index, end))
    const spec = value === undefined ? null : specIn(value)
    if (spec !== null) return spec
    if (end > 0) start.lastIndex = end
  }
  return null
}

function parsed(text: string): unknown {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The first object that says it is one, level by level. */
function specIn(root: unknown): Json | null {
  let level: unknown[] = [root]
  for (let depth = 0; depth < MAX_LEVELS && level.length > 0; depth++) {
    const next: unknown[] = []
    for (const item of level) {
      if (isRecord(item) && isSpec(item)) return item
      // Some viewers are given the description as a text.
      if (typeof item === 'string' && /^\s*\{/.test(item)) next.push(parsed(item.trim()))
      else if (typeof item === 'object' && item !== null) for (const child of Object.values(item)) next.push(child)
    }
    level = next
  }
  return null
}

const isSpec = ({ openapi, swagger, paths, webhooks }: Json): boolean =>
  (typeof openapi === 'string' || typeof swagger === 'string') && (isRecord(paths) || isRecord(webhooks))

/** After the brace that closes the object; -1 when none does. */
function endOfObject(text: string, from: number): number {
  const token = /["{}]/g
  let depth = 0
  token.lastIndex = from
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '{') depth += 1
    else if (found[0] === '}') {
      depth -= 1
      if (depth === 0) return found.index + 1
    } else {
      const end = endOfString(text, found.index + 1)
      if (end < 0) return -1
      token.lastIndex = end
    }
  }
  return -1
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) return at + 1
    if (code === 92) at += 1
  }
  return -1
}
