import { bodyTypeOf } from './media-types.ts'
import { entriesOf, isRecord, type Json, own, pointer, type Spec, textOf } from './spec.ts'

/**
 * Swagger 2.0 in the words of OpenAPI 3, one part at a time as the walk comes to it: only the outer objects are made anew,
 * schemas stay as they are, and every part keeps its place in the document.
 */

/** Keywords of a schema that stand beside the name of a parameter. */
export const parameterKeywords: ReadonlySet<string> = new Set(
  `type format items default maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems
  uniqueItems enum multipleOf x-nullable`.split(/\s+/),
)

/** `collectionFormat` as style and explode; null for what has no counterpart: tabs between the items. */
export function styleOf(parameter: Json): { readonly style?: string; readonly explode: boolean } | null {
  switch (parameter.collectionFormat ?? 'csv') {
    case 'csv':
      return { explode: false }
    case 'multi':
      return { explode: true }
    case 'ssv':
      return { style: 'spaceDelimited', explode: false }
    case 'pipes':
      return { style: 'pipeDelimited', explode: false }
    default:
      return null
  }
}

/** The schema that a parameter is itself. */
export function schemaIn(parameter: Json): Json {
  return Object.fromEntries(Object.entries(parameter).filter(([key]) => parameterKeywords.has(key)))
}

/** A parameter as OpenAPI 3 writes it, its schema apart. */
export function parameterOf(parameter: Json): Json {
  const { collectionFormat: _, ...rest } = parameter
  const example = parameter['x-example']
  return {
    ...rest,
    ...(parameter.type === 'array' ? (styleOf(parameter) ?? { explode: false }) : {}),
    ...(example === undefined ? {} : { example }),
  }
}

/** Media types that an operation takes or gives: its own list replaces that of the document. */
function typesOf(spec: Spec, operation: Json, key: 'consumes' | 'produces'): readonly string[] {
  const listed = operation[key] ?? spec.root[key]
  return Array.isArray(listed) ? listed.filter((type) => typeof type === 'string') : []
}

export interface SwaggerMedia {
  readonly type: string
  readonly value: Json
  /** Where its schema is. */
  readonly schemaAt: string
  /** Where its single fields are, by name. */
  readonly fieldsAt?: ReadonlyMap<string, string>
}

interface Body {
  readonly value: Json
  readonly at: string
  readonly media: readonly SwaggerMedia[]
}

/** The body of an operation: its parameter in the body, or those of a form. Undefined when it has none. */
export function swaggerBody(
  spec: Spec,
  operation: { readonly value: Json; readonly at: string },
  parameters: readonly { readonly value: Json; readonly at: string }[],
): Body | undefined {
  const types = typesOf(spec, operation.value, 'consumes')
  const body = parameters.find(({ value }) => value.in === 'body')
  if (body !== undefined) {
    const { at, value } = body
    // A form is declared field by field; with one schema for all, such a type is a leftover.
    const usable = types.filter((type) => bodyTypeOf(type) !== 'form' && bodyTypeOf(type) !== 'multipart')
    const media = (usable.length > 0 ? usable : ['application/json']).map((type) => ({
      type,
      value: { schema: value.schema, example: value['x-example'] ?? exampleFor(value['x-examples'], type) },
      schemaAt: pointer(at, 'schema'),
    }))
    return { value: { required: value.required, description: value.description }, at, media }
  }
  const fields = parameters.filter(({ value }) => value.in === 'formData' && textOf(value.name) !== undefined)
  return fields.length === 0 ? undefined : formOf(fields, types, operation.at)
}

function formOf(
  fields: readonly { readonly value: Json; readonly at: string }[],
  types: readonly string[],
  operationAt: string,
): Body {
  const hasFile = fields.some(({ value }) => value.type === 'file')
  const asParts =
    hasFile || (types.some((type) => bodyTypeOf(type) === 'multipart') && !types.some((type) => bodyTypeOf(type) === 'form'))
  const properties: Record<string, Json> = {}
  const encoding: Record<string, Json> = {}
  const fieldsAt = new Map<string, string>()
  const required: string[] = []
  for (const { value, at } of fields) {
    const name = String(value.name)
    const file = value.type === 'file' ? { type: 'string', format: 'binary' } : schemaIn(value)
    properties[name] = {
      ...file,
      ...(textOf(value.description) === undefined ? {} : { description: value.description }),
      ...(value['x-example'] === undefined ? {} : { example: value['x-example'] }),
    }
    if (value.type === 'array' && !asParts) encoding[name] = { style: 'form', ...(styleOf(value) ?? { explode: false }) }
    if (value.required === true) required.push(name)
    fieldsAt.set(name, at)
  }
  const type = asParts ? 'multipart/form-data' : 'application/x-www-form-urlencoded'
  const schema = { type: 'object', properties, ...(required.length === 0 ? {} : { required }) }
  const at = pointer(operationAt, 'parameters')
  return {
    value: { required: required.length > 0 },
    at,
    media: [{ type, value: { schema, encoding }, schemaAt: at, fieldsAt }],
  }
}

function exampleFor(examples: unknown, type: string): unknown {
  return isRecord(examples) ? own(examples, type) : undefined
}

/** The content of an answer: its schema in each of the media types that the operation gives. */
export function swaggerContent(spec: Spec, operation: Json, response: Json, at: string): readonly SwaggerMedia[] {
  if (response.schema === undefined) return []
  const types = typesOf(spec, operation, 'produces')
  const isFile = isRecord(response.schema) && response.schema.type === 'file'
  return (types.length > 0 ? types : [isFile ? 'application/octet-stream' : 'application/json']).map((type) => {
    const example = exampleFor(response.examples, type)
    return {
      type,
      value: { ...(isFile ? {} : { schema: response.schema }), ...(example === undefined ? {} : { example }) },
      schemaAt: pointer(at, 'schema'),
    }
  })
}

/** `host`, `basePath` and `schemes` as servers; without a host relative ones. */
export function swaggerServers({ root }: Spec): readonly { readonly value: Json; readonly at: string }[] {
  const host = textOf(root.host)
  const path = textOf(root.basePath) ?? ''
  const base = path === '' || path.startsWith('/') ? path : `/${path}`
  if (host === undefined) return base === '' ? [] : [{ value: { url: base }, at: '/basePath' }]
  const listed = Array.isArray(root.schemes) ? root.schemes.filter((scheme) => scheme === 'https' || scheme === 'http') : []
  return (listed.length > 0 ? listed : ['https']).map((scheme) => ({
    value: { url: `${scheme}://${host.replace(/^https?:\/\//i, '').replace(/\/+$/, '')}${base}` },
    at: '/host',
  }))
}

const flowNames: Readonly<Record<string, string>> = {
  implicit: 'implicit',
  password: 'password',
  application: 'clientCredentials',
  accessCode: 'authorizationCode',
}

/** A security definition as OpenAPI 3 writes it. */
export function swaggerScheme(scheme: Json): Json {
  if (scheme.type === 'basic') return { type: 'http', scheme: 'basic', description: scheme.description }
  if (scheme.type !== 'oauth2') return scheme
  const { type, description, flow, ...rest } = scheme
  return {
    type,
    description,
    flows: { [own(flowNames as Json, String(flow)) === undefined ? 'other' : String(flowNames[String(flow)])]: rest },
  }
}

/** Every security definition, with its place. */
export function* securitySchemesOf(spec: Spec): Generator<readonly [string, unknown, string]> {
  const { components } = spec.root
  const holder = spec.isSwagger ? spec.root.securityDefinitions : isRecord(components) ? components.securitySchemes : undefined
  const at = spec.isSwagger ? '/securityDefinitions' : '/components/securitySchemes'
  for (const [name, written] of entriesOf(holder))
    yield [name, spec.isSwagger ? swaggerScheme(written) : written, pointer(at, name)]
}
