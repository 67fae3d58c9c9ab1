import { Type } from 'typebox'
import { type ReportCode, reportCodes } from '../../definition/import/report.ts'
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

export const ImportReportEntry = Type.Object({
  operation: Type.String({ description: 'Name of the action; empty for the whole document.' }),
  pointer: Type.String({
    description: 'JSON Pointer to the place in the document; in another file after its path and a "#".',
  }),
  level: Type.Union([Type.Literal('adjusted'), Type.Literal('skipped'), Type.Literal('warning')]),
  code: Type.Enum(Object.keys(reportCodes) as ReportCode[], { description: 'What happened; never changes its meaning.' }),
  message: Type.String(),
})
export const ImportReport = Type.Object({
  format: Type.String({ description: 'Such as OpenAPI 3.0.3.' }),
  operations: Type.Integer(),
  imported: Type.Integer(),
  entries: Type.Array(ImportReportEntry),
})

export const ParseResult = Type.Object({ document: ConnectorDocumentJson, report: ImportReport })

/** A document before it is imported. */
export const ImportPreview = Type.Object({
  connector: Type.String({ description: 'Slug that is proposed.' }),
  name: Type.String(),
  description: Type.String(),
  servers: JsonObject,
  auth: JsonObject,
  tags: Type.Array(
    Type.Object({
      name: Type.String(),
      description: Type.Optional(Type.String()),
      parent: Type.Optional(Type.String()),
      operations: Type.Integer(),
    }),
  ),
  operations: Type.Array(
    Type.Object({
      action: Type.String(),
      method: Type.String(),
      path: Type.String(),
      title: Type.String(),
      tags: Type.Array(Type.String()),
      effect: Effect,
      deprecated: Type.Optional(Type.Literal(true)),
      auth: Type.Optional(Type.Array(Type.String(), { description: 'Auth schemes it accepts. Default: any.' })),
      scopes: Type.Optional(Type.Array(Type.String())),
      inputs: Type.Integer(),
      required: Type.Integer({ description: 'How many inputs it needs.' }),
      pagination: Type.Optional(Type.Enum(['link', 'cursor', 'offset', 'page'])),
      content_types: Type.Optional(
        Type.Array(Type.String(), { description: 'Media types of the body to choose from; the first is taken.' }),
      ),
      notes: Type.Optional(Type.Integer({ description: 'Entries of the report about it.' })),
      problem: Type.Optional(Type.String({ description: 'Why it cannot be an action.' })),
    }),
  ),
  proposal: Type.Array(Type.Object({ action: Type.String(), reason: Type.String() }), {
    description: 'Actions to begin with, the most useful first.',
  }),
  report: ImportReport,
})

/** A connector document, or `{spec | url | text | files | zip, connector?, select?}`. */
export const CreateConnectorRequest = Type.Record(Type.String(), Type.Unknown(), {
  description:
    'A connector document, or {spec | url | text | files | zip, connector?, name?, server_url?, select?, tags?, read_only?, search?, rename?, content_types?} to import one, as for the preview.',
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
