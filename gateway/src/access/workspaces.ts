import { type Caller, hasRole, type Role, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import { recordAct } from '../store/acts.ts'
import type { Store } from '../store/types.ts'
import { deleteWorkspace } from './delete-workspace.ts'
import type { SignedIn } from './people.ts'
import type { TokenCache } from './token-cache.ts'
import { createWorkspace } from './workspace.ts'

export interface WorkspaceView {
  readonly id: string
  readonly name: string
  readonly role: Role
}

/** The workspaces of an installation, as one person sees them. */
export interface Workspaces {
  /** Those a session counts for, the oldest membership first. */
  of(person: SignedIn): Promise<readonly WorkspaceView[]>
  /** Makes a workspace with this person as its owner. For people who are an admin somewhere already. */
  create(person: SignedIn, name: string, ip: string): Promise<WorkspaceView>
  /** Renames the workspace of the caller. */
  rename(caller: Caller, name: string): Promise<WorkspaceView>
  /** As an owner; see {@link deleteWorkspace}. */
  remove(caller: Caller, name: string): Promise<void>
}

export function createWorkspaces({ store, clock, cache }: { store: Store; clock: Clock; cache: TokenCache }): Workspaces {
  async function of({ id, onlyWorkspace }: SignedIn): Promise<readonly WorkspaceView[]> {
    return store.system((db) => {
      let select = db
        .selectFrom('members')
        .innerJoin('workspaces', 'workspaces.id', 'members.workspace_id')
        .select(['workspaces.id', 'workspaces.name', 'members.role'])
        .where('members.user_id', '=', id)
      if (onlyWorkspace !== null) select = select.where('members.workspace_id', '=', onlyWorkspace)
      return select.orderBy('members.created_at').orderBy('workspaces.id').execute()
    })
  }

  return {
    of,

    async create(person, name, ip) {
      const mine = await of(person)
      if (person.onlyWorkspace !== null || !mine.some((each) => hasRole(each, 'admin'))) {
        throw new SallyportError('FORBIDDEN', {
          detail: 'New workspaces are made by people who are an admin of one already and have signed in with their password.',
        })
      }
      return store.system(async (db) => {
        const now = clock.now()
        const id = await createWorkspace(db, now, name)
        await db
          .insertInto('members')
          .values({ workspace_id: id, user_id: person.id, role: 'owner', created_at: new Date(now) })
          .execute()
        await recordAct(db, id, {
          kind: 'workspace.created',
          by: { kind: 'session', id: person.id, name: person.name },
          ip,
          target: { kind: 'workspace', id, name },
          after: { name, owner: person.email },
        })
        return { id, name, role: 'owner' }
      })
    },

    async rename(caller, name) {
      requireRole(caller, 'admin')
      const { workspaceId, workspaceName, role } = caller
      await store.workspace(workspaceId, async (db) => {
        await db.updateTable('workspaces').set({ name }).where('id', '=', workspaceId).execute()
        const target = { kind: 'workspace', id: workspaceId, name }
        const change = { before: { name: workspaceName }, after: { name } }
        await recordAct(db, workspaceId, { kind: 'workspace.updated', by: caller, target, ...change })
      })
      cache.clear()
      return { id: workspaceId, name, role }
    },

    async remove(caller, name) {
      await deleteWorkspace(store, caller, name)
      cache.clear(caller.workspaceId)
    },
  }
}
