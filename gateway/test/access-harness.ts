import { createSecretKey } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { sql } from 'kysely'
import { type AccessService, createAccess } from '../src/access/access.ts'
import { showToken } from '../src/access/show-token.ts'
import type { Caller, Role } from '../src/caller.ts'
import type { Clock } from '../src/clock.ts'
import { createKeyStore } from '../src/connections/key-store.ts'
import { createEgress } from '../src/egress/egress.ts'
import { createLog } from '../src/log.ts'
import { Secret } from '../src/secret.ts'
import { openStore } from '../src/store/open.ts'
import type { Store } from '../src/store/types.ts'
import { sha256Secret } from '../src/vault/digest.ts'
import { localRootKey } from '../src/vault/root-key.ts'
import { createVault } from '../src/vault/vault.ts'
import { temporaryDataDir } from './support/data-dir.ts'

export const ada = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' }

/** Time that a test moves. */
export class TestClock implements Clock {
  #now = Date.now()
  now = () => this.#now
  monotonic = () => this.#now
  advance(ms: number): void {
    this.#now += ms
  }
}

export interface Installation {
  readonly store: Store
  readonly clock: TestClock
  /** Another process of the same installation would be another of these. */
  access(publicUrl?: string, store?: Store): AccessService
  /** As after the very first start. */
  empty(): Promise<void>
  close(): Promise<void>
}

const log = createLog('silent')
const egress = createEgress({ allow: ['127.0.0.1/32'] })

/** A real database, and access over it. */
export async function openInstallation(): Promise<Installation> {
  const dataDir = await temporaryDataDir()
  const store = await openStore({ dataDir, databaseUrl: undefined, log })
  const clock = new TestClock()
  return {
    store,
    clock,
    access: (publicUrl = 'http://127.0.0.1:8080', over = store) =>
      createAccess({
        store: over,
        clock,
        log,
        publicUrl: () => publicUrl,
        authSecret: 'a secret of the tests, 32 characters or more',
        vault: createVault({ root: localRootKey(createSecretKey(Buffer.alloc(32, 7))), keys: createKeyStore(over), clock }),
        egress,
        mailer: null,
        oauthRegistration: true,
      }),
    async empty() {
      await store.system(async (db) => {
        await db.deleteFrom('tokens').execute()
        await db.deleteFrom('teams').execute()
        await db.deleteFrom('invitations').execute()
        await db.deleteFrom('sign_in_settings').execute()
        await db.deleteFrom('members').execute()
        await db.deleteFrom('workspaces').execute()
        await db.deleteFrom('installation').where('key', '=', 'setup_code').execute()
      })
      await sql`delete from "user"`.execute(store.people)
    },
    async close() {
      await store.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export function bearer(token: Secret | string) {
  return { kind: 'bearer', token: typeof token === 'string' ? new Secret(token) : token } as const
}

/** What a browser sends after it took these Set-Cookie values. */
export function session(cookies: readonly string[]) {
  return { kind: 'session', cookie: new Secret(cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ')) } as const
}

/** The first owner, signed in. */
export async function setUpOwner(access: AccessService): Promise<{ owner: Caller; cookies: readonly string[] }> {
  const code = await access.createSetupCode()
  const { cookies } = await access.setUp({ code: code ?? '', ...ada })
  return { owner: await access.authenticate(session(cookies)), cookies }
}

/** The store, its first answer held back until it is released: what it says may have changed by then. */
export function holdFirstAnswer(store: Store): { store: Store; read: Promise<void>; release: () => void } {
  const read = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let first = true
  const system: Store['system'] = async (work) => {
    const mine = first
    first = false
    const answer = await store.system(work)
    if (mine) {
      read.resolve()
      await released.promise
    }
    return answer
  }
  return { store: { ...store, system }, read: read.promise, release: released.resolve }
}

/** An owner without a person: no password to hash. */
export async function bootstrapOwner(access: AccessService): Promise<Caller> {
  const token = new Secret('sp_chosen-by-the-operator-0123456789abc')
  await access.ensureBootstrap(sha256Secret(token))
  return access.authenticate(bearer(token))
}

/** A caller of the role, by a token that the owner made. */
export async function tokenOf(
  access: AccessService,
  maker: Caller,
  role: Role,
): Promise<{ id: string; token: string; caller: Caller }> {
  const { id, token } = await access.createToken(maker, { name: `the ${role}`, role })
  return { id, token: showToken(token), caller: await access.authenticate(bearer(token)) }
}
