import type { Caller, CallerKind, Role } from '../caller.ts'
import type { Secret } from '../secret.ts'
import type { Account } from './account.ts'
import type { Invitations } from './invitations.ts'
import type { Members } from './members.ts'
import type { OAuth } from './oauth/oauth.ts'
import type { SignedIn } from './people.ts'
import type { Recovery } from './recovery.ts'
import type { SignInPolicies } from './sign-in-settings.ts'
import type { SingleSignOn } from './sso.ts'
import type { Teams } from './teams.ts'
import type { Toolsets } from './toolsets.ts'
import type { Workspaces } from './workspaces.ts'

/** What a request brings to show who it is, as it came through an entrance. */
export type Credentials =
  /** `resource` is the path it came to, where that is one that access tokens of programs are given for. */
  | { readonly kind: 'bearer'; readonly token: Secret; readonly resource?: string }
  /** The whole Cookie header of a browser, and the workspace it works in; without one the person's first. */
  | { readonly kind: 'session'; readonly cookie: Secret; readonly workspace?: string }
  /** The gateway runs a stored call in the name of whoever asked for it first. */
  | { readonly kind: 'stored'; readonly workspaceId: string; readonly callerKind: CallerKind; readonly callerId: string }
  | { readonly kind: 'none' }

export interface TokenView {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly hint: string
  /** Whom it acts for, whose own connections it then reaches. */
  readonly person: { readonly id: string; readonly name: string } | null
  readonly personal: boolean
  readonly team: string | null
  readonly per_minute: number | null
  readonly per_day: number | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly last_used_at: string | null
  readonly revoked_at: string | null
  /** The name is null when it was deleted. */
  readonly toolset: { readonly id: string; readonly name: string | null } | null
  readonly environments: readonly string[] | null
  readonly caller_ips: readonly string[] | null
  /** That every call is answered from. */
  readonly cassette: string | null
  /** Until when the secret before the last rotation counts; null when it does not. */
  readonly previous_until: string | null
}

/** People, tokens and roles: yields one Caller. */
export interface Access {
  /**
   * The caller has the address, for the audit log of what it is going to do. With the slug of a toolset a token has its tools
   * only. Throws UNAUTHENTICATED, FORBIDDEN from an address that is not the token's, NOT_FOUND for a toolset that is not for it.
   */
  authenticate(credentials: Credentials, ip?: string, toolset?: string): Promise<Caller>
  /** Calls back when callers of a workspace, or of any with null, may have other rights or none; answers how to stop. */
  onRightsChanged(listener: (workspaceId: string | null) => void): () => void
  /** Who is signed in, whatever workspaces they are a member of. Throws UNAUTHENTICATED. */
  person(credentials: Credentials): Promise<SignedIn>
  /** True until the first owner exists. */
  setupRequired(): Promise<boolean>
  /** Makes the one-time setup code of a fresh installation (old codes stop working); null when an owner exists. */
  createSetupCode(): Promise<string | null>
  /** Uses the code up and makes the first owner, as one step. Answers the Set-Cookie values of the new session. */
  setUp(request: {
    code: string
    name: string
    email: string
    password: string
    userAgent?: string
    ip?: string
  }): Promise<{ cookies: readonly string[] }>
  /** `twoFactor`: the password was right, and {@link secondFactor} comes next. */
  signIn(request: {
    email: string
    password: string
    userAgent?: string
    ip?: string
  }): Promise<{ cookies: readonly string[]; twoFactor: boolean }>
  /** With the cookies of {@link signIn} and a code of the authenticator, or one of the recovery codes. */
  secondFactor(request: {
    cookie: Secret
    code: { totp: string } | { recovery: string }
    userAgent?: string
    ip?: string
  }): Promise<{ cookies: readonly string[] }>
  /** Opens a session for somebody who has just joined by an invitation. */
  welcome(userId: string, client: { userAgent?: string; ip?: string }): Promise<{ cookies: readonly string[] }>
  signOut(cookie: Secret, ip?: string): Promise<{ cookies: readonly string[] }>
  createToken(
    caller: Caller,
    request: {
      name: string
      role?: Role
      /** Acts for the person who makes it, and reaches their own connections. */
      personal?: boolean
      /** Works in this team, and reaches its connections. */
      team?: string
      expires_at?: string
      per_minute?: number
      per_day?: number
      /** Id or slug of the toolset whose tools it has. */
      toolset?: string
      environments?: readonly string[]
      /** CIDRs it may be used from. */
      caller_ips?: readonly string[]
      /** That every call is answered from: nothing is sent. */
      cassette?: string
    },
  ): Promise<{ id: string; token: Secret; name: string; role: Role }>
  listTokens(caller: Caller): Promise<readonly TokenView[]>
  /**
   * Counts from the next request on. What is left out stays; null lifts a bound. Throws CONFLICT for a token that has ended,
   * FORBIDDEN for one that acts for another person.
   */
  updateToken(
    caller: Caller,
    id: string,
    change: {
      name?: string
      role?: Role
      expires_at?: string | null
      per_minute?: number | null
      per_day?: number | null
      toolset?: string | null
      environments?: readonly string[] | null
      caller_ips?: readonly string[] | null
      cassette?: string | null
    },
  ): Promise<TokenView>
  revokeToken(caller: Caller, id: string): Promise<void>
  /** Gives a token a new secret; the old one counts for `overlapSeconds` more. Throws CONFLICT for one that has ended. */
  rotateToken(
    caller: Caller,
    id: string,
    overlapSeconds: number,
  ): Promise<{ id: string; token: Secret; name: string; role: Role; previous_until: string | null }>
  readonly toolsets: Toolsets
  /** The authorization server for programs that act for people. */
  readonly oauth: OAuth
  readonly workspaces: Workspaces
  readonly members: Members
  readonly teams: Teams
  readonly invitations: Invitations
  readonly account: Account
  readonly recovery: Recovery
  readonly signInSettings: SignInPolicies
  readonly singleSignOn: SingleSignOn
  /** Whether invitations and lost passwords go by mail. */
  readonly mails: boolean
}
