import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../config.ts'
import { Secret } from '../secret.ts'
import { createRootKey, findRootKey, openPreviousRootKey } from './root-key.ts'
import type { RootKey } from './types.ts'

let dataDir: string
let path: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'root-key-'))
  path = join(dataDir, 'root.key')
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const find = (configured?: string) =>
  findRootKey({ configured: configured === undefined ? undefined : new Secret(configured), dataDir })
const context = { workspace: 'ws_1', keyId: 'key_1' }

async function same(one: RootKey | null, other: RootKey | null): Promise<boolean> {
  if (one === null || other === null) return false
  const wrapped = await one.wrap(context, Buffer.alloc(32, 7))
  return (await other.unwrap(context, wrapped))?.equals(Buffer.alloc(32, 7)) ?? false
}

describe('a configured root key', () => {
  const bytes = randomBytes(32)

  it('may be written in hex and both alphabets of base64, or stand in a file', async () => {
    const hex = await find(bytes.toString('hex'))
    for (const encoding of ['base64', 'base64url'] as const)
      expect(await same(hex, await find(` ${bytes.toString(encoding)}\n`))).toBe(true)
    const other = join(dataDir, 'other.key')
    writeFileSync(other, bytes.toString('base64'), { mode: 0o600 })
    expect(await same(hex, await find(`file:${other}`))).toBe(true)
    expect(await same(hex, await openPreviousRootKey(new Secret(`file:${other}`)))).toBe(true)
    expect(await same(hex, await find(randomBytes(32).toString('hex')))).toBe(false)
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    ['short', randomBytes(31).toString('base64')],
    ['long', randomBytes(33).toString('base64')],
    ['short hex', randomBytes(31).toString('hex')],
    ['a passphrase', 'correct horse battery staple correct horse'],
    ['padding in the middle', `${bytes.toString('base64').slice(0, 20)}=${bytes.toString('base64').slice(21)}`],
  ])('is refused when it is not 32 bytes (%s), without being shown', async (_, text) => {
    const error: unknown = await find(text).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toMatch(/SALLYPORT_ROOT_KEY must be 32 bytes/)
    expect(String(error)).not.toContain(text)
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    ['file:/nowhere/root.key', /names the file \/nowhere\/root\.key, which does not exist/],
    ['aws-kms:', /must name a key of AWS KMS/],
    ['aws-kms:not a key', /must name a key of AWS KMS/],
    ['aws-kms:alias/x?endpoint=http://127.0.0.1', /must name a key of AWS KMS/],
    ['gcp-kms:projects/p/keyRings/r', /must name a key of Google Cloud KMS/],
    ['gcp-kms:projects/p/locations/l/keyRings/r/cryptoKeys/k?endpoint=file:///etc', /must name a key of Google Cloud KMS/],
  ])('is refused with what it should be: %s', async (text, message) => {
    await expect(find(text)).rejects.toThrow(message)
    await expect(find(text)).rejects.toBeInstanceOf(ConfigError)
  })
})

describe('the root key file', () => {
  it('is made when asked for only, readable by the owner only, and found again', async () => {
    expect(await find()).toBeNull()
    expect(readdirSync(dataDir)).toEqual([])
    const made = await createRootKey(dataDir)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['root.key'])
    expect(await same(made, await find())).toBe(true)
    expect(await same(made, await createRootKey(dataDir))).toBe(true)
  })

  it('is made in a data directory that does not exist yet', async () => {
    dataDir = join(dataDir, 'a', 'b')
    expect(await same(await createRootKey(dataDir), await find())).toBe(true)
  })

  it('is made once when several processes start together', async () => {
    const started = await Promise.all(Array.from({ length: 8 }, () => createRootKey(dataDir)))
    for (const each of started) expect(await same(started[0] ?? null, each)).toBe(true)
    expect(readdirSync(dataDir)).toEqual(['root.key'])
  })

  it.each([
    ['empty', '', /is empty/],
    ['cut short', randomBytes(32).toString('base64').slice(0, 20), /does not hold 32 bytes/],
    ['something else', 'hello\n'.repeat(1000), /does not hold 32 bytes/],
  ])('is refused and kept as it is when it is %s', async (_, content, message) => {
    writeFileSync(path, content, { mode: 0o600 })
    for (const load of [() => find(), () => createRootKey(dataDir)]) {
      await expect(load()).rejects.toThrow(message)
      await expect(load()).rejects.toThrow(ConfigError)
    }
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  it.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o660, 0o644])(
    'is refused while others can read it (mode %o)',
    async (mode) => {
      await createRootKey(dataDir)
      chmodSync(path, mode)
      await expect(find()).rejects.toThrow(/chmod 600/)
      chmodSync(path, 0o600)
      expect(await find()).not.toBeNull()
    },
  )

  it('is refused when it is a directory', async () => {
    mkdirSync(path, { mode: 0o700 })
    await expect(find()).rejects.toThrow(ConfigError)
  })

  it('says which directory cannot be used', async () => {
    const file = join(dataDir, 'file')
    writeFileSync(file, '')
    dataDir = join(file, 'data')
    await expect(createRootKey(dataDir)).rejects.toThrow(/root\.key/)
    await expect(createRootKey(dataDir)).rejects.toThrow(ConfigError)
  })
})
