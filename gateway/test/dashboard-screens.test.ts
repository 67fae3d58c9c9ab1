import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  button,
  type Content,
  type Dashboard,
  field,
  fillWorkspace,
  focused,
  heading,
  link,
  person,
  see,
  signedIn,
  startDashboard,
} from './dashboard-harness.ts'
import { narrow, shoot, type Visit, visit, wide } from './support/browser.ts'
import { VaultServer } from './support/secret-services.ts'

const apiKey = 'canary-crm-key-screens-90c1'

let dashboard: Dashboard
let content: Content
let backend: string
const vault = new VaultServer()

beforeAll(async () => {
  dashboard = await startDashboard(apiKey)
  content = await fillWorkspace(dashboard, apiKey)
  await vault.start()
  const { secrets } = dashboard.gateway.client()
  const credential = { secret_id: vault.secretId }
  const settings = { address: vault.url, role_id: vault.roleId }
  backend = (await secrets.addBackend({ name: 'Frankfurt', kind: 'vault', settings, credential, default: true })).id
  await vi.waitUntil(async () => (await secrets.of(content.connection)).replicas[0]?.state === 'written', { timeout: 10_000 })
  // Somebody else deletes what is there.
  vault.secrets.clear()
  await secrets.sync(backend)
})

afterAll(async () => {
  await dashboard?.close()
  await vault.stop()
})

/** Roles that mean nothing without a name, as the lines of an ARIA snapshot that have none. */
const unnamed = /^\s*- (?:button|link|textbox|searchbox|combobox|checkbox|radio|tab|dialog|alertdialog|img)(?: \[[^\]]*\])*:?$/gm

interface PageChecks {
  readonly faintTexts: string[]
  readonly overflowing: string[]
  readonly smallTargets: string[]
}

/** What is wrong with the screen for people who see little, zoom, touch, or listen. */
async function faultsOf(page: Page): Promise<string[]> {
  const { faintTexts, overflowing, smallTargets } = await page.evaluate<PageChecks>(
    'pageChecks.settled().then(pageChecks.faults)',
  )
  const snapshot = await page.locator('body').ariaSnapshot()
  return [
    ...faintTexts.map((text) => `too faint: ${text}`),
    ...overflowing.map((element) => `stands out at the right: ${element}`),
    ...smallTargets.map((target) => `too small to hit: ${target}`),
    ...(snapshot.match(unnamed) ?? []).map((line) => `has no name: ${line.trim()}`),
  ]
}

type Theme = 'light' | 'dark'
/** Colours do not depend on the size, nor sizes on the colours: where nobody looks at the pictures each size has one theme. */
const bothThemes: readonly Theme[] = ['light', 'dark']
const sizes = [
  { size: 'wide', options: { viewport: wide }, themes: process.env.CI ? bothThemes.slice(0, 1) : bothThemes },
  {
    size: 'narrow',
    options: { viewport: narrow, isMobile: true, hasTouch: true },
    themes: process.env.CI ? bothThemes.slice(1) : bothThemes,
  },
] as const

/** Looks at a screen: saves it, and answers what is wrong with it. */
async function look(page: Page, name: string, themes = bothThemes): Promise<string[]> {
  const faults: string[] = []
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor({ state: 'attached' })
    faults.push(...(await faultsOf(page)).map((fault) => `${name}, ${colorScheme}: ${fault}`))
    await shoot(page, `${name}-${colorScheme}`)
  }
  return faults
}

interface Screen {
  readonly name: string
  readonly path: string | ((content: Content) => string)
  /** What stands there once everything is. */
  readonly ready: (page: Page) => Locator
  /** Opens something on it first. */
  readonly open?: (page: Page) => Promise<void>
}

const sheet = ({ connection }: Content) => `connections/${connection}`

const screens: readonly Screen[] = [
  { name: 'connections', path: 'connections', ready: (page) => link(page, 'Demo CRM') },
  { name: 'connection-overview', path: sheet, ready: (page) => link(page, /List customers/) },
  {
    name: 'connection-test',
    path: (all) => `${sheet(all)}?tab=test`,
    open: (page) => button(page, 'Run the test').click(),
    ready: (page) => page.getByText('Everything works.'),
  },
  {
    name: 'connection-credential',
    path: (all) => `${sheet(all)}?tab=credential`,
    ready: (page) => button(page, 'Replace and test'),
  },
  { name: 'connection-settings', path: (all) => `${sheet(all)}?tab=settings`, ready: (page) => button(page, 'Save') },
  {
    name: 'connection-delete',
    path: sheet,
    open: (page) => button(page, 'Delete connection').click(),
    ready: (page) => page.getByRole('alertdialog', { name: 'Delete Demo CRM?' }),
  },
  { name: 'tools', path: 'tools', ready: (page) => link(page, /^get_customer/) },
  { name: 'tool', path: 'tools/demo_crm/create_customer', ready: (page) => field(page, 'email').first() },
  {
    name: 'tool-answer',
    path: 'tools/demo_crm/list_customers',
    open: (page) => button(page, 'Run').click(),
    ready: (page) => button(page, /^redact: /),
  },
  {
    name: 'tool-for-models',
    path: 'tools/demo_crm/create_customer',
    open: (page) => page.getByRole('tab', { name: 'For models' }).click(),
    ready: (page) => page.getByText(/about \d+ tokens as MCP/),
  },
  { name: 'playground-without-model', path: 'playground', ready: (page) => heading(page, 'No language model yet') },
  { name: 'calls', path: 'calls', ready: (page) => link(page, 'demo_crm.search_customers').first() },
  { name: 'call', path: ({ succeeded }) => `calls/${succeeded}`, ready: (page) => button(page, /^redact: /) },
  { name: 'call-failed', path: ({ failed }) => `calls/${failed}`, ready: (page) => button(page, /^send: /) },
  { name: 'approvals', path: 'approvals', ready: (page) => link(page, /^add_note/) },
  { name: 'configuration', path: 'configuration', ready: (page) => button(page, 'Show the plan') },
  { name: 'notifications', path: 'notifications', ready: (page) => button(page, 'Add a channel') },
  { name: 'alerts', path: 'alerts', ready: (page) => heading(page, 'Nothing fires') },
  { name: 'alerts-rules', path: 'alerts?tab=rules', ready: (page) => button(page, 'Slow API') },
  {
    name: 'alert-rule-new',
    path: 'alerts?tab=rules',
    open: (page) => button(page, 'New rule').click(),
    ready: (page) => field(page, 'Name'),
  },
  { name: 'alerts-silences', path: 'alerts?tab=silences', ready: (page) => button(page, 'End') },
  { name: 'secret-backends', path: 'secret-backends', ready: (page) => button(page, 'Frankfurt') },
  { name: 'secret-backend', path: () => `secret-backends?backend=${backend}`, ready: (page) => button(page, 'Write it anew') },
  {
    name: 'secret-backend-new',
    path: 'secret-backends',
    open: async (page) => {
      await button(page, 'Add a backend').click()
      await page.getByRole('combobox', { name: 'Kind' }).click()
      await page.getByRole('option', { name: 'HashiCorp Vault or OpenBao' }).click()
    },
    ready: (page) => field(page, 'Address'),
  },
  {
    name: 'secret-backends-mode',
    path: 'secret-backends',
    open: (page) => button(page, 'Change the mode').click(),
    ready: (page) => button(page, 'Move'),
  },
  { name: 'approvals-all', path: 'approvals?show=all', ready: (page) => link(page, /^add_note/).nth(1) },
  { name: 'approval-waiting', path: ({ waiting }) => `approvals/${waiting}`, ready: (page) => button(page, 'Approve and run') },
  { name: 'approval-used', path: ({ used }) => `approvals/${used}?show=all`, ready: (page) => heading(page, 'add_note') },
  { name: 'connectors', path: 'connectors', ready: (page) => link(page, 'Demo CRM') },
  {
    name: 'connector',
    path: 'connectors/demo_crm',
    open: (page) => button(page, /get_customer/).click(),
    ready: (page) => page.getByRole('region', { name: 'the input schema' }),
  },
  {
    name: 'connector-document',
    path: 'connectors/demo_crm?tab=document',
    ready: (page) => page.getByRole('textbox', { name: 'Connector document' }),
  },
  { name: 'toolsets', path: 'toolsets', ready: (page) => button(page, 'Support') },
  { name: 'tokens', path: 'tokens', ready: (page) => page.getByText('Support agent') },
  {
    name: 'token-new',
    path: 'tokens',
    open: (page) => button(page, 'New token').first().click(),
    ready: (page) => button(page, 'Create token'),
  },
  {
    name: 'token-change',
    path: 'tokens',
    open: (page) => button(page, 'Change').first().click(),
    ready: (page) => button(page, 'Save'),
  },
  { name: 'applications', path: 'applications', ready: (page) => heading(page, 'No application is connected') },
  {
    name: 'application-new',
    path: 'applications',
    open: async (page) => {
      await page.getByRole('tab', { name: 'Registered' }).click()
      await button(page, 'Register an application').click()
    },
    ready: (page) => field(page, 'Where the browser goes back to'),
  },
  {
    name: 'audit',
    path: 'audit',
    open: (page) => button(page, 'Verify').click(),
    ready: (page) => page.getByText(/Verified up to #/),
  },
  {
    name: 'audit-entry',
    path: 'audit?kind=token.created',
    open: (page) => button(page, 'Made a token').first().click(),
    ready: (page) => page.getByRole('dialog', { name: 'Entry' }),
  },
  { name: 'people', path: 'people', ready: (page) => page.getByText(person.email) },
  {
    name: 'people-invite',
    path: 'people',
    open: (page) => button(page, 'Invite').click(),
    ready: (page) => field(page, 'Email'),
  },
  {
    name: 'people-sign-in',
    path: 'people',
    open: (page) => page.getByRole('tab', { name: 'Sign-in' }).click(),
    ready: (page) => field(page, 'Issuer'),
  },
  {
    name: 'people-workspace',
    path: 'people',
    open: (page) => page.getByRole('tab', { name: 'Workspace' }).click(),
    ready: (page) => button(page, /^Leave /),
  },
  {
    name: 'people-workspace-delete',
    path: 'people',
    open: async (page) => {
      await page.getByRole('tab', { name: 'Workspace' }).click()
      await button(page, /^Delete /).click()
    },
    ready: (page) => button(page, 'Delete workspace'),
  },
  { name: 'profile', path: 'profile', ready: (page) => page.getByText('This one') },
  { name: 'errors', path: 'errors#TIMEOUT', ready: (page) => heading(page, /The API took too long/) },
  { name: 'import', path: 'import', ready: (page) => field(page, 'Or its address') },
  {
    name: 'import-review',
    path: 'import',
    open: async (page) => {
      await field(page, 'Or its address').fill(`${dashboard.crm.url}/openapi.json`)
      await button(page, 'Fetch').click()
    },
    ready: (page) => button(page, 'Create and connect'),
  },
  { name: 'connect', path: 'connect', ready: (page) => field(page, 'Base URL') },
  { name: 'nothing-here', path: 'no/such/page', ready: (page) => heading(page, 'There is no page at this address') },
]

describe.each(sizes)(
  'every screen, $size, is legible in each theme, fits, can be hit, and names its controls:',
  ({ size, options, themes }) => {
    let reader: Visit
    beforeAll(async () => {
      reader = await signedIn(dashboard, options)
    })
    afterAll(() => reader?.context.close())

    test.each(screens)('$name', async ({ name, path, ready, open }) => {
      const { page } = reader
      await page.goto(`${dashboard.gateway.url}/${typeof path === 'string' ? path : path(content)}`)
      await open?.(page)
      await see(ready(page))
      expect(await look(page, `${size}-${name}`, themes)).toEqual([])
      expect(reader.complaints()).toEqual([])
    })
  },
)

const lists = [
  {
    path: 'connections',
    api: /\/api\/v1\/connections\?/,
    ready: (page: Page) => link(page, 'Demo CRM'),
    empty: 'Connect the first API',
  },
  {
    path: 'calls',
    api: /\/api\/v1\/calls\?/,
    ready: (page: Page) => link(page, 'demo_crm.add_note').first(),
    empty: 'No calls in this time',
  },
  { path: 'approvals', api: /\/api\/v1\/approvals\?/, ready: (page: Page) => link(page, /^add_note/), empty: 'Nothing waits' },
  {
    path: 'connectors',
    api: /\/api\/v1\/connectors\?/,
    ready: (page: Page) => link(page, 'Demo CRM'),
    empty: 'No connectors yet',
  },
  { path: 'tokens', api: /\/api\/v1\/tokens/, ready: (page: Page) => page.getByText('Support agent'), empty: 'No tokens yet' },
  { path: 'toolsets', api: /\/api\/v1\/toolsets/, ready: (page: Page) => button(page, 'Support'), empty: 'No toolsets yet' },
  {
    path: 'secret-backends',
    api: /\/api\/v1\/secret-backends$/,
    ready: (page: Page) => button(page, 'Frankfurt'),
    empty: 'Proxy mode',
  },
  {
    path: 'audit',
    api: /\/api\/v1\/audit\?/,
    ready: (page: Page) => button(page, 'Made a token').first(),
    empty: 'Nothing yet',
  },
  {
    path: 'people',
    api: /\/api\/v1\/members\?/,
    ready: (page: Page) => page.getByText(person.email),
    empty: 'No members yet',
  },
] as const

const refusal = {
  type: 'about:blank',
  title: 'Not permitted',
  status: 403,
  code: 'FORBIDDEN',
  detail: 'The sky is falling on this list.',
  resolution: 'Wait until it is up again.',
}

describe.each(sizes)('a list, $size,', ({ size, options }) => {
  let reader: Visit
  beforeAll(async () => {
    reader = await signedIn(dashboard, options)
    await reader.page.emulateMedia({ reducedMotion: 'reduce' })
  })
  afterAll(() => reader?.context.close())

  test.each(lists)(
    "says of $path what went wrong in the gateway's words, and comes back when asked again",
    async ({ path, api, ready }) => {
      const { page } = reader
      await page.route(api, (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', json: refusal }))
      await page.goto(`${dashboard.gateway.url}/${path}`)
      const alert = await see(page.getByRole('alert').filter({ hasText: refusal.detail }))
      await see(alert.getByText(refusal.resolution))
      expect(await link(alert, 'FORBIDDEN').getAttribute('href')).toBe('/errors#FORBIDDEN')
      await shoot(page, `${size}-${path}-error`)
      await page.unroute(api)
      await button(alert, 'Try again').click()
      await see(ready(page))
      reader.complaints()
    },
  )

  test.each(lists)('says of $path what belongs there when there is nothing yet', async ({ path, api, empty }) => {
    const { page } = reader
    await page.route(api, async (route) => route.fulfill({ json: path === 'connectors' ? [] : { items: [], next_cursor: null } }))
    await page.goto(`${dashboard.gateway.url}/${path}`)
    await see(heading(page, empty).filter({ visible: true }))
    await shoot(page, `${size}-${path}-empty`)
    expect(await faultsOf(page)).toEqual([])
    await page.unroute(api)
  })

  test.each(lists)('shows bars in the place of $path while the answer takes its time', async ({ path, api, ready }) => {
    const { page } = reader
    const { promise: answer, resolve: release } = Promise.withResolvers<void>()
    await page.route(api, async (route) => {
      await answer
      await route.continue()
    })
    await page.goto(`${dashboard.gateway.url}/${path}`)
    await see(page.getByRole('heading', { level: 1 }))
    await see(page.getByText('Loading', { exact: true }).first())
    await shoot(page, `${size}-${path}-slow`)
    release()
    await see(ready(page))
    await page.unrouteAll({ behavior: 'wait' })
  })
})

/** The first item of an answer as five thousand, told apart by what `vary` gives them. */
const manyOf = (page: Page, api: RegExp, vary: (index: number) => object) =>
  page.route(api, async (route) => {
    const { items } = (await (await route.fetch()).json()) as { items: object[] }
    await route.fulfill({
      json: { items: Array.from({ length: 5000 }, (_, index) => ({ ...items[0], ...vary(index) })), next_cursor: null },
    })
  })

describe('a list of 5,000', () => {
  test.each([
    {
      path: 'connections',
      api: /\/api\/v1\/connections\?/,
      vary: (at: number) => ({ id: `con_${at}`, name: `Account ${at}` }),
      end: (page: Page) => link(page, 'Account 4999'),
    },
    {
      path: 'calls',
      api: /\/api\/v1\/calls\?/,
      vary: (at: number) => ({ id: `call_${at}`, action: `action_${at}` }),
      end: (page: Page) => link(page, 'demo_crm.action_4999'),
    },
    {
      path: 'audit',
      api: /\/api\/v1\/audit\?/,
      vary: (at: number) => ({ seq: 5000 - at, target: { kind: 'token', id: `tok_${at}`, name: `Token ${at}` } }),
      end: (page: Page) => page.getByRole('row').filter({ hasText: 'Token 4999' }).getByRole('button'),
    },
  ])('$path draws only what is in view, and End jumps to its end', async ({ path, api, vary, end: endOf }) => {
    const { page, context, complaints } = await signedIn(dashboard)
    await manyOf(page, api, vary)
    await page.goto(`${dashboard.gateway.url}/${path}`)
    await see(page.getByText('5,000', { exact: true }))
    const start = page.locator('[data-scroller] [data-row-main]').first()
    await see(start)
    await page.keyboard.press('j')
    await focused(start)
    await page.keyboard.press('End')
    await focused(endOf(page))
    expect(await page.locator('[data-index]').count()).toBeLessThan(80)
    await shoot(page, `wide-${path}-5000`)
    expect(complaints()).toEqual([])
    await context.close()
  })
})

test('the audit log is narrowed to a time, and remembers up to where it was verified', async () => {
  const { page, context, complaints } = await signedIn(dashboard)
  const asked: string[] = []
  page.on('request', (request) => {
    if (/\/api\/v1\/audit\?/.test(request.url())) asked.push(request.url())
  })
  await page.goto(`${dashboard.gateway.url}/audit`)
  await see(button(page, 'Made a token').first())
  expect(asked.every((url) => !url.includes('since='))).toBe(true)
  await page.getByRole('radio', { name: '24 hours' }).click()
  await expect.poll(() => asked.at(-1)).toMatch(/since=20/)
  expect(new URL(page.url()).searchParams.get('past')).toBe('24h')
  await page.reload()
  await see(button(page, 'Made a token').first())
  expect(await page.getByRole('radio', { name: '24 hours' }).isChecked()).toBe(true)
  await button(page, 'Verify').click()
  const verdict = (await (await see(page.getByText(/^Verified up to #/))).textContent()) ?? ''
  await page.reload()
  expect(await (await see(page.getByText(/^Verified up to #/))).textContent()).toBe(verdict)
  expect(complaints()).toEqual([])
  await context.close()
})

test('nothing moves for a reader who asked for less motion', async () => {
  const { page, context } = await signedIn(dashboard, { reducedMotion: 'reduce' })
  await page.goto(`${dashboard.gateway.url}/connections/${content.connection}`)
  await see(page.getByRole('dialog'))
  const durations = await page.evaluate<number[]>(
    'document.getAnimations().map(({ effect }) => Number(effect.getComputedTiming().activeDuration))',
  )
  expect(durations.filter((ms) => ms > 1)).toEqual([])
  await context.close()
})

test('draws its figures in a browser whose language is no language tag', async () => {
  const { page, context, complaints } = await signedIn(dashboard)
  // As headless Chromium has it on a system with the locale "C".
  await page.addInitScript("Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix' })")
  await page.goto(`${dashboard.gateway.url}/calls`)
  await see(page.getByRole('figure').getByText('succeeded, up'))
  await see(link(page, 'demo_crm.add_note').first())
  expect(complaints()).toEqual([])
  await context.close()
})

test('the sign-in page is legible in both themes', async () => {
  const { page } = await visit(dashboard.browser, { viewport: narrow })
  await page.goto(`${dashboard.gateway.url}/connections`)
  await see(heading(page, 'Sign in'))
  expect(await look(page, 'narrow-sign-in')).toEqual([])
})
