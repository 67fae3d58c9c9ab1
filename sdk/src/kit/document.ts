import type { AnyCommand, ConnectorDefinition } from './define.ts'
import type { Field, Fields } from './fields.ts'

type Json = Readonly<Record<string, unknown>>

function schemaOf({ type, title, description, default: fallback, options, schema }: Field): Json {
  const about = {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
  }
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return { type, ...about }
    case 'date':
      return { type: 'string', format: 'date', ...about }
    case 'select':
      return { type: 'string', enum: options ?? [], ...about }
    case 'raw':
      return { ...schema, ...about }
    case 'secret':
      throw new TypeError('A secret is a field of a connection, not of a command: inputs are kept in the log.')
    default:
      return type satisfies never
  }
}

/** The JSON Schema of a command's input. */
function inputSchema(fields: Fields): Json {
  const required = Object.entries(fields).flatMap(([name, field]) => (field.required ? [name] : []))
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOf(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

function settingOf({ type, required, title, description, default: fallback, options }: Field): Json {
  if (type === 'raw') throw new TypeError('A connection has no raw fields.')
  return {
    type: type === 'number' || type === 'boolean' ? type : 'string',
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(required && { required }),
    ...(fallback !== undefined && { default: fallback }),
    ...(options !== undefined && { enum: options }),
  }
}

function actionOf({ title, description, effect, confirm, params, outputs, deprecated, addedInVersion }: AnyCommand): Json {
  return {
    ...(title !== undefined && { title }),
    description,
    effect: effect ?? 'write',
    ...(confirm && { confirm }),
    input: inputSchema(params ?? {}),
    ...(outputs !== undefined && { output: { properties: Object.fromEntries(outputs.map((name: string) => [name, true])) } }),
    ...(deprecated && { deprecated: true }),
    ...(typeof deprecated === 'string' && { deprecated_message: deprecated }),
    ...(addedInVersion !== undefined && { added_in: addedInVersion }),
  }
}

/** The parts of a connector file that a definition decides: actions with their schemas, settings, auth. */
export function documentOf(definition: ConnectorDefinition): Json {
  const { description, category, connectionConfig = {}, auth, servers, security, commands, defaultCommand, verify } = definition
  const entries = Object.entries(connectionConfig)
  const settings = entries.filter(([, { type }]) => type !== 'secret')
  const secrets = entries.filter(([, { type }]) => type === 'secret')
  const fields = secrets.map(([name, { title, description: about, required }]) => [
    name,
    { ...(title !== undefined && { title }), ...(about !== undefined && { description: about }), required },
  ])
  return {
    description,
    ...(category !== undefined && { category }),
    ...(servers !== undefined && { servers }),
    ...(security !== undefined && { security }),
    ...((secrets.length > 0 || auth !== undefined) && {
      auth: { ...(secrets.length > 0 && { secrets: { type: 'secrets', fields: Object.fromEntries(fields) } }), ...auth },
    }),
    ...(settings.length > 0 && { fields: Object.fromEntries(settings.map(([name, field]) => [name, settingOf(field)])) }),
    ...(defaultCommand !== undefined && { default_action: defaultCommand }),
    ...(verify !== undefined && { verify: { action: verify.command, input: verify.params ?? {} } }),
    actions: Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, actionOf(command)])),
  }
}
