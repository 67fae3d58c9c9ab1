import { headerNameProblem, isToken } from '../parse/headers.ts'
import type { OperationContext } from './context.ts'
import { isRecord, type Json, pointer, textOf } from './spec.ts'

const locations = ['path', 'query', 'header', 'cookie'] as const
export type Location = (typeof locations)[number]

/** A parameter as the document declares it; `at` is its JSON Pointer. */
export interface Parameter {
  readonly name: string
  readonly location: Location
  readonly value: Json
  readonly at: string
}

/** Header parameters OpenAPI says to ignore, and where they come from instead. */
const ignoredHeaders: ReadonlyMap<string, string> = new Map([
  ['authorization', 'the connection supplies it'],
  ['accept', 'it follows from the answer'],
  ['content-type', 'it follows from the body'],
])

/** Those of the path and, overriding them, those of the operation; in the order in which they get their names. */
export function declaredParameters(context: OperationContext): readonly Parameter[] {
  const { operation, note } = context
  const found = new Map<string, Parameter>()
  for (const { holder, base } of [
    { holder: operation.item, base: operation.itemAt },
    { holder: operation.value, base: operation.at },
  ]) {
    if (holder.parameters === undefined) continue
    if (!Array.isArray(holder.parameters)) {
      note('skipped', pointer(base, 'parameters'), '"parameters" should be a list.')
      continue
    }
    for (const [index, written] of holder.parameters.entries()) {
      const parameter = parameterOf(context, written, pointer(base, 'parameters', index))
      if (parameter === null) continue
      const { location, name } = parameter
      found.set(`${location} ${location === 'header' ? name.toLowerCase() : name}`, parameter)
    }
  }
  return [...found.values()].sort((a, b) => locations.indexOf(a.location) - locations.indexOf(b.location))
}

/** Null for what is no parameter of this operation, which is reported. */
function parameterOf({ spec, security, note }: OperationContext, written: unknown, place: string): Parameter | null {
  const { value, at, lost } = spec.follow(written, place)
  if (lost !== undefined) {
    note('skipped', place, `A parameter is missing: the reference ${lost}.`)
    return null
  }
  const name = isRecord(value) ? textOf(value.name) : undefined
  const location = isRecord(value) ? locations.find((one) => one === value.in) : undefined
  if (!isRecord(value) || name === undefined || location === undefined) {
    const what = isRecord(value) ? `"${String(value.name)}" in "${String(value.in)}"` : 'that is no object'
    note('skipped', place, `A parameter ${what} is not one of OpenAPI 3.`)
    return null
  }
  const reason = location === 'header' ? ignoredHeaders.get(name.toLowerCase()) : undefined
  if (reason !== undefined) {
    note('skipped', place, `The header parameter "${name}" is ignored, as OpenAPI says: ${reason}.`)
    return null
  }
  if (location !== 'path' && security.carries(location, name)) {
    note('adjusted', place, `The ${location} parameter "${name}" is the credential, which the connection supplies.`)
    return null
  }
  const problem = nameProblem(location, name)
  if (problem !== null) {
    note('skipped', place, `The ${location} parameter "${name}" is left out: its name ${problem}.`)
    return null
  }
  return { name, location, value, at }
}

function nameProblem(location: Location, name: string): string | null {
  if (location === 'header') return name.toLowerCase() === 'cookie' ? 'is reserved for cookies' : headerNameProblem(name)
  return location === 'cookie' && !isToken(name) ? 'is no valid name of a cookie' : null
}
