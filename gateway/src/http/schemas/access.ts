import { Type } from 'typebox'
import { Instant, Role } from './common.ts'

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
  workspace: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  version: Type.String(),
})
const Password = Type.String({ minLength: 10, maxLength: 128 })
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

export const Token = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  hint: Type.String({ description: 'First characters of the token, to recognise it.' }),
  per_minute: Type.Union([Type.Integer(), Type.Null()]),
  per_day: Type.Union([Type.Integer(), Type.Null()]),
  created_at: Instant,
  expires_at: Type.Union([Instant, Type.Null()]),
  last_used_at: Type.Union([Instant, Type.Null()]),
  revoked_at: Type.Union([Instant, Type.Null()]),
})
export const TokenList = Type.Object({ items: Type.Array(Token), next_cursor: Type.Null() })
export const CreateTokenRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    role: Type.Optional(Role),
    expires_at: Type.Optional(Instant),
    per_minute: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Calls with this token in any 60 seconds.' }),
    ),
    per_day: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Calls with this token in any 24 hours.' }),
    ),
  },
  { additionalProperties: false },
)
/** The token itself is in this answer and nowhere else. */
export const CreatedToken = Type.Object({ id: Type.String(), token: Type.String(), name: Type.String(), role: Role })
