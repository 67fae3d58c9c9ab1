import type { Transaction } from 'kysely'
import { type Caller, hasRole, type Role, requireRole, type TeamRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { Mailer } from '../egress/mail.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { type Page, type PageRequest, pageSize, parseCursor, toPage } from '../page.ts'
import { recordAct } from '../store/acts.ts'
import { isUniqueViolation } from '../store/constraints.ts'
import type { Database, InvitationRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { randomToken, sha256 } from '../vault/digest.ts'
import type { Attempts } from './attempts.ts'
import { join } from './joining.ts'
import { invitationMail } from './letters.ts'
import { withUsers } from './members.ts'
import type { People, SignedIn } from './people.ts'
import type { TokenCache } from './token-cache.ts'
import type { WorkspaceView } from './workspaces.ts'

export interface TeamPlace {
  readonly id: string
  readonly role: TeamRole
}

export interface InvitationView {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly teams: readonly TeamPlace[]
  readonly invited_by: string
  readonly status: 'open' | 'expired' | 'accepted' | 'revoked'
  readonly created_at: string
  readonly expires_at: string
}

/** A new link. Where it went by mail the answer does not have it: the mailbox proves whose it is. */
export interface SentInvitation extends InvitationView {
  readonly mailed: boolean
  readonly url: string | null
}

/** What somebody with the link is shown before joining. */
export interface InvitationOffer {
  readonly workspace: string
  readonly email: string
  readonly role: Role
  readonly invited_by: string
  readonly expires_at: string
  /** `new`: choose a name and a password; `sign_in`: this email has an account, sign in first; `ready`: signed in with it. */
  readonly step: 'new' | 'sign_in' | 'ready'
}

/** Links by which people join: each once, for one email, for seven days. */
export interface Invitations {
  /** Newest first. */
  list(caller: Caller, page: PageRequest): Promise<Page<InvitationView>>
  /** Throws CONFLICT when this email is a member or has an open invitation. */
  create(caller: Caller, request: { email: string; role: Role; teams?: readonly TeamPlace[] }): Promise<SentInvitation>
  /** A new link for seven more days; the old one stops working. */
  renew(caller: Caller, id: string): Promise<SentInvitation>
  revoke(caller: Caller, id: string): Promise<void>
  look(code: string, person: SignedIn | null, ip: string): Promise<InvitationOffer>
  /** Joins. Answers who did, for whom a session may be opened when they are new here. */
  accept(
    request: { code: string; name?: string; password?: string; ip: string },
    person: SignedIn | null,
  ): Promise<{ userId: string; isNew: boolean; workspace: WorkspaceView }>
}

const validMs = 7 * 24 * 60 * 60_000

interface InvitationServices {
  readonly store: Store
  readonly clock: Clock
  readonly people: People
  readonly mailer: Mailer | null
  readonly publicUrl: () => string
  readonly attempts: Attempts
  readonly cache: TokenCache
}

/** An open invitation with what tells what to do about it. */
type Open = InvitationRow & { readonly workspace: string }

function inviterOf(row: Pick<InvitationRow, 'invited_by'>): string {
  const by = row.invited_by
  return typeof by === 'object' && by !== null && 'name' in by ? String(by.name) : ''
}

export function createInvitations(services: InvitationServices): Invitations {
  const { store, clock, people, mailer, publicUrl, attempts, cache } = services

  const view = (row: InvitationRow): InvitationView => ({
    id: row.id,
    email: row.email,
    role: row.role,
    teams: row.teams,
    invited_by: inviterOf(row),
    status: row.ended_as ?? (row.expires_at.getTime() <= clock.now() ? 'expired' : 'open'),
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  })

  async function send(caller: Caller, row: InvitationRow, code: string): Promise<SentInvitation> {
    const url = `${publicUrl()}/join#code=${code}`
    const letter = { workspace: caller.workspaceName, inviter: inviterOf(row), url, expiresAt: row.expires_at }
    const mailed = mailer !== null && (await mailer.send(invitationMail(row.email, letter)))
    return { ...view(row), mailed, url: mailed ? null : url }
  }

  const link = () => {
    const code = randomToken(32)
    return { code, code_hash: sha256(code), expires_at: new Date(clock.now() + validMs) }
  }

  async function checkTeams(db: Transaction<Database>, workspaceId: string, teams: readonly TeamPlace[]): Promise<void> {
    const known = await db.selectFrom('teams').select('id').where('workspace_id', '=', workspaceId).execute()
    const unknown = teams.find(({ id }) => !known.some((team) => team.id === id))
    if (unknown !== undefined)
      throw new SallyportError('NOT_FOUND', { detail: `There is no team "${unknown.id}" in this workspace.` })
  }

  function refuse(): SallyportError {
    return new SallyportError('FORBIDDEN', {
      detail: 'This invitation was used, taken back, replaced by a newer link, or is too old. Ask for a new one.',
    })
  }

  async function find(db: Transaction<Database>, code: string, lock: boolean): Promise<Open | undefined> {
    let select = db
      .selectFrom('invitations')
      .innerJoin('workspaces', 'workspaces.id', 'invitations.workspace_id')
      .selectAll('invitations')
      .select('workspaces.name as workspace')
      .where('code_hash', '=', sha256(code))
      .where('ended_at', 'is', null)
      .where('expires_at', '>', new Date(clock.now()))
    if (lock) select = select.forUpdate('invitations')
    return select.executeTakeFirst()
  }

  async function personWith(db: Transaction<Database>, email: string) {
    return withUsers(db).selectFrom('user').select(['id', 'name', 'email']).where('email', '=', email).executeTakeFirst()
  }

  /** The workspace of an SSO session cannot vouch for somebody to another workspace. */
  const isThemselves = (person: SignedIn | null, email: string, workspaceId: string) =>
    person?.email === email && (person.onlyWorkspace === null || person.onlyWorkspace === workspaceId)

  return {
    async list(caller, { limit, cursor }) {
      requireRole(caller, 'admin')
      const size = pageSize(limit)
      const before = parseCursor(cursor)
      const rows = await store.workspace(caller.workspaceId, (db) => {
        let select = db.selectFrom('invitations').selectAll().where('workspace_id', '=', caller.workspaceId)
        if (before !== undefined) select = select.where('id', '<', before)
        return select
          .orderBy('id', 'desc')
          .limit(size + 1)
          .execute()
      })
      return toPage(rows, size, view, (row) => row.id)
    },

    async create(caller, request) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const { role, teams = [] } = request
      const email = request.email.trim().toLowerCase()
      if (!hasRole(caller, role))
        throw new SallyportError('FORBIDDEN', {
          detail: `Nobody invites to a higher role than their own; yours is ${caller.role}.`,
        })
      const id = newId('invitation', clock.now())
      const { code, ...rest } = link()
      const invited_by = JSON.stringify({ kind: caller.kind, id: caller.id, name: caller.name })
      const values = { id, workspace_id: workspaceId, email, role, invited_by, created_at: new Date(clock.now()), ...rest }
      try {
        const row = await store.workspace(workspaceId, async (db) => {
          await checkTeams(db, workspaceId, teams)
          const member = await withUsers(db)
            .selectFrom('members')
            .innerJoin('user', 'user.id', 'members.user_id')
            .select('user.id')
            .where('members.workspace_id', '=', workspaceId)
            .where('user.email', '=', email)
            .executeTakeFirst()
          if (member !== undefined)
            throw new SallyportError('CONFLICT', { detail: `${email} is a member already. Change the role instead.` })
          // One that is too old makes room.
          await db
            .updateTable('invitations')
            .set({ ended_at: new Date(clock.now()), ended_as: 'revoked' })
            .where('workspace_id', '=', workspaceId)
            .where('email', '=', email)
            .where('ended_at', 'is', null)
            .where('expires_at', '<=', new Date(clock.now()))
            .execute()
          const made = await db
            .insertInto('invitations')
            .values({ ...values, teams: JSON.stringify(teams) })
            .returningAll()
            .executeTakeFirstOrThrow()
          const target = { kind: 'invitation', id, name: email }
          await recordAct(db, workspaceId, { kind: 'invitation.created', by: caller, target, after: { role, teams } })
          return made
        })
        return await send(caller, row, code)
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw new SallyportError('CONFLICT', {
          detail: `${email} has an open invitation. Send that one again, or take it back first.`,
        })
      }
    },

    async renew(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const { code, ...rest } = link()
      const row = await store.workspace(workspaceId, async (db) => {
        const found = await pending(db, workspaceId, id)
        if (!hasRole(caller, found.role))
          throw new SallyportError('FORBIDDEN', {
            detail: `This invitation is to the role ${found.role}; yours is ${caller.role}.`,
          })
        const made = await db
          .updateTable('invitations')
          .set(rest)
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        const target = { kind: 'invitation', id, name: made.email }
        const change = { before: { expires_at: found.expires_at }, after: { expires_at: made.expires_at } }
        await recordAct(db, workspaceId, { kind: 'invitation.renewed', by: caller, target, ...change })
        return made
      })
      return send(caller, row, code)
    },

    async revoke(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const { email, role } = await pending(db, workspaceId, id)
        await db
          .updateTable('invitations')
          .set({ ended_at: new Date(clock.now()), ended_as: 'revoked' })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .execute()
        const target = { kind: 'invitation', id, name: email }
        await recordAct(db, workspaceId, { kind: 'invitation.revoked', by: caller, target, before: { role } })
      })
    },

    async look(code, person, ip) {
      attempts.begin(ip)
      const offer = await store.system(async (db) => {
        const found = await find(db, code, false)
        if (found === undefined) throw refuse()
        const { workspace, workspace_id, email, role, expires_at } = found
        const known = (await personWith(db, email)) !== undefined
        const step = isThemselves(person, email, workspace_id) ? 'ready' : known ? 'sign_in' : 'new'
        return { workspace, email, role, invited_by: inviterOf(found), expires_at: expires_at.toISOString(), step } as const
      })
      attempts.forgive(ip)
      return offer
    },

    async accept({ code, name, password, ip }, person) {
      attempts.begin(ip)
      const offer = await store.system((db) => find(db, code, false))
      if (offer === undefined) throw refuse()
      const asThemselves = isThemselves(person, offer.email, offer.workspace_id)
      // Before the transaction: the hash takes its time.
      const passwordHash = asThemselves || password === undefined ? null : await people.hashPassword(password)
      const joined = await store
        .system(async (db) => {
          const invitation = await find(db, code, true)
          if (invitation === undefined) throw refuse()
          const known = await personWith(db, invitation.email)
          if (known !== undefined && !(asThemselves && person?.id === known.id)) {
            throw new SallyportError('CONFLICT', {
              detail: `${invitation.email} has an account here. Sign in with it, then open the link again.`,
            })
          }
          if (known === undefined && (passwordHash === null || name === undefined || name.trim() === '')) {
            throw new SallyportError('INVALID_INPUT', { detail: 'Choose a name and a password to join with.' })
          }
          const { email, role, workspace_id: workspaceId } = invitation
          const newcomer = { name: name?.trim() ?? '', email }
          const joining = known ?? { id: await people.add(db, { ...newcomer, passwordHash }), ...newcomer }
          await join(db, { workspaceId, person: joining, role, now: new Date(clock.now()), ip, invitation })
          const workspace = { id: workspaceId, name: invitation.workspace, role }
          return { userId: joining.id, isNew: known === undefined, workspace }
        })
        .catch((error: unknown) => {
          if (!isUniqueViolation(error)) throw error
          throw new SallyportError('CONFLICT', { detail: 'This person is a member of the workspace already.', cause: error })
        })
      attempts.forgive(ip)
      cache.clear()
      return joined
    },
  }

  async function pending(db: Transaction<Database>, workspaceId: string, id: string): Promise<InvitationRow> {
    const row = await db
      .selectFrom('invitations')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no invitation "${id}" in this workspace.` })
    if (row.ended_as !== null) throw new SallyportError('CONFLICT', { detail: `This invitation was ${row.ended_as} already.` })
    return row
  }
}
