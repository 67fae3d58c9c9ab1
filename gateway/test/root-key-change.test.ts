import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CountingUpstream, connectLedger } from './support/counting-upstream.ts'
import { temporaryDataDir } from './support/data-dir.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { AwsKms, addKey } from './support/key-services.ts'

const [first, second, third] = [1, 2, 3].map(() => randomBytes(32).toString('base64')) as [string, string, string]
const inKms = 'aws-kms:alias/new'
const aws = new AwsKms()

let dataDir: string
let upstream: CountingUpstream

beforeAll(async () => {
  dataDir = await temporaryDataDir()
  upstream = await new CountingUpstream().start()
  await aws.start()
  addKey(aws, 'alias/new')
})
afterAll(async () => {
  await Promise.all([upstream.stop(), aws.stop()])
  await removeDataDir(dataDir)
})

const start = (root: string | null, previous?: string): Promise<GatewayProcess> =>
  startGatewayProcess({
    dataDir,
    env: {
      ...aws.env,
      ...(root !== null && { SALLYPORT_ROOT_KEY: root }),
      ...(previous !== undefined && { SALLYPORT_PREVIOUS_ROOT_KEY: previous }),
    },
  })

/** Starts, makes a call with the stored credential, and stops. */
async function expectToWork(root: string | null, previous?: string): Promise<string> {
  const gateway = await start(root, previous)
  try {
    upstream.reset()
    await gateway.client().calls.create({ connector: 'ledger', action: 'look' })
    expect(upstream.seen).toMatchObject([{ headers: { 'x-key': 'ledger-key-0123456789' } }])
    return gateway.output()
  } finally {
    await gateway.stop()
  }
}

/** What it says instead of listening. */
async function refusal(root: string | null, previous?: string): Promise<string> {
  const error: unknown = await start(root, previous).then(
    (gateway) => gateway.stop(),
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error)) throw new Error('it listens')
  expect(error.message).toContain('exited with 1 before it listened')
  for (const key of [first, second, third]) expect(error.message).not.toContain(key)
  return error.message
}

describe('the root key of a database', { timeout: 60_000 }, () => {
  it('is the one of the first start: another one, or none, is refused before the gateway listens', async () => {
    const gateway = await start(first)
    await connectLedger(gateway.client(), upstream)
    await gateway.stop()
    expect(await refusal(second)).toMatch(/not the one this database was sealed with.*set SALLYPORT_PREVIOUS_ROOT_KEY/)
    expect(await refusal(null)).toMatch(/root\.key is missing in .* so none is made/)
    expect(existsSync(join(dataDir, 'root.key'))).toBe(false)
  })

  it('is changed by a start that has both, and the old one is worth nothing from then on', async () => {
    expect(await refusal(second, third)).toContain('Neither the root key nor the previous one opens this database')
    expect(await expectToWork(second, first)).toContain('wrapped by the new root key')
    expect(await refusal(first)).toContain('not the one this database was sealed with')
    expect(await expectToWork(second, first)).toContain('is not needed any more')
  })

  it('stays the old one when the change breaks off in the middle, and is changed by the next start', async () => {
    // Asked whether it opens the database, then to wrap and to open each key; denied at the last.
    aws.deniedFrom = aws.requests + 5
    expect(await refusal(inKms, second)).toContain('AWS KMS denies it')
    expect(aws.requests).toBe(aws.deniedFrom)
    aws.deniedFrom = Number.POSITIVE_INFINITY
    aws.denied = false
    expect(await refusal(inKms)).toContain('not the one this database was sealed with')
    // Opens with the old one, or it could not be changed.
    await expectToWork(inKms, second)
  })

  it('goes back from a key service to a file', async () => {
    await expectToWork(third, inKms)
    const asked = aws.requests
    await expectToWork(third)
    expect(aws.requests).toBe(asked)
  })

  it('leaves an entry in the audit log for each change, and none for what broke off', async () => {
    const gateway = await start(third)
    try {
      const { audit } = gateway.client()
      const { items } = await audit.list({ kind: 'vault.root_changed' })
      const [toFile, toKms, toSecond] = items
      expect(items).toHaveLength(3)
      expect(toSecond).toMatchObject({ actor: { kind: 'gateway' }, target: { kind: 'vault', name: 'Root key' } })
      expect(toKms?.after).toEqual({ root: expect.stringContaining('alias/new') })
      expect(toFile?.before).toEqual(toKms?.after)
      expect(JSON.stringify(items)).not.toContain(third)
      expect(await audit.verify()).toMatchObject({ problems: [] })
    } finally {
      await gateway.stop()
    }
  })
})
