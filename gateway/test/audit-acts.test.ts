import type { Sallyport } from '@sallyport/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles } from '../src/caller.ts'
import { type Makers, routes, send } from './support/routes.ts'
import { openTwoWorlds, type TwoWorlds } from './support/workspaces.ts'

/** Every route that changes something leaves an entry in the audit log: generated from the routes, so that none is forgotten. */

let worlds: TwoWorlds
let makers: Makers
let owner: Sallyport
beforeAll(async () => {
  worlds = await openTwoWorlds()
  const { gateway, ours } = worlds
  owner = gateway.client(ours.tokens.owner)
  makers = { owner, agent: gateway.client(ours.tokens.member), join }
})
afterAll(() => worlds?.close())

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Takes an invitation, and answers whose it is now. */
async function join(url: string): Promise<string> {
  const post = await fetch(`${worlds.gateway.url}/api/v1/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: new URL(url).hash.replace('#code=', ''), name: 'Guest', password: 'correct horse battery' }),
  })
  const cookie = post.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
  const answer = await fetch(`${worlds.gateway.url}/api/v1/session`, { headers: { cookie, 'sec-fetch-site': 'same-origin' } })
  return ((await answer.json()) as { person: { id: string } }).person.id
}

/** What changes nothing that anyone could want to know about, or tells of itself elsewhere; each with the reason. */
const unrecorded: Readonly<Record<string, string>> = {
  parseConnector: 'stores nothing',
  previewImport: 'stores nothing',
  checkConnector: 'stores nothing',
  verifyConnector: 'stores nothing: what was entered is tried once',
  testNotificationChannel: 'changes nothing',
  testAlertRule: 'changes nothing',
  testSecretBackend: 'changes nothing that stays',
  syncSecretBackend: 'looks, and tries again what was asked for before',
  planConfiguration: 'stores nothing',
  applyConfiguration: 'tells by the entries of all that it does, which configuration.test.ts looks at',
  createAuditCheckpoint: 'is a part of the log itself',
}
/** What members may do is to call, and to look after themselves. */
const changing = routes.filter(
  ({ method, role, operationId }) =>
    !/^get$/i.test(method) &&
    role !== null &&
    role !== 'person' &&
    roles.indexOf(role) >= roles.indexOf('manager') &&
    !(operationId in unrecorded),
)

const headOf = async () => (await owner.audit.verify()).head

describe('is on record, with who did it, from where, and to what:', () => {
  test.each(changing.map((route) => [route.operationId, route] as const))('%s', async (_name, route) => {
    const id = await (route.fresh ?? (async () => route.id?.(worlds.ours)))(worlds.ours, makers)
    const before = await headOf()
    const answer = await send(worlds.gateway.url, route, worlds.ours, bearer(worlds.ours.tokens.owner), id)
    expect({ status: answer.status, text: answer.text }).toMatchObject({
      status: expect.toSatisfy((status: number) => status < 300),
    })
    const { items } = await owner.audit.list()
    const entries = items.filter(({ seq }) => seq > before)
    expect(entries).not.toEqual([])
    for (const { actor, ip, target } of entries) {
      expect(actor).toEqual({ kind: 'token', id: expect.stringMatching(/^tok_/), name: 'the owner' })
      expect(ip).toBe('127.0.0.1')
      expect(target).toEqual({ kind: expect.stringMatching(/./), id: expect.stringMatching(/./), name: expect.any(String) })
    }
  })

  test('signing in, and being refused', async () => {
    const ask = (path: string, body: unknown) =>
      fetch(`${worlds.gateway.url}/api/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const code = new URL(worlds.gateway.setupUrl ?? '').hash.replace('#code=', '')
    const person = { email: 'ada@example.test', password: 'correct horse battery' }
    expect((await ask('setup', { code, name: 'Ada', ...person })).status).toBeLessThan(300)
    expect((await ask('session', { ...person, password: 'wrong horse battery' })).status).toBe(401)
    expect((await ask('session', person)).status).toBe(200)
    const { gateway, ours, theirs } = worlds
    const kinds = async () => {
      const pages = await Promise.all([ours, theirs].map(({ tokens }) => gateway.client(tokens.owner).audit.list({ limit: 20 })))
      return pages.flatMap(({ items }) => items.map(({ kind, ip }) => `${kind} ${ip}`))
    }
    const due = ['session.began', 'session.refused', 'installation.set_up'].map((kind) => `${kind} 127.0.0.1`)
    // The refusal is not waited for.
    await expect.poll(kinds).toEqual(expect.arrayContaining(due))
  })
})

test('what it was before and is after stands there, and no secret', async () => {
  const made = await owner.connections.create({
    connector: worlds.ours.connector,
    name: 'Before',
    auth: { fields: { key: 'secret-of-the-audit-test' } },
  })
  await owner.connections.update(made.id, { name: 'After' })
  await owner.connections.rotate(made.id, { fields: { key: 'next-secret-of-the-audit-test' } })
  const token = await owner.tokens.create({ name: 'audited', role: 'viewer' })
  const { items } = await owner.audit.list({ target: made.id, kind: 'connection.updated' })
  expect(items).toMatchObject([{ before: { name: 'Before' }, after: { name: 'After' } }])
  let text = ''
  for await (const line of owner.audit.export()) text += `${line}\n`
  expect(text).toContain(token.id)
  for (const secret of ['secret-of-the-audit-test', worlds.ours.key, token.token, worlds.ours.tokens.owner, 'correct horse'])
    for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, ''), encodeURIComponent(secret)])
      expect(text).not.toContain(form)
})

test('the filters find what they say, page by page', async () => {
  const all = await owner.audit.list({ limit: 200 })
  const { items: acts } = all
  const [some] = acts.slice(-3)
  if (some === undefined) throw new Error('expected acts')
  for (const [query, passes] of [
    [{ kind: some.kind }, ({ kind }) => kind === some.kind],
    [{ actor: some.actor.id }, ({ actor }) => actor.id === some.actor.id],
    [{ target: some.target.id }, ({ target }) => target.id === some.target.id],
    [{ since: some.at }, ({ at }) => at >= some.at],
    [{ until: some.at }, ({ at }) => at < some.at],
  ] satisfies [Parameters<typeof owner.audit.list>[0], (entry: (typeof acts)[number]) => boolean][]) {
    const found: number[] = []
    let cursor: string | undefined
    do {
      const page = await owner.audit.list({ ...query, limit: 3, ...(cursor !== undefined && { cursor }) })
      found.push(...page.items.map(({ seq }) => seq))
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    expect(found).toEqual(acts.filter(passes).map(({ seq }) => seq))
  }
})
