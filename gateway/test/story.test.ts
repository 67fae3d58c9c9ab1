import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { type DemoCrm, startDemoCrm } from '@sallyport/demo-crm'
import { PendingApproval, type Sallyport, SallyportProblem } from '@sallyport/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayBin } from './support/data-dir.ts'
import { cleanEnvironment, type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

const apiKey = 'canary-crm-key-7d1f0b4c9e'

let crm: DemoCrm
let gateway: GatewayProcess
let owner: Sallyport
let agentToken: string
let agent: Sallyport

async function cli(...args: string[]) {
  const { stdout } = await promisify(execFile)(process.execPath, [gatewayBin, ...args], {
    env: cleanEnvironment({ SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: agentToken, NO_COLOR: '1' }),
  })
  return stdout
}

beforeAll(async () => {
  crm = await startDemoCrm({ apiKey })
  gateway = await startGatewayProcess()
  owner = gateway.client()
})

afterAll(async () => {
  await gateway?.stop()
  await crm?.close()
  await removeDataDir(gateway.dataDir)
})

describe('the first governed call, end to end', () => {
  test('an OpenAPI document becomes a connector', async () => {
    const { document, report } = await owner.connectors.parse({ url: `${crm.url}/openapi.json`, connector: 'crm' })
    expect(report.imported).toBe(report.operations)
    const actions = document.actions as Record<string, { confirm?: boolean; effect?: string }>
    expect(Object.keys(actions)).toContain('add_note')
    if (actions.add_note) actions.add_note.confirm = true
    if (actions.search_customers) actions.search_customers.effect = 'read'
    const created = await owner.connectors.create({
      ...document,
      verify: { action: 'list_customers' },
      limits: { per_minute: 1000, timeout_ms: 2000, max_response_bytes: 65_536 },
    })
    expect(created).toMatchObject({ id: 'crm', version: '1.0.0' })
  })

  test('an account is connected, tested, and never shows its key again', async () => {
    const connection = await owner.connections.create({ connector: 'crm', name: 'Demo', auth: { fields: { key: apiKey } } })
    expect(connection.status).toBe('untested')
    const tested = await owner.connections.test(connection.id)
    expect(tested.checks.filter((check) => check.status === 'failed')).toEqual([])
    expect(tested.connection.status).toBe('active')
    expect(JSON.stringify(tested)).not.toContain(apiKey)
  })

  test('an agent has a token of its own, below its maker', async () => {
    const made = await owner.tokens.create({ name: 'Agent', role: 'member' })
    agentToken = made.token
    agent = gateway.client(agentToken)
    await expect(agent.tokens.create({ name: 'Other' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(agent.connections.create({ connector: 'crm' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('a read answers over HTTP, the SDK, the CLI and MCP alike', async () => {
    const call = await agent.calls.create({ connector: 'crm', action: 'search_customers', input: { query: 'a', limit: 3 } })
    expect(call).toMatchObject({ success: true, outcome: 'done', status: 200 })

    const viaSdk = await agent.custom.crm?.search_customers?.({ query: 'a', limit: 3 })
    const viaCli: unknown = JSON.parse(
      await cli('call', 'crm', 'search_customers', '--input', '{"query":"a","limit":3}', '--json'),
    )
    const mcp = new Client({ name: 'story', version: '1.0.0' })
    await mcp.connect(
      new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), {
        requestInit: { headers: { Authorization: `Bearer ${agentToken}` } },
      }),
    )
    const { tools } = await mcp.listTools()
    expect(tools.map((tool) => tool.name)).toContain('crm_search_customers')
    const viaMcp = await mcp.callTool({ name: 'crm_search_customers', arguments: { query: 'a', limit: 3 } })
    await mcp.close()

    const { payload } = call as { payload?: unknown }
    expect(payload).toBeDefined()
    expect(viaSdk).toEqual(payload)
    expect(viaCli).toMatchObject({ payload })
    expect(viaMcp.isError).toBeFalsy()
    const [content] = viaMcp.content as { type: string; text: string }[]
    expect(JSON.parse(content?.text ?? '')).toEqual(payload)
  })

  test('a write that needs approval waits, runs once when another approves, and hands its answer to the asker', async () => {
    const customers = (await agent.custom.crm?.search_customers?.({ query: 'a', limit: 1 })) as
      | { items?: { id: string }[] }
      | { id: string }[]
    const id = (Array.isArray(customers) ? customers : (customers.items ?? []))[0]?.id ?? ''
    const before = crm.requests
    const pending = await agent.custom.crm?.add_note?.({ customer_id: id, text: 'Called back' }).catch((error: unknown) => error)
    expect(pending).toBeInstanceOf(PendingApproval)
    expect(crm.requests).toBe(before)
    const [approval] = (await owner.approvals.list({ status: 'pending' })).items
    if (approval === undefined) throw new Error('no approval')
    expect(approval.request).toMatchObject({ method: 'POST', url: `${crm.url}/customers/${id}/notes` })

    await expect(agent.approvals.approve(approval.id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const decisions = await Promise.allSettled([owner.approvals.approve(approval.id), owner.approvals.approve(approval.id)])
    expect(decisions.map((decision) => decision.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(crm.requests).toBe(before + 1)
    await expect(owner.approvals.approve(approval.id)).rejects.toMatchObject({ code: 'CONFLICT' })

    const record = await agent.calls.get(approval.call_id)
    expect(record).toMatchObject({ status: 'succeeded', outcome: 'done', result: { success: true } })
  })

  test('a rejected call never reaches the API', async () => {
    const before = crm.requests
    const customers = await agent.calls.create({
      connector: 'crm',
      action: 'add_note',
      input: { customer_id: 'cus_1', text: 'No' },
    })
    if (!('approval' in customers)) throw new Error('expected to wait')
    await owner.approvals.reject(customers.approval.id, 'Not today')
    expect(crm.requests).toBe(before)
    expect(await agent.calls.get(customers.id)).toMatchObject({ status: 'rejected', outcome: 'not_sent' })
    await expect(owner.approvals.approve(customers.approval.id)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('a dry run shows the request and sends nothing', async () => {
    const before = crm.requests
    const planned = await agent.calls.create({
      connector: 'crm',
      action: 'add_note',
      input: { customer_id: 'cus_1', text: 'Plan' },
      dry_run: true,
    })
    expect(planned).toMatchObject({
      outcome: 'not_sent',
      plan: { method: 'POST', url: `${crm.url}/customers/cus_1/notes`, needs_approval: true },
    })
    expect(crm.requests).toBe(before)
  })

  test.each([
    ['get_customer', { customer_id: 'cus_does_not_exist' }, 'ENDPOINT_NOT_FOUND', 'done'],
    ['search_customers', { limit: 'many' }, 'INVALID_INPUT', 'not_sent'],
    ['slow', { ms: 8_000 }, 'TIMEOUT', 'sent_unknown'],
    ['failing', {}, 'UPSTREAM_ERROR', 'done'],
    ['oversized', {}, 'RESPONSE_TOO_LARGE', 'sent_unknown'],
    ['no_such_action', {}, 'NOT_FOUND', 'not_sent'],
  ] as const)('%s with %j ends as %s', async (action, input, code, outcome) => {
    const problem = await agent.calls.create({ connector: 'crm', action, input }).catch((error: unknown) => error)
    if (!(problem instanceof SallyportProblem)) throw new Error(`expected a problem, got ${JSON.stringify(problem)}`)
    expect(problem.code).toBe(code)
    const record = await agent.calls.get(problem.callId ?? '')
    expect(record).toMatchObject({ status: 'failed', outcome, error_code: code })
  })

  test('every call is on record with its trace of stages', async () => {
    const [newest] = (await agent.calls.list({ action: 'search_customers', status: 'succeeded', limit: 1 })).items
    const record = await agent.calls.get(newest?.id ?? '')
    expect(record.trace.map((step) => step.stage)).toEqual([
      'authenticate',
      'resolve',
      'authorize',
      'allow-url',
      'limit',
      'validate-input',
      'deduplicate',
      'approve',
      'use-credential',
      'send',
      'check-response',
      'map',
      'redact',
    ])
    const totals = await agent.calls.totals({ window: '24h' })
    expect(totals.total).toBe(totals.succeeded + totals.failed)
    expect(totals.errors.map((error) => error.code)).toContain('TIMEOUT')
  })

  const python = spawnSync('python3', ['--version']).status === 0
  test.skipIf(!python)('the Python SDK does all of it too, where there is a Python', async () => {
    const sdk = fileURLToPath(new URL('../../sdk/python', import.meta.url))
    const env = cleanEnvironment({
      SALLYPORT_URL: gateway.url,
      SALLYPORT_TOKEN: agentToken,
      SALLYPORT_OWNER_TOKEN: gateway.token,
      PYTHONPATH: sdk,
      PYTHONDONTWRITEBYTECODE: '1',
      no_proxy: '127.0.0.1',
    })
    // unittest writes to the error stream, and what it wrote is in the error of a run that failed.
    const { stderr } = await promisify(execFile)('python3', ['-m', 'unittest', 'discover', '-s', 'tests'], { cwd: sdk, env })
    expect(stderr).toMatch(/^OK$/m)
  })

  test('the key is in no answer, log or record', async () => {
    const log = JSON.stringify(
      await Promise.all((await owner.calls.list({ limit: 200 })).items.map((item) => owner.calls.get(item.id))),
    )
    const listings = JSON.stringify([
      await owner.connections.list(),
      await owner.connectors.get('crm'),
      await owner.approvals.list(),
      await owner.tools.list({ limit: 200 }),
    ])
    for (const text of [log, listings, gateway.output(), await cli('logs', '--json')]) {
      expect(text).not.toContain(apiKey)
      expect(text).not.toContain(Buffer.from(apiKey).toString('base64').slice(0, 20))
    }
  })
})
