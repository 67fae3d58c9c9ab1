import { type DemoCrm, startDemoCrm } from '@sallyport/demo-crm'
import type { Sallyport } from '@sallyport/sdk'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { buildDashboardIfStale } from '../../scripts/build-dashboard.ts'
import { launchBrowser, type Visit, visit } from './support/browser.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

export const person = { name: 'Ada Owner', email: 'ada@example.com', password: 'a gate with two doors' }

export interface Dashboard {
  readonly crm: DemoCrm
  readonly gateway: GatewayProcess
  readonly browser: Browser
  readonly setupUrl: string
  close(): Promise<void>
}

/** A gateway with the dashboard as it stands in the repository, the demo CRM beside it, and a browser. */
export async function startDashboard(apiKey: string, env: Readonly<Record<string, string>> = {}): Promise<Dashboard> {
  buildDashboardIfStale()
  const [crm, gateway, browser] = await Promise.all([startDemoCrm({ apiKey }), startGatewayProcess({ env }), launchBrowser()])
  return {
    crm,
    gateway,
    browser,
    // Printed a line after the address that a gateway counts as started with.
    setupUrl: await vi.waitUntil(() => gateway.setupUrl),
    async close() {
      await browser.close()
      await gateway.stop()
      await crm.close()
      await removeDataDir(gateway.dataDir)
    },
  }
}

export interface Content {
  readonly agent: Sallyport
  readonly connection: string
  readonly waiting: string
  readonly used: string
  readonly succeeded: string
  readonly failed: string
}

/** A workspace in use: an account, a connector, a connection, an agent, calls that went well and badly, approvals. */
export async function fillWorkspace({ gateway, crm, setupUrl }: Dashboard, apiKey: string): Promise<Content> {
  const code = new URLSearchParams(new URL(setupUrl).hash.slice(1)).get('code') ?? ''
  const owner = gateway.client()
  await owner.session.setUp({ ...person, code })
  const { document } = await owner.connectors.parse({ url: `${crm.url}/openapi.json`, connector: 'demo_crm' })
  const actions = document.actions as Record<string, { confirm?: boolean }>
  if (actions.add_note) actions.add_note.confirm = true
  await owner.connectors.create({ ...document, verify: { action: 'get_account' } })
  const connection = await owner.connections.create({
    connector: 'demo_crm',
    name: 'Demo CRM',
    auth: { fields: { key: apiKey } },
  })
  await owner.connections.test(connection.id)
  const agent = gateway.client(
    (await owner.tokens.create({ name: 'Support agent', role: 'member', per_minute: 60, per_day: 5000 })).token,
  )
  await owner.toolsets.create({
    slug: 'support',
    name: 'Support',
    selection: { select: { effects: ['read'] }, include: [], exclude: [] },
  })
  await owner.alerts.createRule({ name: 'Slow API', kind: 'latency', threshold: 60_000 })
  await owner.alerts.silence({ reason: 'Migration of the API', until: new Date(Date.now() + 3_600_000).toISOString() })
  const note = (customer_id: string) =>
    agent.calls.create({ connector: 'demo_crm', action: 'add_note', input: { customer_id, text: 'Called back' } })
  const [first, second] = [await note('cus_0001'), await note('cus_0002')]
  if (!('approval' in first && 'approval' in second)) throw new Error('expected both to wait')
  await owner.approvals.approve(first.approval.id)
  const read = await agent.calls.create({ connector: 'demo_crm', action: 'search_customers', input: { query: 'a', limit: 5 } })
  await agent.calls
    .create({ connector: 'demo_crm', action: 'get_customer', input: { customer_id: 'cus_nobody' } })
    .catch(() => {})
  const [failed] = (await owner.calls.list({ status: 'failed', limit: 1 })).items
  return {
    agent,
    connection: connection.id,
    waiting: second.approval.id,
    used: first.approval.id,
    succeeded: read.id,
    failed: failed?.id ?? '',
  }
}

/** A reader who is signed in. */
export async function signedIn({ browser, gateway }: Dashboard, options: BrowserContextOptions = {}): Promise<Visit> {
  const reader = await visit(browser, options)
  const { email, password } = person
  const answer = await reader.context.request.post(`${gateway.url}/api/v1/session`, {
    data: { email, password },
    headers: { origin: gateway.url },
  })
  if (!answer.ok()) throw new Error(`signing in answered ${answer.status()} ${await answer.text()}`)
  return reader
}

/** Waits until it is on the screen. */
export async function see(locator: Locator): Promise<Locator> {
  await locator.waitFor()
  return locator
}

/** Waits until an overlay is open and has taken the focus: keys pressed before would go to the page below. */
export async function opened(overlay: Locator): Promise<Locator> {
  await see(overlay)
  const inside = () => overlay.evaluate((element) => element.contains(element.ownerDocument.activeElement))
  await expect.poll(inside, { timeout: 10_000 }).toBe(true)
  return overlay
}

export const hasFocus = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element) => element === element.ownerDocument.activeElement)

/** Waits until it has the focus. */
export async function focused(locator: Locator): Promise<void> {
  await see(locator)
  await expect.poll(() => hasFocus(locator), { timeout: 10_000 }).toBe(true)
}

type Place = Page | Locator
const named = (name: string | RegExp) => ({ name, exact: typeof name === 'string' })

/** What a person looks for, by its role and name. */
export const button = (within: Place, name: string | RegExp): Locator => within.getByRole('button', named(name))
export const link = (within: Place, name: string | RegExp): Locator => within.getByRole('link', named(name))
export const heading = (within: Place, name: string | RegExp): Locator => within.getByRole('heading', named(name))
export const field = (within: Place, name: string): Locator => within.getByRole('textbox', { name })
