import swagger from '@fastify/swagger'
import type { TSchema } from 'typebox'
import { describeRole } from './roles.ts'
import * as access from './schemas/access.ts'
import * as alerts from './schemas/alerts.ts'
import * as approvals from './schemas/approvals.ts'
import * as audit from './schemas/audit.ts'
import * as calls from './schemas/calls.ts'
import * as cassettes from './schemas/cassettes.ts'
import * as catalog from './schemas/catalog.ts'
import * as chat from './schemas/chat.ts'
import * as clients from './schemas/clients.ts'
import * as common from './schemas/common.ts'
import * as configuration from './schemas/configuration.ts'
import * as connections from './schemas/connections.ts'
import * as connectors from './schemas/connectors.ts'
import * as notifications from './schemas/notifications.ts'
import * as people from './schemas/people.ts'
import * as secrets from './schemas/secrets.ts'
import * as tools from './schemas/tools.ts'
import * as toolsets from './schemas/toolsets.ts'
import * as workflows from './schemas/workflows.ts'
import type { HttpApp } from './services.ts'

const tags = [
  { name: 'session', description: 'People: first setup, signing in and out.' },
  { name: 'connectors', description: 'Descriptions of APIs.' },
  { name: 'scripts', description: 'Trying the code of a connector.' },
  { name: 'connections', description: 'Authorised accounts of connectors.' },
  { name: 'calls', description: 'Running actions, and the log of what ran.' },
  { name: 'tools', description: 'What the caller can call.' },
  { name: 'toolsets', description: 'Named selections of tools, for tokens and MCP clients.' },
  { name: 'results', description: 'Reading on in answers that were shortened.' },
  { name: 'cassettes', description: 'Recorded calls, for replaying them without the API.' },
  { name: 'approvals', description: 'Decisions on calls that wait for a person.' },
  { name: 'alerts', description: 'What is watched, what fires, and who is told.' },
  { name: 'workflows', description: 'Actions in order: files, versions, deployments.' },
  { name: 'runs', description: 'What workflows did, step by step.' },
  { name: 'notifications', description: 'Who is told that a call waits, and where.' },
  { name: 'account', description: 'Your own account: password, second factor, sessions.' },
  { name: 'workspaces', description: 'Tenants, and how people sign in to them.' },
  { name: 'members', description: 'People of the workspace and their roles.' },
  { name: 'teams', description: 'Parts of a workspace, with connections of their own.' },
  { name: 'invitations', description: 'One-time links by which people join.' },
  { name: 'tokens', description: 'Tokens of agents and programs.' },
  { name: 'networks', description: 'Private networks, reached by agents in them.' },
  { name: 'applications', description: 'Programs that act for people: MCP clients that sign in by OAuth.' },
  { name: 'audit', description: 'The append-only log of everything that was done.' },
  { name: 'secrets', description: 'Credentials in secret managers of the workspace, and the manifest of who reads them there.' },
  { name: 'vault', description: 'The keys that seal credentials.' },
  { name: 'configuration', description: 'A workspace as files, and back.' },
  { name: 'meta', description: 'Health, and descriptions for machines.' },
]

/** Collects the routes registered after it into an OpenAPI 3.1 document, which `app.swagger()` answers. */
export function describeRoutes(app: HttpApp, version: string): void {
  app.addSchema(common.Problem)
  app.register(swagger, {
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => ({ schema: describeRole(schema, route.config), url }),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sallyport',
        version,
        description:
          'A self-hosted connector gateway: any API becomes tools for agents, and the credentials stay behind the wall.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags,
      security: [{ bearer: [] }, { session: [] }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'A token of Sallyport: sp_…' },
          session: { type: 'apiKey', in: 'cookie', name: 'sallyport.session_token', description: 'Set by signing in.' },
        },
      },
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => (typeof schema.$id === 'string' ? schema.$id : `def-${index}`),
    },
  })
}

/** The OpenAPI document of the app, once it is ready, with the shapes of `schemas/` named as components. */
export function openApiDocument(app: HttpApp): Record<string, unknown> {
  const document = tidy(JSON.parse(JSON.stringify(app.swagger()))) as Json
  return nameShapes(document)
}

type Json = { [key: string]: unknown }

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One spelling for what can be written in several ways, keys in order, so that equal shapes are equal texts. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  if (!isObject(value)) return value
  if (typeof value.$ref === 'string')
    return { $ref: value.$ref.startsWith('#') ? value.$ref : `#/components/schemas/${value.$ref}` }
  const { anyOf, patternProperties, ...rest } = value
  const constants =
    Array.isArray(anyOf) && anyOf.every((branch) => isObject(branch) && 'const' in branch)
      ? anyOf.map((branch) => branch.const)
      : null
  // TypeBox writes a record as a pattern that matches every key.
  const every = isObject(patternProperties) ? patternProperties['^.*$'] : undefined
  const same = constants
    ? { ...rest, type: 'string', enum: constants }
    : every !== undefined
      ? { ...rest, additionalProperties: every }
      : value
  return Object.fromEntries(
    Object.entries(same)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, tidy(part)]),
  )
}

/** Every exported schema that is an object or a set of values gets a name; a query is spread into parameters and needs none. */
function namedShapes(): Map<string, TSchema> {
  const modules: Record<string, unknown>[] = [
    common,
    access,
    approvals,
    audit,
    calls,
    catalog,
    chat,
    clients,
    connections,
    connectors,
    cassettes,
    configuration,
    notifications,
    alerts,
    people,
    secrets,
    tools,
    toolsets,
    workflows,
  ]
  const isShape = (name: string, value: unknown) =>
    isObject(value) && !/(Query|Params|Instant|AnyJson|JsonObject|Diagnostics)$/.test(name)
  return new Map(
    modules.flatMap((module) => Object.entries(module).filter(([name, value]) => isShape(name, value)) as [string, TSchema][]),
  )
}

/** Replaces each part of the document that equals a named shape by a reference to it. */
function nameShapes(document: Json): Json {
  const plain = new Map([...namedShapes()].map(([name, schema]) => [name, tidy(stripId(JSON.parse(JSON.stringify(schema))))]))
  const nameOf = new Map([...plain].map(([name, schema]) => [JSON.stringify(schema), name]))
  const used = new Set<string>()
  const fold = (value: unknown, itself?: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => fold(item))
    if (!isObject(value)) return value
    const target = typeof value.$ref === 'string' ? value.$ref.replace('#/components/schemas/', '') : ''
    if (plain.has(target)) return reference(target)
    const name = nameOf.get(JSON.stringify(value))
    if (name !== undefined && name !== itself) return reference(name)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fold(part)]))
  }
  const reference = (name: string) => {
    used.add(name)
    return { $ref: `#/components/schemas/${name}` }
  }
  const components = isObject(document.components) ? document.components : {}
  const folded = fold({ ...document, components: { ...components, schemas: {} } }) as Json
  const schemas: Json = {}
  // Naming a shape can use further ones.
  for (let before = -1; before !== used.size; ) {
    before = used.size
    for (const name of [...used]) schemas[name] ??= fold(plain.get(name), name)
  }
  const { openapi, info, ...rest } = folded
  return { openapi, info, ...rest, components: { ...components, schemas: tidy(schemas) } }
}

function stripId(schema: Json): Json {
  const { $id: _id, ...rest } = schema
  return rest
}
