import { SallyportError } from './errors.ts'
import type { Proof } from './proof.ts'
import type { Toolset } from './toolset.ts'

/** Roles, weakest first. Members call; managers verify, install and connect; admins define. */
export const roles = ['viewer', 'member', 'manager', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]

/** A role within a team: a manager manages its connections and its members. */
export const teamRoles = ['member', 'manager'] as const
export type TeamRole = (typeof teamRoles)[number]

/** Calls in any 60 seconds and in any 24 hours; null for no limit. */
export interface CallLimits {
  readonly perMinute: number | null
  readonly perDay: number | null
}

export type CallerKind = 'session' | 'token'

/** Whoever asks, known and with a role in one workspace. Made only by `access/authenticate.ts`. */
export type Caller = Proof<
  'caller',
  {
    readonly kind: CallerKind
    /** User id for a session, token id for a token. */
    readonly id: string
    readonly name: string
    readonly email: string | null
    readonly workspaceId: string
    readonly workspaceName: string
    readonly role: Role
    /** The person whose own connections this caller reaches: of a session its person, of a token the one it acts for. */
    readonly personId: string | null
    /** The teams whose connections this caller reaches. */
    readonly teams: readonly { readonly id: string; readonly role: TeamRole }[]
    /** For a token: who made it (a user id, a token id, or "bootstrap"). */
    readonly createdBy: string | null
    /** Of all calls of this caller together. */
    readonly limits: CallLimits
    /** The only tools it has, for a token bound to a toolset or a request through one; null for all. */
    readonly toolset: Toolset | null
    /** The one path it may use, for an access token of a program that acts for a person; null for any. */
    readonly audience: string | null
    /** Whose connections alone it uses, and the CIDRs it may ask from; null for any. */
    readonly environments: readonly string[] | null
    readonly callerIps: readonly string[] | null
    /** The cassette that every call is answered from, so that nothing is sent; null for none. */
    readonly cassette: string | null
    /** Address of the socket this request came from, where the entrance tells. */
    readonly ip?: string
  }
>

export function hasRole(caller: Pick<Caller, 'role'>, minimum: Role): boolean {
  // An unknown role has index -1 and is below every minimum.
  return roles.indexOf(caller.role) >= roles.indexOf(minimum)
}

/** Whether a caller is there for calling tools, and for nothing else that the gateway can be asked. */
export function isConfined({ toolset, environments, cassette }: Pick<Caller, 'toolset' | 'environments' | 'cassette'>): boolean {
  return toolset !== null || environments !== null || cassette !== null
}

/** Throws FORBIDDEN below the minimum. */
export function requireRole(caller: Caller, minimum: Role): void {
  if (hasRole(caller, minimum)) return
  throw new SallyportError('FORBIDDEN', {
    detail: `This needs the role ${minimum} or higher; yours is ${caller.role}. Ask an admin of the workspace.`,
  })
}
