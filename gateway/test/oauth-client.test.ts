import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import {
  Client,
  type OAuthClientInformationMixed,
  type OAuthClientProvider,
  type OAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { button, type Dashboard, fillWorkspace, heading, link, person, see, startDashboard } from './dashboard-harness.ts'
import { shoot, type Visit, visit } from './support/browser.ts'

/** The client of the MCP SDK signs in by itself, and a person answers it in a real browser. */

/** The program beside the browser: it keeps what it is given, and waits for the browser to come back. */
class Program implements OAuthClientProvider {
  readonly arrived: URL[] = []
  readonly #server: Server
  asked: URL | undefined
  information: OAuthClientInformationMixed | undefined
  kept: OAuthTokens | undefined
  #verifier = ''

  constructor() {
    this.#server = createServer((request, response) => {
      this.arrived.push(new URL(request.url ?? '', this.redirectUrl))
      response.setHeader('content-type', 'text/html').end('<link rel="icon" href="data:,"><h1>Back in the program</h1>')
    })
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get redirectUrl(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/callback`
  }

  get clientMetadata() {
    return { client_name: 'Desk agent', redirect_uris: [this.redirectUrl], token_endpoint_auth_method: 'none' }
  }

  state = () => 'state of the program'
  clientInformation = () => this.information
  saveClientInformation = (information: OAuthClientInformationMixed) => {
    this.information = information
  }
  tokens = () => this.kept
  saveTokens = (tokens: OAuthTokens) => {
    this.kept = tokens
  }
  redirectToAuthorization = (url: URL) => {
    this.asked = url
  }
  saveCodeVerifier = (verifier: string) => {
    this.#verifier = verifier
  }
  codeVerifier = () => this.#verifier

  close(): void {
    this.#server.close()
  }
}

const apiKey = 'canary-crm-key-4c1d90e5bb'
let dashboard: Dashboard
let reader: Visit
let program: Program
const clients: Client[] = []

beforeAll(async () => {
  dashboard = await startDashboard(apiKey)
  await fillWorkspace(dashboard, apiKey)
  reader = await visit(dashboard.browser)
  program = await new Program().listen()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await shoot(reader.page, 'failed')
  expect(reader.complaints()).toEqual([])
})
afterAll(async () => {
  for (const client of clients) await client.close()
  program?.close()
  await dashboard?.close()
})

const transportTo = (path: string) =>
  new StreamableHTTPClientTransport(new URL(`${dashboard.gateway.url}${path}`), { authProvider: program })
async function connect(path = '/mcp'): Promise<Client> {
  const client = new Client({ name: 'desk', version: '1' })
  await client.connect(transportTo(path))
  clients.push(client)
  return client
}

/** The program asks, and the browser opens what it asks for. */
async function begin(path = '/mcp'): Promise<void> {
  // One that lost its stream would ask as well, and overwrite what this one keeps.
  for (const client of clients.splice(0)) await client.close()
  program.kept = undefined
  program.asked = undefined
  await expect(connect(path)).rejects.toThrow(UnauthorizedError)
  await reader.page.goto(String(program.asked))
}

describe('an MCP client signs in through the browser', () => {
  test('which asks its person to sign in first, and then shows who wants what, where', async () => {
    await begin()
    const { page } = reader
    await page.getByRole('textbox', { name: 'Email' }).fill(person.email)
    await page.getByLabel('Password').fill(person.password)
    await button(page, 'Sign in').click()
    await see(heading(page, 'Allow Desk agent?'))
    const shown = await page.getByRole('main').textContent()
    expect(shown).toContain(new URL(program.redirectUrl).host)
    expect(shown).toMatch(/Tools\s*All: 15/)
    expect(shown).toMatch(/Of these write\s*\d+/)
    expect(shown).toContain('Default')
    expect(shown).toContain(person.email)
    expect(shown).toContain('Nobody vouches for this name')
    await shoot(page, 'oauth-consent')
  })

  test('and is told when the person does not allow it', async () => {
    await button(reader.page, /allow$/)
      .first()
      .click()
    await see(heading(reader.page, 'Back in the program'))
    expect(program.arrived.at(-1)?.searchParams.get('error')).toBe('access_denied')
  })

  test('and lists and calls tools once they do, as that person', async () => {
    await begin()
    await button(reader.page, 'Allow').click()
    await see(heading(reader.page, 'Back in the program'))
    const back = program.arrived.at(-1)?.searchParams ?? new URLSearchParams()
    expect(back.get('state')).toBe('state of the program')
    await transportTo('/mcp').finishAuth(back)
    const client = await connect()
    const { tools } = await client.listTools()
    expect(tools).toHaveLength(16)
    const result = await client.callTool({ name: 'demo_crm_get_account', arguments: {} })
    expect(result.isError).not.toBe(true)
    const { items } = await dashboard.gateway.client().calls.list({ limit: 1 })
    expect(items[0]).toMatchObject({ entrance: 'mcp', caller: { kind: 'token', name: 'Desk agent' }, status: 'succeeded' })
  })

  test('and goes on by itself when its access token has ended', async () => {
    const before = program.kept
    program.kept = { ...before, access_token: 'spa_ended', token_type: 'Bearer' }
    program.asked = undefined
    expect((await (await connect()).listTools()).tools).toHaveLength(16)
    expect(program.asked).toBeUndefined()
    expect(program.kept?.refresh_token).not.toBe(before?.refresh_token)
  })

  test('until somebody disconnects it in the dashboard, which cuts what is open', async () => {
    const client = await connect()
    const { page } = reader
    await page.goto(`${dashboard.gateway.url}/connections`)
    await link(page, 'Applications').click()
    await see(page.getByText('Desk agent'))
    await see(page.getByText('just now').first())
    await shoot(page, 'oauth-applications')
    await button(page, 'Disconnect').click()
    await button(page.getByRole('alertdialog'), 'Disconnect').click()
    await see(heading(page, 'No application is connected'))
    await expect(client.listTools()).rejects.toThrow()
  })

  test('for one toolset, whose tools are all it has', async () => {
    await dashboard.gateway.client().toolsets.create({
      slug: 'readers',
      name: 'Readers',
      mode: 'direct',
      format: 'mcp',
      approval: 'never',
      selection: { select: { effects: ['read'] }, include: [], exclude: [] },
    })
    await begin('/mcp/readers')
    await see(reader.page.getByText(/^Readers: /))
    await see(reader.page.getByText('none', { exact: true }))
    await button(reader.page, 'Allow').click()
    await see(heading(reader.page, 'Back in the program'))
    await transportTo('/mcp/readers').finishAuth(program.arrived.at(-1)?.searchParams ?? new URLSearchParams())
    const { tools } = await (await connect('/mcp/readers')).listTools()
    expect(tools.length).toBeGreaterThan(0)
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true)
  })
})

describe('the page that asks', () => {
  test('sends nobody to a place that the application did not register, and says so', async () => {
    const forged = new URL(String(program.asked))
    forged.searchParams.set('redirect_uri', 'https://evil.example/callback')
    const { page } = reader
    await page.goto(forged.href)
    await see(heading(page, 'This request does not work'))
    await see(page.getByText('the link may be forged', { exact: false }))
    expect(await page.getByRole('button').count()).toBe(0)
    // The refusal is the page’s own to tell; the browser only notes it.
    expect(reader.complaints().every((line) => line.includes('400'))).toBe(true)
  })
})
