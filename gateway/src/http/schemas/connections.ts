import { Type } from 'typebox'
import { CassetteName, Instant, PageQuery, pageOf, Scenario } from './common.ts'
import { ApprovalRule } from './toolsets.ts'

const Settings = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))
const SecretFields = Type.Record(Type.String(), Type.String({ maxLength: 65_536 }), {
  description:
    'Write-only. api_key: key. bearer: token. basic: username, password. headers: one per header without a fixed value. mtls, or with a client certificate besides: client_certificate, client_key, in PEM.',
})

const AgentSecrets = Type.Record(Type.String(), Type.String({ maxLength: 100 }), {
  description: 'Field of the scheme to name of a secret in the file of the agents: they put it in, and the gateway never has it.',
})

/** One value that a scheme asks for. */
export const CredentialField = Type.Object({
  name: Type.String(),
  title: Type.String({ description: 'Such as "API key".' }),
  kind: Type.Enum(['text', 'long_text'], { description: 'long_text may have line breaks, such as a key in PEM.' }),
  secret: Type.Boolean({ description: 'Hide it while it is entered. Nothing that was entered is ever shown again.' }),
  required: Type.Boolean(),
  description: Type.Optional(Type.String()),
  example: Type.Optional(Type.String()),
})

/** Which calls over a connection wait for a person, beside those whose action or toolset asks for it. The strictest rule wins. */
export const ApprovalPolicy = Type.Object(
  {
    rule: ApprovalRule,
    over_items: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Calls whose longest list in the input has more items wait.' }),
    ),
    over_bytes: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'Calls whose body has more bytes wait.' }),
    ),
    targets: Type.Optional(
      Type.Array(Type.String({ maxLength: 2000 }), {
        maxItems: 100,
        description: 'Calls to these URLs wait: https://api.example.com/v1/payments/*.',
      }),
    ),
    confirm_in_client: Type.Optional(
      Type.Boolean({
        description:
          'The person whose token calls may let a call of medium risk run by themselves, where their MCP client asks them.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const ConnectionStatus = Type.Enum(['active', 'untested', 'failing', 'needs_reauth'])

const Mend = Type.Object(
  {
    urgency: Type.Enum(['now', 'soon'], { description: 'soon: it works, and comes to its end in less than two weeks.' }),
    reason: Type.String(),
    step: Type.Enum(['reauthorize', 'rotate', 'edit', 'test']),
    how: Type.String({ description: 'The step in a sentence.' }),
    url: Type.String({ description: 'Where a person takes the step, with one press.' }),
    ends_at: Type.Union([Instant, Type.Null()], { description: 'Of what comes to an end.' }),
  },
  { description: 'What has to be done so that a connection works, or goes on to work; null when nothing has.' },
)

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
  default: Type.Boolean({ description: 'Calls that name none mean this one, among those of the same owner.' }),
  approval: Type.Union([ApprovalPolicy, Type.Null()]),
  mock: Type.Union([Scenario, Type.Null()], {
    description: 'The scenario of its actions’ mocks that it answers with; null for one that calls the API.',
  }),
  record: Type.Union([Type.String(), Type.Null()], {
    description: 'The cassette that calls over it are recorded on; null for none.',
  }),
  environment: Type.String(),
  server_url: Type.String(),
  auth: Type.Object({
    scheme: Type.String(),
    type: Type.String(),
    label: Type.String({ description: 'Such as "API key (X-API-Key)".' }),
    fields: Type.Array(CredentialField),
    scopes: Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: 'What somebody consented to; null where nobody had to, or has yet.',
    }),
    agent_secrets: AgentSecrets,
  }),
  network: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()], {
    description: 'The private network that it leads through; null for straight from the gateway.',
  }),
  settings: Settings,
  status: ConnectionStatus,
  status_detail: Type.Union([Type.String(), Type.Null()]),
  mend: Type.Union([Mend, Type.Null()]),
  actions: Type.Integer(),
  verify_ssl: Type.Boolean(),
  last_used_at: Type.Union([Instant, Type.Null()]),
  calls_today: Type.Integer(),
  created_at: Instant,
  tested_at: Type.Union([Instant, Type.Null()]),
})
const NextStepMembers = {
  next_step: Type.Enum(['', 'oauth', 'device'], {
    description: 'Empty when the connection is complete. oauth: open oauth_url. device: type the code in, then poll.',
  }),
  oauth_url: Type.Optional(Type.String({ description: "The provider's page to consent at; counts once." })),
  device: Type.Optional(
    Type.Object({
      user_code: Type.String(),
      verification_uri: Type.String(),
      verification_uri_complete: Type.Union([Type.String(), Type.Null()]),
      interval: Type.Integer({ description: 'Seconds between questions whether it is done.' }),
    }),
  ),
  expires_at: Type.Optional(Instant),
}
export const NextStepAnswer = Type.Object(NextStepMembers)
/** As good as a key to one consent. */
export const ConsentLink = Type.Object({ url: Type.String(), expires_at: Instant })
export const ReauthorizeRequest = Type.Object(
  {
    scopes: Type.Optional(
      Type.Array(Type.String({ maxLength: 500 }), { maxItems: 200, description: 'Asked for besides those that it has.' }),
    ),
  },
  { additionalProperties: false },
)
export const CreatedConnection = Type.Object({ ...Connection.properties, ...NextStepMembers })
export const DeviceAnswer = Type.Object({ status: Type.Enum(['pending', 'authorized', 'expired']), connection: Connection })
/** What of the workspace goes by a connection. */
export const ConnectionDependents = Type.Object({
  default: Type.Boolean({ description: 'Calls that name no connection mean it.' }),
  toolsets: Type.Array(
    Type.Object({
      slug: Type.String(),
      name: Type.String(),
      tokens: Type.Integer({ description: 'Tokens bound to the toolset that are not revoked.' }),
    }),
    { description: 'Those with a tool picked by hand over it, by name.' },
  ),
  waiting_calls: Type.Integer({ description: 'Calls over it that wait for a person to approve them.' }),
  standing_approvals: Type.Integer({ description: 'Decisions that let the next calls over it through.' }),
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
      Type.Object(
        {
          scheme: Type.Optional(Type.String()),
          fields: Type.Optional(SecretFields),
          scopes: Type.Optional(
            Type.Array(Type.String({ maxLength: 500 }), {
              maxItems: 200,
              description: 'Of OAuth, instead of those that the connector asks for.',
            }),
          ),
          agent_secrets: Type.Optional(AgentSecrets),
        },
        { additionalProperties: false },
      ),
    ),
    settings: Type.Optional(Settings),
    mock: Type.Optional(Scenario),
    network: Type.Optional(Type.String({ maxLength: 200, description: 'Id of the private network that it leads through.' })),
  },
  { additionalProperties: false },
)
export const UpdateConnectionRequest = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    environment: Type.Optional(Type.String()),
    settings: Type.Optional(Settings),
    default: Type.Optional(
      Type.Boolean({
        description: 'True makes it the one that calls mean that name none; another of the same owner no more is.',
      }),
    ),
    mock: Type.Optional(
      Type.Union([Scenario, Type.Null()], { description: 'Answer with this scenario of mocks. Null: call the API again.' }),
    ),
    record: Type.Optional(
      Type.Union([CassetteName, Type.Null()], {
        description: 'Record calls on this cassette, redacted; of connections of the workspace only. Null: record no more.',
      }),
    ),
    network: Type.Optional(
      Type.Union([Type.String({ maxLength: 200 }), Type.Null()], {
        description: 'Id of a private network to lead through from now on. Null: straight from the gateway.',
      }),
    ),
    approval: Type.Optional(
      Type.Union([ApprovalPolicy, Type.Null()], { description: 'Set by admins only. Null takes it away.' }),
    ),
  },
  { additionalProperties: false },
)
export const RotateRequest = Type.Object(
  {
    fields: SecretFields,
    verify: Type.Optional(
      Type.Boolean({
        description:
          'Default: true. Try the new credential at the API first, by a read, and keep the stored one when it is refused.',
      }),
    ),
  },
  { additionalProperties: false },
)

const Phase = Type.Enum(['passed', 'failed', 'skipped'])
/** One line of the checklist of a connection test (P4). */
export const TestCheck = Type.Object({
  id: Type.String(),
  label: Type.String(),
  status: Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('skipped')]),
  detail: Type.String(),
  ms: Type.Number(),
  call_id: Type.Optional(Type.String()),
  phases: Type.Optional(
    Type.Object(
      { dns: Phase, tcp: Phase, tls: Phase },
      { description: 'Of the check reachable, as far as it is known: how far the way to the API went.' },
    ),
  ),
})
export const TestResult = Type.Object({ ok: Type.Boolean(), checks: Type.Array(TestCheck), connection: Connection })
