import type { HttpActionDocument, JsonSchemaValue, Style, Template } from '../document.ts'
import type { OperationContext } from './context.ts'
import { type BodyPart, declaredParameters } from './declared-parameters.ts'
import { exampleOf } from './examples.ts'
import { annotated } from './inputs.ts'
import { identifier } from './names.ts'
import { holesOf, plainName, splitPath } from './path-template.ts'
import { isStructured } from './schema-keywords.ts'
import type { Location, Parameter } from './shared.ts'
import { isRecord, type Json, pointer } from './spec.ts'
import { schemaIn } from './swagger.ts'

/** Where the parameters of an operation go in the action. */
export interface Placed {
  readonly path: string
  readonly pathStyles: NonNullable<HttpActionDocument['path_styles']>
  readonly query: Record<string, Template>
  readonly headers: Record<string, Template>
  readonly cookies: Record<string, Template>
  readonly bodyParts: readonly BodyPart[]
}

/** Adds the parameters to the action's inputs. Returns why the operation cannot be called, if it cannot. */
export function placeParameters(context: OperationContext): Placed | string {
  const split = splitPath(context)
  if (typeof split === 'string') return split
  const { parameters: declared, bodyParts } = declaredParameters(context)
  const inPath = placePath(context, split.path, declared)
  const query = fixedQuery(context, split.query)
  const maps = { query, querystring: query, header: {}, cookie: {} } satisfies Record<string, Record<string, Template>>
  for (const parameter of declared) {
    const { location, name, at } = parameter
    if (location === 'path') continue
    const map: Record<string, Template> = maps[location]
    if (Object.hasOwn(map, name)) {
      context.note('path_adjusted', at, `The query parameter "${name}" has a fixed value in the path, which is sent.`)
      continue
    }
    map[name] = templateOf(context, parameter, addInput(context, parameter))
  }
  return { ...inPath, query, headers: maps.header, cookies: maps.cookie, bodyParts }
}

function placePath(
  context: OperationContext,
  template: string,
  declared: readonly Parameter[],
): Pick<Placed, 'path' | 'pathStyles'> {
  const { inputs, note, operation } = context
  if (!template.includes('{') && !declared.some(({ location }) => location === 'path')) return { path: template, pathStyles: {} }
  const parameters = declared.filter(({ location }) => location === 'path')
  const renamed = new Map<string, string>()
  const pathStyles: Placed['pathStyles'] = {}
  const used: Parameter[] = []
  for (const hole of holesOf(template)) {
    const named = (wanted: string) => parameters.find(({ name }) => name === wanted)
    const parameter = named(hole) ?? named(plainName(hole))
    if (parameter === undefined) {
      note(
        'parameter_guessed',
        operation.at,
        `The path has {${hole}}, which is not declared as a parameter; it is taken as a required text.`,
      )
      renamed.set(hole, inputs.add(plainName(hole), 'path', { type: 'string' }, { required: true }))
      continue
    }
    used.push(parameter)
    const name = addInput(context, parameter)
    if (name !== hole) renamed.set(hole, name)
    const { style, explode, isDefault } = stylesOf(parameter, styles.path)
    if (!isDefault) pathStyles[name] = { style, explode }
  }
  for (const parameter of parameters) {
    if (!used.includes(parameter))
      note('parameter_left_out', parameter.at, `The path parameter "${parameter.name}" does not occur in the path.`)
  }
  const path = (hole: string) => `{${renamed.get(hole) ?? hole}}`
  return { path: renamed.size === 0 ? template : template.replace(/\{([^{}]*)\}/g, (_, hole: string) => path(hole)), pathStyles }
}

/** A query that stands in the path of the document; what is in braces there is an input. */
function fixedQuery(
  { inputs, security }: OperationContext,
  pairs: readonly (readonly [string, string])[],
): Record<string, Template> {
  const query: Record<string, Template> = {}
  for (const [name, value] of pairs) {
    if (name === '' || security.carries('query', name)) continue
    query[name] = value.replace(/\{([^{}]*)\}/g, (_, hole: string) => {
      return `{{${inputs.add(plainName(hole), 'query', { type: 'string' }, { required: true })}}}`
    })
  }
  return query
}

function addInput(context: OperationContext, parameter: Parameter): string {
  const { value, location, name, at } = parameter
  const schema = annotated(schemaOf(context, parameter), value)
  const required = location === 'path' || value.required === true
  const input = context.inputs.add(name, location, schema, { required, example: exampleOf(context.spec, value) })
  if (input !== name) noteRenamed(context, parameter, input)
  const known: readonly unknown[] = styles[location]
  if (value.style !== undefined && !known.includes(value.style)) {
    context.note(
      'written_differently',
      at,
      `The style "${String(value.style)}" of "${name}" is not known for a ${location} parameter; it is written as "${known[0]}".`,
    )
  }
  if (value.allowReserved === true) {
    context.note('written_differently', at, `"${name}" may contain reserved characters unencoded; here they are encoded.`)
  }
  return input
}

function noteRenamed({ note, noteOnce, shared }: OperationContext, { location, name, at }: Parameter, input: string): void {
  if (shared.renamed[location].get(name) === input) return
  const what = `The ${location} parameter "${name}" is the input "${input}"`
  if (input !== identifier(name)) note('renamed', at, `${what}, since another one has its name.`)
  else {
    shared.renamed[location].set(name, input)
    noteOnce('renamed', at, `${what}, here and wherever it occurs.`)
  }
}

function schemaOf({ spec, convert, note }: OperationContext, { value, at, schemaAt, name }: Parameter): JsonSchemaValue {
  const media = mediaOf(value)
  if (media !== null) {
    const [type, { schema }] = media
    return schema === undefined ? {} : convert(schema, 'input', pointer(at, 'content', type, 'schema'))
  }
  if (value.schema !== undefined) return convert(value.schema, 'input', schemaAt)
  if (spec.isSwagger) return convert(schemaIn(value), 'input', schemaAt)
  if (value.type === undefined) {
    note('parameter_guessed', at, `"${name}" has no schema; it is taken as a text.`)
    return { type: 'string' }
  }
  note('parameter_guessed', at, `"${name}" gives its type as Swagger 2.0 does, beside "schema"; it is taken from there.`)
  return convert(schemaIn(value), 'input', at)
}

/** The single media type of a parameter described by `content`. */
function mediaOf(value: Json): readonly [string, Json] | null {
  if (!isRecord(value.content)) return null
  for (const [type, holder] of Object.entries(value.content)) return [type, isRecord(holder) ? holder : {}]
  return null
}

function templateOf({ spec }: OperationContext, parameter: Parameter, input: string): Template {
  const value = `{{${input}}}`
  const media = parameter.location === 'querystring' ? null : mediaOf(parameter.value)
  if (media !== null) return /json/i.test(media[0]) ? { value, content_type: 'application/json' } : value
  const { style, explode, isDefault } = stylesOf<Style>(parameter, styles[parameter.location])
  // Said outright where it matters, so that the file tells without the rules of OpenAPI.
  return isDefault && !isStructured(spec.isSwagger ? parameter.value : spec.follow(parameter.value.schema, '').value)
    ? value
    : { value, style, explode }
}

/** Styles by place, the default first (OpenAPI 3.1, "Style Values"). */
const styles = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  querystring: ['form'],
  header: ['simple'],
  cookie: ['form'],
} as const satisfies Record<Location, readonly Style[]>

interface Styled<S extends Style> {
  readonly style: S
  readonly explode: boolean
  /** Whether both are what the place implies. */
  readonly isDefault: boolean
}

function stylesOf<S extends Style>({ value }: Parameter, known: readonly [S, ...S[]]): Styled<S> {
  const style = known.find((one) => one === value.style) ?? known[0]
  const explode = typeof value.explode === 'boolean' ? value.explode : style === 'form' || style === 'deepObject'
  return { style, explode, isDefault: style === known[0] && explode === (style === 'form') }
}
