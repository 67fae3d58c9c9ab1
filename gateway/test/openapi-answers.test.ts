import { type Schema, Validator } from '@cfworker/json-schema'
import { type DemoCrm, startDemoCrm } from '@sallyport/demo-crm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import description from '../openapi.json' with { type: 'json' }
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

interface Operation {
  readonly operationId: string
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>>
}

const operations = new Map<string, { method: string; path: string; operation: Operation }>()
for (const [path, methods] of Object.entries(description.paths)) {
  for (const [method, operation] of Object.entries(methods)) operations.set(operation.operationId, { method, path, operation })
}

/** A schema in which what is not named may not be there, so that the description is complete. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closed(part)]))
  return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy
}
const components = closed(description.components)

const seen = new Set<string>()
let crm: DemoCrm
let gateway: GatewayProcess
let agent: string

/** Asks one operation and holds its answer against the description. */
async function ask(
  operationId: string,
  { id = '', query = '', body, token = gateway.token }: { id?: string; query?: string; body?: unknown; token?: string } = {},
) {
  const { method, path, operation } = operations.get(operationId) ?? expect.unreachable(`no operation ${operationId}`)
  const response = await fetch(`${gateway.url}${path.replace('{id}', id)}${query}`, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const described = operation.responses[response.status] ?? operation.responses[`${Math.floor(response.status / 100)}XX`]
  if (described === undefined) throw new Error(`${operationId} answers the undescribed status ${response.status}: ${text}`)
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  const schema = described.content?.[type]?.schema
  // Lines are read by those who verify them.
  const data = text === '' || type === 'application/x-ndjson' ? undefined : JSON.parse(text)
  if (text === '') expect(described.content).toBeUndefined()
  else if (schema === undefined) throw new Error(`${operationId} answers undescribed ${type}: ${text}`)
  else if (data !== undefined) {
    const { valid, errors } = new Validator({ ...(closed(schema) as Schema), components } as Schema, '2020-12', false).validate(
      data ?? null,
    )
    expect({ operationId, valid, errors: valid ? [] : errors, text: valid ? '' : text }).toEqual({
      operationId,
      valid: true,
      errors: [],
      text: '',
    })
  }
  seen.add(`${operationId} ${response.status}`)
  return { status: response.status, json: data }
}

beforeAll(async () => {
  crm = await startDemoCrm({ apiKey: 'key-of-the-demo' })
  gateway = await startGatewayProcess()
})
afterAll(async () => {
  await gateway?.stop()
  await crm?.close()
  if (gateway) await removeDataDir(gateway.dataDir)
})

test('every operation answers as the description says, in all of its successes', async () => {
  const parsed = await ask('parseConnector', { body: { url: `${crm.url}/openapi.json`, connector: 'crm' } })
  await ask('previewImport', { body: { url: `${crm.url}/openapi.json` } })
  const verify = { action: 'list_customers' }
  const document = { ...parsed.json.document, verify, limits: { per_minute: 100, timeout_ms: 2000, retries: 0 } }
  document.actions.add_note.confirm = true
  await ask('createConnector', { body: document })
  await ask('createConnector', { body: document })
  await ask('updateConnector', { id: 'crm', body: { document: { ...document, description: 'Changed' }, autoBump: true } })
  await ask('listConnectors', { query: '?limit=1' })
  await ask('getConnector', { id: 'crm' })
  await ask('getConnector', { id: 'none' })
  await ask('getConnectorCapabilities', { id: 'crm' })

  const created = await ask('createConnection', {
    body: { connector: 'crm', name: 'Demo', auth: { fields: { key: 'key-of-the-demo' } } },
  })
  const id: string = created.json.id
  await ask('testConnection', { id })
  await ask('rotateConnection', { id, body: { fields: { key: 'key-of-the-demo' } } })
  await ask('updateConnection', { id, body: { name: 'Renamed' } })
  await ask('listConnections')
  await ask('getConnection', { id })

  const made = await ask('createToken', { body: { name: 'agent' } })
  agent = made.json.token
  await ask('listTokens')
  await ask('listTokens', { token: agent })
  await ask('getSession', { token: agent })
  await ask('getSession', { token: 'sp_unknown' })
  await ask('listTools')
  for (const format of ['mcp', 'openai', 'anthropic', 'gemini']) await ask('listTools', { query: `?format=${format}` })
  await ask('searchTools', { body: { query: 'customers' } })

  const call = (action: string, input: object, more: object = {}) =>
    ask('createCall', { token: agent, body: { connector: 'crm', action, input, ...more } })
  const listed = await call('search_customers', { query: 'a', limit: 1 })
  const answer = await call('add_note', { customer_id: 'cus_1', text: 'x' }, { dry_run: true })
  expect(answer.json.plan).toBeDefined()
  const failed = await call('failing', {})
  expect(failed.json.code).toBe('UPSTREAM_ERROR')
  const pending = await call('add_note', { customer_id: 'cus_1', text: 'x' })
  const refused = await call('add_note', { customer_id: 'cus_1', text: 'y' })
  await ask('listApprovals')
  await ask('listApprovals', { query: '?status=pending' })
  await ask('getApproval', { id: pending.json.approval.id })
  await ask('approve', { id: pending.json.approval.id })
  await ask('approve', { id: pending.json.approval.id })
  await ask('reject', { id: refused.json.approval.id, body: { reason: 'no' } })
  await ask('listCalls')
  for (const record of [listed, failed, pending, refused])
    await ask('getCall', { id: record.json.id ?? record.json.call_id, token: agent })
  await ask('getCallTotals', { query: '?window=1h' })
  const rotated = await ask('rotateVault', { body: {} })
  await ask('rotateVault', { body: { key_id: rotated.json.key_id } })
  await ask('rotateVault', { body: { key_id: 'key_of_another' } })

  const source = { url: `${crm.url}/openapi.json` }
  const found = await ask('checkConnector', { id: 'crm', body: source })
  await ask('pinConnector', { id: 'crm', body: { fingerprint: found.json.fingerprint } })
  await ask('listConnectorVersions', { id: 'crm' })
  await ask('reimportConnector', { id: 'crm', body: { source, fingerprint: found.json.fingerprint } })
  await ask('listConnectorVersions', { id: 'crm' })

  await ask('revokeToken', { id: made.json.id })
  await ask('deleteConnector', { id: 'crm' })
  await ask('deleteConnection', { id })
  await ask('deleteConnector', { id: 'crm' })
  for (const operationId of ['listAudit', 'verifyAudit', 'createAuditCheckpoint', 'exportAudit']) await ask(operationId)
  for (const operationId of ['getHealth', 'getReadiness', 'getOpenApi', 'getConnectorSchema']) await ask(operationId)

  const code = new URL(gateway.setupUrl ?? '').hash.replace('#code=', '')
  const person = { email: 'ada@example.com', password: 'correct horse battery' }
  await ask('setUp', { body: { code, name: 'Ada', ...person } })
  await ask('signIn', { body: person })
  await ask('signOut')

  const described = [...operations.values()].flatMap(({ operation: { operationId, responses } }) =>
    Object.keys(responses)
      .filter((status) => status.startsWith('2'))
      .map((status) => `${operationId} ${status}`),
  )
  expect(described.filter((success) => !seen.has(success))).toEqual([])
}, 60_000)
