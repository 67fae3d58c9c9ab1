import { type DemoCrm, startDemoCrm } from '@sallyport/demo-crm'
import { PendingApproval, type Sallyport } from '@sallyport/sdk'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildDashboardIfStale } from '../../scripts/build-dashboard.ts'
import { opened, see } from './dashboard-harness.ts'
import { launchBrowser, shoot, type Visit, visit } from './support/browser.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

const apiKey = 'canary-crm-key-5b8e2d17aa'
const person = { name: 'Ada Owner', email: 'ada@example.com', password: 'a gate with two doors' }

let crm: DemoCrm
let gateway: GatewayProcess
let browser: Browser
let reader: Visit
let page: Page
let agent: Sallyport

const button = (name: string | RegExp, within: Page | Locator = page) =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const link = (name: string | RegExp, within: Page | Locator = page) =>
  within.getByRole('link', { name, exact: typeof name === 'string' })
const heading = (name: string | RegExp, within: Page | Locator = page) =>
  within.getByRole('heading', { name, exact: typeof name === 'string' })
const field = (name: string, within: Page | Locator = page) => within.getByRole('textbox', { name })
const navigation = () => page.getByRole('navigation', { name: 'Main' })
const goTo = (name: string) =>
  navigation()
    .getByRole('link', { name: new RegExp(`^${name}\\b`) })
    .click()

async function choose(select: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: select }).click()
  await page.getByRole('option', { name: option }).click()
}

beforeAll(async () => {
  buildDashboardIfStale()
  ;[crm, gateway, browser] = await Promise.all([startDemoCrm({ apiKey }), startGatewayProcess(), launchBrowser()])
  reader = await visit(browser)
  page = reader.page
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await shoot(page, 'failed')
  expect(reader.complaints()).toEqual([])
})

afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
  await crm?.close()
  if (gateway) await removeDataDir(gateway.dataDir)
})

describe('the dashboard tells the whole story', () => {
  test('the setup link makes the owner, and its code stays neither in the address nor in the history', async () => {
    await page.goto(gateway.setupUrl ?? '')
    await see(heading('Set up this gateway'))
    await shoot(page, 'story-01-setup')
    expect(page.url()).not.toContain('code')
    await field('Your name').fill(person.name)
    await field('Email').fill(person.email)
    await page.getByLabel('Password').fill(person.password)
    await button('Create the workspace').click()
    await see(heading('Connect the first API'))
    await shoot(page, 'story-02-empty')
  })

  test('an OpenAPI document at an address becomes a tested connection in four steps', async () => {
    await link('Connect an API').first().click()
    await link('Import or describe an API').click()
    await field('Or its address').fill(`${crm.url}/openapi.json`)
    await button('Fetch').click()
    await see(page.getByText(/OpenAPI 3\.1/))
    await see(page.getByText('15 of 15 chosen').first())
    await shoot(page, 'story-03-review')
    await button('Adjust it first').click()
    expect(await (await see(field('Base URL'))).inputValue()).toBe(crm.url)
    await shoot(page, 'story-03-basics')
    await button('Next').click()

    expect(await (await see(page.getByRole('radio', { name: /^API key \(X-API-Key\)/ }))).isChecked()).toBe(true)
    await button('Next').click()
    await see(page.getByRole('status').filter({ hasText: /\S/ }))
    await page.getByLabel('API key', { exact: true }).fill(apiKey)
    await shoot(page, 'story-04-auth')
    await button('Next').click()

    await choose('Tag', 'trouble')
    await page.getByRole('checkbox', { name: 'Choose none of these' }).click()
    await choose('Tag', 'All tags')
    await see(page.getByText('12 of 15 chosen'))
    await button('Edit add_note').click()
    const editor = await see(page.getByRole('dialog', { name: 'Edit add_note' }))
    await editor.getByRole('checkbox', { name: 'Needs approval' }).click()
    await shoot(page, 'story-05-contract')
    await button('Keep changes', editor).click()
    await see(page.getByRole('listitem').filter({ hasText: 'add_note' }).filter({ hasText: 'needs approval' }))
    await shoot(page, 'story-06-actions')
    await button('Next').click()

    await button('Save and test').click()
    await see(page.getByText('Everything works.'))
    const checks = page.getByRole('listitem').filter({ hasText: ': Passed' })
    expect(await checks.count()).toBeGreaterThanOrEqual(3)
    await see(heading('Your agents can now use 12 tools'))
    await shoot(page, 'story-07-tested')
  })

  test('an action runs from the form of its schema, and shows its answer and its way through the gate', async () => {
    await link('Try one').click()
    await page.getByRole('searchbox', { name: 'Search actions' }).fill('search')
    await link(/^search_customers/).click()
    await heading('Search customers').waitFor()
    await button('Run, and write').click()
    await see(page.getByRole('alert').filter({ hasText: 'Is required.' }))
    await field('query').fill('okafor')
    await button('Dry run').click()
    await see(page.getByText('Dry run: nothing was sent'))
    await shoot(page, 'story-08-dry-run')
    await button('Run, and write').click()
    const result = page.getByRole('region', { name: 'Result' })
    await see(result.getByText('Succeeded'))
    await see(result.getByText(/Okafor/).first())
    for (const stage of ['authenticate', 'use-credential', 'send', 'redact']) await see(button(new RegExp(`^${stage}: `), result))
    await shoot(page, 'story-09-answer')
  })

  test('an agent gets a token that is shown this one time, with what its client needs', async () => {
    await goTo('Tokens')
    await button('New token').first().click()
    const dialog = await see(page.getByRole('dialog', { name: 'New token' }))
    await field('Name', dialog).fill('Support agent')
    await dialog.getByLabel('Calls per minute').fill('30')
    await dialog.getByLabel('Calls per day').fill('2000')
    await button('Create token', dialog).click()
    const ready = await see(page.getByRole('dialog', { name: 'Support agent is ready' }))
    const token = (await ready.getByText(/^sp_/).first().textContent()) ?? ''
    await see(ready.getByText(`"url": "${gateway.url}/mcp"`))
    await shoot(page, 'story-10-token')
    await button('Done', ready).click()
    const row = await see(page.getByRole('listitem').filter({ hasText: 'Support agent' }))
    await see(row.getByText('30 a minute'))
    await see(row.getByText(/^2,000 a day$/))
    expect(await page.content()).not.toContain(token)
    agent = gateway.client(token)
  })

  test('a call marked confirm waits in the inbox, runs once when approved there, and shows its result', async () => {
    const before = crm.requests
    const asked = await agent.custom.demo_crm
      ?.add_note?.({ customer_id: 'cus_0001', text: 'Called back' })
      .catch((error: unknown) => error)
    if (!(asked instanceof PendingApproval)) throw new Error(`expected to wait, got ${JSON.stringify(asked)}`)

    await goTo('Approvals')
    await link(/^add_note/).click()
    await see(heading('add_note'))
    await see(page.getByText('The request that will be sent, once, unchanged'))
    await see(page.getByText(`${crm.url}/customers/cus_0001/notes`))
    await shoot(page, 'story-11-approval')
    expect(crm.requests).toBe(before)
    await button('Approve and run').click()
    await see(page.getByRole('status').filter({ hasText: 'Approved and run: the API answered 201' }))
    await shoot(page, 'story-12-approved')
    expect(crm.requests).toBe(before + 1)
    expect(await agent.calls.get(asked.callId)).toMatchObject({ status: 'succeeded', outcome: 'done' })
  })

  test('a rejected call never reaches the API, and its asker can read why', async () => {
    const before = crm.requests
    const asked = await agent.calls.create({
      connector: 'demo_crm',
      action: 'add_note',
      input: { customer_id: 'cus_0002', text: 'No' },
    })
    if (!('approval' in asked)) throw new Error('expected to wait')
    await page.goto(`${gateway.url}/approvals/${asked.approval.id}`)
    await button('Reject…').click()
    const dialog = await see(page.getByRole('dialog', { name: 'Reject add_note?' }))
    await field('Reason', dialog).fill('Not today')
    await button('Reject the call', dialog).click()
    await dialog.waitFor({ state: 'detached' })
    await see(page.getByRole('definition').filter({ hasText: 'Not today' }))
    expect(crm.requests).toBe(before)
    expect((await agent.approvals.get(asked.approval.id)).reason).toBe('Not today')
  })

  test('the page hides nothing of the request, and the next calls alike run without asking until that is ended', async () => {
    const text = `${'x'.repeat(1900)} al\u200bice \u202eEND`
    const ask = (customer_id: string) =>
      agent.calls.create({ connector: 'demo_crm', action: 'add_note', input: { customer_id, text } })
    const asked = await ask('cus_0002')
    if (!('approval' in asked)) throw new Error('expected to wait')
    await page.goto(`${gateway.url}/approvals/${asked.approval.id}`)
    const shown = await see(page.getByRole('region', { name: 'the body' }))
    expect(await shown.textContent()).toContain(`${'x'.repeat(1900)} al\\u{200b}ice \\u{202e}END`)
    await see(page.getByText('The action asks for approval.'))
    await see(page.getByText(/^The last calls of this action: \d+ succeeded/))
    await shoot(page, 'approval-why')
    await button('The next ones alike…').click()
    const dialog = await see(page.getByRole('dialog', { name: 'Approve the next calls of add_note' }))
    await shoot(page, 'approval-next')
    await button('Approve the next ones', dialog).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await ask('cus_0002')).toMatchObject({ success: true })
    expect(await ask('cus_0003')).toMatchObject({ status: 'pending_approval' })
    const standing = await see(page.getByRole('region', { name: 'Standing approvals' }))
    await see(standing.getByText('4 of 5 left'))
    await button('End', standing).click()
    await standing.waitFor({ state: 'detached' })
    expect(await ask('cus_0002')).toMatchObject({ status: 'pending_approval' })
  })

  test('a chat is told of a call that waits, and the link in it shows the exact request once, without a sign-in', async () => {
    const chat = await new CountingUpstream().start()
    await page.goto(`${gateway.url}/notifications`)
    await button('Add a channel').click()
    const dialog = await see(page.getByRole('dialog', { name: 'Add a channel' }))
    await field('Name', dialog).fill('Approvals')
    await field('URL of the incoming webhook', dialog).fill(`${chat.url}/hook`)
    await button('Add', dialog).click()
    await dialog.waitFor({ state: 'detached' })
    await see(page.getByText(`Slack · ${new URL(chat.url).host}`))
    await shoot(page, 'notifications')
    await agent.calls.create({ connector: 'demo_crm', action: 'add_note', input: { customer_id: 'cus_0009', text: 'Told' } })
    await chat.until(1)
    const [link = ''] = /http[^"]+approval-link#code=[\w-]+/.exec(chat.seen[0]?.body ?? '') ?? []
    const other = await page.context().browser()?.newContext()
    const stranger = await other?.newPage()
    if (stranger === undefined) throw new Error('no browser')
    await stranger.goto(link)
    await stranger.getByRole('button', { name: 'See the request' }).click()
    await see(stranger.getByRole('region', { name: 'the body' }).getByText('Told'))
    await shoot(stranger, 'approval-link')
    await stranger.goto(link)
    await stranger.reload()
    await stranger.getByRole('button', { name: 'See the request' }).click()
    await see(stranger.getByText('This link was used'))
    await other?.close()
    await button('Remove').click()
    await button('Remove channel').click()
    await see(page.getByText('Nobody is told', { exact: true }))
    await chat.stop()
  })

  test('nobody approves a call of their own', async () => {
    await goTo('Tools')
    await link(/^add_note/).click()
    await field('customer_id').fill('cus_0003')
    await field('text').fill('Mine')
    await button('Ask for approval').click()
    await link('Open the approval').click()
    await see(page.getByText('This is your own call.'))
    await shoot(page, 'story-13-own-call')
    expect(await button('Approve and run').count()).toBe(0)
  })

  test('the log has every call, with totals and filters that an address keeps', async () => {
    await agent.calls
      .create({ connector: 'demo_crm', action: 'get_customer', input: { customer_id: 'cus_nobody' } })
      .catch(() => {})
    await goTo('Calls')
    const totals = page.getByRole('region', { name: 'Totals' })
    await see(totals.getByText('Failed', { exact: true }))
    const { total } = await agent.calls.totals({ window: '24h' })
    await see(
      totals
        .getByRole('definition')
        .filter({ hasText: new RegExp(`^${total}$`) })
        .first(),
    )
    await shoot(page, 'story-14-calls')
    await button(/^ENDPOINT_NOT_FOUND/).click()
    const rows = page.getByRole('table', { name: 'Calls' }).getByRole('row')
    await see(page.getByRole('combobox', { name: 'Kind of failure' }).filter({ hasText: 'ENDPOINT_NOT_FOUND' }))
    await expect.poll(() => rows.count()).toBe(1)
    await page.reload()
    await see(rows.filter({ hasText: 'get_customer' }))
    expect(await rows.count()).toBe(1)
    await link('demo_crm.get_customer').click()
    const record = await see(page.getByRole('dialog', { name: 'Call' }))
    await see(record.getByText('404 ENDPOINT_NOT_FOUND'))
    await see(button(/^send: /, record))
    await shoot(page, 'story-15-call')
    await opened(record)
    await page.keyboard.press('Escape')
    await record.waitFor({ state: 'detached' })
  })

  test('signing out shuts the door, and only the right password opens it', async () => {
    await page.getByRole('button', { name: /Ada Owner/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await see(heading('Sign in'))
    await page.goto(`${gateway.url}/calls`)
    await see(heading('Sign in'))
    await field('Email').fill(person.email)
    await page.getByLabel('Password').fill('not the password')
    await button('Sign in').click()
    await see(page.getByRole('alert'))
    await shoot(page, 'story-16-sign-in')
    expect(reader.complaints().filter((complaint) => !complaint.includes('401'))).toEqual([])
    await page.getByLabel('Password').fill(person.password)
    await button('Sign in').click()
    await see(heading('Calls'))
  })

  test('the key is nowhere in what the reader was shown', async () => {
    const pages = await Promise.all(
      ['connections', 'calls', 'approvals?show=all', 'connectors/demo_crm?tab=document'].map(async (path) => {
        const other = await reader.context.newPage()
        await other.goto(`${gateway.url}/${path}`)
        await other.getByRole('heading').first().waitFor()
        return other.content()
      }),
    )
    expect(pages.join()).not.toContain(apiKey)
  })
})
