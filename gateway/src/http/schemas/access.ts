import { type TSchema, Type } from 'typebox'
import { CassetteName, Instant, Role } from './common.ts'

const Named = Type.Object({ id: Type.String(), name: Type.String() })

/** Who is asking. `setup_required` until the first person has used the setup link. */
export const Session = Type.Object({
  setup_required: Type.Boolean(),
  caller: Type.Union([
    Type.Object({
      kind: Type.String(),
      id: Type.String(),
      name: Type.String(),
      email: Type.Union([Type.String(), Type.Null()]),
      role: Role,
    }),
    Type.Null(),
  ]),
  workspace: Type.Union([Named, Type.Null()]),
  person: Type.Union(
    [
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        email: Type.String(),
        two_factor: Type.Boolean(),
        single_sign_on: Type.Boolean({
          description: 'The session was opened by single sign-on and counts for its workspace only.',
        }),
      }),
      Type.Null(),
    ],
    { description: 'Who is signed in; there may be no caller yet, when the workspace wants a second factor.' },
  ),
  workspaces: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), role: Role }), {
    description: 'Of the person. The header Sallyport-Workspace chooses one by id; without it the first one counts.',
  }),
  next_step: Type.Union([Type.Literal('second_factor'), Type.Literal('turn_on_two_factor'), Type.Null()], {
    description:
      'second_factor: the password was right, send the code next. turn_on_two_factor: the workspace lets in only people who have it.',
  }),
  single_sign_on: Type.Union([Named, Type.Null()], {
    description: 'The workspace with single sign-on, when it is the only one of the installation.',
  }),
  mails: Type.Boolean({ description: 'Whether invitations and lost passwords go by mail.' }),
  language_model: Type.Union([Type.String(), Type.Null()], {
    description: 'Name of the language model that the operator configured, for those who are signed in; null without one.',
  }),
  programs: Type.Array(
    Type.Object({
      name: Type.String(),
      variables: Type.Array(
        Type.Object({
          name: Type.String(),
          secret: Type.Boolean(),
          required: Type.Boolean(),
          description: Type.Optional(Type.String()),
        }),
      ),
    }),
    { description: 'For admins: the programs that the operator lets connectors run as MCP servers.' },
  ),
  version: Type.String(),
})
export const Password = Type.String({ minLength: 10, maxLength: 128 })
export const SetupRequest = Type.Object(
  {
    code: Type.String({ maxLength: 200 }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
    email: Type.String({ format: 'email', maxLength: 254 }),
    password: Password,
  },
  { additionalProperties: false },
)
export const SignInRequest = Type.Object(
  { email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 128 }) },
  { additionalProperties: false },
)

export const SecondFactorRequest = Type.Union([
  Type.Object({ code: Type.String({ pattern: '^\\d{6}$' }) }, { additionalProperties: false }),
  Type.Object({ recovery_code: Type.String({ minLength: 1, maxLength: 50 }) }, { additionalProperties: false }),
])

export const Token = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  hint: Type.String({ description: 'First characters of the token, to recognise it.' }),
  person: Type.Union([Named, Type.Null()], { description: 'Whom it acts for, and whose own connections it reaches.' }),
  personal: Type.Boolean({ description: 'Whether it acts for a person.' }),
  team: Type.Union([Type.String(), Type.Null()], { description: 'The team whose connections it reaches.' }),
  per_minute: Type.Union([Type.Integer(), Type.Null()]),
  per_day: Type.Union([Type.Integer(), Type.Null()]),
  created_at: Instant,
  expires_at: Type.Union([Instant, Type.Null()]),
  last_used_at: Type.Union([Instant, Type.Null()]),
  revoked_at: Type.Union([Instant, Type.Null()]),
  toolset: Type.Union([Type.Object({ id: Type.String(), name: Type.Union([Type.String(), Type.Null()]) }), Type.Null()], {
    description: 'The only tools it has. Without a name it was deleted, and the token opens nothing.',
  }),
  environments: Type.Union([Type.Array(Type.String()), Type.Null()], {
    description: 'Whose connections alone it uses; null for all.',
  }),
  caller_ips: Type.Union([Type.Array(Type.String()), Type.Null()], {
    description: 'From where alone it is used; null for anywhere.',
  }),
  cassette: Type.Union([Type.String(), Type.Null()], {
    description: 'The cassette that every call is answered from, so that nothing is sent; null for none.',
  }),
  previous_until: Type.Union([Instant, Type.Null()], {
    description: 'Until when the secret before the last rotation counts; null when it does not.',
  }),
})
export const TokenList = Type.Object({ items: Type.Array(Token), next_cursor: Type.Null() })
const tokenTerms = {
  per_minute: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Calls with this token in any 60 seconds.' }),
  per_day: Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Calls with this token in any 24 hours.' }),
  toolset: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'Id or slug: the only tools it has. Its role is member at most.',
  }),
  environments: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
    minItems: 1,
    maxItems: 50,
    description: 'Whose connections alone it uses. Its role is member at most.',
  }),
  caller_ips: Type.Array(Type.String({ maxLength: 50 }), {
    minItems: 1,
    maxItems: 100,
    description: 'From where alone it is used: CIDRs such as 203.0.113.7/32.',
  }),
  cassette: Type.String({
    ...CassetteName,
    description: 'The cassette that every call is answered from: nothing is sent. Its role is member at most.',
  }),
}
const TokenName = Type.String({ minLength: 1, maxLength: 100 })
export const CreateTokenRequest = Type.Object(
  {
    name: TokenName,
    role: Type.Optional(Role),
    personal: Type.Optional(Type.Boolean({ description: 'Acts for whoever makes it, and reaches their own connections.' })),
    team: Type.Optional(Type.String({ maxLength: 200, description: 'The team whose connections it reaches.' })),
    expires_at: Type.Optional(Instant),
    per_minute: Type.Optional(tokenTerms.per_minute),
    per_day: Type.Optional(tokenTerms.per_day),
    toolset: Type.Optional(tokenTerms.toolset),
    environments: Type.Optional(tokenTerms.environments),
    caller_ips: Type.Optional(tokenTerms.caller_ips),
    cassette: Type.Optional(tokenTerms.cassette),
  },
  { additionalProperties: false },
)
const orNull = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))
/** What is left out stays; null lifts a bound. */
export const UpdateTokenRequest = Type.Object(
  {
    name: Type.Optional(TokenName),
    role: Type.Optional(Role),
    expires_at: orNull(Instant),
    per_minute: orNull(tokenTerms.per_minute),
    per_day: orNull(tokenTerms.per_day),
    toolset: orNull(tokenTerms.toolset),
    environments: orNull(tokenTerms.environments),
    caller_ips: orNull(tokenTerms.caller_ips),
    cassette: orNull(tokenTerms.cassette),
  },
  { additionalProperties: false, minProperties: 1 },
)
export const RotateTokenRequest = Type.Object(
  {
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 7 * 24 * 60 * 60,
        description: 'How long the old secret counts beside the new one; at most 7 days. Default: it ends at once.',
      }),
    ),
  },
  { additionalProperties: false },
)
export const RotatedToken = Type.Object({
  id: Type.String(),
  token: Type.String({ description: 'The new secret, shown this once.' }),
  name: Type.String(),
  role: Role,
  previous_until: Type.Union([Instant, Type.Null()]),
})
/** The token itself is in this answer and nowhere else. */
export const CreatedToken = Type.Object({ id: Type.String(), token: Type.String(), name: Type.String(), role: Role })
