import { type GraphQLSchema, getNamedType, isRequiredArgument } from 'graphql'
import { SallyportError } from '../../../errors.ts'
import type { HttpActionDocument } from '../../document.ts'
import { type Draft, type DraftOperation, importDraft } from '../draft.ts'
import type { Imported, ImportOptions } from '../openapi.ts'
import { Reporter } from '../report.ts'
import { titleOf } from '../requests/servers.ts'
import { isRecord, type Json } from '../spec.ts'
import { bounded } from '../text.ts'
import { type ReadSchema, readGraphqlSchema } from './read-schema.ts'
import {
  type Chosen,
  defaultSelection,
  fieldNames,
  type RootField,
  rootFields,
  selectionPattern,
  selectionText,
} from './selection.ts'
import { InputSchemas, outputSchema } from './types.ts'

const MAX_OPERATIONS = 20_000

/**
 * A connector out of a GraphQL schema: SDL text, or the answer to an introspection query as text or object. Every query and
 * mutation is an action at `serverUrl`, the address of the endpoint. Throws INVALID_INPUT without one.
 */
export function importGraphql(source: unknown, options: ImportOptions = {}): Imported {
  const report = new Reporter()
  const read = readGraphqlSchema(source)
  const { serverUrl } = options
  // Where the schema itself was found is no endpoint.
  if (serverUrl === undefined || !URL.canParse(serverUrl) || /\.(graphqls?|gql|json|txt)$/i.test(new URL(serverUrl).pathname))
    throw new SallyportError('INVALID_INPUT', {
      detail:
        'A GraphQL schema names no server. Pass server_url, the address of the endpoint, such as https://api.example.com/graphql.',
    })
  const { origin, pathname } = new URL(serverUrl)
  const path = pathname === '/' ? '/graphql' : pathname.replace(/[{}]/g, encodeURIComponent)
  if (pathname === '/') report.add('path_adjusted', '', '', 'The address of the endpoint has no path; /graphql is taken.')
  const draft = draftOf(read, { origin, path }, report)
  return importDraft(draft, report, { ...options, serverUrl: origin })
}

function draftOf(read: ReadSchema, { origin, path }: { origin: string; path: string }, report: Reporter): Draft {
  const { schema, placeOf, format } = read
  const inputs = new InputSchemas(({ name }) =>
    report.addOnce('schema_adjusted', '', '', `The scalar "${name}" is the API's own; any value is accepted for it.`),
  )
  const operations: DraftOperation[] = []
  for (const [kind, type] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const)
    for (const field of rootFields(type)) {
      if (operations.length >= MAX_OPERATIONS)
        throw new SallyportError('INVALID_INPUT', { detail: `The schema has more than ${MAX_OPERATIONS} operations.` })
      operations.push(operationOf({ schema, inputs, kind, field, path, at: placeOf(type?.name ?? '', field.name), report }))
    }
  report.add(
    'security_adjusted',
    '',
    '',
    'A GraphQL schema does not say how the API authenticates: a connection takes a bearer token, or none.',
  )
  const subscriptions = schema.getSubscriptionType()
  for (const field of rootFields(subscriptions))
    report.add(
      'not_callable',
      '',
      placeOf(subscriptions?.name ?? '', field.name),
      `The subscription "${field.name}" is no action: the API sends it on its own.`,
    )
  return {
    format,
    title: titleOf(origin),
    ...(typeof schema.description === 'string' ? { description: schema.description } : {}),
    servers: [{ url: origin }],
    auth: new Map([['bearer', { type: 'bearer' } as const]]),
    tags: [
      { name: 'query', description: 'Reads.' },
      { name: 'mutation', description: 'Changes.' },
    ],
    schemas: inputs.schemas,
    operations,
    others: rootFields(subscriptions).length,
    isGuessed: false,
  }
}

interface Field {
  readonly schema: GraphQLSchema
  readonly inputs: InputSchemas
  readonly kind: 'query' | 'mutation'
  readonly field: RootField
  readonly path: string
  readonly at: string
  readonly report: Reporter
}

function operationOf({ schema, inputs, kind, field, path, at, report }: Field): DraftOperation {
  const { args } = field
  const properties = Object.fromEntries(
    args.map((arg) => [arg.name, { ...inputs.of(arg.type), ...(arg.description ? { description: arg.description } : {}) }]),
  )
  const required = args.filter(isRequiredArgument).map((arg) => arg.name)
  const body = { type: 'object', properties, ...(required.length === 0 ? {} : { required }) }
  const named = getNamedType(field.type)
  const chosen = defaultSelection(schema, named)
  if (chosen !== null) noteLeft(chosen, field.name, at, report)
  const data = { type: ['object', 'null'], properties: { [field.name]: outputSchema(field.type, chosen?.selection ?? null) } }
  const description = field.description?.trim() ?? ''
  return {
    name: field.name,
    method: 'POST',
    path,
    at,
    value: {
      ...(description === '' ? {} : { description }),
      tags: [kind],
      ...(field.deprecationReason == null ? {} : { deprecated: true }),
      ...(args.length === 0 ? {} : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
      responses: {
        200: { description: 'The answer', content: { 'application/json': { schema: { type: 'object', properties: { data } } } } },
      },
    },
    finish: (action) => finished(action, kind, field, chosen),
  }
}

function noteLeft({ left }: Chosen, name: string, at: string, report: Reporter): void {
  const parts = [
    ...(left.withArguments > 0 ? [`${left.withArguments} fields with arguments`] : []),
    ...(left.deep > 0 ? [`${left.deep} that lie deeper or lead back`] : []),
    ...(left.tooMany > 0 ? [`${left.tooMany} beyond the first hundred`] : []),
  ]
  if (parts.length > 0)
    report.add(
      'selection_bounded',
      '',
      at,
      `"${name}" does not ask for everything by default: left out are ${parts.join(', ')}. They can be chosen with the input "fields", unless they need arguments.`,
    )
}

function finished(action: HttpActionDocument, kind: Field['kind'], field: RootField, chosen: Chosen | null): HttpActionDocument {
  const { args, name } = field
  const declared = args.length === 0 ? '' : `(${args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ')})`
  const passed = args.length === 0 ? '' : `(${args.map((arg) => `${arg.name}: $${arg.name}`).join(', ')})`
  const input = isRecord(action.input) ? action.input : {}
  const properties = isRecord(input.properties) ? input.properties : {}
  const chooser = Object.hasOwn(properties, 'fields') ? 'fields_to_return' : 'fields'
  const selection = chosen === null ? '' : ` { {{${chooser}}} }`
  const variables = action.body?.value
  return {
    ...action,
    body: {
      type: 'json',
      value: {
        query: `${kind} ${name}${declared} { ${name}${passed}${selection} }`,
        operationName: name,
        ...(variables === undefined ? {} : { variables }),
      },
    },
    ...(chosen === null ? {} : { input: withChooser(input, properties, chooser, chosen) }),
    response: { root: `data.${name}`, failure: 'errors[0]' },
    effect: kind === 'query' ? 'read' : /^(delete|remove|destroy|purge)/i.test(name) ? 'destructive' : 'write',
  }
}

/** Required with a default: it may be left out, and is filled in. */
function withChooser(input: Json, properties: Json, name: string, chosen: Chosen): Json {
  const required = Array.isArray(input.required) ? input.required : []
  return { ...input, properties: { ...properties, [name]: chooserSchema(chosen) }, required: [...required, name] }
}

function chooserSchema({ selection }: Chosen): Readonly<Record<string, unknown>> {
  const names = fieldNames(selection.type)
  const listed = names.length === 0 ? '' : ` ${selection.type.name} has: ${bounded(names.join(', '), 400)}`
  return {
    type: 'string',
    description: `What to return, as a GraphQL selection without its outer braces, e.g. "id owner { name }".${listed}`,
    default: selectionText(selection),
    pattern: selectionPattern,
    maxLength: 10_000,
  }
}
