import { noFallback, parseParts } from '../../definition/template/placeholders.ts'
import { Secret } from '../../secret.ts'
import { parseConnectionString, type StringParts } from './connection-string-parts.ts'
import { secretField } from './fields.ts'
import { secretTemplate } from './secret-template.ts'
import type { Entered, FieldProblem, Scheme, SchemeOf } from './types.ts'

type ConnectionString = SchemeOf<'conn_string'>

const whole = 'connection_string'

/** The text with its parts filled in; undefined when one of them is absent. */
function filled(template: string, parts: StringParts): string | undefined {
  const texts = parseParts(template, noFallback).map((part) => (typeof part === 'string' ? part : parts.get(part.name)))
  return texts.includes(undefined) ? undefined : texts.join('')
}

/** Everything that is derived, or what is wrong. No message quotes the string: a password may stand in any part of it. */
function derive({ derived }: ConnectionString, text: string): Entered | FieldProblem {
  const parts = parseConnectionString(text)
  if (typeof parts === 'string') return { field: whole, message: parts }
  const [settings, secrets]: Record<string, string>[] = [{}, {}]
  for (const [name, { value, map, secret = true }] of Object.entries(derived)) {
    const plain = filled(value, parts)
    if (plain === undefined) continue
    const own = map !== undefined && Object.hasOwn(map, plain) ? map[plain] : undefined
    if (map !== undefined && own === undefined)
      return { field: whole, message: `has a ${name} that is not supported; there are ${Object.keys(map).join(', ')}` }
    Object.assign((secret ? secrets : settings) ?? {}, { [name]: own ?? plain })
  }
  return { settings: settings ?? {}, secrets: secrets ?? {} }
}

export const connectionString: Scheme<ConnectionString> = {
  fields: ({ example }) => [secretField(whole, 'Connection string', example === undefined ? {} : { example })],
  label: () => 'Connection string',
  check(scheme, values) {
    const made = derive(scheme, values[whole] ?? '')
    return 'message' in made ? [made] : []
  },
  expand(scheme, values) {
    const made = derive(scheme, values[whole] ?? '')
    return 'message' in made ? { settings: {}, secrets: {} } : made
  },
  derived: ({ derived }, fields) => Object.keys(derived).flatMap((name) => fields[name] ?? []),
  inject({ headers = {}, query = {} }, fields, settings) {
    const fill = (texts: Readonly<Record<string, string>>) =>
      Object.entries(texts).map(([name, text]) => [name, secretTemplate(text, settings).text(fields)] as const)
    const wrapped = fill(query).map(([name, value]) => [name, Secret.is(value) ? value : new Secret(value)] as const)
    return { headers: Object.fromEntries(fill(headers)), query: Object.fromEntries(wrapped) }
  },
}
