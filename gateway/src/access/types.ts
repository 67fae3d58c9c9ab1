import type { Caller, CallerKind, Role } from '../caller.ts'
import type { Secret } from '../secret.ts'

/** What a request brings to show who it is, as it came through an entrance. */
export type Credentials =
  | { readonly kind: 'bearer'; readonly token: Secret }
  /** The whole Cookie header of a browser. */
  | { readonly kind: 'session'; readonly cookie: Secret }
  /** The gateway runs a stored call in the name of whoever asked for it first. */
  | { readonly kind: 'stored'; readonly workspaceId: string; readonly callerKind: CallerKind; readonly callerId: string }
  | { readonly kind: 'none' }

export interface TokenView {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly hint: string
  readonly per_minute: number | null
  readonly per_day: number | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly last_used_at: string | null
  readonly revoked_at: string | null
}

/** People, tokens and roles: yields one Caller. */
export interface Access {
  /** Throws UNAUTHENTICATED. The caller has the address, for the audit log of what it is going to do. */
  authenticate(credentials: Credentials, ip?: string): Promise<Caller>
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
  signIn(request: { email: string; password: string; userAgent?: string; ip?: string }): Promise<{ cookies: readonly string[] }>
  signOut(cookie: Secret, ip?: string): Promise<{ cookies: readonly string[] }>
  createToken(
    caller: Caller,
    request: { name: string; role?: Role; expires_at?: string; per_minute?: number; per_day?: number },
  ): Promise<{ id: string; token: Secret; name: string; role: Role }>
  listTokens(caller: Caller): Promise<readonly TokenView[]>
  revokeToken(caller: Caller, id: string): Promise<void>
}
