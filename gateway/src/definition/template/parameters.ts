import type { Placement, Template } from '../document.ts'
import { encode, encodeName } from './encode.ts'
import { collectReferences, type Fallback, type Scope, toText } from './placeholders.ts'
import { refuseInput } from './refusal.ts'
import { addStyled, delimited } from './styles.ts'
import { compileValue, type RenderValue } from './values.ts'

export interface Parameter {
  readonly name: string
  readonly encodedName: string
  /** What a problem calls the value: the input it comes from. */
  readonly input: string
  readonly render: RenderValue
  readonly style: string | undefined
  readonly explode: boolean | undefined
  readonly json: boolean
}

const isPlacement = (template: Template): template is Placement => typeof template === 'object'

export function compileParameters(templates: Readonly<Record<string, Template>>, fallback: Fallback): readonly Parameter[] {
  return Object.entries(templates).map(([name, template]) => {
    const placement = isPlacement(template) ? template : { value: template }
    const [reference] = collectReferences(placement.value)
    return {
      name,
      encodedName: encodeName(name),
      input: reference?.name ?? name,
      render: compileValue(placement.value, fallback),
      style: 'style' in placement ? placement.style : undefined,
      explode: 'explode' in placement ? placement.explode : undefined,
      json: 'content_type' in placement && placement.content_type !== undefined,
    }
  })
}

type Placed = Pick<Parameter, 'name' | 'encodedName' | 'style' | 'explode' | 'json'>

/** Collects `name=value` pairs; the names the document uses can't be taken by keys that come from the input. */
export function pairCollector(taken: ReadonlySet<string>) {
  let pairs = ''
  const push = (name: string, value: string) => {
    pairs += `${pairs === '' ? '' : '&'}${name}=${value}`
  }
  return {
    add(input: string, { name, encodedName, style = 'form', explode, json }: Placed, value: unknown): void {
      if (json || typeof value !== 'object') {
        push(encodedName, encode(json ? JSON.stringify(value) : toText(value)))
        return
      }
      addStyled(
        input,
        name,
        value,
        { style, explode: explode ?? (style === 'form' || style === 'deepObject') },
        {
          add: (key, text) => push(key === name ? encodedName : encode(key), encode(text)),
          addKey: (key, text) => {
            if (taken.has(key))
              refuseInput(input, `must not have the key ${JSON.stringify(key)}: a parameter of that name exists`)
            push(encode(key), encode(text))
          },
          addList: (texts, separator) => push(encodedName, texts.map(encode).join(separator === ',' ? ',' : encode(separator))),
        },
      )
    },
    text: (): string => pairs,
  }
}

/** The query without its question mark; empty when every parameter is absent. */
export type RenderQuery = (scope: Scope) => string

/** `reserved`: names that belong to credentials. */
export function compileQuery(
  templates: Readonly<Record<string, Template>>,
  reserved: ReadonlySet<string>,
  fallback: Fallback,
): RenderQuery {
  const parameters = compileParameters(templates, fallback)
  const taken = new Set([...reserved, ...Object.keys(templates)])
  return (scope) => {
    if (parameters.length === 0) return ''
    const pairs = pairCollector(taken)
    for (const parameter of parameters) {
      const value = parameter.render(scope)
      if (value !== undefined && value !== null) pairs.add(parameter.input, parameter, value)
    }
    return pairs.text()
  }
}

/** A field value may hold visible ASCII, space, tab and the upper half of Latin-1 (RFC 9110, section 5.5). */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

export type RenderHeaders = (scope: Scope) => Record<string, string>

/** Headers and, as one header, cookies. Absent values leave their header out. */
export function compileHeaders(
  headers: Readonly<Record<string, Template>>,
  cookies: Readonly<Record<string, Template>>,
  fallback: Fallback,
): RenderHeaders {
  const headerParameters = compileParameters(headers, fallback)
  const cookieParameters = compileParameters(cookies, fallback)
  return (scope) => {
    const rendered: Record<string, string> = {}
    for (const { name, input, render, explode, json } of headerParameters) {
      const value = render(scope)
      if (value === undefined || value === null) continue
      const text = json ? JSON.stringify(value) : delimited(value, explode ?? false, ',', (item) => item)
      if (!fieldValue.test(text))
        refuseInput(input, `must not contain line breaks or other characters that the header ${name} cannot carry`)
      rendered[name] = text.trim()
    }
    const pairs: string[] = []
    for (const { name, render, json } of cookieParameters) {
      const value = render(scope)
      if (value === undefined || value === null) continue
      pairs.push(`${name}=${json ? encode(JSON.stringify(value)) : delimited(value, false, ',', encode)}`)
    }
    if (pairs.length > 0) rendered.Cookie = pairs.join('; ')
    return rendered
  }
}
