import { identifier, UniqueNames } from '../names.ts'

/** A path with its ids replaced by `{inputs}`, and what stood there. */
export interface PathTemplate {
  readonly path: string
  readonly samples: ReadonlyMap<string, string>
}

/** Shapes that are ids and no words. */
const shapes: readonly RegExp[] = [
  /^\d+$/,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^(?=[^g-z]*\d)[0-9a-f]{12,}$/i,
  /^[0-9A-HJKMNP-TV-Z]{26}$/,
  /^[^@\s/]+@[^@\s/]+\.[a-z]+$/i,
  // A prefix says what it is an id of: cus_9s6XKzkNRiz8i3.
  /^[a-z]{2,12}_(?=[A-Za-z]*\d)[A-Za-z0-9]{8,}$/,
  // Letters of both cases and digits, as random texts have them.
  /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_-]{10,}$/,
  /^\d{4}-\d\d-\d\d$/,
  // Issue keys: ABC-123.
  /^[A-Z][A-Z0-9]+-\d+$/,
]

/** Whether a text is an id by its shape. */
export function looksLikeId(text: string): boolean {
  return text.length <= 200 && !/^v\d+$/i.test(text) && shapes.some((shape) => shape.test(text))
}

/** What stands for an id in examples of documentation: `:id`, `{id}`, `{{id}}`, `<id>`, `$ID`, `${ID}`, `YOUR_ID`, `[id]`. */
const placeholders: readonly RegExp[] = [
  /^:([A-Za-z_][\w-]*)$/,
  /^\{\{?\s*([^{}]+?)\s*\}\}?$/,
  /^<([^<>]+)>$/,
  /^\$\{?([A-Za-z_]\w*)\}?$/,
  /^\[([^[\]]+)\]$/,
  /^((?:YOUR|MY|THE)[_-][A-Z0-9_-]+)$/,
  /^([A-Z][A-Z0-9]*_[A-Z0-9_]*)$/,
]

/** The name in a placeholder; null for what is none. */
export function placeholderName(text: string): string | null {
  if (text.length > 200) return null
  const plain = decoded(text)
  for (const shape of placeholders) {
    const name = shape.exec(plain)?.[1]
    if (name !== undefined) {
      const words = name.replace(/^(your|my|the)[_-]/i, '')
      return /[a-z]/.test(words) ? identifier(words) : identifier(words.toLowerCase())
    }
  }
  return null
}

/** `/users/123/posts/7` → `/users/{user_id}/posts/{post_id}`. */
export function templateOf(path: string): PathTemplate {
  const names = new UniqueNames()
  const samples = new Map<string, string>()
  const segments = path.split('/')
  const written = segments.map((segment, index) => {
    const named = placeholderName(segment)
    const text = decoded(segment)
    if (named === null && !looksLikeId(text)) return segment.replace(/[{}]/g, encodeURIComponent)
    const name = names.take(named ?? idName(segments.slice(0, index)))
    if (named === null) samples.set(name, text)
    return `{${name}}`
  })
  return { path: written.join('/'), samples }
}

/** An id is called after what stands before it. */
function idName(before: readonly string[]): string {
  const word = before.findLast((segment) => /^[A-Za-z][\w.-]*$/.test(segment) && !/^(v\d+|api|rest)$/i.test(segment))
  return word === undefined ? 'id' : `${identifier(singular(word.replace(/\.\w+$/, ''))).toLowerCase()}_id`
}

function singular(word: string): string {
  if (/ies$/i.test(word)) return word.replace(/ies$/i, 'y')
  if (/(ss|us|is)$/i.test(word)) return word
  return word.replace(/(?<=[sxz]|[cs]h)es$|s$/i, '')
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
