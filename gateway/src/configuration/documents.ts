import { type TSchema, Type } from 'typebox'
import { channelKinds } from '../call/notices/message.ts'
import { roles, teamRoles } from '../caller.ts'
import { connectorJsonSchema } from '../definition/connector-schema.ts'
import { toolFormats } from '../definition/tool/family.ts'
import { approvalRules, toolsetModes } from '../toolset.ts'

/** What a YAML document of configuration may hold: one resource each, told by the first key that only its type has. */

const closed = { additionalProperties: false } as const
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })
const note = (description: string) => ({ description })

/** A secret itself has no place in a file. */
export const SecretReference = Type.Union(
  [
    Type.Object({ env: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$', description: 'An environment variable.' }) }, closed),
    Type.Object(
      {
        file: Type.String({ minLength: 1, description: 'A file, from the folder of the configuration; its last line end goes.' }),
      },
      closed,
    ),
    Type.Object(
      { vault: Type.String({ pattern: '^[^#]+#[^#]+$', description: 'Read by the vault or bao command: path#field.' }) },
      closed,
    ),
    Type.Object({ prompt: Type.String({ minLength: 1, description: 'Asked of whoever applies it.' }) }, closed),
  ],
  note('Where the value of a secret is: {env: NAME}, {file: path}, {vault: path#field} or {prompt: question}.'),
)
const ApprovalRule = Type.Enum([...approvalRules])
const Approval = Type.Object(
  {
    rule: ApprovalRule,
    over_items: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    over_bytes: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
    targets: Type.Optional(Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 100 })),
    confirm_in_client: Type.Optional(Type.Boolean()),
  },
  { ...closed, ...note('Calls over the connection that wait for a person.') },
)
const Words = Type.Array(Name, { maxItems: 200 })
const Pick = Type.Object(
  { connector: Name, action: Type.Optional(Name), connection: Type.Optional(Name) },
  { ...closed, ...note('connection: its name, or team/name of one that is a team’s.') },
)
const Picks = Type.Optional(Type.Array(Pick, { maxItems: 500 }))

export const schemas = {
  team: Type.Object(
    {
      team: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', description: 'Name of the team.' }),
      members: Type.Optional(
        Type.Record(Type.String(), Type.Enum([...teamRoles]), note('Role in the team by email, of members of the workspace.')),
      ),
    },
    closed,
  ),
  members: Type.Object(
    { members: Type.Record(Type.String(), Type.Enum([...roles]), note('Role in the workspace by email.')) },
    closed,
  ),
  oauth_app: Type.Object(
    {
      oauth_app: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', description: 'Name of the OAuth app.' }),
      connector: Type.Optional(Name),
      family: Type.Optional(Name),
      client_id: Type.String({ minLength: 1, maxLength: 1000 }),
      client_secret: Type.Optional(SecretReference),
    },
    closed,
  ),
  connection: Type.Object(
    {
      connection: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', description: 'Name of the connection.' }),
      connector: Name,
      team: Type.Optional(Name),
      environment: Type.Optional(Type.String({ description: 'Default: the first of the connector.' })),
      scheme: Type.Optional(Type.String({ description: 'Default: the first of the connector.' })),
      secrets: Type.Optional(Type.Record(Type.String(), SecretReference, note('By field of the auth scheme.'))),
      scopes: Type.Optional(Type.Array(Name, { maxItems: 200 })),
      settings: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
      default: Type.Optional(Type.Boolean(note('Calls that name no connection mean this one.'))),
      approval: Type.Optional(Approval),
      order: Type.Optional(
        Type.Integer({
          minimum: 1,
          description: 'Of several of a connector: which is made first. The tools of the first have the shortest names.',
        }),
      ),
      mock: Type.Optional(Name),
      record: Type.Optional(Name),
    },
    closed,
  ),
  toolset: Type.Object(
    {
      toolset: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', description: 'In the address of its MCP endpoint.' }),
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })),
      mode: Type.Optional(Type.Enum([...toolsetModes])),
      format: Type.Optional(Type.Enum([...toolFormats])),
      approval: Type.Optional(ApprovalRule),
      max_result_bytes: Type.Optional(Type.Integer({ minimum: 1024, maximum: 10_000_000 })),
      select: Type.Optional(
        Type.Object(
          {
            connectors: Type.Optional(Words),
            tags: Type.Optional(Words),
            effects: Type.Optional(Type.Array(Type.Enum(['read', 'write', 'destructive']), { maxItems: 3 })),
          },
          { ...closed, ...note('Tools that meet every condition; {} means all. None without it.') },
        ),
      ),
      include: Picks,
      exclude: Picks,
    },
    closed,
  ),
  notification: Type.Object(
    {
      notification: Type.String({ minLength: 1, maxLength: 100, description: 'Name of the channel.' }),
      kind: Type.Enum([...channelKinds]),
      email: Type.Optional(Type.String({ maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' })),
      url: Type.Optional(SecretReference),
      key: Type.Optional(SecretReference),
      approvals: Type.Optional(Type.Boolean(note('false: alerts alone are told there.'))),
      signing_secret: Type.Optional(SecretReference),
    },
    closed,
  ),
} as const satisfies Record<string, TSchema>

export type DocumentKind = keyof typeof schemas | 'connector' | 'custom_api'
/** The order matters: a connection and an OAuth app name a connector, a team has members. */
export const marks = [
  ...(['custom_api', 'connection', 'oauth_app', 'toolset', 'notification', 'team', 'members', 'connector'] as const),
] satisfies readonly DocumentKind[]

export function kindOf(document: Readonly<Record<string, unknown>>): DocumentKind | undefined {
  return marks.find((mark) => Object.hasOwn(document, mark))
}

/** The JSON Schema with which editors complete these documents. */
export function configurationJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema: _, $id: _id, ...connector } = connectorJsonSchema()
  const defs: Record<string, unknown> = { ...JSON.parse(JSON.stringify(schemas)), connector, custom_api: { type: 'object' } }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:sallyport:configuration-schema:1',
    title: 'Sallyport configuration',
    description: 'One resource of a workspace: a connector, a connection, a toolset, …',
    type: 'object',
    anyOf: marks.map((mark) => ({ required: [mark] })),
    // The first mark that a document has says what it is.
    allOf: marks.map((mark, at) => ({
      if: { required: [mark], not: { anyOf: [false, ...marks.slice(0, at).map((earlier) => ({ required: [earlier] }))] } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: `#/$defs/${mark}` },
    })),
    $defs: Object.fromEntries(marks.map((mark) => [mark, defs[mark]])),
  }
}

export function configurationSchemaText(): string {
  return `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`
}
