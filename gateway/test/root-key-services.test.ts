import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Secret } from '../src/secret.ts'
import { findRootKey } from '../src/vault/root-key.ts'
import { RootKeyError } from '../src/vault/root-key-error.ts'
import type { RootKey } from '../src/vault/types.ts'
import { watchDials } from './support/canary.ts'
import { CountingUpstream, connectLedger } from './support/counting-upstream.ts'
import { temporaryDataDir } from './support/data-dir.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { AwsKms, addKey, GcpKms } from './support/key-services.ts'

const aws = new AwsKms()
const gcp = new GcpKms()
let folder: string
let account: string
const gcpName = (name: string) => `projects/p/locations/europe-west3/keyRings/sallyport/cryptoKeys/${name}`

/** npm leaves the optional client out where it runs on an older Node than that asks for. */
const withGoogle = (() => {
  try {
    return createRequire(import.meta.url).resolve('@google-cloud/kms') !== ''
  } catch {
    return false
  }
})()

/** The services, and how each is called in a setting and tells what is wrong. */
const all = [
  {
    name: 'AWS KMS',
    service: aws,
    keyName: (name: string) => `alias/${name}`,
    setting: (name: string) => `aws-kms:alias/${name}`,
    denies: /AWS KMS denies it .*Allow kms:Encrypt and kms:Decrypt/,
    unknown: /AWS KMS knows no such key in this account and region/,
  },
  {
    name: 'Google Cloud KMS',
    service: gcp,
    keyName: gcpName,
    setting: (name: string) => gcp.setting(gcpName(name)),
    denies: /Google Cloud KMS denies it .*role Cloud KMS CryptoKey Encrypter\/Decrypter/,
    unknown: /Google Cloud KMS knows no such key/,
  },
] as const
const services = all.filter(({ service }) => service === aws || withGoogle)

/** Keeps both clients from looking for credentials anywhere but here. */
const environment = (): Record<string, string> => ({
  ...aws.env,
  GOOGLE_APPLICATION_CREDENTIALS: account,
  METADATA_SERVER_DETECTION: 'none',
})

let watched: ReturnType<typeof watchDials>

beforeAll(async () => {
  await Promise.all([aws.start(), gcp.start()])
  folder = mkdtempSync(join(tmpdir(), 'key-services-'))
  account = join(folder, 'account.json')
  writeFileSync(account, gcp.account)
  watched = watchDials()
})
afterAll(async () => {
  // Neither client asks anybody else, whatever goes wrong.
  expect(watched.dials.filter((dial) => !dial.startsWith('127.0.0.1:'))).toEqual([])
  watched.stop()
  await Promise.all([aws.stop(), gcp.stop()])
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value)
})
afterEach(() => {
  vi.unstubAllEnvs()
  for (const { service } of services) {
    service.instead = null
    service.denied = false
  }
})

const context = { workspace: 'ws_1', keyId: 'key_1' }
const bytes = Buffer.alloc(32, 7)

async function open(setting: string): Promise<RootKey> {
  const root = await findRootKey({ configured: new Secret(setting), dataDir: folder })
  if (root === null) throw new Error('no root key')
  return root
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    (value) => value,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(RootKeyError)
  return String(error)
}

describe.each(services)('a root key in $name', ({ name, service, keyName, setting, denies, unknown }) => {
  it('opens what it has wrapped, in its context only', async () => {
    addKey(service, keyName('main'))
    const root = await open(setting('main'))
    const wrapped = await root.wrap(context, bytes)
    expect(wrapped.includes(bytes)).toBe(false)
    expect(await root.unwrap(context, wrapped)).toEqual(bytes)
    for (const other of [
      { ...context, workspace: 'ws_2' },
      { ...context, keyId: 'key_2' },
    ])
      expect(await root.unwrap(other, wrapped)).toBeNull()
  })

  it('does not open what another key has wrapped, or what was altered or cut', async () => {
    addKey(service, keyName('main'))
    addKey(service, keyName('other'))
    const root = await open(setting('main'))
    const wrapped = await root.wrap(context, bytes)
    expect(await (await open(setting('other'))).unwrap(context, wrapped)).toBeNull()
    const altered = Buffer.from(wrapped)
    altered[altered.length - 1] = (altered[altered.length - 1] ?? 0) ^ 1
    for (const wrong of [altered, wrapped.subarray(0, 40), Buffer.from('nonsense')])
      expect(await root.unwrap(context, wrong)).toBeNull()
  })

  it('goes on when its key gets another version, as long as the old one is kept', async () => {
    const key = addKey(service, keyName('main'))
    const root = await open(setting('main'))
    const before = await root.wrap(context, bytes)
    key.rotate()
    const after = await root.wrap(context, bytes)
    expect(await root.unwrap(context, before)).toEqual(bytes)
    expect(await root.unwrap(context, after)).toEqual(bytes)
  })

  it('says what to do when it is denied, unknown or switched off', async () => {
    const key = addKey(service, keyName('main'))
    const root = await open(setting('main'))
    const wrapped = await root.wrap(context, bytes)
    service.denied = true
    expect(await faultOf(root.wrap(context, bytes))).toMatch(denies)
    expect(await faultOf(root.unwrap(context, wrapped))).toMatch(denies)
    service.denied = false
    expect(await faultOf((await open(setting('absent'))).wrap(context, bytes))).toMatch(unknown)
    key.disabled = true
    // Not null: a key that is switched off is not another key.
    for (const work of [root.wrap(context, bytes), root.unwrap(context, wrapped)])
      expect(await faultOf(work)).toMatch(/the key cannot be used .*Enable/)
  })

  it.each([
    ['an answer that is no JSON', 200, 'text/html', '<html>Welcome to the Wi-Fi of the hotel</html>'],
    ['an answer cut short', 200, 'application/json', '{"CiphertextBlob": "AAA'],
    ['an empty answer', 200, 'application/json', '{}'],
    ['no body', 200, 'application/json', ''],
    ['an error that is no JSON', 502, 'text/html', '<html>Bad gateway</html>'],
    ['an error nobody knows', 418, 'application/json', '{"__type":"TeapotException","error":{"code":418,"message":"teapot"}}'],
  ])('fails for %s, and never takes it for a key', async (_, status, type, body) => {
    addKey(service, keyName('main'))
    const root = await open(setting('main'))
    const wrapped = await root.wrap(context, bytes)
    service.instead = (response) => response.writeHead(status, { 'content-type': type }).end(body)
    expect(await faultOf(root.wrap(context, bytes))).toMatch(/KMS cannot be used|KMS answered without|the key cannot be used/)
    // An answer without a plaintext opens nothing; everything else is a fault.
    const unwrapped = await root.unwrap(context, wrapped).catch((error: unknown) => error)
    if (unwrapped !== null) expect(unwrapped).toBeInstanceOf(RootKeyError)
  })

  it('that nobody answers for is a fault with a reason', async () => {
    addKey(service, keyName('main'))
    const root = await open(setting('main'))
    service.instead = (response) => response.destroy()
    expect(await faultOf(root.wrap(context, bytes))).toContain(name)
  })
})

it('a key service that hangs is given up after 15 seconds', { timeout: 40_000 }, async () => {
  const waits = services.map(async ({ service, keyName, setting }) => {
    addKey(service, keyName('main'))
    const root = await open(setting('main'))
    service.instead = () => {}
    expect(await faultOf(root.wrap(context, bytes))).toMatch(/did not answer in time/)
  })
  const start = performance.now()
  await Promise.all(waits)
  expect(performance.now() - start).toBeLessThan(20_000)
})

describe('credentials that are not accepted', () => {
  it('of AWS, wrong or absent, are told from everything else', async () => {
    addKey(aws, 'alias/main')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another')
    expect(await faultOf((await open('aws-kms:alias/main')).wrap(context, bytes))).toMatch(/AWS does not accept the credentials/)
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined)
    expect(await faultOf((await open('aws-kms:alias/main')).wrap(context, bytes))).toMatch(/AWS does not accept the credentials/)
  })

  it.runIf(withGoogle)('of Google Cloud, wrong or absent, are told from everything else', async () => {
    addKey(gcp, gcpName('main'))
    writeFileSync(account, new GcpKms().account)
    expect(await faultOf((await open(gcp.setting(gcpName('main')))).wrap(context, bytes))).toMatch(
      /does not accept the credentials/,
    )
    rmSync(account)
    expect(await faultOf(open(gcp.setting(gcpName('main'))))).toMatch(/no credentials for Google Cloud/)
    writeFileSync(account, gcp.account)
  })

  it('a region nobody gave is asked for', async () => {
    vi.stubEnv('AWS_REGION', undefined)
    expect(await faultOf((await open('aws-kms:alias/main')).wrap(context, bytes))).toMatch(/Set AWS_REGION, or add \?region=/)
  })
})

describe.each(services)('a gateway with its root key in $name', ({ name, service, keyName, setting, denies }) => {
  let dataDir: string
  let upstream: CountingUpstream
  let gateway: GatewayProcess | undefined

  beforeAll(async () => {
    dataDir = await temporaryDataDir()
    upstream = await new CountingUpstream().start()
  })
  afterAll(async () => {
    await gateway?.stop()
    await upstream.stop()
    await removeDataDir(dataDir)
  })

  const start = async (key: string) =>
    startGatewayProcess({ dataDir, env: { ...environment(), SALLYPORT_ROOT_KEY: setting(key) } })
  /** What it wrote instead of listening. */
  const refusal = async (key: string): Promise<string> => {
    const error: unknown = await start(key).catch((reason: unknown) => reason)
    if (!(error instanceof Error)) throw new Error('it listens')
    expect(error.message).toContain('exited with 1 before it listened')
    expect(error.message).toContain('Nothing was started.')
    return error.message
  }

  it('seals with it, starts again with it, and goes on when the service is gone', { timeout: 60_000 }, async () => {
    addKey(service, keyName('main'))
    gateway = await start('main')
    await connectLedger(gateway.client(), upstream)
    await gateway.stop()
    service.keys.get(keyName('main'))?.rotate()
    gateway = await start('main')
    const look = () => gateway?.client().calls.create({ connector: 'ledger', action: 'look' })
    // The key of the workspace is not unwrapped yet: an outage, to be asked again, and no damage.
    service.instead = (response) => response.destroy()
    await expect(look()).rejects.toMatchObject({ code: 'UNAVAILABLE', status: 503, retryAfterSeconds: expect.any(Number) })
    service.instead = null
    expect(await look()).toMatchObject({ success: true })
    service.instead = (response) => response.destroy()
    expect(await look()).toMatchObject({ success: true })
    expect(gateway.output()).not.toMatch(/AWS_SECRET|wJalrXUtnFEMI|PRIVATE KEY/)
    await gateway.stop()
  })

  it('refuses to start before it listens, and says what to do', { timeout: 90_000 }, async () => {
    addKey(service, keyName('other'))
    expect(await refusal('other')).toContain('The root key is not the one this database was sealed with')
    service.denied = true
    expect(await refusal('main')).toMatch(denies)
    service.denied = false
    service.instead = (response) => response.destroy()
    expect(await refusal('main')).toContain(`${name} cannot be used`)
  })
})
