import { Type } from 'typebox'
import { actKinds } from '../../audit/types.ts'
import { Actor, AnyJson, Instant, PageQuery, pageOf } from './common.ts'

const Place = Type.Integer({ minimum: 1, description: 'Place in the chain of the workspace, from 1.' })
const Hash = Type.String({ description: 'SHA-256 in hex.' })

/** What was done. New kinds come with new versions. */
export const AuditKind = Type.Union(actKinds.map((kind) => Type.Literal(kind)))

export const AuditQuery = Type.Interface([PageQuery], {
  kind: Type.Optional(AuditKind),
  actor: Type.Optional(Type.String({ maxLength: 200, description: 'Id of the person or token who did it.' })),
  target: Type.Optional(Type.String({ maxLength: 200, description: 'Id of what it was done to.' })),
  since: Type.Optional(Instant),
  until: Type.Optional(Instant),
})
export const AuditEntry = Type.Object({
  seq: Place,
  at: Instant,
  kind: AuditKind,
  actor: Actor,
  ip: Type.Union([Type.String(), Type.Null()]),
  target: Actor,
  before: AnyJson,
  after: AnyJson,
  reason: Type.Union([Type.String(), Type.Null()]),
  hash: Hash,
})
export const AuditPage = pageOf(AuditEntry)

export const AuditVerifyQuery = Type.Object({
  from: Type.Optional(Place),
  known_seq: Type.Optional(Type.Integer({ minimum: 1, description: 'The place of a checkpoint that was kept elsewhere.' })),
  known_hash: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{64}$', description: 'The hash of that checkpoint.' })),
})
export const AuditVerification = Type.Object({
  workspace_id: Type.String(),
  public_key: Type.String({ description: 'Ed25519, in hex: signs the checkpoints of this workspace.' }),
  from: Type.Integer(),
  to: Type.Integer(),
  head: Type.Integer({ description: 'The last entry there is.' }),
  next: Type.Union([Type.Integer(), Type.Null()], { description: 'Ask again from here; null when all was looked at.' }),
  entries: Type.Integer(),
  checkpoints: Type.Integer(),
  problems: Type.Array(
    Type.Object({
      seq: Type.Integer(),
      last_seq: Type.Integer(),
      kind: Type.Union(
        (['altered', 'removed', 'cut_off', 'inserted', 'checkpoint', 'gap'] as const).map((kind) => Type.Literal(kind)),
      ),
      detail: Type.String(),
    }),
  ),
  verified_at: Instant,
})

export const AuditCheckpoint = Type.Object({
  workspace_id: Type.String(),
  seq: Place,
  hash: Hash,
  at: Instant,
  public_key: Type.String(),
  signature: Type.String(),
})
export const AuditExportQuery = Type.Object({
  from: Type.Optional(Place),
  workspace: Type.Optional(
    Type.String({ maxLength: 200, description: 'For a link in a browser, which sends no header Sallyport-Workspace.' }),
  ),
})
