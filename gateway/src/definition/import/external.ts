import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { SallyportError } from '../../errors.ts'
import { externalProtocol, serviceSignature, speaks, upgradeAdvice } from '../external.ts'
import { proposeSlug } from './names.ts'
import type { Json } from './spec.ts'

/** What an external service answers to GET /schema, as a connector document. */

const text = Type.Optional(Type.String())
const flag = Type.Optional(Type.Boolean())
const names = Type.Optional(Type.Array(Type.String()))

const Command = Type.Object({
  title: text,
  description: text,
  effect: Type.Optional(Type.Enum(['read', 'write', 'destructive'])),
  params: names,
  paramSchema: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()))),
  outputs: names,
  deprecated: flag,
  deprecatedMessage: text,
  addedInVersion: text,
})
type Command = Type.Static<typeof Command>

const Setting = Type.Object({
  type: Type.Optional(Type.Enum(['string', 'number', 'boolean'])),
  title: text,
  description: text,
  required: flag,
  secret: flag,
  default: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
})

const Schema = Compile(
  Type.Object({
    protocolVersion: Type.String(),
    name: text,
    version: text,
    description: text,
    defaultCommand: text,
    connectionConfig: Type.Optional(Type.Record(Type.String(), Setting)),
    commands: Type.Record(Type.String(), Command, { minProperties: 1 }),
  }),
)

function refuse(detail: string): never {
  throw new SallyportError('INVALID_INPUT', { detail })
}

/** The keys that are there, without those that are undefined. */
function present<T extends object>(values: T): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function inputOf({ params = [], paramSchema = {} }: Command): Json {
  const all = [...new Set([...params, ...Object.keys(paramSchema)])]
  // `required` of a parameter says that it must be given; in a JSON Schema the object around it says so.
  const required = all.filter((name) => paramSchema[name]?.required === true)
  const schemaOf = ({ required: own, ...rest }: Json = {}) =>
    typeof own === 'boolean' ? rest : present({ ...rest, required: own })
  return {
    type: 'object',
    properties: Object.fromEntries(all.map((name) => [name, schemaOf(paramSchema[name])])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

function actionOf(command: Command): object {
  const { title, description, effect, outputs, deprecated, deprecatedMessage, addedInVersion } = command
  return present({
    ...{ title, description, effect, deprecated, input: inputOf(command) },
    output: outputs && { properties: Object.fromEntries(outputs.map((name) => [name, true])) },
    deprecated_message: deprecatedMessage,
    added_in: addedInVersion,
  })
}

export interface ExternalOptions {
  readonly connector?: string | undefined
  readonly name?: string | undefined
  /** Where the schema was, or the base URL of the service. */
  readonly serverUrl?: string | undefined
}

/** Not parsed yet. Throws INVALID_INPUT for what is no schema of the protocol, with advice for one of protocol 1.x. */
export function externalDocument(value: Json, { connector, name, serverUrl }: ExternalOptions): Json {
  if (!speaks(value.protocolVersion))
    refuse(`The service speaks protocol ${String(value.protocolVersion).slice(0, 20)}. ${upgradeAdvice}`)
  if (!Schema.Check(value)) {
    const [first] = Schema.Errors(value)
    refuse(
      `The schema of the service is none of protocol ${externalProtocol}: ${first?.instancePath || 'its top'} ${first?.message}.`,
    )
  }
  if (serverUrl === undefined) refuse('Say where the service is: import from the address of its /schema, or give server_url.')
  const title = name ?? value.name ?? connector ?? new URL(serverUrl).hostname
  const settings = Object.entries(value.connectionConfig ?? {})
  const fields = settings.filter(([, { secret }]) => secret !== true)
  const secrets = settings.filter(([, { secret }]) => secret === true)
  const keys = {
    type: 'secrets',
    fields: Object.fromEntries(
      secrets.map(([key, { title: label, description, required }]) => [key, present({ title: label, description, required })]),
    ),
  }
  return {
    ...present({
      connector: connector ?? proposeSlug(title),
      name: title,
      version: value.version,
      description: value.description,
      default_action: value.defaultCommand,
    }),
    kind: 'external',
    servers: { production: { url: serverUrl.replace(/[?#].*$/, '').replace(/\/schema\/?$|\/$/, '') } },
    auth: {
      signature: secrets.length === 0 ? serviceSignature : { type: 'all', schemes: { signature: serviceSignature, keys } },
    },
    ...(fields.length > 0 && { fields: Object.fromEntries(fields.map(([key, { secret: _, ...field }]) => [key, field])) }),
    actions: Object.fromEntries(Object.entries(value.commands).map(([key, command]) => [key, actionOf(command)])),
  }
}
