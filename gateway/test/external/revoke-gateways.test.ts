import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterEach, expect, test } from 'vitest'
import { makeExternalDatabase } from '../support/external-servers.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from '../support/gateway.ts'
import { joinAs } from '../support/workspaces.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

test('what one gateway revokes or changes counts on another at once: tokens in use, open streams, toolsets, members', async () => {
  const database = await makeExternalDatabase()
  undo.push(() => database.drop())
  const root = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
  const start = async (): Promise<GatewayProcess> => {
    const gateway = await startGatewayProcess({ env: { DATABASE_URL: database.url, SALLYPORT_ROOT_KEY: root } })
    undo.push(async () => {
      await gateway.stop()
      await removeDataDir(gateway.dataDir)
    })
    return gateway
  }
  const [here, there] = [await start(), await start()]
  const owner = here.client()
  await owner.connectors.create({
    connector: 'crm',
    name: 'CRM',
    servers: { production: { url: 'https://crm.example.test' } },
    actions: { find: { method: 'GET', path: '/find' }, drop: { method: 'DELETE', path: '/drop' } },
  })
  await owner.connections.create({ connector: 'crm', name: 'Main' })
  const all = { select: {}, include: [], exclude: [] }
  await owner.toolsets.create({ slug: 'agent', name: 'Agent', selection: all })
  const { id, token } = await owner.tokens.create({ name: 'agent', toolset: 'agent' })

  const elsewhere = there.client(token)
  expect((await elsewhere.tools.list()).items).toHaveLength(2)
  let told = () => {}
  const changed = new Promise<void>((resolve) => {
    told = resolve
  })
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: 'legacy' }, listChanged: { tools: { autoRefresh: false, onChanged: () => told() } } },
  )
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${there.url}/mcp`), { requestInit }))
  undo.push(() => client.close())
  await owner.toolsets.update('agent', { selection: { select: { effects: ['read'] }, include: [], exclude: [] } })
  await changed
  expect((await elsewhere.tools.list()).items.map(({ action }) => action)).toEqual(['find'])

  // A person with a session there: lowered and removed here.
  const { id: person, headers } = await joinAs(here, owner, 'ann@example.test', 'admin')
  const askThere = async () => (await fetch(`${there.url}/api/v1/tokens`, { headers })).status
  expect(await askThere()).toBe(200)
  const { token: theirs } = (await (
    await fetch(`${there.url}/api/v1/tokens`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ann’s', role: 'admin' }),
    })
  ).json()) as { token: string }
  const withToken = () =>
    there
      .client(theirs)
      .tokens.list()
      .then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
  expect(await withToken()).toBe('done')
  const within = async (ask: () => Promise<unknown>, answer: unknown) => {
    const from = performance.now()
    await expect.poll(ask, { interval: 5 }).toBe(answer)
    expect(performance.now() - from).toBeLessThan(1_000)
  }
  await owner.members.setRole(person, 'viewer')
  await within(askThere, 403)
  await within(withToken, 'FORBIDDEN')
  await owner.members.remove(person)
  await within(askThere, 401)
  await within(withToken, 'UNAUTHENTICATED')

  await owner.tokens.revoke(id)
  const before = performance.now()
  await expect
    .poll(() => elsewhere.tools.list().catch((error: { code: string }) => error.code), { interval: 5 })
    .toBe('UNAUTHENTICATED')
  const tookMs = performance.now() - before
  // Far below the five seconds for which a gateway that nobody tells goes on.
  expect(tookMs).toBeLessThan(1_000)
})
