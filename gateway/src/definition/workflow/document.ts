import { type Static, Type } from 'typebox'
import type { JsonSchemaValue } from '../document.ts'

/**
 * The workflow file: one YAML or JSON document that says what happens, in which order, when something calls for it. Its schema
 * is published as `workflow.schema.json`; `defineWorkflow` of the SDK makes the same.
 */

const closed = { additionalProperties: false } as const
const note = Type.Optional(Type.String({ maxLength: 2_000 }))

export const workflowSlug = '^[a-z][a-z0-9_-]{0,62}$'
/** Of what templates and expressions can name. */
export const variableName = '^[a-zA-Z_][a-zA-Z0-9_]{0,63}$'

const Slug = Type.String({
  pattern: workflowSlug,
  description: 'Lower-case letters, digits, "_" and "-"; starts with a letter; at most 63 characters.',
})
const Name = Type.String({ pattern: variableName, description: 'A letter or "_", then letters, digits and "_".' })
/** `90s`, `10m`, `36h`, `3d`. */
export const durationPattern = '^[1-9][0-9]{0,6}(ms|s|m|h|d)$'
const Duration = Type.String({ pattern: durationPattern, description: 'A number and ms, s, m, h or d, such as 90s or 3d.' })
const Template = Type.Unknown({ description: 'A value in which {{…}} reads variables, payloads of steps and the trigger.' })
const Expression = Type.String({
  minLength: 1,
  maxLength: 10_000,
  description: 'JavaScript, run in the sandbox: variables, payloads of steps and the trigger are its globals.',
})
const JsonSchema = Type.Unsafe<JsonSchemaValue>({
  type: ['object', 'boolean'],
  description: 'A JSON Schema (draft 2020-12).',
})

const Slot = Type.Object(
  {
    connector: Type.String({ minLength: 1, maxLength: 63, description: 'The connector whose actions are called.' }),
    description: note,
  },
  { ...closed, description: 'A place for a connection: bound when the workflow is deployed or previewed.' },
)

const Call = Type.Object(
  {
    slot: Type.String({ description: 'One of slots.' }),
    action: Type.String({ minLength: 1, maxLength: 64 }),
    input: Type.Optional(Template),
  },
  { ...closed, description: 'Calls an action over the connection that the slot is bound to.' },
)

/** Where steps stand: the schema refers to itself here. */
const Steps = Type.Unsafe<StepsDocument>({ $ref: '#/$defs/steps' })
export type StepsDocument = readonly StepDocument[]

/** What the schema of a step says, which TypeScript cannot take from a schema that refers to itself. */
export interface StepDocument {
  readonly id: string
  readonly name?: string
  readonly outputKey?: string
  readonly variables?: readonly string[]
  readonly retries?: number
  readonly timeout_ms?: number
  readonly on_error?: 'fail' | 'continue' | StepsDocument
  readonly call?: Static<typeof Call>
  readonly if?: string
  readonly for_each?: string
  readonly parallel?: Readonly<Record<string, StepsDocument>>
  readonly wait?: { readonly for?: string; readonly until?: string }
  readonly approval?: { readonly message: string; readonly show?: unknown; readonly expires?: string }
  readonly transform?: string
  readonly script?: string
  readonly workflow?: { readonly workflow: string; readonly input?: unknown }
  readonly then?: StepsDocument
  readonly else?: StepsDocument
  readonly as?: string
  readonly concurrency?: number
  readonly max_items?: number
  readonly steps?: StepsDocument
  readonly collect?: unknown
}

const common = {
  id: Type.String({ pattern: workflowSlug, description: 'Names the step, once in the workflow.' }),
  name: Type.Optional(Type.String({ maxLength: 200, description: 'For people.' })),
  outputKey: Type.Optional(Name),
  variables: Type.Optional(
    Type.Array(Name, {
      maxItems: 50,
      description: 'Variables that the outcome of the step sets besides its payload, so that later steps may name them.',
    }),
  ),
  retries: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 10,
      description:
        'How often the step is tried again. A write only when nothing of it was sent, or when the API recognises a repetition by its idempotency key. Default: 2 for reads and such writes.',
    }),
  ),
  timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000, description: 'Of one try.' })),
  on_error: Type.Optional(
    Type.Union([Type.Enum(['fail', 'continue']), Steps], {
      description:
        'When the step fails: the run fails (the default), goes on, or takes these steps, in which {{error}} says why.',
    }),
  ),
} as const

const kinds = {
  call: Type.Optional(Call),
  if: Type.Optional(Expression),
  for_each: Type.Optional(Type.String({ description: 'A placeholder such as {{contacts.items}} for the list.' })),
  parallel: Type.Optional(
    Type.Record(Type.String(), Steps, {
      minProperties: 1,
      maxProperties: 20,
      propertyNames: { pattern: workflowSlug },
      description: 'Branches by name, all at once.',
    }),
  ),
  wait: Type.Optional(
    Type.Object(
      { for: Type.Optional(Duration), until: Type.Optional(Type.String({ description: 'A moment, or a placeholder for one.' })) },
      { ...closed, description: 'Waits for a time, or until a moment.' },
    ),
  ),
  approval: Type.Optional(
    Type.Object(
      {
        message: Type.String({ minLength: 1, maxLength: 1_000, description: 'What the person is asked.' }),
        show: Type.Optional(Template),
        expires: Type.Optional(Duration),
      },
      { ...closed, description: 'Waits until a manager agrees. Its payload is the decision.' },
    ),
  ),
  transform: Type.Optional(Expression),
  script: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100_000,
      description: 'The body of a function, run in the sandbox; what it returns is the payload.',
    }),
  ),
  workflow: Type.Optional(
    Type.Object(
      { workflow: Slug, input: Type.Optional(Template) },
      { ...closed, description: 'Runs another workflow that is deployed, and waits for its output.' },
    ),
  ),
} as const

/** What only some kinds have. */
const parts = {
  // biome-ignore lint/suspicious/noThenProperty: the word of the file, for people.
  then: Type.Optional(Steps),
  else: Type.Optional(Steps),
  as: Type.Optional(Name),
  concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, description: 'Of for_each: items at a time. Default 1.' })),
  max_items: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 10_000, description: 'A longer list fails the step. Default 1000.' }),
  ),
  steps: Type.Optional(Steps),
  collect: Type.Optional(Template),
} as const

const Step = Type.Object({ ...common, ...kinds, ...parts }, closed)
export const stepKinds = ['call', 'if', 'for_each', 'parallel', 'wait', 'approval', 'transform', 'script', 'workflow'] as const
export type StepKind = (typeof stepKinds)[number]

const Webhook = Type.Object(
  {
    signature: Type.Optional(
      Type.Union(
        [
          Type.Object({ scheme: Type.Enum(['github', 'stripe', 'slack', 'shopify', 'standard']) }, closed),
          Type.Object(
            {
              scheme: Type.Literal('hmac'),
              header: Type.String({ minLength: 1, maxLength: 100 }),
              algorithm: Type.Optional(Type.Enum(['sha256', 'sha1', 'sha512'])),
              encoding: Type.Optional(Type.Enum(['hex', 'base64'])),
              prefix: Type.Optional(Type.String({ maxLength: 20 })),
            },
            closed,
          ),
          Type.Object({ scheme: Type.Literal('none') }, closed),
        ],
        { description: 'How senders sign. Without it: standard (Standard Webhooks).' },
      ),
    ),
    dedupe: Type.Optional(
      Type.String({
        description:
          'A placeholder for what tells two deliveries apart, such as {{trigger.body.id}}. Without it: the delivery id of the scheme, or the body.',
      }),
    ),
    per_minute: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 6_000, description: 'More are refused with 429. Default 600.' }),
    ),
  },
  closed,
)
const Trigger = Type.Object(
  {
    schedule: Type.Optional(
      Type.Object(
        {
          cron: Type.String({ minLength: 1, maxLength: 200, description: 'Five fields, such as 0 9 * * 1-5.' }),
          timezone: Type.Optional(Type.String({ maxLength: 60, description: 'Such as Europe/Prague. Default UTC.' })),
          missed: Type.Optional(
            Type.Enum(['run_once', 'skip'], {
              description: 'Of the times while no gateway ran: one run for all of them (the default), or none.',
            }),
          ),
        },
        closed,
      ),
    ),
    webhook: Type.Optional(Webhook),
    poll: Type.Optional(
      Type.Object(
        {
          ...Call.properties,
          every: Duration,
          items: Type.String({ description: 'A placeholder for the list in the answer, such as {{payload.items}}.' }),
          key: Type.String({ description: 'A placeholder for what tells items apart, such as {{item.id}}.' }),
        },
        { ...closed, description: 'Calls a read again and again, and starts a run for each item that is new.' },
      ),
    ),
  },
  { ...closed, maxProperties: 1, description: 'What starts runs, besides people and programs that ask for one.' },
)

export const WorkflowDocument = Type.Object(
  {
    workflow: Slug,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    description: note,
    slots: Type.Optional(Type.Record(Type.String(), Slot, { maxProperties: 50, propertyNames: { pattern: variableName } })),
    input: Type.Optional(JsonSchema),
    trigger: Type.Optional(Trigger),
    steps: Steps,
    output: Type.Optional(Template),
  },
  closed,
)
/** A workflow file as written. Parse untrusted input with `parseWorkflow`. */
export type WorkflowDocument = Static<typeof WorkflowDocument>
export type TriggerDocument = NonNullable<WorkflowDocument['trigger']>
export type WebhookDocument = NonNullable<TriggerDocument['webhook']>

/** Names the schema wherever it is served from: every gateway has it at `/workflow.schema.json`. */
const schemaId = 'urn:sallyport:workflow-schema:1'

/** The JSON Schema (draft 2020-12) of a workflow file. */
export function workflowJsonSchema(): Readonly<Record<string, unknown>> {
  // Through JSON: what the schema library keeps on the side stays behind.
  const schema: Record<string, unknown> = JSON.parse(JSON.stringify(WorkflowDocument))
  const step: unknown = JSON.parse(JSON.stringify(Step))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaId,
    title: 'Sallyport workflow',
    description: 'Actions of connectors in order: what starts them, the steps, and the output.',
    ...schema,
    $defs: { steps: { type: 'array', minItems: 1, maxItems: 200, items: { $ref: '#/$defs/step' } }, step },
  }
}

/** The text of `gateway/workflow.schema.json`. */
export function workflowSchemaText(): string {
  return `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`
}
