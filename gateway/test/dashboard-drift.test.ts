import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button, type Dashboard, field, heading, link, person, see, signedIn, startDashboard } from './dashboard-harness.ts'
import { narrow, shoot, wide } from './support/browser.ts'
import { smallSpec } from './support/small-spec.ts'

/** The page of a connector: what changed of its API, what breaks first and who used it; and the code of one that is code; and what is recorded of calls. */

let dashboard: Dashboard
let vendor: Server
let description = ''

const ok = { responses: { 200: { description: 'ok' } } }
const get = (operationId: string, ...names: [string, string, boolean?][]) => ({
  get: {
    operationId,
    parameters: names.map(([name, type, required = false]) => ({ name, in: 'query', required, schema: { type } })),
    ...ok,
  },
})

beforeAll(async () => {
  dashboard = await startDashboard('canary-drift-key-77')
  vendor = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(description))
  vendor.listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  const origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
  const serve = (paths: Record<string, unknown>) => {
    description = JSON.stringify(smallSpec(paths, { servers: [{ url: origin }] }))
  }
  const code = new URLSearchParams(new URL(dashboard.setupUrl).hash.slice(1)).get('code') ?? ''
  const owner = dashboard.gateway.client()
  await owner.session.setUp({ ...person, code })
  serve({ '/orders': get('list_orders', ['page', 'integer']), '/people': get('list_people'), '/old': get('find_old') })
  await owner.connectors.create({ url: `${origin}/openapi.json`, connector: 'shop', name: 'Shop' })
  await owner.connections.create({ connector: 'shop', name: 'Shop' })
  const agent = dashboard.gateway.client((await owner.tokens.create({ name: 'Support agent', role: 'member' })).token)
  await agent.calls.create({ connector: 'shop', action: 'list_orders', input: {} })
  serve({
    '/orders': get('list_orders', ['page', 'string'], ['account', 'string', true]),
    '/people': get('list_people', ['city', 'string']),
    '/new': get('find_new'),
  })
})

afterAll(async () => {
  vendor?.close()
  await dashboard?.close()
})

async function checked(page: Page): Promise<void> {
  await page.goto(`${dashboard.gateway.url}/connectors/shop?tab=versions`)
  await button(page, 'Check for changes').click()
  await see(page.getByText('Support agent'))
}

/** Legible in both themes, and nothing stands out. */
async function look(page: Page, name: string, more: object = {}): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor({ state: 'attached' })
    expect(await page.evaluate('pageChecks.settled().then(pageChecks.faults)')).toMatchObject({
      ...{ faintTexts: [], overflowing: [] },
      ...more,
    })
    await shoot(page, `${name}-${colorScheme}`)
  }
}

/** The same in both sizes; wide at the end. */
async function lookAtBoth(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries({ narrow, wide })) {
    await page.setViewportSize(viewport)
    await look(page, `${name}-${size}`)
  }
}

test.each([
  { size: 'wide', options: { viewport: wide } },
  { size: 'narrow', options: { viewport: narrow, isMobile: true, hasTouch: true } },
])('shows what breaks first and who used it, legibly, on a $size screen', async ({ size, options }) => {
  const { page, context } = await signedIn(dashboard, options)
  await checked(page)
  const boxes = await page.getByRole('checkbox', { name: /^Take / }).all()
  const rows = await Promise.all(boxes.map((box) => box.getAttribute('aria-label')))
  expect(rows).toEqual(['Take list_orders', 'Take find_old', 'Take list_people', 'Take find_new'])
  expect(await page.getByText('Input account is new and required').count()).toBe(1)
  await look(page, `connector-changes-${size}`, { smallTargets: [] })
  await context.close()
})

test('takes the part that breaks nothing, stays in spite of the rest, and takes all at last', async () => {
  const { page, context } = await signedIn(dashboard, { viewport: wide })
  await checked(page)
  await button(page, 'Take the 2 chosen').click()
  await see(page.getByText('Version 1.1.0 is in use'))
  await button(page, 'Check for changes').click()
  await button(page, 'Stay on 1.1.0').click()
  await see(page.getByText('you stay on the stored version'))
  await button(page, 'Check for changes').click()
  await button(page, 'Take all as 2.0.0').click()
  await see(page.getByText('Version 2.0.0 is in use'))
  const { actions } = await dashboard.gateway.client().connectors.get('shop')
  expect(Object.keys(actions as object)).toEqual(['list_orders', 'list_people', 'find_new'])
  await context.close()
})

test('a script is completed, tried and stored as its next version, and a built-in type becomes a connector', async () => {
  const owner = dashboard.gateway.client()
  const text = await readFile(new URL('../../examples/sample-script/connector.yaml', import.meta.url), 'utf8')
  await owner.connectors.create({ text })
  const { page, context, complaints } = await signedIn(dashboard, { viewport: wide })
  await page.goto(`${dashboard.gateway.url}/connectors/sample_script?tab=script`)
  const script = await see(field(page, 'Script'))
  await script.focus()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('sallyport.')
  await page.getByRole('option', { name: /^crypto/ }).click()
  await page.keyboard.type('.uuid();')
  await page.keyboard.press('Control+Enter')
  await see(page.getByText('Succeeded'))
  await see(page.getByText('ready for Example Ltd.'))
  await lookAtBoth(page, 'script-editor')
  await page.keyboard.press('Control+s')
  await see(page.getByText('Its script changed'))
  const save = button(page, 'Save version 1.0.1')
  await expect.poll(() => save.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await see(page.getByText('Version 1.0.1 is in use'))
  const stored = (await owner.connectors.get('sample_script')) as { version: string; script: { source: string } }
  expect(stored.version).toBe('1.0.1')
  expect(stored.script.source).toMatch(/sallyport\.crypto\.uuid\(\);\s*$/)

  await page.getByRole('tab', { name: 'Document' }).click()
  const file = await see(page.getByRole('textbox', { name: 'Connector document' }))
  expect(await file.textContent()).not.toMatch(/(method|path|url):/)
  await page.goto(`${dashboard.gateway.url}/connectors`)
  await button(page, 'New from built-in').click()
  await page.getByRole('radio', { name: 'SQL database' }).click()
  await field(page, 'Name').fill('Warehouse')
  await shoot(page, 'new-from-built-in')
  await button(page, 'Add connector').click()
  await see(page.getByRole('heading', { name: 'Warehouse' }))
  expect(await owner.connectors.get('warehouse')).toMatchObject({ kind: 'builtin', builtin: { type: 'sql' } })
  expect(complaints()).toEqual([])
  await context.close()
})

test('a call is recorded, answered again with the API down, marked when its action changes, and kept as a file (B11)', {
  timeout: 60_000,
}, async () => {
  const api = createServer((_request, response) => response.setHeader('content-type', 'application/json').end('{"balance":17}'))
  api.listen(0, '127.0.0.1')
  await once(api, 'listening')
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const ledger = (path: string) => ({
    ...{ connector: 'ledger', name: 'Ledger', servers: { production: { url } } },
    actions: { get_balance: { method: 'GET', path, mocks: { default: { payload: { balance: 1 } } } } },
  })
  const owner = dashboard.gateway.client()
  await owner.connectors.create(ledger('/balance'))
  await owner.connections.create({ connector: 'ledger', name: 'Ledger' })
  const { page, context, complaints } = await signedIn(dashboard, { viewport: wide })
  await page.goto(`${dashboard.gateway.url}/cassettes`)
  await see(heading(page, 'No cassettes yet'))

  await page.goto(`${dashboard.gateway.url}/tools/ledger/get_balance`)
  const answer = page.getByRole('combobox', { name: 'Answer' })
  const by = async (way: 'Record' | 'Replay' | 'Mock') => {
    await answer.click()
    await page.getByRole('option', { name: way }).click()
  }
  const result = page.getByRole('region', { name: 'Result' })
  await by('Record')
  await page.getByRole('combobox', { name: 'On the cassette' }).fill('ledger-ci')
  await button(page, 'Run').click()
  await see(result.getByText('Recorded on the cassette ledger-ci'))
  api.close()
  api.closeAllConnections()
  await by('Replay')
  await button(page, 'Run').click()
  await see(result.getByText('Answered from the cassette ledger-ci'))
  await see(result.getByText('17', { exact: true }))
  await lookAtBoth(page, 'tool-replayed')
  await by('Mock')
  await button(page, 'Run').click()
  await see(result.getByText('Answered with the mock scenario default'))
  await link(result, 'Open in the log').click()
  await see(page.getByRole('dialog').getByText('Answered with the mock scenario default'))

  await owner.connectors.update('ledger', { document: ledger('/v2/balance'), autoBump: true })
  await page.goto(`${dashboard.gateway.url}/cassettes`)
  await see(link(page, 'ledger-ci'))
  await lookAtBoth(page, 'cassettes')
  await link(page, 'ledger-ci').click()
  const recording = page.getByRole('button', { name: /get_balance.*stale/ })
  await (await see(recording)).click()
  await see(page.getByText('Replaying this is refused'))
  await lookAtBoth(page, 'cassette')
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export').click()])
  const file = await readFile(await download.path())
  await button(page, 'Delete recording').click()
  await button(page.getByRole('alertdialog'), 'Delete recording').click()
  await see(heading(page, 'No cassettes yet'))
  await button(page, 'Import a file').click()
  const cassette = { name: download.suggestedFilename(), mimeType: 'application/json', buffer: file }
  await page.locator('input[type=file]').setInputFiles(cassette)
  await button(page, 'Import').click()
  await see(recording)
  await button(page, 'Delete').click()
  await button(page.getByRole('alertdialog'), 'Delete cassette').click()
  await see(heading(page, 'No cassettes yet'))

  await page.goto(`${dashboard.gateway.url}/connections`)
  await link(page, 'Ledger').click()
  await page.getByRole('tab', { name: 'Settings' }).click()
  await page.getByRole('combobox', { name: 'Answers' }).click()
  await page.getByRole('option', { name: 'Mock scenario default' }).click()
  await lookAtBoth(page, 'connection-mocked')
  await button(page, 'Save').click()
  await see(page.getByText('Saved'))
  const asked = { connector: 'ledger', action: 'get_balance', input: {} }
  expect(await owner.calls.create(asked)).toMatchObject({ payload: { balance: 1 }, outcome: 'not_sent' })
  expect(complaints()).toEqual([])
  await context.close()
})
