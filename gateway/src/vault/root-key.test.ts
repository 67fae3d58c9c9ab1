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
import { loadRootKey, rootKeyCheck } from './root-key.ts'

let dataDir: string
let path: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'root-key-'))
  path = join(dataDir, 'root.key')
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const load = (configured?: string) =>
  loadRootKey({ configured: configured === undefined ? undefined : new Secret(configured), dataDir })

describe('a configured root key', () => {
  const bytes = randomBytes(32)

  it.each(['base64', 'base64url', 'hex'] as const)('may be written as %s', async (encoding) => {
    const { key, created } = await load(` ${bytes.toString(encoding)}\n`)
    expect(key.export()).toEqual(bytes)
    expect(created).toBe(false)
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    ['short', randomBytes(31).toString('base64')],
    ['long', randomBytes(33).toString('base64')],
    ['short hex', randomBytes(31).toString('hex')],
    ['a passphrase', 'correct horse battery staple correct horse'],
    ['padding in the middle', `${bytes.toString('base64').slice(0, 20)}=${bytes.toString('base64').slice(21)}`],
  ])('is refused when it is not 32 bytes (%s), without being shown', async (_, text) => {
    const error: unknown = await load(text).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toMatch(/SALLYPORT_ROOT_KEY must be 32 bytes/)
    expect(String(error)).not.toContain(text)
    expect(existsSync(path)).toBe(false)
  })
})

describe('the root key file', () => {
  it('is made at the first start, readable by the owner only, and found again', async () => {
    const first = await load()
    expect(first.created).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['root.key'])
    const second = await load()
    expect(second.created).toBe(false)
    expect(second.key.equals(first.key)).toBe(true)
  })

  it('is made in a data directory that does not exist yet', async () => {
    dataDir = join(dataDir, 'a', 'b')
    expect((await load()).created).toBe(true)
  })

  it('is made once when several processes start together', async () => {
    const started = await Promise.all(Array.from({ length: 8 }, () => load()))
    expect(started.filter(({ created }) => created).length).toBe(1)
    for (const { key } of started) expect(started[0]?.key.equals(key)).toBe(true)
    expect(readdirSync(dataDir)).toEqual(['root.key'])
  })

  it.each([
    ['empty', '', /is empty/],
    ['cut short', randomBytes(32).toString('base64').slice(0, 20), /does not hold 32 bytes/],
    ['something else', 'hello\n'.repeat(1000), /does not hold 32 bytes/],
  ])('is refused and kept as it is when it is %s', async (_, content, message) => {
    writeFileSync(path, content, { mode: 0o600 })
    await expect(load()).rejects.toThrow(message)
    await expect(load()).rejects.toThrow(ConfigError)
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  it.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o660, 0o644])(
    'is refused while others can read it (mode %o)',
    async (mode) => {
      await load()
      chmodSync(path, mode)
      await expect(load()).rejects.toThrow(/chmod 600/)
      chmodSync(path, 0o600)
      await load()
    },
  )

  it('is refused when it is a directory', async () => {
    mkdirSync(path, { mode: 0o700 })
    await expect(load()).rejects.toThrow(ConfigError)
  })

  it('says which directory cannot be used', async () => {
    const file = join(dataDir, 'file')
    writeFileSync(file, '')
    dataDir = join(file, 'data')
    await expect(load()).rejects.toThrow(/root\.key/)
    await expect(load()).rejects.toThrow(ConfigError)
  })
})

describe('the check value of a root key', () => {
  it('is the same for the same key, and another for any other', async () => {
    const text = randomBytes(32).toString('hex')
    const [one, same, other] = [await load(text), await load(text), await load(randomBytes(32).toString('hex'))]
    expect(rootKeyCheck(same.key)).toEqual(rootKeyCheck(one.key))
    expect(rootKeyCheck(other.key)).not.toEqual(rootKeyCheck(one.key))
  })

  it('does not contain the key', async () => {
    const { key } = await load()
    expect(rootKeyCheck(key).includes(key.export())).toBe(false)
    expect(rootKeyCheck(key).length).toBe(32)
  })
})
