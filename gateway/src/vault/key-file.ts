import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { constants, link, open, rm } from 'node:fs/promises'
import { ConfigError } from '../config.ts'
import { randomToken } from './digest.ts'

const keyLength = 32
const hexForm = /^[0-9a-fA-F]{64}$/
const base64Form = /^[A-Za-z0-9+/_-]{43}=?$/

/** 32 bytes of hex or base64 (either alphabet); null for anything else. */
export function parseKey(text: string): KeyObject | null {
  if (hexForm.test(text)) return createSecretKey(Buffer.from(text, 'hex'))
  if (!base64Form.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === keyLength ? createSecretKey(bytes) : null
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The key in a file that only its owner can read; null when there is no such file. Throws ConfigError with what to do. */
export async function readKeyFile(path: string): Promise<KeyObject | null> {
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
 * Makes a file with a new key. Written aside, synced, then linked: a crash leaves no half-written key, and the link fails
 * where a key exists. False when another process was quicker.
 */
export async function createKeyFile(directory: string, path: string): Promise<boolean> {
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
