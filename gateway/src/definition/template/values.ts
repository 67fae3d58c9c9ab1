import { type Fallback, parseParts, referencesOf, resolve, type Scope, toText } from './placeholders.ts'

type EscapeText = (text: string) => string

/** Gives the value; undefined when an input in it is absent. */
export type RenderValue = (scope: Scope) => unknown

/**
 * Compiles a template value. A text that is exactly one placeholder takes the value with its type; in a longer text the value
 * is inserted as text (`escapeText` makes it safe for the language of that text); a key or item whose input is absent is left out.
 */
export function compileValue(template: unknown, fallback: Fallback, escapeText: EscapeText = (text) => text): RenderValue {
  if (typeof template === 'string') return compileText(template, fallback, escapeText)
  if (Array.isArray(template)) {
    const items = template.map((item: unknown) => compileValue(item, fallback, escapeText))
    return (scope) => items.map((item) => item(scope)).filter((item) => item !== undefined)
  }
  if (typeof template === 'object' && template !== null) {
    const entries = Object.entries(template).map(([key, item]) => [key, compileValue(item, fallback, escapeText)] as const)
    return (scope) => {
      const value: Record<string, unknown> = {}
      for (const [key, render] of entries) {
        const item = render(scope)
        if (item !== undefined) value[key] = item
      }
      return value
    }
  }
  return () => template
}

function compileText(template: string, fallback: Fallback, escapeText: EscapeText): RenderValue {
  const parts = parseParts(template, fallback)
  const [only] = parts
  if (referencesOf(parts).length === 0) return () => template
  if (parts.length === 1 && only !== undefined && typeof only !== 'string') return (scope) => resolve(only, scope)
  return (scope) => {
    let text = ''
    for (const part of parts) {
      if (typeof part === 'string') {
        text += part
        continue
      }
      const value = resolve(part, scope)
      if (value === undefined || value === null) return undefined
      text += escapeText(toText(value))
    }
    return text
  }
}
