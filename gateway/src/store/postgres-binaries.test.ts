import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBinaries, findPackage, type PostgresPackage, type PostgresUser } from './postgres-binaries.ts'

const isRoot = process.getuid?.() === 0
const user: PostgresUser = isRoot ? { uid: 65534, gid: 65534 } : {}
let root: string
let installed: PostgresPackage
/** As npm leaves it without install scripts: the links to the libraries are missing. */
let unlinked: PostgresPackage

/** A directory for copies, open to everybody. */
async function openPlace(name: string): Promise<string> {
  const place = join(root, name)
  await mkdir(place)
  await chmod(place, 0o755)
  return place
}

async function copyOf(place: string): Promise<string> {
  const names = await readdir(place)
  expect(names).toHaveLength(1)
  return join(place, names[0] ?? '')
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sallyport-binaries-'))
  await chmod(root, 0o755)
  installed = await findPackage()
  unlinked = { native: join(root, 'package/native'), version: installed.version }
  await cp(installed.native, unlinked.native, { recursive: true, verbatimSymlinks: true })
  for (const entry of await readdir(join(unlinked.native, 'lib'), { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(join(entry.parentPath, entry.name))
  }
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('the PostgreSQL executables', () => {
  it('run where npm put them, without a copy', async () => {
    const found = await findBinaries(installed, [], {})
    expect(found.postgres).toBe(join(installed.native, 'bin/postgres'))
    expect(found.major).toBe(18)
  })

  it('are copied and made whole where npm ran no install scripts, once', async () => {
    const place = await openPlace('unlinked')
    const found = await findBinaries(unlinked, [place], user)
    expect(found.postgres.startsWith(place)).toBe(true)
    const copy = await copyOf(place)
    const made = (await lstat(copy)).ctimeMs
    expect(await findBinaries(unlinked, [place], user)).toEqual(found)
    expect((await lstat(await copyOf(place))).ctimeMs).toBe(made)
  })

  it.runIf(isRoot)('are copied out of a folder closed to the unprivileged user, into a copy only root can change', async () => {
    const closed = join(root, 'closed')
    await cp(installed.native, join(closed, 'native'), { recursive: true, verbatimSymlinks: true })
    await chmod(closed, 0o700)
    const place = await openPlace('for-closed')
    const found = await findBinaries({ native: join(closed, 'native'), version: installed.version }, [place], user)
    expect(found.postgres.startsWith(place)).toBe(true)
    const entries = await readdir(await copyOf(place), { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      const { uid, mode } = await lstat(join(entry.parentPath, entry.name))
      expect(uid).toBe(0)
      if (!entry.isSymbolicLink()) expect(mode & 0o022).toBe(0)
    }
  })

  it.runIf(isRoot)('are not run from a copy that somebody else has made or can change', async () => {
    const squatted = await openPlace('squatted')
    const fine = await openPlace('fine')
    await findBinaries(unlinked, [squatted], user)
    await chown(await copyOf(squatted), 65534, 65534)
    expect((await findBinaries(unlinked, [squatted, fine], user)).postgres.startsWith(fine)).toBe(true)
    await chmod(await copyOf(fine), 0o777)
    await expect(findBinaries(unlinked, [squatted, fine], user)).rejects.toThrow(/can be written by others; remove it/)
  })

  it.runIf(isRoot)('are not copied to a place closed to the unprivileged user', async () => {
    const closed = join(root, 'closed-place')
    await mkdir(closed, { mode: 0o700 })
    await expect(findBinaries(unlinked, [closed], user)).rejects.toThrow(/is not open to user 65534.*DATABASE_URL/)
    expect(await readdir(closed)).toEqual([])
  })
})
