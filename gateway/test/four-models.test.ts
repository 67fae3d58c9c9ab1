import { Sallyport, SallyportProblem } from '@sallyport/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startContactsCrm } from '../../examples/external-service/crm.ts'
import { type Gateway, startGateway } from '../src/app.ts'
import { parseConfig } from '../src/config.ts'
import { crm, described, instance, script } from './support/crm-models.ts'
import { temporaryDataDir } from './support/data-dir.ts'
import { startExampleService } from './support/example-service.ts'
import { ownerToken, removeDataDir } from './support/gateway.ts'

/** The built-in types of the gateway, which a new release of it changes, and what it logs. */
const inside = vi.hoisted(() => ({ types: new Map<string, unknown>(), log: [] as unknown[] }))

/** The line in the list of built-in types that a new one takes. */
vi.mock('../src/connections/builtins/index.ts', async (original) => {
  const real = await original<typeof import('../src/connections/builtins/index.ts')>()
  const createBuiltins: typeof real.createBuiltins = (egress) => {
    for (const [name, type] of [...real.createBuiltins(egress), [crm.name, crm] as const]) inside.types.set(name, type)
    return inside.types as ReturnType<typeof real.createBuiltins>
  }
  return { createBuiltins }
})
vi.mock('../src/log.ts', () => ({
  createLog: () => pino({ level: 'warn' }, { write: (line) => inside.log.push(JSON.parse(line)) }),
}))

const apiKey = 'canary-crm-key-77b2e6f1'
const serviceSecret = 'canary-service-4c1d90aa'

let gateway: Gateway
let sallyport: Sallyport
let dataDir: string
let api: Awaited<ReturnType<typeof startContactsCrm>>
let service: Awaited<ReturnType<typeof startExampleService>>

const models = ['crm_http', 'crm_builtin', 'crm_script', 'crm_external'] as const

/** What a call came to, but for what differs from call to call and the words of people. */
async function outcomeOf(connector: string, connection: string, action: string, input: object) {
  try {
    const result = await sallyport.calls.create({ connector, connection, action, input: { ...input } })
    if (!('success' in result)) throw new Error('waits for approval')
    const { success, payload, variables, diagnostics, outcome } = result
    return { success, outcome, payload, variables, diagnostics }
  } catch (error) {
    if (!(error instanceof SallyportProblem)) throw error
    return { success: false, code: error.code, diagnostics: error.diagnostics }
  }
}

beforeAll(async () => {
  dataDir = await temporaryDataDir()
  api = await startContactsCrm(apiKey)
  service = await startExampleService(process.execPath, 'service.ts', serviceSecret)
  gateway = await startGateway(
    parseConfig({
      SALLYPORT_PORT: '0',
      SALLYPORT_DATA_DIR: dataDir,
      SALLYPORT_BOOTSTRAP_TOKEN: ownerToken,
      SALLYPORT_EGRESS_ALLOW: '127.0.0.1/32',
    }),
  )
  sallyport = new Sallyport({ url: gateway.url, token: ownerToken })
  await sallyport.connectors.create(described(api.url))
  await sallyport.connectors.create(instance(api.url))
  await sallyport.connectors.create(script(api.url))
  await sallyport.connectors.create({ url: `${service.url}/schema`, connector: 'crm_external' })
  const settings = { baseUrl: api.url }
  for (const [name, key] of [
    ['right', apiKey],
    ['wrong', 'another'],
  ] as const) {
    await sallyport.connections.create({ connector: 'crm_http', name, auth: { fields: { token: key } } })
    await sallyport.connections.create({ connector: 'crm_builtin', name, settings, auth: { fields: { apiKey: key } } })
    await sallyport.connections.create({ connector: 'crm_script', name, auth: { fields: { token: key } } })
    const fields = { 'signature.secret': serviceSecret, 'keys.apiKey': key }
    await sallyport.connections.create({ connector: 'crm_external', name, settings, auth: { fields } })
  }
})
afterAll(async () => {
  service?.stop()
  api?.stop()
  await gateway?.close()
  await removeDataDir(dataDir)
})

describe.each(models)('the CRM connector as %s (F1, F4, F19)', (model) => {
  test('answers a success with the same payload and variables', async () => {
    expect(await outcomeOf(model, 'right', 'listContacts', { limit: 1 })).toEqual({
      success: true,
      outcome: 'done',
      payload: { contacts: [{ id: 'c_1', email: 'ada@example.com' }], total: 2 },
      variables: { contactCount: 2 },
      diagnostics: undefined,
    })
    expect(await outcomeOf(model, 'right', 'getContact', { id: 'c/1' })).toMatchObject({
      success: true,
      payload: { id: 'c%2F1', email: 'ada@example.com' },
    })
  })

  test('answers a failure with the same code and diagnostics', async () => {
    expect(await outcomeOf(model, 'right', 'getContact', { id: 'none' })).toEqual({
      success: false,
      code: 'ENDPOINT_NOT_FOUND',
      diagnostics: { upstream_status: 404, upstream_body: { error: 'There is no contact "none".' } },
    })
  })

  test('tells that its key is refused, and marks the connection', async () => {
    expect(await outcomeOf(model, 'wrong', 'listContacts', {})).toEqual({
      success: false,
      code: 'AUTHENTICATION_FAILED',
      diagnostics: {
        upstream_status: 401,
        upstream_body: { error: 'Who are you?' },
        mend_url: expect.stringMatching(/\/connections\/con_/),
      },
    })
    const { items } = await sallyport.connections.list({ connector: model })
    expect(items.map(({ name, status }) => [name, status])).toEqual(
      expect.arrayContaining([
        ['right', 'active'],
        ['wrong', 'needs_reauth'],
      ]),
    )
  })

  test('refuses an input that its schema does not allow before anything is asked', async () => {
    const before = api.seen.length
    expect(await outcomeOf(model, 'right', 'listContacts', { limit: 'many' })).toMatchObject({ code: 'INVALID_INPUT' })
    expect(await outcomeOf(model, 'right', 'getContact', {})).toMatchObject({ code: 'INVALID_INPUT' })
    expect(api.seen.length).toBe(before)
  })

  test('runs its default where a call names no action, and refuses a change that is more than its version says (F5, F10)', async () => {
    const unnamed = async () => ({ payload: await sallyport.custom[model]?.({ limit: 1 }, { connection: 'right' }) })
    const hasDefault = model === 'crm_builtin'
    if (!hasDefault)
      await expect(unnamed()).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        detail: expect.stringMatching(/has no default_action. It has: (.*, )?listContacts/),
      })
    const document: Record<string, unknown> = { ...(await sallyport.connectors.get(model)) }
    const change = (more: object, autoBump: boolean) =>
      sallyport.connectors.update(model, { document: { ...document, ...more }, autoBump })
    await expect(change({ default_action: 'nothing' }, true)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    const { version } = hasDefault ? { version: document.version } : await change({ default_action: 'listContacts' }, true)
    expect(await unnamed()).toMatchObject({ payload: { contacts: [{ id: 'c_1', email: 'ada@example.com' }] } })
    const { listContacts } = document.actions as Record<string, unknown>
    const deprecated = 'Ask for pages.'
    const less = {
      default_action: 'listContacts',
      actions: { listContacts: { ...Object(listContacts), deprecated: true, deprecated_message: deprecated } },
    }
    // What an instance can do is its type's to say: as of another release of the gateway.
    const { listContacts: command } = crm.commands
    if (hasDefault) inside.types.set(crm.name, { ...crm, commands: { listContacts: { ...command, deprecated } } })
    await expect(change({ ...less, version: `${String(version).split('.')[0]}.999.0` }, false)).rejects.toMatchObject({
      code: 'CONFLICT',
      detail: expect.stringContaining('the version must be at least 2.0.0'),
    })
    expect(await change(less, true)).toMatchObject({ version: '2.0.0' })
    // Deprecated, it works and says so (F13).
    inside.log.length = 0
    expect(await unnamed()).toMatchObject({ payload: { total: 2 } })
    expect(inside.log).toContainEqual(
      expect.objectContaining({
        ...{ level: pino.levels.values.warn, msg: 'a deprecated action was called' },
        ...{ connector: model, action: 'listContacts', instead: deprecated },
      }),
    )
    const { actions } = await sallyport.connectors.capabilities(model)
    expect(actions).toMatchObject([{ action: 'listContacts', deprecated: true }])
  })
})
