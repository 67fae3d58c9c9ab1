import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const templateVariable = 'TEST_DATA_DIR_TEMPLATE'
const binVariable = 'TEST_GATEWAY_BIN'

/** An empty directory: whoever opens a store in it makes the database, as at the first start of a gateway. */
export async function makeDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'sallyport-test-'))
}

/**
 * A directory with a database that is made and migrated and holds nothing yet. Copied from that of this run, which takes a tenth of
 * the processor time of making one; outside of Vitest it is empty.
 */
export async function temporaryDataDir(): Promise<string> {
  const dataDir = await makeDataDir()
  const template = process.env[templateVariable]
  if (template !== undefined) await run('cp', ['-a', `${template}/.`, dataDir])
  return dataDir
}

/**
 * The command line as tests start it: the source, and in continuous integration the release, which is made once for all test files:
 * it starts with half of the processor time.
 */
export const gatewayBin = process.env[binVariable] ?? fileURLToPath(new URL('../../bin/sallyport.js', import.meta.url))

async function makeRelease(): Promise<void> {
  const { releaseGateway } = await import('../../../scripts/release.ts')
  const folder = fileURLToPath(new URL('../../../dist/test', import.meta.url))
  await releaseGateway(folder)
  process.env[binVariable] = join(folder, 'bin/sallyport.js')
}

/** Once before all test files; answers what removes it again. */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env.CI !== undefined) await makeRelease()
  // Loaded here only: most test files that want a directory want none of this.
  const [{ createLog }, { openStore }] = await Promise.all([import('../../src/log.ts'), import('../../src/store/open.ts')])
  const template = await makeDataDir()
  const store = await openStore({ dataDir: template, databaseUrl: undefined, log: createLog('silent') })
  await store.close()
  process.env[templateVariable] = template
  return () => rm(template, { recursive: true, force: true })
}
