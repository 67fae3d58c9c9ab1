import { encode } from './encode.ts'
import { toText } from './placeholders.ts'
import { refuseInput } from './refusal.ts'

/** A value in a list or object that is written: null and absent ones are not. */
const present = (value: unknown) => value !== undefined && value !== null
const entriesOf = (value: object): [string, unknown][] => Object.entries(value).filter(([, item]) => present(item))

/** The `simple`, `label` and `matrix` styles, and `form` without explode: everything in one text (OpenAPI 3.1, "Style Values"). */
export function delimited(value: unknown, explode: boolean, separator: string, write: (text: string) => string): string {
  const text = (item: unknown) => write(toText(item))
  if (Array.isArray(value)) return value.filter(present).map(text).join(separator)
  if (typeof value === 'object' && value !== null) {
    return entriesOf(value)
      .map(([key, item]) => `${write(key)}${explode ? '=' : ','}${text(item)}`)
      .join(explode ? separator : ',')
  }
  return text(value)
}

/** One path value in its style; `name` is what `matrix` writes before it. */
export function pathText(name: string, value: unknown, style: string, explode: boolean): string {
  const compound = typeof value === 'object' && value !== null
  if (style === 'label') return `.${delimited(value, explode, explode ? '.' : ',', encode)}`
  if (style !== 'matrix') return delimited(value, explode, ',', encode)
  if (Array.isArray(value) && explode) return value.map((item) => `;${encode(name)}=${encode(toText(item))}`).join('')
  if (compound && explode) return `;${delimited(value, true, ';', encode)}`
  return `;${encode(name)}=${delimited(value, false, ',', encode)}`
}

/** Adds one `name=value` to a query or form; both are given as they are and encoded by the receiver. */
export type AddPair = (name: string, value: string) => void

/** `name[key][0][other]=value`, as PHP, Rails and qs read it; a list of plain values is `name[]=a&name[]=b`. */
export function addDeep(input: string, name: string, value: unknown, add: AddPair): void {
  if (!present(value)) return
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      addDeep(input, typeof item === 'object' ? `${name}[${index}]` : `${name}[]`, item, add)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (/[[\]]/.test(key)) refuseInput(input, 'has a key with a square bracket, which this API cannot read')
      addDeep(input, `${name}[${key}]`, item, add)
    }
  } else {
    add(name, toText(value))
  }
}

const delimiters: Readonly<Record<string, string>> = { spaceDelimited: ' ', pipeDelimited: '|' }

/**
 * One parameter of a query or form in its style. `addKey` adds a pair whose name comes from the input, so that the receiver
 * can refuse a name that is taken; `addList` one whose value is a list written with a separator.
 */
export function addStyled(
  input: string,
  name: string,
  value: unknown,
  { style, explode }: { style: string; explode: boolean },
  to: { add: AddPair; addKey: AddPair; addList: (values: readonly string[], separator: string) => void },
): void {
  if (!present(value)) return
  if (style === 'deepObject') {
    addDeep(input, name, value, to.add)
    return
  }
  const separator = delimiters[style] ?? ','
  if (Array.isArray(value)) {
    const texts = value.filter(present).map(toText)
    if (explode) {
      for (const text of texts) to.add(name, text)
    } else if (separator !== ',' && texts.some((text) => text.includes(separator))) {
      refuseInput(input, `has an item with ${separator === ' ' ? 'a space' : `"${separator}"`} in it, which separates the items`)
    } else if (texts.length > 0) {
      to.addList(texts, separator)
    }
  } else if (typeof value === 'object' && value !== null) {
    if (explode) for (const [key, item] of entriesOf(value)) to.addKey(key, toText(item))
    else
      to.addList(
        entriesOf(value).flatMap(([key, item]) => [key, toText(item)]),
        separator,
      )
  } else {
    to.add(name, toText(value))
  }
}
