import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AccessService } from '../src/access/access.ts'
import { showToken } from '../src/access/show-token.ts'
import { type Caller, type Role, roles } from '../src/caller.ts'
import { bearer, bootstrapOwner, holdFirstAnswer, type Installation, openInstallation, tokenOf } from './access-harness.ts'

let installation: Installation
let access: AccessService
let owner: Caller
beforeAll(async () => {
  installation = await openInstallation()
})
afterAll(() => installation.close())
beforeEach(async () => {
  await installation.empty()
  access = installation.access()
  owner = await bootstrapOwner(access)
})

describe('a token', () => {
  test('opens the workspace it was made in, with its own role', async () => {
    const made = await access.createToken(owner, { name: 'an agent' })
    expect(made).toMatchObject({ name: 'an agent', role: 'member' })
    expect(showToken(made.token)).toMatch(/^sp_[A-Za-z0-9_-]{43}$/)
    expect(await access.authenticate(bearer(made.token))).toEqual({
      kind: 'token',
      id: made.id,
      name: 'an agent',
      email: null,
      role: 'member',
      workspaceId: owner.workspaceId,
      workspaceName: 'Default',
      createdBy: owner.id,
      personId: null,
      teams: [],
      limits: { perMinute: null, perDay: null },
      toolset: null,
      environments: null,
      callerIps: null,
      cassette: null,
      audience: null,
    })
  })

  test('is nowhere in the database, only its hash and first characters', async () => {
    const made = await access.createToken(owner, { name: 'an agent' })
    const row = await installation.store.system((db) =>
      db.selectFrom('tokens').selectAll().where('id', '=', made.id).executeTakeFirst(),
    )
    const token = showToken(made.token)
    expect(row?.hint).toBe(token.slice(0, 7))
    expect(JSON.stringify(row)).not.toContain(token.slice(8))
    expect(row?.hash).toHaveLength(32)
  })

  test('that is unknown, cut or changed opens nothing', async () => {
    const token = showToken((await access.createToken(owner, { name: 'an agent' })).token)
    for (const other of ['', 'sp_', token.slice(0, -1), `${token}a`, token.toLowerCase(), ` ${token}`]) {
      await expect(access.authenticate(bearer(other))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    }
  })

  test('costs one lookup for many uses within seconds', async () => {
    const { token } = await tokenOf(access, owner, 'member')
    const fresh = installation.access()
    const lookups = vi.spyOn(installation.store, 'system')
    await Promise.all(Array.from({ length: 20 }, () => fresh.authenticate(bearer(token))))
    await fresh.authenticate(bearer(token))
    expect(lookups).toHaveBeenCalledTimes(1)
    installation.clock.advance(5_001)
    await fresh.authenticate(bearer(token))
    expect(lookups).toHaveBeenCalledTimes(2)
    lookups.mockRestore()
  })
})

describe('a revoked token', () => {
  test('opens nothing from the moment it is revoked, although it was in use', async () => {
    const { id, token } = await tokenOf(access, owner, 'member')
    await access.authenticate(bearer(token))
    await access.revokeToken(owner, id)
    await expect(access.authenticate(bearer(token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('is not brought back by a lookup that began before', async () => {
    const { id, token } = await tokenOf(access, owner, 'member')
    const held = holdFirstAnswer(installation.store)
    const slow = installation.access(undefined, held.store)
    const before = slow.authenticate(bearer(token))
    await held.read
    await slow.revokeToken(owner, id)
    await expect(slow.authenticate(bearer(token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    held.release()
    expect(await before).toMatchObject({ id })
    await expect(slow.authenticate(bearer(token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('is refused by other processes within five seconds', async () => {
    const { id, token } = await tokenOf(access, owner, 'member')
    const elsewhere = installation.access()
    await elsewhere.authenticate(bearer(token))
    await access.revokeToken(owner, id)
    installation.clock.advance(5_001)
    await expect(elsewhere.authenticate(bearer(token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('no longer lends its name to a stored call', async () => {
    const { id } = await tokenOf(access, owner, 'member')
    const stored = { kind: 'stored', workspaceId: owner.workspaceId, callerKind: 'token', callerId: id } as const
    expect(await access.authenticate(stored)).toMatchObject({ kind: 'token', id, role: 'member' })
    await expect(access.authenticate({ ...stored, workspaceId: 'ws_other' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await access.revokeToken(owner, id)
    await expect(access.authenticate(stored)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('keeps the time of its first revocation', async () => {
    const { id } = await tokenOf(access, owner, 'member')
    const revokedAt = async () => (await access.listTokens(owner)).find((view) => view.id === id)?.revoked_at
    const first = installation.clock.now()
    await access.revokeToken(owner, id)
    installation.clock.advance(1000)
    await access.revokeToken(owner, id)
    expect(await revokedAt()).toBe(new Date(first).toISOString())
  })
})

describe('an expiring token', () => {
  test('ends at its time, even within the seconds that lookups are kept', async () => {
    const expires_at = new Date(installation.clock.now() + 2_000).toISOString()
    const { token } = await access.createToken(owner, { name: 'brief', expires_at })
    await access.authenticate(bearer(token))
    installation.clock.advance(2_000)
    await expect(access.authenticate(bearer(token))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      detail: 'This token has expired.',
    })
  })

  test('cannot be made to have expired already', async () => {
    const expires_at = new Date(installation.clock.now()).toISOString()
    await expect(access.createToken(owner, { name: 'late', expires_at })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('roles', () => {
  const pairs = roles.flatMap((maker) => roles.map((wanted) => [maker, wanted] as const))
  const allowed = (maker: Role, wanted: Role) =>
    roles.indexOf(maker) >= roles.indexOf('admin') && roles.indexOf(wanted) <= roles.indexOf(maker)

  test.each(pairs)('a %s gets a token of the role %s only when it is admin and not below it', async (maker, wanted) => {
    const { caller } = await tokenOf(access, owner, maker)
    const attempt = access.createToken(caller, { name: 'next', role: wanted })
    if (allowed(maker, wanted)) await expect(attempt).resolves.toMatchObject({ role: wanted })
    else await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test.each(['viewer', 'member', 'manager'] as const)('a %s neither lists nor revokes tokens', async (role) => {
    const { caller, id } = await tokenOf(access, owner, role)
    await expect(access.listTokens(caller)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(access.revokeToken(caller, id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('an admin does not revoke the token of an owner', async () => {
    const { caller: admin } = await tokenOf(access, owner, 'admin')
    const { id } = await tokenOf(access, owner, 'owner')
    await expect(access.revokeToken(admin, id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('a token of another workspace cannot be seen or revoked', async () => {
    const { id } = await tokenOf(access, owner, 'member')
    const foreign: Caller = { ...owner, workspaceId: 'ws_other' }
    expect(await access.listTokens(foreign)).toEqual([])
    await expect(access.revokeToken(foreign, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(access.revokeToken(owner, 'tok_none')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('the list of tokens', () => {
  test('shows what recognises a token, newest first, and never the token', async () => {
    installation.clock.advance(1)
    const { token } = await tokenOf(access, owner, 'viewer')
    installation.clock.advance(1)
    await access.createToken(owner, { name: 'second', expires_at: '2100-01-01T00:00:00Z' })
    const list = await access.listTokens(owner)
    expect(list).toMatchObject([
      { name: 'second', role: 'member', expires_at: '2100-01-01T00:00:00.000Z', revoked_at: null },
      { name: 'the viewer', role: 'viewer', hint: token.slice(0, 7), expires_at: null },
      { name: 'bootstrap', role: 'owner' },
    ])
    expect(JSON.stringify(list)).not.toContain(token)
  })

  test('shows the last use, noted at most once a minute', async () => {
    const { token, id } = await tokenOf(access, owner, 'member')
    const noted = async () => (await access.listTokens(owner)).find((view) => view.id === id)?.last_used_at
    const first = installation.clock.now()
    await vi.waitFor(async () => expect(await noted()).toBe(new Date(first).toISOString()))
    const writes = vi.spyOn(installation.store, 'workspace')
    installation.clock.advance(59_999)
    await access.authenticate(bearer(token))
    expect(writes).not.toHaveBeenCalled()
    installation.clock.advance(1)
    await access.authenticate(bearer(token))
    expect(writes).toHaveBeenCalledTimes(1)
    await writes.mock.results[0]?.value
    writes.mockRestore()
    expect(await noted()).toBe(new Date(first + 60_000).toISOString())
  })
})
