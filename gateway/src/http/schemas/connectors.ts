import { Type } from 'typebox'
import { Effect, JsonObject } from './common.ts'

export const AuthMode = Type.Enum(['pat', 'conn_string', 'mcp_oauth', 'byo_oauth', 'none'])

/** A connector in the list (K1). */
export const ConnectorListItem = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  category: Type.String(),
  auth_mode: AuthMode,
  brand_logo: Type.String(),
  brand_color: Type.String(),
  version: Type.String(),
  kind: Type.String(),
  actions: Type.Integer(),
  connections: Type.Integer(),
})

export const ConnectorDocumentJson = Type.Record(Type.String(), Type.Unknown(), {
  description: 'A connector document, see /connector.schema.json.',
})

const source = {
  spec: Type.Optional(Type.Unknown({ description: 'An OpenAPI document: an object, or its JSON or YAML text.' })),
  url: Type.Optional(Type.String({ description: 'Where to fetch an OpenAPI document.' })),
  text: Type.Optional(Type.String({ description: 'A connector file or an OpenAPI document, as text.' })),
}

export const ImportReportEntry = Type.Object({
  operation: Type.String({ description: 'Method and path in the document; empty for the whole document.' }),
  pointer: Type.String({ description: 'JSON Pointer to the place in the document.' }),
  level: Type.Union([Type.Literal('adjusted'), Type.Literal('skipped'), Type.Literal('warning')]),
  message: Type.String(),
})
export const ImportReport = Type.Object({
  format: Type.String({ description: 'Such as OpenAPI 3.0.3.' }),
  operations: Type.Integer(),
  imported: Type.Integer(),
  entries: Type.Array(ImportReportEntry),
})

export const ParseRequest = Type.Object(
  {
    ...source,
    connector: Type.Optional(Type.String()),
    server_url: Type.Optional(Type.String({ description: 'Base of a relative server URL.' })),
  },
  { additionalProperties: false },
)
export const ParseResult = Type.Object({ document: ConnectorDocumentJson, report: ImportReport })

/** A connector document, or `{spec | url | text, connector?, select?}`. */
export const CreateConnectorRequest = Type.Record(Type.String(), Type.Unknown(), {
  description: 'A connector document, or {spec | url | text, connector?, name?, server_url?, select?: [action]} to import one.',
})
export const CreatedConnector = Type.Object({
  id: Type.String(),
  connector: Type.String(),
  version: Type.String(),
  actions: Type.Array(Type.String()),
  report: Type.Union([ImportReport, Type.Null()]),
})
export const UpdateConnectorRequest = Type.Object(
  {
    document: ConnectorDocumentJson,
    autoBump: Type.Optional(Type.Boolean({ description: 'Let the gateway choose the next version.' })),
  },
  { additionalProperties: false },
)

export const Capability = Type.Object({
  action: Type.String(),
  title: Type.String(),
  description: Type.String(),
  effect: Effect,
  confirm: Type.Boolean(),
  deprecated: Type.Boolean(),
  method: Type.String(),
  path: Type.String(),
  tags: Type.Array(Type.String()),
  input_schema: JsonObject,
  output_schema: Type.Union([JsonObject, Type.Null()]),
})
export const Capabilities = Type.Object({
  connector: Type.String(),
  name: Type.String(),
  version: Type.String(),
  actions: Type.Array(Capability),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
})
export const CapabilityQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
})
