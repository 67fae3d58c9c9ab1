import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { constants, link, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'
import { reveal, type Secret } from '../secret.ts'
import { hmacSha256, randomToken } from './digest.ts'

const keyLength = 32
const fileName = 'root.key'
const hexForm = /^[0-9a-fA-F]{64}$/
const base64Form = /^[A-Za-z0-9+/_-]{43}=?$/

/** 32 bytes of hex or base64 (either alphabet); null for anything else. */
function parseKey(text: string): KeyObject | null {
  if (hexForm.test(text)) return createSecretKey(Buffer.from(text, 'hex'))
  if (!base64Form.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === keyLength ? createSecretKey(bytes) : null
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Null when there is no such file. */
async function readKeyFile(path: string): Promise<KeyObject | null> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, constants.O_RDONLY)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw new ConfigError(`The root key file ${path} cannot be read: ${messageOf(error)}`)
  }
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new ConfigError(`The root key file ${path} is not a regular file.`)
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
      throw new ConfigError(`The root key file ${path} can be read by others. Close it: chmod 600 "${path}"`)
    }
    const text = stat.size > 1024 ? '' : (await file.readFile('utf8')).trim()
    const key = parseKey(text)
    if (key !== null) return key
    throw new ConfigError(
      `The root key file ${path} ${text === '' && stat.size <= 1024 ? 'is empty' : 'does not hold 32 bytes in base64 or hex'}. ` +
        'Restore it from your backup. Without it the stored credentials cannot be opened; a new key means entering them again.',
    )
  } finally {
    await file.close()
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  // O_EXCL: an existing file is never opened, whatever it is.
  const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory; there the rename is as durable as it gets.
  if (process.platform === 'win32') return
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/**
 * Written aside, synced, then linked: a crash leaves no half-written key, and the link fails where a key exists. False
 * when another process was quicker.
 */
async function createKeyFile(directory: string, path: string): Promise<boolean> {
  const text = `${randomBytes(keyLength).toString('base64')}\n`
  const aside = `${path}.${randomToken(6)}`
  try {
    await writeDurably(aside, text)
    await link(aside, path)
    await syncDirectory(directory)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/**
 * The key that wraps the workspace keys: `SALLYPORT_ROOT_KEY`, else `root.key` (mode 0600) in the data directory, made
 * at the first start. Throws ConfigError with what to do.
 */
export async function loadRootKey(options: {
  configured: Secret | undefined
  dataDir: string
}): Promise<{ key: KeyObject; created: boolean }> {
  const { configured, dataDir } = options
  if (configured !== undefined) {
    const key = parseKey(reveal(configured).trim())
    if (key === null) {
      throw new ConfigError(
        `SALLYPORT_ROOT_KEY must be 32 bytes in base64 or hex. Make one with: node -p "crypto.randomBytes(32).toString('base64')"`,
      )
    }
    return { key, created: false }
  }
  const path = join(dataDir, fileName)
  const existing = await readKeyFile(path)
  if (existing !== null) return { key: existing, created: false }
  let created: boolean
  try {
    await mkdir(dataDir, { recursive: true })
    created = await createKeyFile(dataDir, path)
  } catch (error) {
    throw new ConfigError(
      `The root key file ${path} cannot be created: ${messageOf(error)}. Set SALLYPORT_DATA_DIR or SALLYPORT_ROOT_KEY.`,
    )
  }
  const key = await readKeyFile(path)
  if (key === null) throw new ConfigError(`The root key file ${path} disappeared while starting.`)
  return { key, created }
}

/** Tells whether two root keys are the same without showing anything of either: kept with the database, compared at start. */
export function rootKeyCheck(key: KeyObject): Buffer {
  return hmacSha256(key, 'sallyport root key check v1')
}
