import { unreachable } from '../../errors.ts'
import { headerNameProblem, isToken } from '../parse/headers.ts'
import type { OperationContext } from './context.ts'
import { type Location, locations, type Parameter } from './shared.ts'
import { isRecord, type Json, pointer, textOf } from './spec.ts'
import { parameterOf as fromSwagger, styleOf } from './swagger.ts'

/** A part of the body, which Swagger 2.0 declares as a parameter. */
export interface BodyPart {
  readonly value: Json
  readonly at: string
}

export interface Declared {
  /** In the order in which they get their names. */
  readonly parameters: readonly Parameter[]
  readonly bodyParts: readonly BodyPart[]
}

/** Header parameters OpenAPI says to ignore, and where they come from instead. */
const ignoredHeaders: ReadonlyMap<string, string> = new Map([
  ['authorization', 'the connection supplies it'],
  ['accept', 'it follows from the answer'],
  ['content-type', 'it follows from the body'],
])

/** Those of the path and, overriding them, those of the operation. */
export function declaredParameters(context: OperationContext): Declared {
  const { operation, note } = context
  if (operation.item.parameters === undefined && operation.value.parameters === undefined)
    return { parameters: [], bodyParts: [] }
  const parameters: Parameter[] = []
  const body = new Map<string, BodyPart>()
  for (const { holder, base } of [
    { holder: operation.item, base: operation.itemAt },
    { holder: operation.value, base: operation.at },
  ]) {
    if (holder.parameters === undefined) continue
    if (!Array.isArray(holder.parameters)) {
      note('parameter_left_out', pointer(base, 'parameters'), '"parameters" should be a list.')
      continue
    }
    for (let index = 0; index < holder.parameters.length; index++) {
      const written: unknown = holder.parameters[index]
      const place = pointer(base, 'parameters', index)
      const { value, at, lost } = context.spec.follow(written, place)
      if (lost !== undefined) note('reference_lost', place, `A parameter is missing: the reference ${lost}.`)
      else if (context.spec.isSwagger && isRecord(value) && (value.in === 'body' || value.in === 'formData'))
        body.set(value.in === 'body' ? 'body' : `form ${String(value.name)}`, { value, at })
      else {
        const parameter = parameterOf(context, value, place, at)
        if (parameter === null) continue
        const known = parameters.findIndex((other) => isSame(other, parameter))
        if (known < 0) parameters.push(parameter)
        else parameters[known] = parameter
      }
    }
  }
  const place = ({ location }: Parameter) => locations.indexOf(location)
  const isSorted = parameters.every((one, index) => index === 0 || place(parameters[index - 1] ?? one) <= place(one))
  if (!isSorted) parameters.sort((a, b) => place(a) - place(b))
  return { parameters, bodyParts: [...body.values()] }
}

function isSame(a: Parameter, b: Parameter): boolean {
  if (a.location !== b.location) return false
  return a.name === b.name || (a.location === 'header' && a.name.toLowerCase() === b.name.toLowerCase())
}

/** Null for what is no parameter of this operation, which is reported. `place` is where it is used, `at` where it is declared. */
function parameterOf(context: OperationContext, value: unknown, place: string, at: string): Parameter | null {
  const { spec, security, shared, note } = context
  const known = shared.parameters.get(value)
  if (known !== undefined) return known
  const name = isRecord(value) ? textOf(value.name) : undefined
  const location = isRecord(value) ? locations.find((one) => one === value.in) : undefined
  if (!isRecord(value) || name === undefined || location === undefined) {
    const what = isRecord(value) ? `"${String(value.name)}" in "${String(value.in)}"` : 'that is no object'
    note('parameter_left_out', place, `A parameter ${what} is not one of ${spec.isSwagger ? 'Swagger 2.0' : 'OpenAPI 3'}.`)
    return null
  }
  const reason = location === 'header' ? ignoredHeaders.get(name.toLowerCase()) : undefined
  if (reason !== undefined) {
    note('parameter_left_out', place, `The header parameter "${name}" is ignored, as OpenAPI says: ${reason}.`)
    return null
  }
  if (location !== 'path' && security.carries(location, name)) {
    note(
      'parameter_is_credential',
      place,
      `The ${location} parameter "${name}" is the credential, which the connection supplies.`,
    )
    return null
  }
  const problem = problemOf(location, name, value)
  if (problem !== null) {
    note('parameter_left_out', place, `The ${location} parameter "${name}" is left out: ${problem}.`)
    return null
  }
  if (!spec.isSwagger) {
    const parameter = { name, location, value, at, schemaAt: pointer(at, 'schema') }
    shared.parameters.set(value, parameter)
    return parameter
  }
  if (value.type === 'array' && styleOf(value) === null)
    note('written_differently', place, `The items of "${name}" should be separated by tabs; here they are separated by commas.`)
  return { name, location, value: fromSwagger(value), at, schemaAt: at }
}

function problemOf(location: Location, name: string, value: Json): string | null {
  switch (location) {
    case 'header': {
      const problem = name.toLowerCase() === 'cookie' ? 'is reserved for cookies' : headerNameProblem(name)
      return problem === null ? null : `its name ${problem}`
    }
    case 'cookie':
      return isToken(name) ? null : 'its name is no valid name of a cookie'
    case 'querystring': {
      const types = isRecord(value.content) ? Object.keys(value.content) : []
      return types[0] === 'application/x-www-form-urlencoded'
        ? null
        : `a whole query string can be written as application/x-www-form-urlencoded only, not as ${types.join(', ') || 'nothing'}`
    }
    case 'path':
    case 'query':
      return null
    default:
      return unreachable(location)
  }
}
