import { Type } from 'typebox'
import { Instant, JsonObject, PageQuery } from './common.ts'
import { ApprovalRule } from './toolsets.ts'

const closed = { additionalProperties: false }
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const Texts = (maxLength: number, description: string) =>
  Type.Record(Type.String(), Type.String({ maxLength }), { maxProperties: 10, description })
const Kind = Type.Enum(['aws', 'gcp', 'vault'], {
  description: 'aws: AWS Secrets Manager. gcp: Google Secret Manager. vault: HashiCorp Vault or OpenBao, KV version 2.',
})
const Settings = Texts(
  2000,
  'aws: region, endpoint?, prefix?. gcp: project, endpoint?, prefix?. vault: address, mount?, namespace?, role_id?, prefix?.',
)
const Credential = Texts(
  65_536,
  'Write-only. aws: access_key_id, secret_access_key. gcp: key_file. vault: token, or secret_id with the setting role_id.',
)

export const SecretBackend = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: Kind,
  settings: Type.Record(Type.String(), Type.String()),
  default: Type.Boolean({ description: 'Connections that say nothing else are replicated to it: secret-manager mode.' }),
  secrets: Type.Object({
    written: Type.Integer(),
    waiting: Type.Integer(),
    failing: Type.Integer(),
    drifted: Type.Integer({ description: 'Somebody else has changed or deleted them.' }),
  }),
  problem: Type.Union([Type.String(), Type.Null()], {
    description: 'Of its last test, write or check; null when that was well.',
  }),
  tested_at: nullable(Instant),
  checked_at: nullable(Instant),
  created_at: Instant,
})
export const SecretBackendList = Type.Object({ items: Type.Array(SecretBackend), next_cursor: Type.Null() })
export const CreateSecretBackendRequest = Type.Object(
  { name: Name, kind: Kind, settings: Settings, credential: Credential, default: Type.Optional(Type.Boolean()) },
  closed,
)
export const UpdateSecretBackendRequest = Type.Object(
  { name: Type.Optional(Name), credential: Type.Optional(Credential), default: Type.Optional(Type.Boolean()) },
  closed,
)
export const DeleteSecretBackendQuery = Type.Object({
  abandon: Type.Optional(Type.Boolean({ description: 'Leaves the secrets of connections where they are.' })),
})
export const SecretBackendTest = Type.Object({ ok: Type.Boolean(), message: Type.String() })

export const SecretReplica = Type.Object({
  connection: Type.String(),
  connection_name: nullable(Type.String()),
  connector: nullable(Type.String()),
  backend: Type.String(),
  backend_name: Type.String(),
  name: Type.String({ description: 'At the backend.' }),
  reference: Type.String({ description: 'As its own tools write it.' }),
  state: Type.Enum(['waiting', 'written', 'failing', 'drifted', 'removing']),
  drift: Type.Union([Type.Enum(['changed', 'deleted']), Type.Null()], { description: 'What somebody else has done to it.' }),
  problem: nullable(Type.String()),
  version: nullable(Type.String()),
  written_at: nullable(Instant),
  checked_at: nullable(Instant),
})
export const SecretReplicaQuery = Type.Object({
  ...PageQuery.properties,
  problems: Type.Optional(Type.Boolean({ description: 'Only those that fail or have drifted.' })),
})

export const SecretPlacement = Type.Object({
  chosen: Type.String({ description: 'workspace: as the workspace says. proxy: with the gateway only. Or the id of a backend.' }),
  mode: Type.Enum(['proxy', 'secret_manager']),
  replicas: Type.Array(SecretReplica),
})
export const MoveSecretRequest = Type.Object(
  { to: Type.String({ minLength: 1, maxLength: 200, description: 'workspace, proxy, or the id of a backend.' }) },
  closed,
)

export const RefreshSecretRequest = Type.Object(
  { version: Type.String({ minLength: 1, maxLength: 100, description: 'Of the secret that was refused.' }) },
  closed,
)
export const RefreshedSecret = Type.Object({ version: Type.String({ description: 'The one to read.' }), renewed: Type.Boolean() })

export const ManifestQuery = Type.Object({
  toolset: Type.Optional(Type.String({ maxLength: 100, description: 'Slug of a toolset: its tools only.' })),
})
export const Manifest = Type.Object({
  sallyport_manifest: Type.Literal(1),
  gateway: Type.String(),
  workspace: Type.Object({ id: Type.String(), name: Type.String() }),
  toolset: nullable(Type.Object({ slug: Type.String(), approval: ApprovalRule })),
  backends: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), place: JsonObject })),
  connectors: Type.Array(Type.Object({ id: Type.String(), version: Type.String(), document: JsonObject })),
  connections: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      connector: Type.String(),
      environment: Type.String(),
      default: Type.Boolean(),
      scheme: Type.String(),
      settings: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
      approval: nullable(JsonObject),
      actions: Type.Array(Type.String()),
      secret: Type.Union([Type.Object({ backend: Type.String(), name: Type.String(), reference: Type.String() }), Type.Null()], {
        description: 'Where its credential is; null: it is called over the gateway.',
      }),
    }),
  ),
})
