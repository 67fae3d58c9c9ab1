import { SallyportError } from '../../errors.ts'
import { redacted } from '../../secret.ts'
import type { ActionDocument } from '../document.ts'
import { encodeLiteral, hasBreaking, isDotSegment } from './encode.ts'
import { type Fallback, parsePathParts, type Reference, resolve, type Scope } from './placeholders.ts'
import { refuseInput } from './refusal.ts'
import { pathText } from './styles.ts'

type PathStyles = NonNullable<ActionDocument['path_styles']>
interface PathValue {
  readonly reference: Reference
  readonly style: string
  readonly explode: boolean
}
type Segment = readonly (string | PathValue)[]

/** The segments of a path, cut once: a placeholder belongs to exactly one. Literals are encoded already. */
export function parsePath(path: string, styles: PathStyles, fallback: Fallback): readonly Segment[] {
  const segments: (string | PathValue)[][] = [[]]
  for (const part of parsePathParts(path, fallback)) {
    if (typeof part !== 'string') {
      const { style = 'simple', explode = false } = (Object.hasOwn(styles, part.name) ? styles[part.name] : undefined) ?? {}
      segments.at(-1)?.push({ reference: part, style, explode })
      continue
    }
    part.split('/').forEach((text, index) => {
      if (index > 0) segments.push([])
      if (text !== '') segments.at(-1)?.push(text.split(redacted).map(encodeLiteral).join(redacted))
    })
  }
  return segments
}

/** Refuses texts that would end a line or leave the segment, in the value and everything in it. */
function checkTexts(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      checkTexts(name, key)
      checkTexts(name, item)
    }
  }
  if (typeof value !== 'string' || plain.test(value)) return
  if (hasBreaking(value)) refuseInput(name, 'must not contain line breaks or NUL: it is part of the path')
  // Encoded, "../" is one segment for us, but some servers decode before they route.
  if (value.split(/[/\\]/).some(isDotSegment)) refuseInput(name, 'must not contain "." or ".." as a path segment')
}
/** Nothing in it that needs a second look. */
const plain = /^[A-Za-z0-9_-]+$/

function renderPathValue({ reference, style, explode }: PathValue, scope: Scope): string {
  const name = reference.setting ? `settings.${reference.name}` : reference.name
  const value = resolve(reference, scope)
  if (value === undefined || value === null) refuseInput(name, 'is required: it is part of the path')
  checkTexts(name, value)
  const text = pathText(reference.name, value, style, explode)
  if (text === '') refuseInput(name, 'must not be empty: it is part of the path')
  return text
}

/** The path, from its leading slash on. */
export type RenderPath = (scope: Scope) => string

export function compilePath(path: string, styles: PathStyles, fallback: Fallback): RenderPath {
  const segments = parsePath(path, styles, fallback)
  return (scope) => {
    let text = ''
    for (const segment of segments) {
      let rendered = ''
      for (const part of segment) rendered += typeof part === 'string' ? part : renderPathValue(part, scope)
      if (isDotSegment(rendered)) {
        throw new SallyportError('INVALID_INPUT', { detail: `The input makes a "." or ".." segment of the path ${path}.` })
      }
      text += `/${rendered}`
    }
    return text
  }
}
