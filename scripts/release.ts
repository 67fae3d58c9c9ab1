import { spawnSync } from 'node:child_process'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import gateway from '../gateway/package.json' with { type: 'json' }
import root from '../package.json' with { type: 'json' }
import sdk from '../sdk/package.json' with { type: 'json' }
import { buildDashboardIfStale } from './build-dashboard.ts'
import { bundleGateway, installed, wanted } from './bundle.ts'
import { noticesOf } from './licences.ts'

/**
 * `npm run build:release [-- FOLDER]`: the packages as they are published, below `dist/` or another folder: `sallyport`, the gateway
 * with all it needs but what npm installs beside it, and `sdk`.
 */
const top = join(import.meta.dirname, '..')

const about = {
  version: gateway.version,
  license: root.license,
  type: 'module',
} as const

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
}

/** What the lock file says of everything that is part of the packages, or installed with them, in CycloneDX. */
function billOfMaterials(): string {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only']
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: top, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0) throw new Error(`npm cannot tell what it is made of.\n${stderr}`)
  return stdout
}

/** The folder of the package `sallyport`, made anew. */
export async function releaseGateway(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  buildDashboardIfStale()
  const { packages } = await bundleGateway(join(folder, 'dist'))
  await mkdir(join(folder, 'bin'))
  await cp(join(top, 'gateway/bin/sallyport.js'), join(folder, 'bin/sallyport.js'))
  await cp(join(top, 'catalog'), join(folder, 'catalog'), { recursive: true })
  await cp(join(top, 'dashboard/dist'), join(folder, 'dashboard'), { recursive: true })
  for (const name of ['LICENSE', 'README.md']) await cp(join(top, name), join(folder, name))
  await writeFile(join(folder, 'THIRD-PARTY.txt'), await noticesOf(packages))
  await writeFile(join(folder, 'sbom.cdx.json'), billOfMaterials())
  await writeJson(join(folder, 'package.json'), {
    name: 'sallyport',
    description: root.description,
    ...about,
    bin: gateway.bin,
    imports: { '#main': './dist/main.js' },
    engines: root.engines,
    dependencies: installed,
    // Node 24, for whoever has an older one; bin/sallyport.js says what to do where it is missing.
    optionalDependencies: { node: root.dependencies.node },
    peerDependencies: wanted,
    peerDependenciesMeta: Object.fromEntries(Object.keys(wanted).map((name) => [name, { optional: true }])),
  })
}

/** What is published of the SDK. Its runtime is the gateway's own pipeline, which works in a checkout of this repository only. */
const published = Object.entries(sdk.exports).filter(([name]) => name !== './runtime')

/** Node does not run TypeScript below node_modules, so the SDK is published as JavaScript with declarations. */
export async function releaseSdk(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const settings = join(folder, 'tsconfig.json')
  await writeJson(settings, {
    extends: join(top, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: join(top, 'sdk'),
      outDir: folder,
      typeRoots: [join(top, 'node_modules/@types')],
    },
    files: published.map(([, file]) => join(top, 'sdk', file)),
  })
  const compiler = join(top, 'node_modules/typescript-7/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', settings], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The SDK cannot be compiled.\n${stdout}`)
  await rm(settings)
  const compiled = (file: string, extension: string) => file.replace(/\.ts$/, extension)
  await cp(join(top, 'LICENSE'), join(folder, 'LICENSE'))
  await writeJson(join(folder, 'package.json'), {
    name: sdk.name,
    description: 'Calls the tools of a Sallyport gateway, and defines connectors for it.',
    ...about,
    engines: root.engines,
    exports: Object.fromEntries(
      published.map(([name, file]) => [name, { types: compiled(file, '.d.ts'), default: compiled(file, '.js') }]),
    ),
  })
}

if (process.argv[1] === import.meta.filename) {
  const folder = resolve(process.argv[2] ?? join(top, 'dist'))
  await releaseGateway(join(folder, 'sallyport'))
  await releaseSdk(join(folder, 'sdk'))
  console.log(`${join(folder, 'sallyport')}\n${join(folder, 'sdk')}`)
}
