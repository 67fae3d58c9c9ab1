import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  button,
  type Content,
  type Dashboard,
  field,
  fillWorkspace,
  focused,
  hasFocus,
  heading,
  link,
  opened,
  see,
  signedIn,
  startDashboard,
} from './dashboard-harness.ts'
import type { Visit } from './support/browser.ts'

const apiKey = 'canary-crm-key-keyboard-41f7'

let dashboard: Dashboard
let content: Content
let reader: Visit
let page: Page

beforeAll(async () => {
  dashboard = await startDashboard(apiKey)
  content = await fillWorkspace(dashboard, apiKey)
  reader = await signedIn(dashboard)
  page = reader.page
})

afterAll(() => dashboard?.close())

const press = (...keys: string[]) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
const type = (text: string) => page.keyboard.type(text)

/** Opens a page anew, so that a test depends on none before it, and waits until what it is about is there. */
async function open(path: string, ready: Locator): Promise<void> {
  await page.goto(`${dashboard.gateway.url}/${path}`)
  await see(ready)
}

/** Steps on with Tab until the element has the focus, as somebody without a pointer does. */
async function tabTo(locator: Locator): Promise<void> {
  await see(locator)
  for (let steps = 0; steps < 60; steps++) {
    if (await hasFocus(locator)) return
    await press('Tab')
  }
  throw new Error(`${locator} can't be reached with Tab`)
}

/** The test that imports leaves another connection of the same name. */
const firstConnection = () => link(page, 'Demo CRM').first()
const openConnections = () => open('connections', firstConnection())

/** What Enter would take in a list of options. */
const highlighted = (name: RegExp) => see(page.getByRole('option', { name }).and(page.locator('[data-highlighted]')).first())

describe('without a pointer', () => {
  test('the first Tab offers to skip the navigation', async () => {
    await openConnections()
    await press('Tab')
    await focused(link(page, 'Skip to content'))
    await press('Enter')
    await focused(page.getByRole('main'))
  })

  test('a row opens over its list, keeps the focus inside, and gives it back', async () => {
    const row = firstConnection()
    await open('toolsets', button(page, 'Support'))
    await press('g', 'c')
    await see(row)
    await press('j')
    await focused(row)
    await press('Enter')
    const sheet = await opened(page.getByRole('dialog', { name: 'Demo CRM' }))
    for (let steps = 0; steps < 40; steps++) {
      await press('Tab')
      const inside = await sheet.evaluate((element) => element.contains(element.ownerDocument.activeElement))
      // Between the last and the first element stand two guards that hand the focus on.
      if (!inside) expect(await page.locator('[data-base-ui-focus-guard]:focus').count()).toBe(1)
    }
    await tabTo(page.getByRole('tab', { name: 'Overview' }))
    await press('ArrowRight')
    await focused(page.getByRole('tab', { name: 'Test' }))
    await press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await focused(row)
  })

  test('a document is read, chosen from, renamed and connected', { timeout: 60_000 }, async () => {
    await openConnections()
    await tabTo(link(page, 'Connect an API'))
    await press('Enter')
    await focused(page.getByRole('searchbox', { name: 'Search the catalog' }))
    await press('Shift+Tab')
    await focused(link(page, 'Import or describe an API'))
    await press('Enter')
    await tabTo(field(page, 'Or its address'))
    await type(`${dashboard.crm.url}/openapi.json`)
    await press('Enter')
    await focused(page.getByRole('group', { name: /^Review of/ }))
    await tabTo(field(page, 'Identifier'))
    await press('Control+a')
    await type('by_keys')
    await tabTo(page.getByRole('combobox', { name: 'Tag' }))
    await press('Enter')
    await opened(page.getByRole('listbox'))
    await type('tr')
    await highlighted(/^trouble/)
    await press('Enter')
    await tabTo(page.getByRole('checkbox', { name: 'Choose none of these' }))
    await press('Space')
    await see(page.getByText('12 of 15 chosen'))
    const rows = page.getByRole('list', { name: 'Operations' }).getByRole('checkbox')
    await tabTo(rows.first())
    await press('ArrowDown')
    await focused(rows.nth(1))
    await press('F2')
    await focused(page.getByRole('textbox', { name: /^New name of/ }))
    await type('renamed_by_keys')
    await press('Enter')
    await focused(page.getByRole('checkbox', { name: 'Choose renamed_by_keys' }))
    await tabTo(button(page, 'Create and connect'))
    await press('Enter')
    await see(page.getByRole('form', { name: 'Step 1 of 2: Authentication' }))
    await tabTo(page.getByRole('radio', { name: /^API key/ }))
    await press('ArrowDown')
    await focused(page.getByRole('radio', { name: 'None' }))
    await press('ArrowUp')
    await focused(page.getByRole('radio', { name: /^API key/ }))
    // Going on without the key leads to its field.
    await tabTo(button(page, 'Next'))
    await press('Enter')
    await focused(page.getByLabel('API key', { exact: true }))
    await type(apiKey)
    await press('Enter')
    await tabTo(button(page, 'Save and test'))
    await press('Enter')
    await focused(page.getByRole('region', { name: 'Your agents can now use 12 tools' }))
    await tabTo(link(page, 'Try one'))
    await press('Enter')
    await see(page.getByRole('searchbox', { name: 'Search actions' }))
  })

  test('an action is found, filled in and run', async () => {
    await openConnections()
    await press('Control+k')
    await opened(page.getByRole('dialog', { name: 'Go to anything' }))
    await type('search_customers')
    await highlighted(/search_customers/)
    await press('Enter')
    await see(heading(page, 'Search customers'))
    await tabTo(field(page, 'query'))
    await type('okafor')
    await press('Enter')
    await see(page.getByRole('region', { name: 'Result' }).getByText('Succeeded'))
  })

  test('a waiting call is approved', async () => {
    await openConnections()
    await press('g', 'a')
    await see(link(page, /^add_note/))
    await see(heading(page, 'add_note'))
    await press('j')
    await focused(link(page, /^add_note/))
    await tabTo(button(page, 'Approve and run'))
    await press('Enter')
    await see(page.getByText('Approved and run: the API answered 201'))
    expect((await content.agent.approvals.get(content.waiting)).status).toBe('used')
  })

  test('the log is filtered, a call opened and left', async () => {
    await openConnections()
    await press('g', 'l')
    await see(page.getByRole('searchbox', { name: 'Exact action name' }))
    await press('/')
    await focused(page.getByRole('searchbox', { name: 'Exact action name' }))
    await type('get_customer')
    const rows = page.getByRole('table', { name: 'Calls' }).getByRole('row')
    await expect.poll(() => rows.count()).toBe(1)
    await tabTo(link(page, 'demo_crm.get_customer'))
    await press('Enter')
    await opened(page.getByRole('dialog', { name: 'Call' }))
    await press('Escape')
    await focused(link(page, 'demo_crm.get_customer'))
  })

  test('the keys explain themselves, and the way out is a menu', async () => {
    await openConnections()
    await press('?')
    const keys = await opened(page.getByRole('dialog', { name: 'Keyboard shortcuts' }))
    await press('Escape')
    await keys.waitFor({ state: 'detached' })
    await tabTo(button(page, /Ada Owner/))
    await press('Enter')
    await opened(page.getByRole('menu'))
    await type('Sign')
    await focused(page.getByRole('menuitem', { name: 'Sign out' }))
    await press('Enter')
    await see(heading(page, 'Sign in'))
    await focused(field(page, 'Email'))
    expect(reader.complaints()).toEqual([])
  })
})
