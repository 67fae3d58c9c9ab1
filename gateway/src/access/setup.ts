import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import type { Log } from '../log.ts'
import { gatewayActor, recordAct } from '../store/acts.ts'
import type { Store } from '../store/types.ts'
import { randomToken, sha256 } from '../vault/digest.ts'
import type { Client, People } from './people.ts'
import type { Access } from './types.ts'
import { createWorkspace, firstWorkspace, hasOwner, lockInstallation } from './workspace.ts'

const codeKey = 'setup_code'

export interface Setup extends Pick<Access, 'setupRequired' | 'createSetupCode' | 'setUp'> {
  ensureBootstrap(tokenHash: Buffer): Promise<void>
}

/** How an installation gets its first owner: a person with the one-time code, or a token from the environment. */
export function createSetup({ store, clock, log, people }: { store: Store; clock: Clock; log: Log; people: People }): Setup {
  let ownerSeen = false

  // The value is compared inside the database, as a hash: its timing says nothing about the code.
  const storedForm = (code: string) => JSON.stringify(sha256(code).toString('base64'))

  async function setupRequired(): Promise<boolean> {
    // An installation never loses its owner, so once is enough.
    ownerSeen ||= await store.system(hasOwner)
    return !ownerSeen
  }

  return {
    setupRequired,

    async createSetupCode() {
      if (!(await setupRequired())) return null
      const code = randomToken(32)
      await store.system((db) =>
        db
          .insertInto('installation')
          .values({ key: codeKey, value: storedForm(code) })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: storedForm(code) }))
          .execute(),
      )
      return code
    },

    async setUp(request) {
      const name = request.name.trim()
      if (name === '') throw new SallyportError('INVALID_INPUT', { detail: 'The name is empty.' })
      const codeIsCurrent = (db: Parameters<Parameters<Store['system']>[0]>[0]) =>
        db
          .selectFrom('installation')
          .select('key')
          .where('key', '=', codeKey)
          .where('value', '=', storedForm(request.code))
          .executeTakeFirst()
      // Before the costly hash, so that strangers cannot have it computed for them.
      if ((await store.system(codeIsCurrent)) === undefined) throw await refusal()
      const passwordHash = await people.hashPassword(request.password)
      const made = await store.system(async (db) => {
        await lockInstallation(db)
        const used = await db
          .deleteFrom('installation')
          .where('key', '=', codeKey)
          .where('value', '=', storedForm(request.code))
          .returning('key')
          .executeTakeFirst()
        if (used === undefined || (await hasOwner(db))) return false
        const now = clock.now()
        const workspaceId = (await firstWorkspace(db)) ?? (await createWorkspace(db, now))
        const userId = await people.add(db, { name, email: request.email, passwordHash })
        await db
          .insertInto('members')
          .values({ workspace_id: workspaceId, user_id: userId, role: 'owner', created_at: new Date(now) })
          .execute()
        await recordAct(db, workspaceId, {
          kind: 'installation.set_up',
          by: { kind: 'session', id: userId, name },
          ...(request.ip !== undefined && { ip: request.ip }),
          target: { kind: 'person', id: userId, name: request.email },
          after: { role: 'owner' },
        })
        return true
      })
      if (!made) throw await refusal()
      ownerSeen = true
      const client: Client = {
        ...(request.ip !== undefined && { ip: request.ip }),
        ...(request.userAgent !== undefined && { userAgent: request.userAgent }),
      }
      return { cookies: (await people.signIn(request.email, request.password, client)).cookies }
    },

    async ensureBootstrap(tokenHash) {
      await store.system(async (db) => {
        await lockInstallation(db)
        if ((await firstWorkspace(db)) === undefined) {
          const now = clock.now()
          const workspace_id = await createWorkspace(db, now)
          const created_at = new Date(now)
          const id = newId('token', now)
          await db
            .insertInto('tokens')
            .values({
              id,
              workspace_id,
              name: 'bootstrap',
              role: 'owner',
              hash: tokenHash,
              hint: 'sp_',
              created_by: 'bootstrap',
              created_at,
            })
            .execute()
          await recordAct(db, workspace_id, {
            kind: 'token.created',
            by: gatewayActor,
            target: { kind: 'token', id, name: 'bootstrap' },
            after: { role: 'owner' },
          })
          return
        }
        const known = await db.selectFrom('tokens').select('id').where('hash', '=', tokenHash).executeTakeFirst()
        if (known === undefined)
          log.warn(
            'SALLYPORT_BOOTSTRAP_TOKEN is ignored: it counts at the first start only, and this installation has a workspace already',
          )
      })
    },
  }

  async function refusal(): Promise<SallyportError> {
    if (await setupRequired()) {
      return new SallyportError('FORBIDDEN', {
        detail:
          'This setup link is not valid any more. Use the newest one that the gateway printed, or start it again for a new one.',
      })
    }
    return new SallyportError('CONFLICT', { detail: 'The gateway is set up already. Sign in instead.' })
  }
}
