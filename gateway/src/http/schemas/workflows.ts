import { Type } from 'typebox'
import { Actor, AnyJson, Instant, JsonObject, PageQuery, pageOf } from './common.ts'

const nullable = <T extends ReturnType<typeof Type.String> | typeof Actor>(schema: T) => Type.Union([schema, Type.Null()])
const Names = Type.Record(Type.String(), Type.String())
const Slug = Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' })
const Environment = Type.String({ minLength: 1, maxLength: 63 })

export const WorkflowSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  version: Type.Integer(),
  trigger: Type.Union([Type.Enum(['schedule', 'webhook', 'poll']), Type.Null()]),
  updated_at: Instant,
})
export const WorkflowPage = pageOf(WorkflowSummary)

export const Deployment = Type.Object({
  id: Type.String(),
  workflow: Type.String(),
  version: Type.Integer(),
  environment: Type.String(),
  bindings: Type.Record(Type.String(), Type.String(), { description: 'Id of the connection by slot.' }),
  pins: Type.Record(Type.String(), Type.String(), { description: 'The version of the connector that calls keep to, by slot.' }),
  token: Type.String({ description: 'Id of the token in whose name its runs call.' }),
  next_at: Type.Union([Instant, Type.Null()], { description: 'When its schedule starts the next run.' }),
  webhook: Type.Optional(
    Type.Object(
      { path: Type.String(), secret: Type.String() },
      { description: 'Where deliveries go to, and what they are signed with; shown this once.' },
    ),
  ),
  created_by: Actor,
  created_at: Instant,
})

export const Workflow = Type.Object({
  ...WorkflowSummary.properties,
  document: JsonObject,
  source: Type.Union([Type.String(), Type.Null()], { description: 'The text it was written as; null when it came as a value.' }),
  versions: Type.Array(Type.Object({ version: Type.Integer(), created_at: Instant, created_by: Type.String() })),
  deployments: Type.Array(Deployment),
})

/** A workflow file, see /workflow.schema.json: as YAML or JSON text, or as a value. */
export const WorkflowBody = Type.Object(
  {
    text: Type.Optional(Type.String({ maxLength: 1_000_000, description: 'YAML or JSON; kept as it is written.' })),
    document: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'A workflow file, see /workflow.schema.json.' }),
    ),
  },
  { additionalProperties: false, minProperties: 1, maxProperties: 1 },
)
export const CheckedWorkflow = Type.Object({ ok: Type.Literal(true), workflow: Type.String(), steps: Type.Integer() })
export const VersionQuery = Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) })

export const DeployBody = Type.Object(
  {
    environment: Type.Optional(Environment),
    version: Type.Optional(Type.Integer({ minimum: 1 })),
    bindings: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Id or name of a connection by slot. A slot that is left out takes the one connection that there is.',
      }),
    ),
    webhook_secret: Type.Optional(
      Type.String({
        minLength: 8,
        maxLength: 500,
        description: 'What the sender signs with, where the sender chooses it. Without it one is made.',
      }),
    ),
  },
  { additionalProperties: false },
)

const RunStatus = Type.Enum(['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'checkpoint'])
const RunError = Type.Object({ code: Type.String(), detail: Type.String(), step: nullable(Type.String()) })
export const Run = Type.Object({
  id: Type.String(),
  workflow: Type.String(),
  version: Type.Integer(),
  environment: nullable(Type.String()),
  mode: Type.Enum(['live', 'preview']),
  status: Type.Enum(['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'checkpoint'], {
    description: 'checkpoint: a preview has come to a write, and shows what it would send.',
  }),
  trigger: Type.String(),
  started_by: Actor,
  replay_of: nullable(Type.String()),
  parent_run: nullable(Type.String()),
  error: Type.Union([RunError, Type.Null()]),
  steps: Type.Integer(),
  created_at: Instant,
  ended_at: Type.Union([Instant, Type.Null()]),
})
export const RunPage = pageOf(Run)

const RunStep = Type.Object({
  id: Type.String(),
  place: Type.String({ description: 'The way to it through loops and branches, such as each[2]/pay.' }),
  step: Type.String(),
  kind: Type.String(),
  status: Type.Enum(['started', 'waiting', 'succeeded', 'failed', 'planned']),
  attempt: Type.Integer(),
  superseded: Type.Boolean({ description: 'Undone by a retry.' }),
  call_id: nullable(Type.String()),
  approval_id: nullable(Type.String()),
  child_run: nullable(Type.String()),
  wake_at: Type.Union([Instant, Type.Null()]),
  decided_by: nullable(Actor),
  error: Type.Union([Type.Object({ code: Type.String(), detail: Type.String() }), Type.Null()]),
  started_at: Instant,
  ended_at: Type.Union([Instant, Type.Null()]),
  result: Type.Union([
    Type.Object({
      input: Type.Optional(AnyJson),
      payload: Type.Optional(AnyJson),
      variables: Type.Optional(AnyJson),
      diagnostics: Type.Optional(AnyJson),
      plan: Type.Optional(AnyJson),
    }),
    Type.Null(),
  ]),
})
export const RunDetail = Type.Object({
  ...Run.properties,
  bindings: Names,
  trigger_data: AnyJson,
  output: AnyJson,
  withheld: Type.Boolean({ description: 'What it took and gave is not shown to who does not reach all of its connections.' }),
  timeline: Type.Array(RunStep),
})

export const RunQuery = Type.Object({
  ...PageQuery.properties,
  workflow: Type.Optional(Type.String({ maxLength: 63, description: 'The slug of a workflow; of another there are none.' })),
  status: Type.Optional(RunStatus),
})
export const StartBody = Type.Object(
  {
    workflow: Slug,
    environment: Type.Optional(Environment),
    input: Type.Optional(AnyJson),
    idempotency_key: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'The same key again is answered with the run that there is.' }),
    ),
  },
  { additionalProperties: false },
)
export const PreviewBody = Type.Object(
  {
    version: Type.Optional(Type.Integer({ minimum: 1 })),
    bindings: Type.Optional(Names),
    input: Type.Optional(AnyJson),
    mocks: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: "Steps by id that a scenario of their action's mocks answers." }),
    ),
  },
  { additionalProperties: false },
)
export const RetryBody = Type.Object(
  {
    from: Type.Optional(Type.String({ maxLength: 63, description: 'This step and all after it are taken again, writes too.' })),
    repeat_unknown: Type.Optional(Type.Boolean({ description: 'Also a write of which nobody knows whether it took effect.' })),
  },
  { additionalProperties: false },
)
export const ReplayBody = Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) }, { additionalProperties: false })
export const DecideBody = Type.Object(
  { approved: Type.Boolean(), reason: Type.Optional(Type.String({ maxLength: 1_000 })) },
  { additionalProperties: false },
)
