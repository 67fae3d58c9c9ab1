import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
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
import { shoot, type Visit } from './support/browser.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { VaultServer } from './support/secret-services.ts'

/** What admins give to agents and applications in the dashboard, used by a real MCP client; and the ways out of a workspace. */

const apiKey = 'canary-crm-key-access-51fe'
let dashboard: Dashboard
let reader: Visit
let page: Page
let agent: Client
let model: ModelServer

beforeAll(async () => {
  model = await startModelServer()
  dashboard = await startDashboard(apiKey, model.env)
  await fillWorkspace(dashboard, apiKey)
  reader = await signedIn(dashboard)
  page = reader.page
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await shoot(page, 'failed')
  expect(reader.complaints()).toEqual([])
})
afterAll(async () => {
  await agent?.close()
  await dashboard?.close()
  await model?.stop()
})

const go = (path: string) => page.goto(`${dashboard.gateway.url}/${path}`)
const pick = async (name: string, option: RegExp) => {
  await page.getByRole('dialog').getByRole('combobox', { name }).click()
  await page.getByRole('option', { name: option }).click()
}
const toolNames = async () => (await agent.listTools()).tools.map(({ name }) => name)

describe('in the dashboard', () => {
  test('a toolset is made with its cost in view, saved, and changed', async () => {
    await go('toolsets')
    await button(page, 'New toolset').click()
    const sheet = page.getByRole('dialog')
    await field(sheet, 'Name').fill('Desk')
    const cost = async () =>
      Number(/about ([\d,]+) tokens/.exec((await sheet.getByRole('status').textContent()) ?? '')?.[1]?.replace(',', ''))
    await expect.poll(cost).toBeGreaterThan(0)
    const all = await cost()
    await sheet.getByRole('listitem').filter({ hasText: 'list_customers' }).getByRole('button', { name: 'Take out' }).click()
    await see(sheet.getByRole('listitem').filter({ hasText: 'get_customer' }).first())
    await expect.poll(() => sheet.getByRole('listitem').filter({ hasText: 'list_customers' }).count()).toBe(0)
    await expect.poll(cost).toBeLessThan(all)
    await shoot(page, 'access-toolset')
    await button(sheet, 'Create toolset').click()
    await see(page.getByText('Desk made'))
    await button(page, 'Desk').click()
    await field(sheet, 'Name').fill('Front desk')
    await button(sheet, 'Save').click()
    await see(page.getByText('Front desk changed'))
    await see(page.getByText('/mcp/desk', { exact: true }))
  })

  test('a token made for it is used by an MCP client at the address that is shown', async () => {
    await go('tokens')
    await button(page, 'New token').first().click()
    const dialog = page.getByRole('dialog')
    await field(dialog, 'Name').fill('Desk agent')
    await pick('Tools', /^Front desk/)
    await pick('Connections', /^mine and my teams/)
    await button(dialog, 'Create token').click()
    await see(heading(page, 'Desk agent is ready'))
    // What a person pastes into the settings of their client.
    const settings = JSON.parse((await page.locator('pre').first().textContent()) ?? '') as {
      mcpServers: { sallyport: { url: string; headers: Record<string, string> } }
    }
    const { url, headers } = settings.mcpServers.sallyport
    expect(url).toBe(`${dashboard.gateway.url}/mcp/desk`)
    await button(page, 'Done').click()
    agent = new Client({ name: 'desk', version: '1' })
    await agent.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }))
    const names = await toolNames()
    expect(names).toContain('demo_crm_get_customer')
    expect(names).not.toContain('demo_crm_list_customers')
    expect((await agent.callTool({ name: 'demo_crm_get_account', arguments: {} })).isError).not.toBe(true)
    const row = page.getByRole('listitem').filter({ hasText: 'Desk agent' })
    await see(row.getByText('as Ada Owner'))
  })

  test('the token is changed, which its client notices at once, and revoked, which ends it', async () => {
    const row = page.getByRole('listitem').filter({ hasText: 'Desk agent' })
    await button(row, 'Change').click()
    const dialog = page.getByRole('dialog')
    await field(dialog, 'Name').fill('Night desk')
    await dialog.getByLabel('Calls per minute').fill('1')
    await pick('Valid', /^30 days/)
    await shoot(page, 'access-token-change')
    await button(dialog, 'Save').click()
    await see(page.getByText('Night desk changed'))
    const changed = await see(page.getByRole('listitem').filter({ hasText: 'Night desk' }))
    await see(changed.getByText('1 a minute'))
    const call = () => agent.callTool({ name: 'demo_crm_get_account', arguments: {} })
    const answers = [await call(), await call()]
    expect(answers.some(({ isError }) => isError === true)).toBe(true)
    await button(changed, 'Revoke').click()
    await button(page.getByRole('alertdialog'), 'Revoke token').click()
    await see(changed.getByText('Revoked'))
    await expect(agent.listTools()).rejects.toThrow()
  })

  test('an application is registered by hand, its secret shown once, and removed', async () => {
    await link(page, 'Applications').click()
    await page.getByRole('tab', { name: 'Registered' }).click()
    await button(page, 'Register an application').click()
    const dialog = page.getByRole('dialog')
    await field(dialog, 'Name').fill('Old client')
    await field(dialog, 'Where the browser goes back to').fill('https://old.example.test/callback')
    await dialog.getByRole('checkbox', { name: 'It has a secret' }).click()
    await button(dialog, 'Register').click()
    await see(heading(page, 'Old client is registered'))
    const [id = '', secret = ''] = await page.getByRole('dialog').locator('code').allTextContents()
    await shoot(page, 'access-client')
    await button(page, 'Done').click()
    const row = await see(page.getByRole('listitem').filter({ hasText: 'Old client' }))
    await see(row.getByText(id))
    expect(secret).not.toBe('')
    expect(await page.content()).not.toContain(secret)
    await button(row, 'Remove').click()
    await button(page.getByRole('alertdialog'), 'Remove application').click()
    await see(heading(page, 'No application is registered by hand'))
  })

  test('a draft is read whole before it is published, and an admin says what may be confirmed in the client', async () => {
    const owner = dashboard.gateway.client()
    const actions = { look: { method: 'GET', path: '/looked-at-by-a-person' } }
    await owner.connectorDrafts.put('drafted', {
      connector: 'drafted',
      name: 'Drafted',
      servers: { production: { url: dashboard.crm.url } },
      actions,
    })
    await go('connectors')
    const drafts = page.getByRole('region', { name: 'Drafts' })
    await button(drafts, 'Review Drafted').click()
    await see(drafts.getByText('/looked-at-by-a-person'))
    await shoot(page, 'access-draft')
    await button(drafts, 'Publish').click()
    await see(link(page, 'Drafted'))
    await expect.poll(() => drafts.count()).toBe(0)

    const [connection] = (await owner.connections.list()).items
    await go(`connections/${connection?.id}?tab=settings`)
    await page.getByRole('checkbox', { name: 'May be confirmed in the client' }).click()
    await shoot(page, 'access-policy')
    await button(page, 'Save the approvals').click()
    await see(page.getByText('It holds for the calls from now on.'))
    expect((await owner.connections.get(connection?.id ?? '')).approval).toEqual({ rule: 'never', confirm_in_client: true })
  })

  test('a conversation calls the tool that is named, waits for another person before it writes, and is stopped', async () => {
    model.play({ calls: [{ name: 'demo_crm_get_customer', input: { customer_id: 'cus_0001' } }] }, 'That is Ada Okafor.')
    await go('playground')
    const message = field(page, 'Message')
    await message.pressSequentially('@get_cust')
    await see(page.getByRole('option', { name: /demo_crm_get_customer/ }))
    await shoot(page, 'access-playground-mention')
    await message.press('Enter')
    await expect.poll(() => message.inputValue()).toBe('@demo_crm_get_customer ')
    await message.pressSequentially('Who is cus_0001?')
    await message.press('Enter')
    await see(page.getByText('That is Ada Okafor.'))
    const read = page.getByRole('region', { name: 'demo_crm_get_customer' })
    await button(read, /demo_crm_get_customer/).click()
    await see(button(read, /^redact: /))
    await shoot(page, 'access-playground-read')

    const write = { customer_id: 'cus_0003', text: 'Asked in the playground' }
    model.play({ calls: [{ name: 'demo_crm_add_note', input: write }] }, 'The note is there.')
    await message.fill('Leave a note')
    await message.press('Enter')
    await see(page.getByText('Waits for another person.'))
    await see(page.getByLabel('the body').getByText('Asked in the playground'))
    await shoot(page, 'access-playground-waits')
    const other = dashboard.gateway.client()
    const [waiting] = (await other.approvals.list({ status: 'pending', limit: 1 })).items
    await other.approvals.approve(waiting?.id ?? '')
    await see(page.getByText('The note is there.'))

    model.play({ hang: true }, { status: 500 })
    await message.fill('And now?')
    await message.press('Enter')
    await button(page, 'Stop').click()
    await see(page.getByText(/^Stopped\./))
    await message.fill('Once more')
    await message.press('Enter')
    await see(page.getByRole('alert').getByText('MODEL_FAILED'))
    expect(await message.inputValue()).toBe('Once more')
    await shoot(page, 'access-playground-failed')
    await button(page, 'New conversation').click()
    await see(heading(page, 'Ask scripted'))
  })

  test('a workspace is renamed, and deleted only when its name is typed, saying what is lost', async () => {
    await button(page, /Account and theme/).click()
    await page.getByRole('menuitem', { name: 'New workspace…' }).click()
    await field(page.getByRole('dialog'), 'Name').fill('Trial')
    await button(page, 'Make workspace').click()
    await see(page.getByText('Trial').first())
    await link(page.getByRole('navigation').first(), 'People').click()
    await page.getByRole('tab', { name: 'Workspace' }).click()
    await field(page, 'Name of the workspace').fill('Second trial')
    await button(page, 'Rename').click()
    await button(page, 'Delete Second trial…').click()
    const dialog = page.getByRole('dialog', { name: 'Delete Second trial?' })
    await see(dialog.getByText('all connections, with their credentials'))
    await field(dialog, 'Type Second trial to confirm').fill('Second')
    expect(await button(dialog, 'Delete workspace').isDisabled()).toBe(true)
    await field(dialog, 'Type Second trial to confirm').fill('Second trial')
    await shoot(page, 'access-workspace-delete')
    await button(dialog, 'Delete workspace').click()
    await see(link(page, 'Demo CRM'))
    await go('people')
    await page.getByRole('tab', { name: 'Workspace' }).click()
    // The last owner of the last one stays.
    await button(page, /^Leave /).click()
    await button(page.getByRole('alertdialog'), 'Leave workspace').click()
    await see(page.getByRole('alertdialog').getByText('last owner', { exact: false }))
    expect(reader.complaints().every((line) => line.includes('409'))).toBe(true)
  })
})

describe('a secret manager', () => {
  const vault = new VaultServer()
  beforeAll(() => vault.start())
  afterAll(() => vault.stop())
  const sheet = () => page.getByRole('dialog', { name: 'Frankfurt' })

  test('is added and becomes the mode of the workspace, and a failing secret is tried again', async () => {
    await go('secret-backends')
    await button(page, 'Add a backend').click()
    const form = page.getByRole('dialog')
    await field(form, 'Name').fill('Frankfurt')
    await pick('Kind', /HashiCorp Vault/)
    await field(form, 'Address').fill(vault.url)
    await form.getByRole('radio', { name: 'AppRole' }).click()
    await field(form, 'Role ID').fill(vault.roleId)
    await field(form, 'Secret ID').fill(vault.secretId)
    await button(form, 'Add').click()
    await button(sheet(), 'Test').click()
    await see(page.getByText('A secret was written, found and removed.'))
    await see(heading(sheet(), 'No secret is in it'))
    await button(sheet(), 'Close').click()

    vault.fault = () => ({ status: 500, name: 'Sealed' })
    await button(page, 'Change the mode').click()
    await pick('Where', /Frankfurt/)
    await button(page.getByRole('dialog'), 'Move').click()
    await see(page.getByText('Secret-manager mode'))
    await button(page, 'Frankfurt').click()
    await see(sheet().getByText('Failing, tried again'))
    vault.fault = null
    await button(sheet(), 'Try again now').click()
    await see(sheet().getByText('Written', { exact: true }))
    expect([...vault.secrets.keys()]).toHaveLength(1)
    await link(sheet(), 'Demo CRM').click()
    await see(page.getByRole('dialog', { name: 'Demo CRM' }).getByText('In the gateway, and in Frankfurt'))
  })

  test('draws only what is in view of 5,000 secrets', async () => {
    await page.route(/\/api\/v1\/secret-backends\/[^/]+\/secrets\?/, async (route) => {
      const { items } = (await (await route.fetch()).json()) as { items: object[] }
      const many = Array.from({ length: 5000 }, (_, at) => ({
        ...items[0],
        connection: `con_${at}`,
        connection_name: `Account ${at}`,
      }))
      await route.fulfill({ json: { items: many, next_cursor: null } })
    })
    await go('secret-backends')
    await button(page, 'Frankfurt').click()
    await see(sheet().getByText('5,000', { exact: true }))
    await link(sheet(), 'Account 0').focus()
    await page.keyboard.press('End')
    await see(link(sheet(), 'Account 4999'))
    expect(await sheet().locator('[data-index]').count()).toBeLessThan(80)
    await page.unrouteAll({ behavior: 'wait' })
  })

  test('is not removed while secrets are in it, unless they are abandoned there', async () => {
    await go('secret-backends')
    await button(page, 'Frankfurt').click()
    await button(sheet(), 'Remove').click()
    const question = page.getByRole('alertdialog')
    await button(question, 'Remove backend').click()
    await see(question.getByText(/1 secrets of connections are in "Frankfurt"/))
    // The browser notes the refusal.
    expect(reader.complaints()).toHaveLength(1)
    await question.getByRole('checkbox', { name: /Abandon the secrets/ }).click()
    await button(question, 'Abandon and remove').click()
    await see(heading(page, 'Proxy mode'))
    expect([...vault.secrets.keys()]).toHaveLength(1)
  })
})
