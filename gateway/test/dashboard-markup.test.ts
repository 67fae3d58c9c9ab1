import { afterAll, beforeAll, expect, test } from 'vitest'
import { button, type Dashboard, fillWorkspace, link, see, signedIn, startDashboard } from './dashboard-harness.ts'
import type { Visit } from './support/browser.ts'
import { CountingUpstream } from './support/counting-upstream.ts'

/** What a page would run if any of it were taken for markup. */
const hostile = '<img src=x onerror="hacked=1"><svg onload="hacked=1"><script>hacked=1</script>[here](javascript:hacked=1)'

let dashboard: Dashboard
let api: CountingUpstream
let reader: Visit
let connection: string
let failed: string

beforeAll(async () => {
  dashboard = await startDashboard('canary-crm-key-markup-77')
  await fillWorkspace(dashboard, 'canary-crm-key-markup-77')
  api = await new CountingUpstream().start()
  api.behave = ({ path }, response) =>
    response
      .writeHead(path === '/fails' ? 500 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ [hostile]: hostile, html: hostile }))
  const owner = dashboard.gateway.client()
  const read = { method: 'GET', description: hostile, title: hostile }
  await owner.connectors.create({
    connector: 'hostile',
    name: `Hostile ${hostile}`,
    description: hostile,
    servers: { production: { url: api.url } },
    security: { verify_ssl: false },
    actions: {
      look: { ...read, path: '/look' },
      fails: { ...read, path: '/fails' },
      write: { method: 'POST', path: '/write', description: hostile, confirm: true },
    },
  } as never)
  connection = (await owner.connections.create({ connector: 'hostile', name: `Main ${hostile}`.slice(0, 100) })).id
  const made = await owner.tokens.create({ name: `agent ${hostile}`.slice(0, 100), role: 'member' })
  const agent = dashboard.gateway.client(made.token)
  await agent.calls.create({ connector: 'hostile', action: 'look' })
  await agent.calls.create({ connector: 'hostile', action: 'fails' }).catch(() => {})
  await agent.calls.create({ connector: 'hostile', action: 'write' })
  failed = (await owner.calls.list({ connector: 'hostile', status: 'failed', limit: 1 })).items[0]?.id ?? ''
  reader = await signedIn(dashboard)
})
afterAll(async () => {
  await reader?.context.close()
  await api?.stop()
  await dashboard?.close()
})

/** Elements that came out of the texts, and whether anything ran. */
const lookForMarkup = () =>
  reader.page.evaluate<{ ran: boolean; elements: number }>(`({
    ran: typeof hacked !== 'undefined',
    elements: document.querySelectorAll('img[src="x"], svg[onload], [onerror], a[href^="javascript:" i]').length,
  })`)

async function expectTextOnly(): Promise<void> {
  expect(await lookForMarkup()).toEqual({ ran: false, elements: 0 })
  // The policy would have stopped it and said so; it must not even come to that.
  expect(reader.complaints()).toEqual([])
}

test.each([
  ['connections', 'connections', () => reader.page.getByText(/Main <img/).first()],
  ['a connection', () => `connections/${connection}`, () => reader.page.getByText(/Main <img/).first()],
  ['connectors', 'connectors', () => link(reader.page, /Hostile <img/)],
  ['a connector', 'connectors/hostile', () => button(reader.page, /fails/).first()],
  ['tools', 'tools', () => link(reader.page, /^look/)],
  ['a tool', 'tools/hostile/look', () => button(reader.page, 'Run')],
  ['calls', 'calls', () => link(reader.page, 'hostile.look').first()],
  ['a failed call', () => `calls/${failed}`, () => button(reader.page, /^send: /)],
  ['approvals', 'approvals', () => link(reader.page, /^write/)],
  ['tokens', 'tokens', () => reader.page.getByText(/agent <img/).first()],
] as const)('texts of strangers stay texts: %s', async (_, path, ready) => {
  await reader.page.goto(`${dashboard.gateway.url}/${typeof path === 'string' ? path : path()}`)
  await see(ready())
  await expectTextOnly()
})

test('and so does an answer', async () => {
  await reader.page.goto(`${dashboard.gateway.url}/tools/hostile/look`)
  await button(reader.page, 'Run').click()
  await see(reader.page.getByRole('region', { name: 'Result' }).getByText('Succeeded'))
  await expectTextOnly()
})

test('a connection whose TLS is not verified says so in the list and on its own page', async () => {
  await reader.page.goto(`${dashboard.gateway.url}/connections`)
  const row = reader.page.getByRole('listitem').filter({ hasText: 'Main <img' })
  await see(row.getByText('TLS not verified'))
  await reader.page.goto(`${dashboard.gateway.url}/connections/${connection}`)
  await see(reader.page.getByText(/not verified/i).last())
})

test('markup that got through all the same would be found, and run nothing', async () => {
  await reader.page.goto(`${dashboard.gateway.url}/connections`)
  await see(reader.page.getByText(/Main <img/).first())
  await reader.page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(hostile)})`)
  expect(await lookForMarkup()).toEqual({ ran: false, elements: 2 })
  await expect.poll(() => reader.complaints().join()).toMatch(/Content Security Policy/)
})
