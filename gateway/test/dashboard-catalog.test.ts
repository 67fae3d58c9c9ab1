import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTokenServer, type TokenServer } from '@sallyport/sdk/testing'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  button,
  type Dashboard,
  field,
  focused,
  heading,
  link,
  person,
  see,
  signedIn,
  startDashboard,
} from './dashboard-harness.ts'
import { narrow, shoot, wide } from './support/browser.ts'
import { noInput, startMcpUpstream } from './support/mcp-upstream.ts'
import { type OidcServer, startOidcServer } from './support/oidc-server.ts'

/** From the catalog to a connection that works: by a key, and by consent at a real OpenID provider. */

// Whole journeys, each with several looks in both themes.
vi.setConfig({ testTimeout: 90_000 })

let dashboard: Dashboard
let vendor: Server
let oidc: OidcServer
let tokens: TokenServer
let shelves: Awaited<ReturnType<typeof startMcpUpstream>>
let folder = ''
/** While false the API refuses every token. */
let open = true
/** What the API waits for before it answers anything but its base URL. */
let hold: Promise<void> | null = null
const key = 'canary-catalog-key-51d0'

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** An API that knows one key, and the tokens of the OpenID provider. */
async function startVendor(): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.url !== '/') await hold
    const { authorization = '' } = request.headers
    const ask = { headers: { authorization } }
    const known =
      authorization === `Bearer ${key}` ||
      (open && authorization !== '' && (await fetch(`${oidc.issuer}/me`, ask)).status === 200)
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(known ? { id: 'acc_1', name: 'Ada' } : { message: 'This key is not known here.' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const provider = (id: string, name: string, auth: string, guide: string, url: string) => `connector: ${id}
name: ${name}
description: Parcels, their way and their price.
category: commerce
brand: { color: "#2a6f4e" }
docs: https://docs.example.com
servers:
  production:
    url: ${url}
auth:
  account: ${auth}
guide:
  account:
${guide}
verify: { action: get_me }
actions:
  get_me:
    description: Whose account it is.
    method: GET
    path: /me
`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-catalog-'))
  const port = await freePort()
  const resource = { enabled: true, useGrantedResource: () => true, getResourceServerInfo: () => ({ scope: 'read' }) }
  oidc = await startOidcServer(`http://127.0.0.1:${port}/oauth/callback`, {
    features: { devInteractions: { enabled: false }, registration: { enabled: true }, resourceIndicators: resource },
  })
  ;[vendor, tokens] = await Promise.all([startVendor(), startTokenServer()])
  const url = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
  const oauth = `{ type: oauth2, authorization_url: "${oidc.issuer}/auth", token_url: "${oidc.issuer}/token", scopes: { openid: Who you are, email: Your address, profile: Your name }, default_scopes: [openid, email] }`
  shelves = await startMcpUpstream(
    ['look', 'wipe'].map((name) => ({ name, description: `Does ${name}.`, inputSchema: noInput })),
    {
      before: async ({ path, headers }, response) => {
        if (path !== '/mcp') {
          const metadata = { resource: shelves.url, authorization_servers: [oidc.issuer], scopes_supported: ['read'] }
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
          return true
        }
        if (await oidc.provider.AccessToken.find(headers.authorization?.replace(/^Bearer /, '') ?? '')) return false
        response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
        return true
      },
    },
  )
  const guide = '    - Open https://docs.example.com/keys and make a key.\n    - Copy it, and enter it here.'
  await writeFile(join(folder, 'parcels.yaml'), provider('parcels', 'Parcels', '{ type: bearer }', guide, url))
  await writeFile(join(folder, 'letters.yaml'), provider('letters', 'Letters', oauth, guide, url))
  const device = `{ type: oauth2, flow: device_authorization, device_authorization_url: "${tokens.deviceAuthorizationUrl}", token_url: "${tokens.tokenUrl}" }`
  await writeFile(join(folder, 'telly.yaml'), provider('telly', 'Telly', device, guide, tokens.apiUrl))
  const server = provider('shelves', 'Shelves', '{ type: mcp_oauth }', guide, shelves.url)
  const mcp = server.replace('servers:', 'kind: mcp\nservers:').replace(/verify:.*/s, 'actions: {}\n')
  await writeFile(join(folder, 'shelves.yaml'), mcp)
  dashboard = await startDashboard(key, { SALLYPORT_CATALOG_DIR: folder, SALLYPORT_PORT: String(port) })
  const code = new URLSearchParams(new URL(dashboard.setupUrl).hash.slice(1)).get('code') ?? ''
  await dashboard.gateway.client().session.setUp({ ...person, code })
})

afterAll(async () => {
  await dashboard?.close()
  await Promise.all([oidc?.close(), tokens?.close(), shelves?.close()])
  vendor?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Both themes, held to what the other screens are held to. */
async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor({ state: 'attached' })
    expect(await page.evaluate('pageChecks.settled().then(pageChecks.faults)')).toMatchObject({
      faintTexts: [],
      overflowing: [],
      smallTargets: [],
    })
    await shoot(page, `${name}-${colorScheme}`)
  }
}

test('a provider is found, tried with a wrong key, and connected within a minute', async () => {
  const { page, context } = await signedIn(dashboard, { viewport: wide })
  const began = performance.now()
  await page.goto(`${dashboard.gateway.url}/catalog`)
  await page.getByRole('searchbox', { name: 'Search the catalog' }).fill('parc')
  await look(page, 'catalog-search')
  await link(page, 'Parcels').click()
  await see(page.getByText('Copy it, and enter it here.'))
  await page.getByLabel('Token', { exact: true }).fill('a key that nobody knows')
  await button(page, 'Connect').click()
  await see(heading(page, 'Parcels does not accept this'))
  await see(page.getByText('This key is not known here.'))
  await look(page, 'catalog-refused')
  await page.getByLabel('Token', { exact: true }).fill(key)
  await page.keyboard.press('Enter')
  await see(heading(page, 'Parcels is connected'))
  const way = page.getByRole('list', { name: 'The way to the API' }).getByRole('listitem')
  expect(await way.allTextContents()).toEqual(['DNS: Passed', 'TCP: Passed', 'TLS: Skipped'])
  expect(performance.now() - began).toBeLessThan(60_000)
  await look(page, 'catalog-connected')
  expect((await dashboard.gateway.client().connections.list({})).items).toMatchObject([
    { connector: 'parcels', status: 'active' },
  ])
  await link(page, 'Back to the catalog').click()
  await see(page.getByText('1 account'))
  await context.close()
})

test('an MCP server of the catalog is connected, and its tools are taken with one press', async () => {
  const { page, context } = await signedIn(dashboard, { viewport: wide })
  await page.goto(`${dashboard.gateway.url}/catalog/shelves`)
  oidc.account = { sub: 'ada', email: 'ada@example.com' }
  await button(page, 'Continue to Shelves').click()
  await see(heading(page, 'Shelves is connected'))
  await look(page, 'catalog-mcp-connected')
  await button(page, 'Take its tools').click()
  await see(page.getByText('Agents can now use 2 tools.'))
  const { actions } = await dashboard.gateway.client().connectors.capabilities('shelves')
  expect(actions.map(({ action }) => action)).toEqual(['look', 'wipe'])
  await context.close()
})

test('consent in a window of its own: refused, then given, and given again with one press when tokens count no more', async () => {
  const { page, context } = await signedIn(dashboard, { viewport: wide })
  await page.goto(`${dashboard.gateway.url}/catalog/letters`)
  await see(page.getByText(`${dashboard.gateway.url}/oauth/callback`))
  await field(page, 'Client ID').fill(oidc.clientId)
  await page.getByLabel('Client secret').fill(oidc.clientSecret)
  await look(page, 'catalog-oauth-app')
  await button(page, 'Save the app').click()
  await see(page.getByText('All apps'))

  oidc.account = null
  await button(page, 'Continue to Letters').click()
  await see(heading(page, 'Letters was not allowed'))
  await look(page, 'catalog-consent-refused')
  oidc.account = { sub: 'ada', email: 'ada@example.com' }
  await button(page, 'Ask again').click()
  await see(heading(page, 'Letters is connected'))
  const [connection] = (await dashboard.gateway.client().connections.list({ connector: 'letters' })).items
  expect(connection?.status).toBe('active')

  open = false
  await expect(dashboard.gateway.client().calls.create({ connector: 'letters', action: 'get_me', input: {} })).rejects.toThrow()
  open = true
  await page.goto(`${dashboard.gateway.url}/connections/${connection?.id}`)
  await look(page, 'connection-needs-consent')
  await button(page, 'Consent again').click()
  await see(page.getByText('Letters works', { exact: true }))
  expect((await dashboard.gateway.client().connections.get(connection?.id ?? '')).status).toBe('active')

  await button(page, 'Ask for more').click()
  await page.getByRole('checkbox', { name: 'Your name' }).click()
  await button(page, 'Continue to Letters').click()
  await see(page.getByRole('listitem').filter({ hasText: 'Your name' }))
  await look(page, 'connection-scopes')
  await context.close()
})

test('of several accounts one is made the default, and deleting it says what that ends', async () => {
  const api = dashboard.gateway.client()
  const fields = { token: key }
  const second = await api.connections.create({ connector: 'parcels', name: 'Second account', auth: { fields } })
  const pick = { connector: 'parcels', connection: second.id }
  await api.toolsets.create({ slug: 'desk', name: 'Desk', selection: { select: null, include: [pick], exclude: [] } })
  const { page, context } = await signedIn(dashboard, { viewport: wide })
  await page.goto(`${dashboard.gateway.url}/connections`)
  const row = page.getByRole('listitem').filter({ hasText: 'Second account' })
  await button(row, 'More for Second account').click()
  await page.getByRole('menuitem', { name: 'Make it the default' }).click()
  await see(row.getByText('default', { exact: true }))
  expect(await api.connections.get(second.id)).toMatchObject({ default: true })
  await link(row, 'Second account').click()
  const sheet = await see(page.getByRole('dialog', { name: 'Second account', exact: true }))
  await see(sheet.getByText(/calls that name no connection use it/))
  await link(sheet, /Parcels$/).click()
  const first = await see(page.getByRole('dialog', { name: 'Parcels', exact: true }))
  await button(first, 'Make it the default').click()
  await see(first.getByText(/calls that name no connection use it/))
  await link(first, /Second account/).click()
  await button(sheet, 'Delete connection').click()
  await see(page.getByRole('alertdialog').getByText(/The toolset Desk names it/))
  expect(await page.getByText(/have no default any more/).count()).toBe(0)
  await shoot(page, 'connection-delete-dependents')
  await button(page, 'Delete connection').last().click()
  await see(page.getByText('Second account deleted'))
  await context.close()
})

test('a browser that opens no window leads on by a link, and what the provider answers badly is told', async () => {
  const { page, context } = await signedIn(dashboard, { viewport: wide })
  await page.addInitScript('window.open = () => null')
  const broken = (url: URL) => url.origin === oidc.issuer && url.pathname === '/auth'
  await context.route(broken, (route) => {
    const asked = new URL(route.request().url()).searchParams
    const answer = new URLSearchParams({ error: 'server_error', state: asked.get('state') ?? '' })
    return route.fulfill({ status: 302, headers: { location: `${asked.get('redirect_uri')}?${answer}` } })
  })
  await page.goto(`${dashboard.gateway.url}/catalog/letters`)
  await field(page, 'Name of the connection').fill('By link')
  await button(page, 'Continue to Letters').click()
  await focused(page.getByRole('region', { name: 'Consent' }))
  await see(page.getByText('Your browser did not open a window'))
  await look(page, 'consent-blocked')
  const go = async () => {
    const opens = context.waitForEvent('page')
    await link(page, 'Continue at Letters').click()
    return opens
  }
  const failed = await go()
  await see(heading(failed, 'That did not work'))
  await see(heading(page, 'The consent did not come through'))
  await shoot(page, 'consent-failed')
  await shoot(failed, 'consent-page-failed')
  await context.unroute(broken)
  await button(page, 'Ask again').click()
  await see(page.getByText('Your browser did not open a window'))
  const allowed = await go()
  await see(heading(allowed, 'Connected'))
  await shoot(allowed, 'consent-page')
  await see(heading(page, 'Letters is connected'))
  await context.close()
})

test('a device code is shown to be typed in elsewhere, and the page goes on by itself', async () => {
  await dashboard.gateway
    .client()
    .oauthApps.create({ connector: 'telly', client_id: tokens.clientId, client_secret: tokens.clientSecret })
  const { page, context } = await signedIn(dashboard, { viewport: narrow, isMobile: true, hasTouch: true })
  await page.goto(`${dashboard.gateway.url}/catalog/telly`)
  await button(page, 'Continue to Telly').click()
  const code = await see(page.getByRole('region', { name: 'Consent' }).locator('code'))
  await look(page, 'consent-device-narrow')
  tokens.enter((await code.textContent()) ?? '')
  await see(heading(page, 'Telly is connected'))
  await context.close()
})

test('the catalog and a provider fit a phone', async () => {
  const { page, context } = await signedIn(dashboard, { viewport: narrow, isMobile: true, hasTouch: true })
  await page.goto(`${dashboard.gateway.url}/catalog`)
  await see(link(page, 'Letters'))
  await look(page, 'catalog-narrow')
  await link(page, 'Letters').click()
  await see(button(page, 'Continue to Letters'))
  await look(page, 'catalog-provider-narrow')
  await page.goto(`${dashboard.gateway.url}/oauth-apps`)
  await see(page.getByText('The connector letters'))
  await look(page, 'oauth-apps-narrow')
  await context.close()
})

test('each check of a new connection is shown as soon as it is done, and what to do about one that failed', async () => {
  const { page, context } = await signedIn(dashboard, { viewport: wide })
  const [connection] = (await dashboard.gateway.client().connections.list({ connector: 'parcels' })).items
  const released = Promise.withResolvers<void>()
  hold = released.promise
  await page.goto(`${dashboard.gateway.url}/connections/${connection?.id}?tab=test`)
  await button(page, 'Run the test').click()
  const checks = await see(page.getByRole('list', { name: 'Checks' }))
  await see(checks.getByText('Base URL reachable: Passed'))
  expect(await checks.getAttribute('aria-busy')).toBe('true')
  await shoot(page, 'connection-test-running')
  hold = null
  released.resolve()
  await see(page.getByText('Everything works.'))

  // For good: this is the last test.
  vendor.close()
  vendor.closeAllConnections()
  await button(page, 'Test again').click()
  await see(checks.getByText('TCP: Failed'))
  await see(checks.getByText(/^Look at the port in the base URL/))
  await look(page, 'connection-test-failed')
  await context.close()
})
