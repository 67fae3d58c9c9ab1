import { allItems, type Page } from '@sallyport/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentOf, joinAs, openTwoWorlds, type TwoWorlds } from './support/workspaces.ts'

/** A workspace with many people in it, and the ways out of one. */

let worlds: TwoWorlds

beforeAll(async () => {
  worlds = await openTwoWorlds()
})
afterAll(() => worlds?.close())

const ownerOf = (world: TwoWorlds['ours']) => worlds.gateway.client(world.tokens.owner)

/** A person of a world, as their browser asks. */
async function personOf(world: TwoWorlds['ours'], email: string, role: 'member' | 'owner') {
  const { id, headers } = await joinAs(worlds.gateway, ownerOf(world), email, role)
  const post = async (path: string, body?: object) => {
    const answer = await fetch(`${worlds.gateway.url}/api/v1${path}`, {
      method: 'POST',
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) }
  }
  return { id, headers, post }
}

describe('lists of people come page by page, each item once:', () => {
  const namesOf = async <T>(list: (query: { limit: number; cursor?: string }) => Promise<Page<T>>, name: (item: T) => string) => {
    let pages = 0
    const found: string[] = []
    const next = (cursor: string | undefined) => {
      pages++
      return list({ limit: 2, ...(cursor !== undefined && { cursor }) })
    }
    for await (const item of allItems(next)) found.push(name(item))
    return { pages, found }
  }

  test('members by name, and those with these letters', async () => {
    const owner = ownerOf(worlds.ours)
    // The same name more than once: the id tells them apart.
    for (const host of ['a', 'b', 'c', 'd']) await joinAs(worlds.gateway, owner, `kim@${host}.test`, 'viewer')
    const all = (await owner.members.list({ limit: 200 })).items.map(({ id }) => id)
    const { pages, found } = await namesOf(owner.members.list, ({ id }) => id)
    expect(found).toEqual(all)
    expect(pages).toBe(Math.ceil(all.length / 2))
    const search = async (q: string) => (await owner.members.list({ q })).items.map(({ email }) => email)
    expect(await search('KIM@b')).toEqual(['kim@b.test'])
    expect(await search('k%m')).toEqual([])
    expect(await search(all[0] ?? '')).toHaveLength(1)
    await expect(owner.members.list({ cursor: 'none' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('teams, invitations and connected applications', async () => {
    const owner = ownerOf(worlds.ours)
    for (const name of ['alpha', 'Beta with spaces', 'gamma', 'Zöe’s']) await owner.teams.create({ name })
    for (const host of ['a', 'b', 'c']) await owner.invitations.create({ email: `new@${host}.test`, role: 'viewer' })
    for (let n = 0; n < 3; n++) await worlds.ours.makeGrant()
    const lists = [
      [owner.teams.list, 5],
      [owner.invitations.list, 4],
      [owner.clients.grants, 4],
    ] as const
    for (const [list, least] of lists) {
      const all = (await list({ limit: 200 })).items.map(({ id }) => id)
      const { found } = await namesOf<{ readonly id: string }>(list, ({ id }) => id)
      expect(found).toEqual(all)
      expect(new Set(found).size).toBeGreaterThanOrEqual(least)
    }
  })
})

describe('leaving a workspace', () => {
  test('takes what was one’s own there, and is on record', async () => {
    const owner = ownerOf(worlds.ours)
    const { id, headers, post } = await personOf(worlds.ours, 'leaver@atlas.test', 'member')
    const own = await fetch(`${worlds.gateway.url}/api/v1/connections`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ connector: worlds.ours.connector, name: 'Mine', personal: true, auth: { fields: { key: 'k' } } }),
    })
    expect(own.status).toBe(201)
    expect(await post(`/workspaces/${worlds.theirs.workspaceId}/leave`)).toMatchObject({ status: 404 })
    expect(await post(`/workspaces/${worlds.ours.workspaceId}/leave`)).toMatchObject({
      status: 200,
      json: { tokens_revoked: 0, connections_deleted: 1 },
    })
    expect((await owner.members.list({ q: id })).items).toEqual([])
    expect((await owner.audit.list({ kind: 'member.left' })).items).toMatchObject([{ actor: { id }, target: { id } }])
    expect((await post(`/workspaces/${worlds.ours.workspaceId}/leave`)).status).toBe(404)
  })

  test('is refused to the last owner', async () => {
    const { post } = await personOf(worlds.ours, 'alone@atlas.test', 'owner')
    expect(await post(`/workspaces/${worlds.ours.workspaceId}/leave`)).toMatchObject({ status: 409, json: { code: 'CONFLICT' } })
  })
})

describe('deleting a workspace', () => {
  test('needs its owner and its name, leaves nothing of it but the audit log, and nothing else is touched', async () => {
    const { ours, theirs, db, gateway } = worlds
    const client = ownerOf(theirs)
    await client.workspaces.rename('Umbra')
    const path = `/workspaces/${theirs.workspaceId}/delete`
    const member = await personOf(theirs, 'member@umbra.test', 'member')
    expect(await member.post(path, { name: 'Umbra' })).toMatchObject({ status: 403 })
    const owner = await personOf(theirs, 'owner@umbra.test', 'owner')
    expect(await owner.post(`/workspaces/${ours.workspaceId}/delete`, { name: 'Default' })).toMatchObject({ status: 404 })
    expect(await owner.post(path, { name: 'umbra' })).toMatchObject({ status: 409 })

    const before = await contentOf(db, { workspaceId: ours.workspaceId })
    expect((await owner.post(path, { name: 'Umbra' })).status).toBe(204)
    for (const token of Object.values(theirs.tokens))
      await expect(gateway.client(token).tools.list()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await contentOf(db, { workspaceId: ours.workspaceId })).toEqual(before)
    const left = await contentOf(db, { workspaceId: theirs.workspaceId, without: ['audit_log', 'log_heads'] })
    expect(Object.entries(left).filter(([, rows]) => rows.length > 0)).toEqual([])
    const { rows } = await db.query<{ kind: string; body: string }>(
      'select kind, body from sallyport.audit_log where workspace_id = $1 order by seq desc limit 1',
      [theirs.workspaceId],
    )
    expect(rows[0]?.kind).toBe('workspace.deleted')
    expect(JSON.parse(rows[0]?.body ?? '')).toMatchObject({ actor: { id: owner.id }, before: { name: 'Umbra' } })
    const session = await fetch(`${gateway.url}/api/v1/session`, { headers: owner.headers })
    expect(await session.json()).toMatchObject({ caller: null, workspaces: [] })
  })

  test('is refused for the only one there is', async () => {
    const { ours, gateway } = worlds
    const { workspace } = (await (
      await fetch(`${gateway.url}/api/v1/session`, { headers: { authorization: `Bearer ${ours.tokens.owner}` } })
    ).json()) as { workspace: { name: string } }
    const { post } = await personOf(ours, 'last@atlas.test', 'owner')
    expect(await post(`/workspaces/${ours.workspaceId}/delete`, { name: workspace.name })).toMatchObject({ status: 409 })
  })
})
