import { mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sallyport, SallyportProblem } from '@sallyport/sdk'
import { createRuntime } from '@sallyport/sdk/runtime'
import { startTokenServer, type TokenServer } from '@sallyport/sdk/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { postJson, setUp } from './oauth-harness.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { connectorOf } from './support/oauth-connector.ts'
import { AwsSecrets, GcpSecrets, type SecretService, VaultServer } from './support/secret-services.ts'

/** Credentials are kept in step with secret managers that verify whoever asks: AWS, Google, Vault. */

const aws = new AwsSecrets()
const gcp = new GcpSecrets()
const vault = new VaultServer()
let gateway: GatewayProcess
let owner: Sallyport
let api: CountingUpstream
let tokens: TokenServer
let workspace: string
let count = 0
/** The one key that the API takes; null for any. */
let accepted: string | null = null

/** npm leaves the optional client out where it runs on an older Node than that asks for. */
const withGoogle = (() => {
  try {
    return createRequire(import.meta.url).resolve('@google-cloud/secret-manager') !== ''
  } catch {
    return false
  }
})()

const kinds = [
  {
    kind: 'aws',
    service: aws as SecretService,
    settings: () => ({ region: aws.region, endpoint: aws.url }),
    credential: () => aws.credential as Record<string, string>,
    wrong: () => ({ ...aws.credential, secret_access_key: 'not-the-key' }),
    nameOf: (id: string) => `sallyport/${workspace}/${id}`,
  },
  {
    kind: 'gcp',
    service: gcp as SecretService,
    settings: () => ({ project: gcp.project, endpoint: gcp.url }),
    credential: () => ({ key_file: gcp.account }),
    wrong: () => ({ key_file: new GcpSecrets().account }),
    nameOf: (id: string) => `sallyport-${workspace}-${id}`,
  },
  {
    kind: 'vault',
    service: vault as SecretService,
    settings: () => ({ address: vault.url, role_id: vault.roleId }),
    credential: () => ({ secret_id: vault.secretId }),
    wrong: () => ({ secret_id: 'not-the-secret' }),
    nameOf: (id: string) => `sallyport/${workspace}/${id}`,
  },
] as const
const tested = kinds.filter(({ kind }) => kind !== 'gcp' || withGoogle)
type Kind = (typeof kinds)[number]

beforeAll(async () => {
  ;[gateway, api, tokens] = await Promise.all([
    startGatewayProcess(),
    new CountingUpstream().start(),
    startTokenServer(),
    ...[aws, gcp, vault].map((service) => service.start()),
  ])
  owner = gateway.client()
  workspace = (await owner.session.get()).workspace?.id ?? ''
  await owner.connectors.create({
    connector: 'shop',
    name: 'Shop',
    servers: { production: { url: api.url } },
    auth: { key: { type: 'api_key', name: 'X-Key' } },
    actions: { read: { method: 'GET', path: '/read' } },
  })
  api.behave = ({ headers }, response) => {
    const status = accepted === null || headers['x-key'] === accepted ? 200 : 401
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ data: { items: [1, 2] }, status }))
  }
  const input = { type: 'object', properties: { page: { type: 'integer' } } }
  await owner.connectors.create({
    connector: 'guarded',
    name: 'Guarded',
    servers: { production: { url: api.url } },
    auth: { key: { type: 'api_key', name: 'X-Key' } },
    limits: { retries: 0 },
    actions: {
      read: { method: 'GET', path: '/items', query: { page: '{{page}}' }, input, response: { map: { items: 'data.items' } } },
      pay: { method: 'POST', path: '/pay', confirm: true },
    },
  })
})
afterAll(async () => {
  await gateway?.stop()
  await Promise.all([api?.stop(), tokens?.close(), ...[aws, gcp, vault].map((service) => service.stop())])
  await removeDataDir(gateway.dataDir)
})
afterEach(() => {
  for (const service of [aws, gcp, vault]) Object.assign(service, { fault: null, stale: false })
})

const backend = ({ kind, settings, credential }: Kind, more: object = {}) =>
  owner.secrets.addBackend({ name: `${kind} ${++count}`, kind, settings: settings(), credential: credential(), ...more })
const connect = async (key: string, more: object = {}) =>
  (await owner.connections.create({ connector: 'shop', name: `Shop ${++count}`, auth: { fields: { key } }, ...more })).id
const until = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 15_000, interval: 50 })
const problemFrom = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => {
      if (error instanceof SallyportProblem) return error
      throw error
    },
  )
const stateOf = async (id: string) => (await owner.secrets.of(id)).replicas[0]?.state ?? null
const written = (id: string) => until(async () => expect(await stateOf(id)).toBe('written'))

describe.each(tested)('$kind', (kind) => {
  const { service, nameOf } = kind

  test('has each secret as it is now, under a name known beforehand, until its connection leaves or ends', async () => {
    const before = await connect('key-of-before')
    const { id: at } = await backend(kind, { default: true })
    const after = await connect('key-of-after')
    await Promise.all([written(before), written(after)])
    expect(service.content(nameOf(before))).toEqual({
      sallyport: 1,
      connection: before,
      scheme: 'key',
      version: '1.0',
      expires_at: null,
      fields: { key: 'key-of-before' },
    })
    await owner.connections.rotate(before, { fields: { key: 'key-that-was-rotated' } })
    await until(() =>
      expect(service.content(nameOf(before))).toMatchObject({ version: '2.0', fields: { key: 'key-that-was-rotated' } }),
    )
    // An override, and back.
    await owner.secrets.move(after, 'proxy')
    await until(() => expect(service.secrets.has(nameOf(after))).toBe(false))
    expect(await owner.secrets.of(after)).toEqual({ chosen: 'proxy', mode: 'proxy', replicas: [] })
    await owner.secrets.move(after, 'workspace')
    await until(() => expect(service.content(nameOf(after))?.fields).toEqual({ key: 'key-of-after' }))

    await expect(owner.secrets.removeBackend(at)).rejects.toMatchObject({ code: 'CONFLICT' })
    await owner.connections.delete(before)
    await until(() => expect(service.secrets.has(nameOf(before))).toBe(false))
    await owner.secrets.updateBackend(at, { default: false })
    await until(() => expect(service.secrets.size).toBe(0))
    await until(async () => expect((await owner.secrets.list(at)).items).toEqual([]))
    await owner.secrets.removeBackend(at)
    await owner.connections.delete(after)
    const kinds = (await owner.audit.list({ limit: 200 })).items.map(({ kind: act }) => act)
    for (const act of ['secret_replica.written', 'secret_replica.removed', 'connection.secret_moved'])
      expect(kinds).toContain(act)
  })

  test('is tried with a secret without meaning, and says why when its credential is not taken', async () => {
    const { id } = await backend(kind)
    expect(await owner.secrets.testBackend(id)).toEqual({ ok: true, message: 'A secret was written, found and removed.' })
    expect(service.secrets.size).toBe(0)
    await owner.secrets.updateBackend(id, { credential: kind.wrong() })
    const refused = await owner.secrets.testBackend(id)
    expect(refused).toMatchObject({ ok: false, message: expect.stringMatching(/signature|credentials|invalid role/i) })
    const { items } = await owner.secrets.backends()
    expect(items.find((each) => each.id === id)?.problem).toBe(refused.message)
    await owner.secrets.removeBackend(id)
  })

  test('throttling, denial and an outage of some secrets hold up those alone, and are tried again until they end', async () => {
    const throttled = { aws: 'ThrottlingException', gcp: 'RESOURCE_EXHAUSTED', vault: 'x' }[kind.kind]
    const [one, two] = [await connect('key-one'), await connect('key-two')]
    let faults = 0
    service.fault = ({ name }) => {
      if (name !== nameOf(two)) return null
      faults++
      return faults < 2
        ? { status: kind.kind === 'aws' ? 400 : 429, name: throttled }
        : faults < 3
          ? { status: 503, name: 'Broken' }
          : null
    }
    const { id: at } = await backend(kind, { default: true })
    await written(one)
    await until(async () =>
      expect((await owner.secrets.of(two)).replicas[0]).toMatchObject({ state: 'failing', problem: expect.any(String) }),
    )
    await until(async () => {
      await owner.secrets.sync(at)
      expect(await stateOf(two)).toBe('written')
    })
    expect(faults).toBeGreaterThan(2)
    expect(service.content(nameOf(two))?.fields).toEqual({ key: 'key-two' })

    // Somebody else writes and deletes: found, shown, and put right when asked for.
    const changed = service.secrets.get(nameOf(one)) ?? []
    service.secrets.set(nameOf(one), [...changed, { id: String(changed.length + 1), value: '{}' }])
    service.secrets.delete(nameOf(two))
    expect(await owner.secrets.sync(at)).toMatchObject({ secrets: { drifted: 2 } })
    expect((await owner.secrets.list(at, { problems: true })).items.map(({ drift }) => drift).sort()).toEqual([
      'changed',
      'deleted',
    ])
    for (const id of [one, two])
      expect((await owner.secrets.rewrite(id)).replicas[0]).toMatchObject({ state: 'written', drift: null })
    expect(service.content(nameOf(one))?.fields).toEqual({ key: 'key-one' })
    expect((await owner.audit.list({ kind: 'secret_replica.drifted' })).items).not.toEqual([])
    await owner.secrets.updateBackend(at, { default: false })
    await until(() => expect(service.secrets.size).toBe(0))
    await until(async () => expect((await owner.secrets.list(at)).items).toEqual([]))
    await owner.secrets.removeBackend(at)
    for (const id of [one, two]) await owner.connections.delete(id)
  })
})

test('a token that was refreshed is written out before its end, and what renews it never leaves', async () => {
  const [kind] = kinds
  const { id: at } = await backend(kind)
  const connector = 'short_lived'
  await owner.connectors.create(connectorOf(connector, tokens, { flow: 'client_credentials' }))
  const auth = { fields: { client_id: tokens.clientId, client_secret: tokens.clientSecret } }
  tokens.behaviour.expiresIn = 4
  const { id } = await owner.connections.create({ connector, auth })
  await owner.secrets.move(id, at)
  const held = () => aws.content(kind.nameOf(id))
  await until(() =>
    expect(held()).toMatchObject({ fields: { access_token: expect.any(String) }, expires_at: expect.any(String) }),
  )
  const first = held()
  expect(Object.keys(first?.fields ?? {}).sort()).toEqual(['access_token', 'client_id'])
  // Nobody calls: it is renewed all the same, at half of its life.
  await until(() => expect(held()?.fields.access_token).not.toBe(first?.fields.access_token))
  // A workload whose token was refused asks: once for each version.
  tokens.behaviour.expiresIn = null
  const { version } = await owner.secrets.refresh(id, held()?.version ?? '')
  await until(() => expect(held()?.version).toBe(version))
  const requests = tokens.requests.length
  expect(await owner.secrets.refresh(id, first?.version ?? '')).toEqual({ version, renewed: false })
  expect(tokens.requests.length).toBe(requests)
  await owner.connections.delete(id)
  await until(async () => expect((await owner.secrets.list(at)).items).toEqual([]))
  expect(aws.secrets.size).toBe(0)
  await owner.secrets.removeBackend(at)
})

test("a person's own account is never replicated, and nothing of a credential is in an answer, the manifest or the log", async () => {
  const [kind] = kinds
  const { id: at } = await backend(kind, { default: true })
  const shared = await connect('key-shared-5f2c9a1e')
  await written(shared)
  const browser = await setUp(gateway)
  const own = { connector: 'shop', name: 'Mine', personal: true, auth: { fields: { key: 'key-of-a-person' } } }
  const { json: mine } = await postJson(`${gateway.url}/api/v1/connections`, own, browser)
  const asked = await fetch(`${gateway.url}/api/v1/connections/${mine.id}/secret`, {
    method: 'PUT',
    headers: { ...browser, 'content-type': 'application/json' },
    body: JSON.stringify({ to: at }),
  })
  expect({ status: asked.status, json: await asked.json() }).toMatchObject({ status: 400, json: { code: 'INVALID_INPUT' } })
  await owner.secrets.sync(at)
  expect((await owner.secrets.list(at, { limit: 200 })).items.map(({ connection }) => connection)).not.toContain(mine.id)
  const manifest = JSON.stringify(await owner.secrets.manifest())
  expect(manifest).toContain(kind.nameOf(shared))
  const places = JSON.stringify([
    await owner.secrets.backends(),
    await owner.secrets.list(at),
    await owner.audit.list({ limit: 200 }),
  ])
  for (const secret of ['key-shared-5f2c9a1e', aws.credential.secret_access_key, tokens.clientSecret])
    expect(manifest + places + gateway.output()).not.toContain(secret)
  await owner.secrets.updateBackend(at, { default: false })
  await until(async () => expect((await owner.secrets.list(at)).items).toEqual([]))
  expect(aws.secrets.size).toBe(0)
  await owner.secrets.removeBackend(at)
})

describe('a workload with the runtime', () => {
  const shopCall = { connector: 'shop', action: 'read', input: {} }
  const callsOf = async () => (await owner.calls.list({ limit: 200 })).items.length

  test('calls the API directly, with the answer and the errors of a call over the gateway, and follows a rotation', async () => {
    const [kind] = kinds
    const { id: at } = await backend(kind, { default: true })
    const id = await connect('key-of-a-workload', { connector: 'guarded' })
    await written(id)
    for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value)
    const records: unknown[] = []
    const runtime = createRuntime({
      manifest: JSON.parse(JSON.stringify(await owner.secrets.manifest())),
      gateway: owner,
      allow: ['127.0.0.1/32'],
      onCall: (record) => records.push(record),
    })
    const call = { ...shopCall, connector: 'guarded', connection: id }
    accepted = 'key-of-a-workload'
    const before = await callsOf()
    const [direct, proxied] = [await runtime.call(call), await owner.calls.create(call)]
    const same = { id: expect.any(String), duration_ms: expect.any(Number) }
    expect(direct).toEqual({ ...proxied, ...same })
    expect(await callsOf()).toBe(before + 1)
    expect(records).toEqual([expect.objectContaining({ connection_id: id, status: 'succeeded', outcome: 'done' })])
    // The input is checked, the answer mapped and errors told alike.
    for (const wrong of [
      { ...call, action: 'read', input: { page: 'x' } },
      { ...call, action: 'missing', input: {} },
    ]) {
      const [here, there] = await Promise.all(
        [runtime, owner.calls].map((side) => problemFrom('call' in side ? side.call(wrong) : side.create(wrong))),
      )
      expect(here?.code).toBe(there?.code)
    }

    // Rotated meanwhile: what is in hand is refused, and what the secret manager has is read again. A replica that lags is waited for.
    accepted = 'key-after-its-rotation'
    aws.stale = true
    await owner.connections.rotate(id, { fields: { key: accepted } })
    await until(() => expect(aws.content(kind.nameOf(id))?.version).toBe('2.0'))
    const lagging = runtime.call(call)
    await until(() => expect(aws.asked.filter(({ operation }) => operation === 'GetSecretValue').length).toBeGreaterThan(2))
    aws.stale = false
    expect(await lagging).toMatchObject({ success: true, outcome: 'done' })

    // While the secret manager is away, what is in hand goes on; whoever has nothing in hand is told to come back.
    aws.fault = () => ({ status: 500, name: 'InternalServiceError' })
    expect(await runtime.call(call)).toMatchObject({ success: true })
    const other = createRuntime({ manifest: await owner.secrets.manifest(), allow: ['127.0.0.1/32'] })
    expect(await problemFrom(other.call(call))).toMatchObject({ code: 'UNAVAILABLE', status: 503 })
    aws.fault = () => ({ status: 400, name: 'AccessDeniedException' })
    expect(await problemFrom(other.call(call))).toMatchObject({ code: 'FORBIDDEN' })
    aws.fault = null

    // What a person has to decide on goes to the gateway, or nowhere.
    const asking = { ...call, action: 'pay' }
    expect(await runtime.call(asking)).toMatchObject({ status: 'pending_approval' })
    expect(await problemFrom(other.call(asking))).toMatchObject({ code: 'APPROVAL_REQUIRED' })
    await Promise.all([runtime.close(), other.close()])
    vi.unstubAllEnvs()
    await owner.secrets.updateBackend(at, { default: false })
    await until(async () => expect((await owner.secrets.list(at)).items).toEqual([]))
    await owner.secrets.removeBackend(at)
  })

  test.runIf(withGoogle)('reads from Google and from Vault, and has a token renewed by the gateway', async () => {
    const connector = 'renewed'
    await owner.connectors.create(connectorOf(connector, tokens, { flow: 'client_credentials' }))
    const auth = { fields: { client_id: tokens.clientId, client_secret: tokens.clientSecret } }
    const file = join(mkdtempSync(join(tmpdir(), 'account-')), 'account.json')
    writeFileSync(file, gcp.account)
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file)
    for (const kind of kinds.slice(1)) {
      const { id: at } = await backend(kind)
      const { id } = await owner.connections.create({ connector, name: kind.kind, auth })
      await owner.secrets.move(id, at)
      await written(id)
      const runtime = createRuntime({
        manifest: await owner.secrets.manifest(),
        gateway: owner,
        vault: { roleId: vault.roleId, secretId: vault.secretId },
        allow: ['127.0.0.1/32'],
      })
      const call = { connector, connection: id, action: 'read', input: {} }
      expect(await runtime.call(call)).toMatchObject({ success: true, payload: { ok: true } })
      tokens.expireTokens()
      vault.endTokens()
      expect(await runtime.call(call)).toMatchObject({ success: true, payload: { ok: true } })
      expect(kind.service.content(kind.nameOf(id))?.fields).not.toHaveProperty('client_secret')
      await runtime.close()
      await owner.connections.delete(id)
      await until(async () => expect((await owner.secrets.list(at)).items).toEqual([]))
      await owner.secrets.removeBackend(at)
    }
    vi.unstubAllEnvs()
  })
})
