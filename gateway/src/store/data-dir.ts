import { access, constants, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from '../config.ts'

/** Another live gateway holds the data directory. */
export class DataDirInUseError extends ConfigError {
  constructor(dataDir: string) {
    super(
      `Another Sallyport gateway is using the data directory ${dataDir}. Stop that gateway, or give this one a directory of its own with SALLYPORT_DATA_DIR.`,
    )
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}

async function prepare(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    const found = await stat(dataDir).catch(() => undefined)
    if (found !== undefined && !found.isDirectory()) {
      throw new ConfigError(`SALLYPORT_DATA_DIR must be a directory, and ${dataDir} is a file.`)
    }
    throw new ConfigError(
      `The data directory ${dataDir} cannot be made: ${reasonOf(error)}. Choose another with SALLYPORT_DATA_DIR.`,
    )
  }
  await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw new ConfigError(
      `The data directory ${dataDir} cannot be written: ${reasonOf(error)}. Make it writable for this user, or choose another with SALLYPORT_DATA_DIR.`,
    )
  })
}

/** SQLITE_BUSY: somebody else holds the lock (https://www.sqlite.org/rescode.html#busy). */
const busy = 5

/**
 * Makes the data directory and holds it for this process; throws {@link DataDirInUseError} while another gateway does.
 * The returned function lets go.
 *
 * Node has no file locks of its own, and a file with a process id outlives its process and lies after a restart. SQLite
 * takes the operating system's lock, which ends with the process however it ends, and holds between containers that share
 * a volume.
 */
export async function claimDataDir(dataDir: string): Promise<() => void> {
  await prepare(dataDir)
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(dataDir, 'gateway.lock'), { timeout: 0 })
    // Nothing is ever written, so no journal.
    lock.exec('pragma journal_mode = off; begin exclusive')
  } catch (error) {
    lock?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) throw new DataDirInUseError(dataDir)
    throw new ConfigError(
      `The data directory ${dataDir} cannot be locked: ${reasonOf(error)}. It must be writable and on a file system with file locks.`,
    )
  }
  return () => lock.close()
}
