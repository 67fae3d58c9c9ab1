import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button, type Dashboard, field, heading, link, person, see, signedIn, startDashboard } from './dashboard-harness.ts'
import { narrow, shoot, wide } from './support/browser.ts'
import { type OidcServer, startOidcServer } from './support/oidc-server.ts'

/** From the catalog to a connection that works: by a key, and by consent at a real OpenID provider. */

let dashboard: Dashboard
let vendor: Server
let oidc: OidcServer
let folder = ''
/** While false the API refuses every token. */
let open = true
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
  oidc = await startOidcServer(`http://127.0.0.1:${port}/oauth/callback`)
  vendor = await startVendor()
  const url = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
  const oauth = `{ type: oauth2, authorization_url: "${oidc.issuer}/auth", token_url: "${oidc.issuer}/token", scopes: { openid: Who you are, email: Your address, profile: Your name }, default_scopes: [openid, email] }`
  const guide = '    - Open https://docs.example.com/keys and make a key.\n    - Copy it, and enter it here.'
  await writeFile(join(folder, 'parcels.yaml'), provider('parcels', 'Parcels', '{ type: bearer }', guide, url))
  await writeFile(join(folder, 'letters.yaml'), provider('letters', 'Letters', oauth, guide, url))
  dashboard = await startDashboard(key, { SALLYPORT_CATALOG_DIR: folder, SALLYPORT_PORT: String(port) })
  const code = new URLSearchParams(new URL(dashboard.setupUrl).hash.slice(1)).get('code') ?? ''
  await dashboard.gateway.client().session.setUp({ ...person, code })
})

afterAll(async () => {
  await dashboard?.close()
  await oidc?.close()
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
  await button(page, 'Connect').click()
  await see(heading(page, 'Parcels is connected'))
  expect(performance.now() - began).toBeLessThan(60_000)
  await look(page, 'catalog-connected')
  expect((await dashboard.gateway.client().connections.list({})).items).toMatchObject([
    { connector: 'parcels', status: 'active' },
  ])
  await link(page, 'Back to the catalog').click()
  await see(page.getByText('1 account'))
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
