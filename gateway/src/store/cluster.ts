import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { chown, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'
import type { Binaries, PostgresUser } from './postgres-binaries.ts'

/** The role initdb makes, a superuser. */
export const clusterLogin = 'postgres'
/** The customary `nobody`, there on every Linux and in every container without being made. */
const nobody = 65534

/** As root the server gets an unprivileged user, because it refuses root: the owner of the cluster there is, or nobody. */
export async function postgresUser(cluster: string): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return {}
  const owner = await stat(cluster).catch(() => undefined)
  if (owner === undefined) return { uid: nobody, gid: nobody }
  if (owner.uid === 0) {
    throw new ConfigError(
      `${cluster} belongs to root, which PostgreSQL refuses. Give it to another user: chown -R ${nobody}:${nobody} ${cluster}`,
    )
  }
  return { uid: owner.uid, gid: owner.gid }
}

async function give(path: string, { uid, gid }: PostgresUser): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid)
}

/** How the server names its directory. Another user may not be allowed through to it; its working directory it always reaches. */
export function seenFromWithin(directory: string, user: PostgresUser): string {
  return user.uid !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : directory
}

async function readPassword(path: string): Promise<string | undefined> {
  return (await readFile(path, 'utf8').catch(() => '')).trim() || undefined
}

async function makePassword(path: string, user: PostgresUser): Promise<string> {
  const password = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('base64url')
  await writeFile(path, `${password}\n`, { mode: 0o600, flush: true })
  // initdb, which may run as another user, reads it through a descriptor.
  await give(path, user)
  return password
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path)
  await handle.sync().finally(() => handle.close())
}

/** Makes the cluster beside its place and moves it there when it is whole, so that an interrupted start leaves none behind. */
async function makeCluster(dataDir: string, cluster: string, binaries: Binaries, user: PostgresUser): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith('postgres.new-')) await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 3 })
  }
  const draft = await mkdtemp(join(dataDir, 'postgres.new-'))
  await give(draft, user)
  const passwordFile = openSync(join(dataDir, 'postgres.password'), 'r')
  const initdb = spawn(
    binaries.initdb,
    // biome-ignore format: one option with its value per line
    [
      '-D', seenFromWithin(draft, user),
      '-U', clusterLogin,
      '-A', 'scram-sha-256',
      '--pwfile', '/dev/fd/3',
      '-E', 'UTF8',
      '--locale-provider', 'builtin',
      '--locale', 'C.UTF-8',
      '--no-instructions',
      // One flush of the file system instead of one for each of a thousand files, which takes seconds on a busy disk.
      ...(process.platform === 'linux' ? ['--sync-method', 'syncfs'] : []),
    ],
    { ...user, cwd: draft, env: {}, stdio: ['ignore', 'ignore', 'pipe', passwordFile] },
  )
  let complaint = ''
  initdb.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  try {
    const [code] = await once(initdb, 'close')
    if (code !== 0) throw new Error(complaint.trim())
    await rename(draft, cluster)
    await syncDirectory(dataDir)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw new ConfigError(`The database in ${dataDir} cannot be made: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    closeSync(passwordFile)
  }
}

/** The password of the cluster, which is made if there is none. */
export async function prepareCluster(dataDir: string, cluster: string, binaries: Binaries, user: PostgresUser): Promise<string> {
  const passwordPath = join(dataDir, 'postgres.password')
  const password = await readPassword(passwordPath)
  const exists = await stat(cluster).catch(() => undefined)
  if (exists === undefined) {
    const fresh = await makePassword(passwordPath, user)
    await makeCluster(dataDir, cluster, binaries, user)
    return fresh
  }
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new ConfigError(
      `${cluster} is not a PostgreSQL database this user can read (${why}). Run the gateway as its owner, or move it away.`,
    )
  })
  if (Number(version) !== binaries.major) {
    throw new ConfigError(
      `The database in ${cluster} was made by PostgreSQL ${version.trim()}, and this Sallyport brings PostgreSQL ${binaries.major}. Start the Sallyport that made it, or move its content with pg_dump and pg_restore.`,
    )
  }
  if (password === undefined) {
    throw new ConfigError(
      `${passwordPath}, the password of the database beside it, is missing or cannot be read. Put it back from a backup.`,
    )
  }
  return password
}
