import { noFallback, parseParts, resolve, toText } from '../../definition/template/placeholders.ts'
import type { Settings } from '../../definition/types.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import type { Piece } from '../../vault/mac.ts'

export type Values = Readonly<Record<string, Piece | undefined>>

/** A text cut once, its settings filled in; the pieces of a request are filled in each time. */
export interface SecretTemplate {
  uses(name: string): boolean
  pieces(values: Values): readonly Piece[]
  /** As one text, wrapped when a secret is in it. Throws for a piece of bytes, which no text can hold. */
  text(values: Values): string | Secret
}

function missing(name: string): never {
  throw new SallyportError('INVALID_INPUT', { detail: `The setting or field "${name}" is needed to sign requests. Set it.` })
}

/** `{{name}}` takes a value, `{{settings.name}}` a setting. Throws INVALID_INPUT when one is absent. */
export function secretTemplate(template: string, settings: Settings): SecretTemplate {
  const parts = parseParts(template, noFallback).map((part) => {
    if (typeof part === 'string' || !part.setting) return part
    const value = resolve(part, { input: {}, settings })
    return value === undefined ? missing(part.name) : toText(value)
  })
  const pieces = (values: Values) =>
    parts.map((part) => (typeof part === 'string' ? part : (values[part.name] ?? missing(part.name))))
  return {
    uses: (name) => parts.some((part) => typeof part !== 'string' && part.name === name),
    pieces,
    text(values) {
      const texts = pieces(values).map((piece) => {
        if (piece instanceof Uint8Array) throw new TypeError('bytes cannot be part of a text')
        return piece
      })
      return texts.every((text) => typeof text === 'string') ? texts.join('') : Secret.concat(...texts)
    },
  }
}
