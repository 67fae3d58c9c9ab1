import { Type } from 'typebox'
import { Instant, PageQuery, pageOf } from './common.ts'

const Settings = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))
const SecretFields = Type.Record(Type.String(), Type.String({ maxLength: 65_536 }), {
  description:
    'Write-only. api_key: key. bearer: token. basic: username, password. headers: one per header without a fixed value. mtls, or with a client certificate besides: client_certificate, client_key, in PEM.',
})

export const ConnectionStatus = Type.Enum(['active', 'untested', 'failing', 'needs_reauth'])

/** A connection, with what a list shows of it (P9). Its credential is never in any answer. */
export const Connection = Type.Object({
  id: Type.String(),
  connector: Type.String(),
  connector_name: Type.String(),
  connector_version: Type.String(),
  name: Type.String(),
  owner: Type.Enum(['you', 'team', 'workspace'], {
    description: 'Calls take your own first, then a team’s, then the workspace’s.',
  }),
  team: Type.Union([Type.String(), Type.Null()]),
  environment: Type.String(),
  server_url: Type.String(),
  auth: Type.Object({
    scheme: Type.String(),
    type: Type.String(),
    label: Type.String({ description: 'Such as "API key (X-API-Key)".' }),
    fields: Type.Array(Type.String()),
  }),
  settings: Settings,
  status: ConnectionStatus,
  status_detail: Type.Union([Type.String(), Type.Null()]),
  actions: Type.Integer(),
  verify_ssl: Type.Boolean(),
  last_used_at: Type.Union([Instant, Type.Null()]),
  calls_today: Type.Integer(),
  created_at: Instant,
  tested_at: Type.Union([Instant, Type.Null()]),
})
export const ConnectionPage = pageOf(Connection)
export const ConnectionQuery = Type.Interface([PageQuery], {
  connector: Type.Optional(Type.String()),
  search: Type.Optional(Type.String({ maxLength: 200 })),
})

export const CreateConnectionRequest = Type.Object(
  {
    connector: Type.String(),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    environment: Type.Optional(Type.String()),
    personal: Type.Optional(
      Type.Boolean({ description: 'Belongs to you: nobody else sees or uses it. Members may; the others need managers.' }),
    ),
    team: Type.Optional(Type.String({ maxLength: 200, description: 'Belongs to this team of yours.' })),
    auth: Type.Optional(
      Type.Object({ scheme: Type.Optional(Type.String()), fields: Type.Optional(SecretFields) }, { additionalProperties: false }),
    ),
    settings: Type.Optional(Settings),
  },
  { additionalProperties: false },
)
export const UpdateConnectionRequest = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    environment: Type.Optional(Type.String()),
    settings: Type.Optional(Settings),
  },
  { additionalProperties: false },
)
export const RotateRequest = Type.Object({ fields: SecretFields }, { additionalProperties: false })

/** One line of the checklist of a connection test (P4). */
export const TestCheck = Type.Object({
  id: Type.String(),
  label: Type.String(),
  status: Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('skipped')]),
  detail: Type.String(),
  ms: Type.Number(),
  call_id: Type.Optional(Type.String()),
})
export const TestResult = Type.Object({ ok: Type.Boolean(), checks: Type.Array(TestCheck), connection: Connection })
