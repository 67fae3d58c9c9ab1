import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Secret } from '../src/secret.ts'
import { sha256Secret } from '../src/vault/digest.ts'
import {
  ada,
  bearer,
  holdFirstAnswer,
  type Installation,
  openInstallation,
  session,
  setUpOwner,
  tokenOf,
} from './access-harness.ts'

let installation: Installation
beforeAll(async () => {
  installation = await openInstallation()
})
afterAll(() => installation.close())
beforeEach(() => installation.empty())

describe('setting up', () => {
  test('makes the first owner of a new workspace, signed in', async () => {
    const access = installation.access()
    expect(await access.setupRequired()).toBe(true)
    const { owner } = await setUpOwner(access)
    expect(owner).toMatchObject({
      kind: 'session',
      name: 'Ada',
      email: ada.email,
      role: 'owner',
      workspaceName: 'Default',
      createdBy: null,
    })
    expect(owner.id).toMatch(/^usr_/)
    expect(await access.setupRequired()).toBe(false)
  })

  test('lets one of several simultaneous uses of a code win, over two processes, and leaves nothing of the others', async () => {
    const processes = [installation.access(), installation.access()]
    const code = (await processes[0]?.createSetupCode()) ?? ''
    const attempts = [0, 1, 2, 3].map((n) => processes[n % 2]?.setUp({ code, ...ada, email: `person${n}@example.com` }))
    const results = await Promise.allSettled(attempts)
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' })
    const count = async (table: string) =>
      (
        await installation.store.system((db) =>
          sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(db),
        )
      ).rows[0]?.n
    expect([await count('workspaces'), await count('members'), await count('user'), await count('account')]).toEqual([1, 1, 1, 1])
  })

  test('refuses a code that was replaced by a newer one, and a made-up one', async () => {
    const access = installation.access()
    const old = (await access.createSetupCode()) ?? ''
    const newest = (await access.createSetupCode()) ?? ''
    for (const code of [old, 'made-up', ''])
      await expect(access.setUp({ code, ...ada })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await access.setupRequired()).toBe(true)
    await access.setUp({ code: newest, ...ada })
    expect(await access.setupRequired()).toBe(false)
  })

  test('refuses a code that is replaced while it is being used', async () => {
    const code = (await installation.access().createSetupCode()) ?? ''
    const held = holdFirstAnswer(installation.store)
    const using = installation.access(undefined, held.store).setUp({ code, ...ada })
    await held.read
    await installation.access().createSetupCode()
    held.release()
    await expect(using).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await installation.access().setupRequired()).toBe(true)
  })

  test('gives out no code once there is an owner', async () => {
    await setUpOwner(installation.access())
    expect(await installation.access().createSetupCode()).toBeNull()
  })

  test('keeps neither the code nor the password in the database', async () => {
    const access = installation.access()
    const code = (await access.createSetupCode()) ?? ''
    const dump = async () => {
      const tables = await sql<{ row: string }>`
        select row_to_json(t)::text as row from installation t union all select row_to_json(t)::text from "user" t
        union all select row_to_json(t)::text from account t union all select row_to_json(t)::text from session t`.execute(
        installation.store.people,
      )
      return tables.rows.map(({ row }) => row).join('\n')
    }
    expect(await dump()).not.toContain(code)
    await access.setUp({ code, ...ada })
    const after = await dump()
    expect(after).toContain(ada.email)
    expect(after).not.toContain(ada.password)
  })
})

describe('signing in', () => {
  test('opens a session that names the person, whatever the case of the email', async () => {
    const access = installation.access()
    await setUpOwner(access)
    const { cookies } = await access.signIn({ email: ' ADA@example.com', password: ada.password })
    expect(await access.authenticate(session(cookies))).toMatchObject({ kind: 'session', email: ada.email, role: 'owner' })
  })

  test('answers an unknown email and a wrong password in the same words', async () => {
    const access = installation.access()
    await setUpOwner(access)
    const failure = (email: string, password: string) =>
      access.signIn({ email, password }).catch((error: unknown) => ({ ...(error as Error) }))
    const wrongPassword = await failure(ada.email, 'not the password')
    expect(wrongPassword).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await failure('nobody@example.com', 'not the password')).toEqual(wrongPassword)
    expect(await failure('no email', 'not the password')).toEqual(wrongPassword)
  })

  test('stops after five failures from an address, the right password included, until the window has passed', async () => {
    const access = installation.access()
    await setUpOwner(access)
    const attempt = (password: string, ip: string) => access.signIn({ email: ada.email, password, ip })
    const guesses = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => attempt(`guess number ${n}`, '10.0.0.1')))
    const codes = guesses.map((guess) => (guess.status === 'rejected' ? guess.reason.code : 'signed in'))
    expect(codes.toSorted()).toEqual([...Array(3).fill('RATE_LIMITED'), ...Array(5).fill('UNAUTHENTICATED')])
    await expect(attempt(ada.password, '10.0.0.1')).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 900 })
    await expect(attempt(ada.password, '10.0.0.2')).resolves.toBeDefined()
    installation.clock.advance(15 * 60_000)
    await expect(attempt(ada.password, '10.0.0.1')).resolves.toBeDefined()
  })

  test('forgets the failures of whoever signs in at last', async () => {
    const access = installation.access()
    await setUpOwner(access)
    const attempt = (password: string) => access.signIn({ email: ada.email, password })
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 4; n++) await expect(attempt('a wrong password')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
      await attempt(ada.password)
    }
  })

  test('limits guesses over many emails from one address', async () => {
    const access = installation.access()
    const codes: string[] = []
    for (let n = 0; n < 51; n++) {
      // No email, so that no password is hashed.
      await access
        .signIn({ email: `guess${n}`, password: 'x', ip: '10.0.0.3' })
        .catch((error: { code: string }) => codes.push(error.code))
    }
    expect(codes.indexOf('RATE_LIMITED')).toBe(50)
  })
})

describe('a session', () => {
  test.each([
    ['http://127.0.0.1:8080', 'sallyport.session_token', false],
    ['https://sallyport.example.com', '__Host-sallyport.session_token', true],
  ])('under %s is a cookie that scripts and other sites do not get', async (publicUrl, name, secure) => {
    const access = installation.access(publicUrl)
    const { cookies, owner } = await setUpOwner(access)
    expect(cookies).toHaveLength(1)
    const [pair, ...attributes] = cookies[0]?.split('; ') ?? []
    expect(pair?.split('=')[0]).toBe(name)
    expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Lax', 'Max-Age=604800']))
    expect(attributes.includes('Secure')).toBe(secure)
    expect(attributes.some((attribute) => attribute.startsWith('Domain'))).toBe(false)
    expect(owner.role).toBe('owner')
  })

  test('ends on the server when its person signs out, and its cookie is removed', async () => {
    const access = installation.access()
    const { cookies } = await setUpOwner(access)
    const other = await access.signIn({ email: ada.email, password: ada.password })
    const signedOut = await access.signOut(session(cookies).cookie)
    expect(signedOut.cookies.join()).toMatch(/sallyport\.session_token=;.*Max-Age=0/)
    await expect(access.authenticate(session(cookies))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(access.authenticate(session(other.cookies))).resolves.toBeDefined()
  })

  test('cannot be made from what the database holds', async () => {
    const access = installation.access()
    await setUpOwner(access)
    const { rows } = await sql<{ token: string }>`select token from session`.execute(installation.store.people)
    const token = rows[0]?.token ?? ''
    expect(token).not.toBe('')
    for (const value of [token, `${token}.`, `${token}.${Buffer.alloc(32).toString('base64')}`]) {
      const cookie = `sallyport.session_token=${encodeURIComponent(value)}`
      await expect(access.authenticate(session([cookie]))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    }
  })

  test('is signed with the secret of the gateway, whatever the environment says to the library', async () => {
    vi.stubEnv('BETTER_AUTH_SECRETS', `1:${'x'.repeat(40)}`)
    const { cookies } = await setUpOwner(installation.access())
    vi.unstubAllEnvs()
    expect(await installation.access().authenticate(session(cookies))).toMatchObject({ role: 'owner' })
  })

  test('ends when its time is over', async () => {
    const access = installation.access()
    const { cookies } = await setUpOwner(access)
    await sql`update session set "expiresAt" = now() - interval '1 second'`.execute(installation.store.people)
    await expect(access.authenticate(session(cookies))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('is worth the role of its person now, and nothing once the person is no member', async () => {
    const access = installation.access()
    const { cookies, owner } = await setUpOwner(access)
    const stored = { kind: 'stored', workspaceId: owner.workspaceId, callerKind: 'session', callerId: owner.id } as const
    await installation.store.system((db) => db.updateTable('members').set({ role: 'viewer' }).execute())
    expect(await access.authenticate(session(cookies))).toMatchObject({ role: 'viewer' })
    expect(await access.authenticate(stored)).toMatchObject({ role: 'viewer', id: owner.id, kind: 'session' })
    await expect(access.authenticate({ ...stored, workspaceId: 'ws_other' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await installation.store.system((db) => db.deleteFrom('members').execute())
    await expect(access.authenticate(session(cookies))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(access.authenticate(stored)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test.each(['', 'theme=dark', 'sallyport.session_token=', 'sallyport.session_token=a.b; x=y'])(
    'is not what %j says',
    async (cookie) => {
      const access = installation.access()
      await expect(access.authenticate(session([cookie]))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    },
  )
})

describe('the token from the environment', () => {
  const token = new Secret('sp_chosen-by-the-operator-0123456789abc')

  test('owns the workspace of the first start, which the first person then joins', async () => {
    const access = installation.access()
    await access.ensureBootstrap(sha256Secret(token))
    const byToken = await access.authenticate(bearer(token))
    expect(byToken).toMatchObject({ kind: 'token', role: 'owner', workspaceName: 'Default', createdBy: 'bootstrap' })
    expect(await access.setupRequired()).toBe(true)
    const { owner } = await setUpOwner(access)
    expect(owner).toMatchObject({ role: 'owner', workspaceId: byToken.workspaceId })
  })

  test('counts once, over simultaneous starts', async () => {
    await Promise.all([1, 2, 3].map(() => installation.access().ensureBootstrap(sha256Secret(token))))
    const workspaces = await installation.store.system((db) => db.selectFrom('workspaces').select('id').execute())
    expect(workspaces).toHaveLength(1)
  })

  test('is ignored by an installation that has a workspace', async () => {
    const access = installation.access()
    await setUpOwner(access)
    await access.ensureBootstrap(sha256Secret(token))
    await expect(access.authenticate(bearer(token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('stays revoked over further starts', async () => {
    const access = installation.access()
    await access.ensureBootstrap(sha256Secret(token))
    const caller = await access.authenticate(bearer(token))
    const { caller: other } = await tokenOf(access, caller, 'owner')
    await access.revokeToken(other, caller.id)
    await access.ensureBootstrap(sha256Secret(token))
    await expect(access.authenticate(bearer(token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})
