import { Type } from 'typebox'
import { Password } from './access.ts'
import { Instant, PageQuery, pageOf, Role } from './common.ts'

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const Email = Type.String({ format: 'email', maxLength: 254 })
const Code = Type.String({ minLength: 1, maxLength: 200 })
export const TeamRole = Type.Union([Type.Literal('member'), Type.Literal('manager')])

export const Workspace = Type.Object({ id: Type.String(), name: Type.String(), role: Role })
export const DeleteWorkspaceRequest = Type.Object(
  { name: Type.String({ maxLength: 100, description: 'The name of the workspace, typed by the person to confirm.' }) },
  { additionalProperties: false },
)
export const NameRequest = Type.Object({ name: Name }, { additionalProperties: false })

export const Member = Type.Object({
  id: Type.String(),
  name: Type.String(),
  email: Type.String(),
  role: Role,
  two_factor: Type.Boolean(),
  teams: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), role: TeamRole })),
  joined_at: Instant,
})
export const MemberPage = pageOf(Member)
export const MemberQuery = Type.Interface([PageQuery], {
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 254, description: 'A part of a name or an email, or an id.' })),
})
export const UpdateMemberRequest = Type.Object({ role: Role }, { additionalProperties: false })
/** What went with a member. */
export const Removal = Type.Object({
  tokens_revoked: Type.Integer({ description: 'Tokens this person made, those made with them, and those that acted for them.' }),
  connections_deleted: Type.Integer({ description: 'Their own connections.' }),
  sessions_ended: Type.Integer({ description: 'Sessions that counted for this workspace only.' }),
})
export const EndedSessions = Type.Object({ ended: Type.Integer() })
export const RecoveryRequest = Type.Object(
  {
    remove_two_factor: Type.Optional(
      Type.Boolean({ description: 'For somebody who has lost the authenticator and the recovery codes.' }),
    ),
  },
  { additionalProperties: false },
)
/** A one-time link: whoever opens it sets the password. */
export const RecoveryLink = Type.Object({ url: Type.String(), expires_at: Instant })

export const Team = Type.Object({
  id: Type.String(),
  name: Type.String(),
  members: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), email: Type.String(), role: TeamRole })),
  connections: Type.Integer(),
  created_at: Instant,
})
export const TeamPage = pageOf(Team)
export const TeamNameRequest = Type.Object({ name: Name }, { additionalProperties: false })
export const TeamMemberRequest = Type.Object(
  {
    person: Type.String({ maxLength: 200 }),
    role: Type.Union([TeamRole, Type.Null()], { description: 'The role in the team; null takes the person out.' }),
  },
  { additionalProperties: false },
)

const TeamPlace = Type.Object({ id: Type.String({ maxLength: 200 }), role: TeamRole }, { additionalProperties: false })
const InvitationStatus = Type.Enum(['open', 'expired', 'accepted', 'revoked'])
const invitation = {
  id: Type.String(),
  email: Type.String(),
  role: Role,
  teams: Type.Array(TeamPlace),
  invited_by: Type.String(),
  status: InvitationStatus,
  created_at: Instant,
  expires_at: Instant,
}
export const Invitation = Type.Object(invitation)
export const InvitationPage = pageOf(Invitation)
export const InvitationRequest = Type.Object(
  { email: Email, role: Role, teams: Type.Optional(Type.Array(TeamPlace, { maxItems: 100 })) },
  { additionalProperties: false },
)
/** A new link, shown this once, unless it went by mail. */
export const SentInvitation = Type.Object({
  ...invitation,
  mailed: Type.Boolean(),
  url: Type.Union([Type.String(), Type.Null()]),
})
export const InvitationCodeRequest = Type.Object({ code: Code }, { additionalProperties: false })
export const InvitationOffer = Type.Object({
  workspace: Type.String(),
  email: Type.String(),
  role: Role,
  invited_by: Type.String(),
  expires_at: Instant,
  step: Type.Enum(['new', 'sign_in', 'ready'], {
    description:
      'new: choose a name and a password. sign_in: this email has an account, so sign in first. ready: signed in with it.',
  }),
})
export const JoinRequest = Type.Object(
  { code: Code, name: Type.Optional(Name), password: Type.Optional(Password) },
  { additionalProperties: false },
)

export const MySession = Type.Object({
  id: Type.String(),
  current: Type.Boolean(),
  ip: Type.Union([Type.String(), Type.Null()]),
  user_agent: Type.Union([Type.String(), Type.Null()]),
  single_sign_on: Type.Boolean(),
  created_at: Instant,
  expires_at: Instant,
})
export const MySessionList = Type.Object({ items: Type.Array(MySession), next_cursor: Type.Null() })
export const ChangePasswordRequest = Type.Object(
  { current_password: Type.String({ maxLength: 128 }), new_password: Password },
  { additionalProperties: false },
)
export const PasswordRequest = Type.Object({ password: Type.String({ maxLength: 128 }) }, { additionalProperties: false })
export const AuthenticatorCodeRequest = Type.Object(
  { code: Type.String({ pattern: '^\\d{6}$' }) },
  { additionalProperties: false },
)
/** Shown this once. The second factor is off until it is confirmed by a code. */
export const TwoFactorStart = Type.Object({
  uri: Type.String({ description: 'The otpauth: address that an authenticator reads as a QR code.' }),
  recovery_codes: Type.Array(Type.String(), { description: 'Each signs in once in place of a code.' }),
})
export const RecoveryCodes = Type.Object({ recovery_codes: Type.Array(Type.String()) })

export const RequestRecoveryRequest = Type.Object({ email: Type.String({ maxLength: 254 }) }, { additionalProperties: false })
export const SetPasswordRequest = Type.Object({ code: Code, password: Password }, { additionalProperties: false })

const sso = {
  issuer: Type.String({ maxLength: 500, description: 'As it stands in the discovery document, e.g. https://login.example.com' }),
  client_id: Type.String({ minLength: 1, maxLength: 500 }),
  domains: Type.Array(Type.String({ minLength: 1, maxLength: 254 }), {
    minItems: 1,
    maxItems: 100,
    description: 'Domains of the emails that are let in.',
  }),
  default_role: Type.Union([Role, Type.Null()], {
    description: 'The role of who comes for the first time; null lets in only members and who was invited.',
  }),
}
export const SingleSignOn = Type.Object({
  ...sso,
  callback_url: Type.String({ description: 'To be registered with the provider.' }),
  sign_in_url: Type.String({ description: 'Where people of the workspace sign in.' }),
})
export const SignInSettings = Type.Object({
  require_two_factor: Type.Boolean(),
  single_sign_on: Type.Union([SingleSignOn, Type.Null()]),
})
export const SignInSettingsRequest = Type.Object(
  {
    require_two_factor: Type.Optional(Type.Boolean()),
    single_sign_on: Type.Optional(
      Type.Union([
        Type.Object(
          {
            ...sso,
            client_secret: Type.Optional(
              Type.String({ minLength: 1, maxLength: 1000, description: 'Write-only; kept as it is when absent.' }),
            ),
          },
          { additionalProperties: false },
        ),
        Type.Null(),
      ]),
    ),
  },
  { additionalProperties: false },
)
export const BeginSsoRequest = Type.Object(
  {
    workspace: Type.String({ pattern: '^ws_[0-9a-z]{26}$' }),
    return_to: Type.Optional(
      Type.String({ maxLength: 16_000, description: 'The path to come back to, on this very origin; / by default.' }),
    ),
  },
  { additionalProperties: false },
)
export const SsoRedirect = Type.Object({ url: Type.String({ description: 'Where to send the browser.' }) })
