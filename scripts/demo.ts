import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isDeepStrictEqual, styleText } from 'node:util'
import { type DemoCrm, startDemoCrm } from '../examples/demo-crm/server.ts'
import { Sallyport, SallyportProblem } from '../sdk/src/index.ts'
import { buildDashboardIfStale } from './build-dashboard.ts'
import { freePort, type GatewayProcess, startGatewayProcess } from './gateway-process.ts'

/**
 * `npm run demo`: starts a small CRM and a gateway, and plays the first governed calls through the SDK. What it makes it
 * finds again at the next start. With --once it ends after the story.
 */

const folder = join(import.meta.dirname, '../.sallyport-demo')
const connector = 'demo_crm'
const connectionName = 'Demo CRM'
const waitsForAPerson = ['add_note', 'delete_customer']

/** The path of a file of the demo as somebody in this terminal would type it. */
const shown = (name = '') => relative(process.cwd(), join(folder, name))
const dim = (text: string) => styleText('dim', text)
const step = (name: string, text: string) => console.log(`${styleText('bold', name.padEnd(11))} ${text}`)
const answer = (text: string) => console.log(`${' '.repeat(11)} ${styleText('green', '→')} ${text}`)

/** A value kept in a file of the demo's folder that only its owner can read. */
async function kept(
  name: string,
  make: () => string | Promise<string>,
  usable: (value: string) => Promise<boolean> = async () => true,
) {
  const file = join(folder, name)
  const before = await readFile(file, 'utf8').catch(() => '')
  if (before !== '' && (await usable(before))) return before
  const value = await make()
  await writeFile(file, value, { mode: 0o600 })
  return value
}

const random = () => randomBytes(32).toString('base64url')

/** The answer of a request, or undefined where the gateway says that there is no such thing. */
async function orNothing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request
  } catch (error) {
    if (error instanceof SallyportProblem && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

async function importConnector(owner: Sallyport, crmUrl: string): Promise<void> {
  step('Import', `${crmUrl}/openapi.json`)
  const { document, report } = await owner.connectors.parse({ url: `${crmUrl}/openapi.json`, connector })
  const actions = document.actions as Record<string, { confirm?: boolean }>
  for (const name of waitsForAPerson) {
    const action = actions[name]
    if (action !== undefined) action.confirm = true
  }
  const existing = await orNothing(owner.connectors.get(connector))
  const { version: _, ...stored } = existing ?? {}
  const { version: __, ...wanted } = document
  const unchanged = isDeepStrictEqual(stored, wanted)
  if (existing === undefined) await owner.connectors.create(document)
  else if (!unchanged) await owner.connectors.update(connector, { document, autoBump: true })
  const state = existing === undefined ? 'is new' : unchanged ? 'was there already' : 'is brought up to date'
  answer(`connector ${connector} ${state}: ${report.imported} actions; ${waitsForAPerson.join(' and ')} wait for a person`)
}

async function connect(owner: Sallyport, key: string): Promise<void> {
  step('Connect', 'with the API key of the CRM, which from now on only the gateway knows')
  const { items } = await owner.connections.list({ connector })
  const existing = items.find(({ name }) => name === connectionName)
  const connection = existing ?? (await owner.connections.create({ connector, name: connectionName, auth: { fields: { key } } }))
  answer(`connection "${connection.name}": ${connection.auth.label}${existing === undefined ? '' : ', as before'}`)
}

/** A connector in JavaScript, for a look at how they are written; it needs no API. */
async function installSample(owner: Sallyport): Promise<void> {
  const id = 'sample_script'
  if ((await orNothing(owner.connectors.get(id))) !== undefined) return
  const text = await readFile(join(import.meta.dirname, '../examples/sample-script/connector.yaml'), 'utf8')
  const { document } = await owner.connectors.parse({ text })
  await owner.connectors.create(document)
  await owner.connections.create({ connector: id, name: 'Sample script' })
}

async function agentToken(owner: Sallyport, url: string): Promise<string> {
  step('Token', 'for an agent, with the role member: it may call, and decide nothing')
  const works = async (token: string) =>
    (await new Sallyport({ url, token }).session.get().catch(() => undefined))?.caller != null
  const token = await kept(
    'agent-token',
    async () => (await owner.tokens.create({ name: 'Demo agent', role: 'member' })).token,
    works,
  )
  answer(`${token.slice(0, 8)}… in ${shown('agent-token')}`)
  return token
}

async function read(agent: Sallyport): Promise<void> {
  const input = { query: 'okafor' }
  step('Read', `the agent calls ${connector}.list_customers ${JSON.stringify(input)}`)
  const result = await agent.calls.create({ connector, action: 'list_customers', input })
  if ('approval' in result) throw new Error('A read waits for approval.')
  const { items } = result.payload as { items: { name: string; company: string; city: string }[] }
  for (const { name, company, city } of items) answer(`${name}, ${company}, ${city}`)
  answer(dim(`HTTP ${result.status} in ${Math.round(result.duration_ms)} ms, recorded as ${result.id}`))
}

/** Answers the id of the approval that the write waits for. */
async function write(agent: Sallyport): Promise<{ id: string; url: string }> {
  const input = { customer_id: 'cus_0001', text: 'Wants a quote for two lathes.' }
  step('Write', `the agent calls ${connector}.add_note ${JSON.stringify(input)}`)
  const result = await agent.calls.create({ connector, action: 'add_note', input })
  if (!('approval' in result)) throw new Error('The write did not wait for approval.')
  answer(`nothing was sent: ${result.approval.id} waits for a person to approve this exact call`)
  return result.approval
}

function printNextSteps(url: string, setupUrl: string | null, approval: { id: string; url: string }, token: string): void {
  const line = (text: string) => console.log(`${' '.repeat(11)} ${text}`)
  const mcp = { mcpServers: { sallyport: { type: 'http', url: `${url}/mcp`, headers: { Authorization: `Bearer ${token}` } } } }
  const where = url.endsWith(':8080') ? '' : `SALLYPORT_URL=${url} `
  const owner = `${where}SALLYPORT_TOKEN="$(cat ${shown('owner-token')})"`
  console.log()
  step('Dashboard', setupUrl ?? url)
  if (setupUrl !== null) line(dim('The link works once and makes you the owner.'))
  step('Approve', approval.url)
  line(`${owner} npx sallyport approve ${approval.id}`)
  step('MCP', `claude mcp add --transport http sallyport ${url}/mcp --header "Authorization: Bearer ${token}"`)
  line(dim('or in the configuration of another client:'))
  line(JSON.stringify(mcp))
  console.log()
}

/** The story, from the import to the write that waits. */
async function play(gateway: GatewayProcess, crm: DemoCrm, ownerToken: string, crmKey: string): Promise<void> {
  const { url } = gateway
  step('CRM', `${crm.url} ${dim('(a small service with fictional customers)')}`)
  step('Gateway', `${url} ${dim(`(data and log in ${shown()})`)}`)
  console.log()
  const owner = new Sallyport({ url, token: ownerToken })
  await importConnector(owner, crm.url)
  await connect(owner, crmKey)
  await installSample(owner)
  const token = await agentToken(owner, url)
  const agent = new Sallyport({ url, token })
  await read(agent)
  const approval = await write(agent)
  const { setup_required } = await owner.session.get()
  printNextSteps(url, setup_required ? await gateway.setupUrl() : null, approval, token)
}

async function main(): Promise<void> {
  const stopped = Promise.withResolvers<'stopped'>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.resolve('stopped'))
  await using parts = new AsyncDisposableStack()

  buildDashboardIfStale()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const crmKey = await kept('crm-key', random)
  const ownerToken = await kept('owner-token', () => `sp_${random()}`)
  const crm = parts.adopt(await startDemoCrm({ port: await freePort(4010), apiKey: crmKey }), (started) => started.close())
  const gateway = parts.adopt(
    await startGatewayProcess({
      folder,
      port: await freePort(8080),
      environment: { SALLYPORT_EGRESS_ALLOW: '127.0.0.1/32', SALLYPORT_BOOTSTRAP_TOKEN: ownerToken },
    }),
    (started) => started.stop(),
  )
  await play(gateway, crm, ownerToken, crmKey)
  if (process.argv.includes('--once')) return
  console.log('Ctrl-C stops both.')
  const end = await Promise.race([stopped.promise, gateway.ended])
  console.log('Stopping.')
  if (end !== 'stopped') throw new Error(`The gateway ended with code ${end}; its log is ${join(folder, 'gateway.log')}.`)
}

try {
  await main()
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
