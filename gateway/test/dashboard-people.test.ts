import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildDashboardIfStale } from '../../scripts/build-dashboard.ts'
import { button, field, heading, link, opened, see } from './dashboard-harness.ts'
import { launchBrowser, shoot, type Visit, visit } from './support/browser.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { type OidcServer, startOidcServer } from './support/oidc-server.ts'
import { codeOf } from './support/totp.ts'

/** People, from the first start on, as they do it in a browser: set up, invite, join, change roles, second factor, single sign-on. */

let gateway: GatewayProcess
let browser: Browser
let oidc: OidcServer
let owner: Visit
let guest: Visit
const password = 'a gate with two doors'

beforeAll(async () => {
  buildDashboardIfStale()
  ;[gateway, browser] = await Promise.all([startGatewayProcess(), launchBrowser()])
  oidc = await startOidcServer(`${gateway.url}/api/v1/session/sso/callback`)
  owner = await visit(browser)
  guest = await visit(browser)
})
afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
  await oidc?.close()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

const go = (page: Page, path: string) => page.goto(`${gateway.url}${path}`)
const tab = (page: Page, name: string) => page.getByRole('tab', { name })

async function openPeople(page: Page, name: string): Promise<void> {
  await link(page.getByRole('navigation').first(), 'People').click()
  await see(heading(page, 'People'))
  await tab(page, name).click()
}

/** Invites as the owner, and answers the link. */
async function invite(email: string, role?: string): Promise<string> {
  const { page } = owner
  await openPeople(page, 'Invitations')
  await button(page, 'Invite').first().click()
  const dialog = page.getByRole('dialog')
  await field(dialog, 'Email').fill(email)
  if (role !== undefined) {
    await dialog.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: new RegExp(`^${role}`) }).click()
  }
  await button(dialog, 'Invite').click()
  await see(heading(page, 'Hand on this link'))
  const url = (await page.getByRole('dialog').locator('code').textContent()) ?? ''
  await button(page, 'Done').click()
  return url
}

describe('people', () => {
  test('set the gateway up, and invite somebody by a link', async () => {
    const { page } = owner
    await page.goto(await vi.waitUntil(() => gateway.setupUrl))
    await field(page, 'Your name').fill('Ada Owner')
    await field(page, 'Email').fill('ada@example.com')
    await field(page, 'Password').fill(password)
    await button(page, 'Create the workspace').click()
    await see(link(page, 'People').first())
    const url = await invite('bob@example.com')
    expect(url).toMatch(/\/join#code=/)
    await see(page.getByText('bob@example.com'))

    await guest.page.goto(url)
    await see(heading(guest.page, 'Join Default'))
    expect(guest.page.url()).not.toContain('code=')
    await shoot(guest.page, 'people-join')
    await field(guest.page, 'Your name').fill('Bob Builder')
    await guest.page.getByRole('textbox', { name: 'Password' }).fill(password)
    await button(guest.page, 'Join Default').click()
    await see(link(guest.page, 'Connections').first())
    expect(await link(guest.page, 'Tokens').count()).toBe(0)

    const again = await visit(browser)
    await again.page.goto(url)
    await see(heading(again.page, 'This invitation does not work'))
  })

  test('see a role that changed at once, without signing in again', async () => {
    const { page } = owner
    await openPeople(page, 'Members')
    await page.getByRole('combobox', { name: 'Role of Bob Builder' }).click()
    await page.getByRole('option', { name: /^admin/ }).click()
    await see(page.getByText('Bob Builder is admin now'))
    const may = () => guest.page.evaluate(async () => (await fetch('/api/v1/tokens')).status)
    expect(await may()).toBe(200)
    await guest.page.reload()
    await see(link(guest.page, 'Tokens').first())
    await page.getByRole('combobox', { name: 'Role of Bob Builder' }).click()
    await page.getByRole('option', { name: /^viewer/ }).click()
    await see(page.getByText('Bob Builder is viewer now'))
    expect(await may()).toBe(403)
  })

  test('make teams and put members in', async () => {
    const { page } = owner
    await openPeople(page, 'Teams')
    await button(page, 'New team').first().click()
    await field(page.getByRole('dialog'), 'Name').fill('Support')
    await button(page, 'Make team').click()
    await button(page, 'Manage').click()
    await field(page.getByRole('dialog'), 'Member to add').fill('BOB@')
    await button(page, 'Add Bob Builder').click()
    await see(page.getByRole('combobox', { name: 'Role of Bob Builder in the team' }))
    // Toasts are dialogs too.
    await opened(page.getByRole('dialog').filter({ has: field(page, 'Member to add') }))
    await page.keyboard.press('Escape')
    await see(page.getByRole('list', { name: 'Teams' }).getByText('Bob Builder'))
  })

  test('turn a second factor on, and are asked for it', async () => {
    const { page } = guest
    await go(page, '/profile')
    await button(page, 'Turn on').click()
    const dialog = page.getByRole('dialog')
    await field(dialog, 'Your password').fill(password)
    await button(dialog, 'Set up two-factor sign-in').click()
    await see(dialog.getByText('Recovery codes', { exact: true }))
    const secret = (await dialog.locator('code').first().textContent()) ?? ''
    const uri = `otpauth://totp/x?secret=${secret}`
    await field(dialog, 'Code of the authenticator').fill(codeOf(uri, -1))
    await button(dialog, 'Turn it on').click()
    await see(page.getByText('Two-factor sign-in is on'))
    await see(page.getByText('This one'))

    const { page: fresh } = await visit(browser)
    await go(fresh, '/')
    await field(fresh, 'Email').fill('bob@example.com')
    await field(fresh, 'Password').fill(password)
    await button(fresh, 'Sign in').click()
    await see(heading(fresh, 'Enter the code'))
    await shoot(fresh, 'people-second-factor')
    await field(fresh, 'Code').fill(codeOf(uri))
    await button(fresh, 'Sign in').click()
    await see(link(fresh, 'Connections').first())
  })

  test('sign in at a real OpenID provider, and are members then', async () => {
    const { page } = owner
    await openPeople(page, 'Sign-in')
    await field(page, 'Issuer').fill(oidc.issuer)
    await field(page, 'Client id').fill(oidc.clientId)
    await field(page, 'Client secret').fill(oidc.clientSecret)
    await field(page, 'Domains of emails').fill('corp.example')
    await page.getByRole('combobox', { name: 'Who comes for the first time' }).click()
    await page.getByRole('option', { name: /^becomes member/ }).click()
    await button(page, 'Turn on').click()
    await see(page.getByText('The provider answers; single sign-on is on'))
    await see(page.getByText('/api/v1/session/sso/callback'))

    oidc.account = { sub: '1', email: 'cleo@corp.example', email_verified: true, name: 'Cleo Corp' }
    const { page: fresh } = await visit(browser)
    await go(fresh, '/')
    await button(fresh, 'Sign in with single sign-on').click()
    await see(link(fresh, 'Connections').first())
    await see(fresh.getByText('Cleo Corp').first())
    // To where they were going, the page that asks for an MCP client included.
    const { id } = await gateway.client().clients.create({ name: 'Desk', redirect_uris: ['http://127.0.0.1/callback'] })
    const asked = new URLSearchParams({
      client_id: id,
      redirect_uri: 'http://127.0.0.1:9999/callback',
      response_type: 'code',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
      resource: `${gateway.url}/mcp`,
      state: 'a&b=c#d',
    })
    const { page: again } = await visit(browser)
    await go(again, `/authorize?${asked}`)
    await button(again, 'Sign in with single sign-on').click()
    await see(heading(again, 'Allow Desk?'))
    expect(new URL(again.url()).searchParams.get('state')).toBe('a&b=c#d')
    oidc.account = { sub: '2', email: 'eve@other.example', email_verified: true }
    const { page: stranger } = await visit(browser)
    await go(stranger, '/')
    await button(stranger, 'Sign in with single sign-on').click()
    await see(stranger.getByText('not of a domain that this workspace lets in'))
  })

  test('switch between workspaces, each tab its own', async () => {
    const { page } = owner
    await button(page, /Account and theme/).click()
    await page.getByRole('menuitem', { name: 'New workspace…' }).click()
    await field(page.getByRole('dialog'), 'Name').fill('Second')
    await button(page, 'Make workspace').click()
    await see(page.getByText('Second').first())
    const other = await owner.context.newPage()
    await go(other, '/people')
    await see(other.getByText('Ada Owner').first())
    await button(other, /Account and theme/).click()
    await other.getByRole('menuitem', { name: 'Default' }).click()
    await see(other.getByText('Default').first())
    await page.reload()
    await see(page.getByText('Second').first())
    await other.close()
    await button(page, /Account and theme/).click()
    await page.getByRole('menuitem', { name: 'Default' }).click()
    await see(page.getByText('Default').first())
  })

  test('set a new password by a link of an admin', async () => {
    const { page } = owner
    const url = await invite('dan@example.com', 'member')
    const { page: dan } = await visit(browser)
    await dan.goto(url)
    await field(dan, 'Your name').fill('Dan')
    await dan.getByRole('textbox', { name: 'Password' }).fill(password)
    await button(dan, 'Join Default').click()
    await see(link(dan, 'Connections').first())
    await tab(page, 'Members').click()
    await button(page, 'More for Dan').click()
    await page.getByRole('menuitem', { name: /new password/ }).click()
    await button(page, 'Make the link').click()
    const recover = (await page.getByRole('dialog').locator('code').textContent()) ?? ''
    await page.keyboard.press('Escape')
    await dan.goto(recover)
    await field(dan, 'New password').fill('another gate with two doors')
    await button(dan, 'Set password').click()
    await see(heading(dan, 'Your password is set'))
    await button(dan, 'Sign in').click()
    await field(dan, 'Email').fill('dan@example.com')
    await field(dan, 'Password').fill('another gate with two doors')
    await button(dan, 'Sign in').click()
    await see(link(dan, 'Connections').first())
    // Removed: out at the next request.
    await button(page, 'More for Dan').click()
    await page.getByRole('menuitem', { name: 'Remove…' }).click()
    await button(page, 'Remove member').click()
    await see(page.getByText(/Dan removed/))
    await dan.reload()
    await see(button(dan, 'Sign in'))
  })
})
