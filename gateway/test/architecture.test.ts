import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

interface Cruise {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: { readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[] }
}

/** Exit codes count violations, so the answer is on stdout either way. */
async function output(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await run(process.execPath, [command, ...args], { cwd, maxBuffer: 64 << 20 })).stdout
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' && error.stdout !== '')
      return error.stdout
    throw error
  }
}

const bin = (name: string) => join(root, 'node_modules', name)
const roots = ['gateway', 'sdk', 'dashboard', 'examples', 'bench', 'scripts']

/** The modules read, and the violations found as "rule: importing file". */
async function cruise(cwd: string): Promise<{ modules: ReadonlySet<string>; violations: readonly string[] }> {
  const cruiser = bin('dependency-cruiser/bin/dependency-cruiser.mjs')
  const text = await output(cruiser, [...roots, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'], cwd)
  const { modules, summary } = JSON.parse(text) as Cruise
  return {
    modules: new Set(modules.map(({ source }) => source)),
    violations: summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`),
  }
}

async function write(base: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(base, file)), { recursive: true })
  await writeFile(join(base, file), text, { flag: 'a' })
}

/** Per rule: imports it must refuse, as [importing file, imported file or package]. */
const breaches: Record<string, readonly (readonly [from: string, to: string])[]> = {
  'no-cycles': [['gateway/src/egress/cycle-a.ts', 'gateway/src/egress/cycle-b.ts']],
  unresolved: [['gateway/src/egress/lost.ts', 'not-installed-anywhere']],
  'no-development-dependencies': [['gateway/src/egress/dev.ts', 'dev-only']],
  'no-tests-in-source': [['gateway/src/egress/uses-test.ts', 'gateway/test/support/gateway.ts']],
  'root-files-are-leaves': [['gateway/src/log.ts', 'gateway/src/store/types.ts']],
  'mechanisms-are-siblings': [
    ['gateway/src/definition/compile.ts', 'gateway/src/egress/types.ts'],
    ['gateway/src/vault/seal.ts', 'gateway/src/store/types.ts'],
    ['gateway/src/egress/agent.ts', 'gateway/src/access/types.ts'],
    ['gateway/src/store/embedded.ts', 'gateway/src/call/types.ts'],
    ['gateway/src/sandbox/pool.ts', 'gateway/src/definition/types.ts'],
    ['gateway/src/language-model/dial.ts', 'gateway/src/egress/types.ts'],
  ],
  'domain-below-call': [
    ['gateway/src/access/tokens.ts', 'gateway/src/connections/types.ts'],
    ['gateway/src/connections/connections.ts', 'gateway/src/call/types.ts'],
    ['gateway/src/tunnel/gate.ts', 'gateway/src/access/types.ts'],
  ],
  'call-below-entrances': [
    ['gateway/src/call/history.ts', 'gateway/src/http/server.ts'],
    ['gateway/src/audit/audit.ts', 'gateway/src/call/pipeline.ts'],
  ],
  'workflows-below-entrances': [['gateway/src/workflows/runs.ts', 'gateway/src/mcp/server.ts']],
  'entrances-are-siblings': [
    ['gateway/src/http/server.ts', 'gateway/src/mcp/server.ts'],
    ['gateway/src/mcp/tools.ts', 'gateway/src/http/server.ts'],
  ],
  'app-is-composed-once': [['gateway/src/http/routes.ts', 'gateway/src/app.ts']],
  'cli-is-a-client': [['gateway/src/cli/peek.ts', 'gateway/src/store/types.ts']],
  'one-pipeline': [
    ['gateway/src/http/shortcut.ts', 'gateway/src/egress/types.ts'],
    ['gateway/src/mcp/shortcut.ts', 'gateway/src/store/types.ts'],
    ['gateway/src/http/executor.ts', 'gateway/src/call/executors/http.ts'],
  ],
  'stages-do-not-know-each-other': [
    ['gateway/src/call/stages/limit.ts', 'gateway/src/call/stages/send.ts'],
    ['gateway/src/call/stages/map.ts', 'gateway/src/call/pipeline.ts'],
  ],
  'stages-have-one-caller': [
    ['gateway/src/call/approvals.ts', 'gateway/src/call/stages/send.ts'],
    ['gateway/src/app.ts', 'gateway/src/call/stages/use-credential.ts'],
  ],
  'secrets-in-few-places': [
    ['gateway/src/call/stages/use-credential.ts', 'gateway/src/vault/vault.ts'],
    ['gateway/src/access/people.ts', 'gateway/src/vault/types.ts'],
  ],
  'disclosed-by-access': [['gateway/src/call/show.ts', 'gateway/src/vault/disclose.ts']],
  'sockets-in-egress': [
    ['gateway/src/call/executors/direct.ts', 'undici'],
    ['gateway/src/connections/probe.ts', 'node:net'],
    ['gateway/src/http/second-listener.ts', 'node:http'],
    ['gateway/src/definition/resolve.ts', 'dns'],
  ],
  'sql-in-store': [
    ['gateway/src/access/query.ts', 'pg'],
    ['gateway/src/call/count.ts', '@redis/client'],
  ],
  'ciphers-in-vault': [['gateway/src/access/hash.ts', 'node:crypto']],
  'key-services-in-vault': [
    ['gateway/src/vault/keys.ts', '@aws-sdk/client-kms'],
    ['gateway/src/connections/kms.ts', '@google-cloud/kms'],
    ['gateway/src/egress/secret-managers/vault.ts', '@google-cloud/secret-manager'],
  ],
  'models-in-language-model': [['gateway/src/call/chat.ts', '@ai-sdk/anthropic']],
  'telemetry-in-one-file': [['gateway/src/http/trace.ts', '@opentelemetry/exporter-trace-otlp-http']],
  'processes-in-store': [['gateway/src/http/spawn.ts', 'node:child_process']],
  'sdk-stands-alone': [['sdk/src/client.ts', 'gateway/src/errors.ts']],
  'dashboard-uses-sdk': [['dashboard/src/main.tsx', 'gateway/src/errors.ts']],
  'only-cli-uses-sdk': [['gateway/src/http/loop.ts', 'sdk/src/index.ts']],
  'examples-stand-outside': [['examples/demo-crm/server.ts', 'gateway/src/errors.ts']],
}

/** Imports that look like a breach and are none. */
const permitted = [
  ['gateway/src/access/digest-user.ts', 'gateway/src/vault/digest.ts'],
  ['gateway/src/access/show-token.ts', 'gateway/src/vault/disclose.ts'],
  ['gateway/src/call/executors/script/config.ts', 'gateway/src/vault/disclose.ts'],
  ['gateway/src/call/sealed-calls.ts', 'gateway/src/vault/vault.ts'],
  ['gateway/src/http/listen.ts', 'node:http'],
  ['gateway/src/egress/door.ts', 'undici'],
  ['gateway/src/egress/door.test.ts', 'node:http'],
  ['gateway/src/store/database.ts', 'pg'],
  ['gateway/src/vault/aws-kms.ts', '@aws-sdk/client-kms'],
  ['gateway/src/language-model/anthropic.ts', '@ai-sdk/anthropic'],
  // Not installed here, as it may be elsewhere.
  ['gateway/src/vault/gcp-kms.ts', '@google-cloud/kms'],
  ['gateway/src/egress/secret-managers/gcp.ts', '@google-cloud/secret-manager'],
  ['gateway/src/store/redis-limiter.ts', '@redis/client'],
  ['gateway/src/cli/main.ts', 'sdk/src/index.ts'],
  ['gateway/src/call/pipeline.ts', 'gateway/src/call/stages/approve.ts'],
] as const

/** A tree of empty files with just these imports; every second one imports a type only, which counts as well. */
async function seedTree(base: string): Promise<void> {
  const edges = [...Object.values(breaches).flat(), ...permitted]
  for (const [index, [from, to]] of edges.entries()) {
    const inside = roots.some((name) => to.startsWith(`${name}/`))
    const path = inside ? relative(dirname(from), to).replace(/^(?!\.)/, './') : to
    await write(base, from, index % 2 === 0 || !inside ? `import '${path}'\n` : `import type {} from '${path}'\n`)
    if (inside) await write(base, to, 'export {}\n')
  }
  await write(base, 'gateway/src/egress/cycle-b.ts', "import type {} from './cycle-a.ts'\n")
  for (const name of ['undici', 'pg', '@redis/client', '@aws-sdk/client-kms', '@ai-sdk/anthropic', 'dev-only']) {
    await write(base, `node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }))
    await write(base, `node_modules/${name}/index.js`, '')
  }
  const dependencies = {
    undici: '1.0.0',
    pg: '1.0.0',
    '@redis/client': '1.0.0',
    '@aws-sdk/client-kms': '1.0.0',
    '@ai-sdk/anthropic': '1.0.0',
  }
  await write(base, 'gateway/package.json', JSON.stringify({ name: 'g', dependencies, devDependencies: { 'dev-only': '1.0.0' } }))
  for (const name of roots) await mkdir(join(base, name), { recursive: true })
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json'])
    await cp(join(root, name), join(base, name))
}

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sallyport-architecture-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

describe('dependency rules', () => {
  test('hold for the tree as it is, with every source file read', async () => {
    const { modules, violations } = await cruise(root)
    expect(violations).toEqual([])
    // A parser that cannot read TypeScript passes with no modules at all.
    const sources = globSync('{gateway,sdk,dashboard}/{src,test}/**/*.{ts,tsx}', { cwd: root })
    expect(sources.length).toBeGreaterThan(60)
    expect(sources.filter((file) => !modules.has(file) && !file.endsWith('.d.ts'))).toEqual([])
  })

  describe('each catch a seeded breach', () => {
    let found: ReadonlySet<string>
    beforeAll(async () => {
      const base = join(scratch, 'imports')
      await seedTree(base)
      found = new Set((await cruise(base)).violations)
    })

    const cases = Object.entries(breaches).flatMap(([rule, edges]) => edges.map(([from, to]) => ({ rule, from, to })))
    test.each(cases)('$rule refuses $from → $to', ({ rule, from }) => {
      expect(found).toContain(`${rule}: ${from}`)
    })

    test.each(permitted)('nothing refuses %s → %s', (from) => {
      expect([...found].filter((violation) => violation.endsWith(`: ${from}`))).toEqual([])
    })

    test('and no rule is without a breach here', () => {
      const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[] }
      expect(Object.keys(breaches).sort()).toEqual(config.forbidden.map(({ name }) => name).sort())
    })
  })
})

const secrets = "from '../secret.ts'\n"

/** Per lint rule: source it must refuse, and where that source stands. */
const lintBreaches: readonly (readonly [rule: string, file: string, source: string])[] = [
  ['noRestrictedGlobals', 'gateway/src/call/global-fetch.ts', "export const answer = fetch('http://a')\n"],
  ['noRestrictedGlobals', 'gateway/src/mcp/global-socket.ts', "export const socket = new WebSocket('ws://a')\n"],
  ['noRestrictedGlobals', 'gateway/src/http/global-events.ts', "export const source = new EventSource('http://a')\n"],
  ['noJsRestrictedProperties', 'gateway/src/connections/hidden-fetch.ts', "export const answer = globalThis.fetch('http://a')\n"],
  ['noJsRestrictedProperties', 'gateway/src/access/subtle.ts', 'export const cipher = crypto.subtle\n'],
  ['noProcessEnv', 'gateway/src/store/environment.ts', 'export const home = process.env.HOME\n'],
  ['noProcessEnv', 'gateway/src/cli/environment.ts', "import { env } from 'node:process'\n\nexport const home = env.HOME\n"],
  ['noRestrictedImports', 'gateway/src/call/reveal.ts', `import { reveal } ${secrets}\nexport const show = reveal\n`],
  [
    'noRestrictedImports',
    'gateway/src/connections/reveal.ts',
    `import * as secret ${secrets}\nexport const show = secret.reveal\n`,
  ],
  ['noRestrictedImports', 'gateway/src/access/reveal.ts', `export { reveal } ${secrets}`],
  ['noExcessiveLinesPerFile', 'sdk/src/long.ts', `${'// line\n'.repeat(500)}export {}\n`],
  [
    'noFloatingPromises',
    'gateway/src/call/floating.ts',
    "import type { Store } from '../store/store.ts'\n\nexport const stop = (store: Store) => {\n  store.close()\n}\n",
  ],
  [
    'useExhaustiveSwitchCases',
    'sdk/src/switch.ts',
    "export const pick = (x: 'a' | 'b') => {\n  switch (x) {\n    case 'a':\n      return 1\n    default:\n      return 2\n  }\n}\n",
  ],
  ['noExplicitAny', 'sdk/src/any.ts', 'export const anything: any = 1\n'],
  ['useFilenamingConvention', 'gateway/src/call/camelCase.ts', 'export {}\n'],
]

const lintPermitted: readonly (readonly [file: string, source: string])[] = [
  ['gateway/src/egress/reveal.ts', `import { reveal } ${secrets}\nexport const show = reveal\n`],
  ['gateway/src/vault/subtle.ts', 'export const cipher = crypto.subtle\n'],
  ['gateway/src/config.ts', 'export const home = process.env.HOME\n'],
  ['gateway/src/call/pipeline.test.ts', "export const answer = fetch('http://a')\n"],
  ['gateway/src/call/short.ts', `${'// line\n'.repeat(499)}export {}\n`],
]

interface LintReport {
  readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: unknown } }[]
}

describe('lint rules each catch a seeded breach', () => {
  let found: ReadonlySet<string>
  beforeAll(async () => {
    const base = join(scratch, 'lint')
    for (const [file, source] of [...lintBreaches.map(([, ...rest]) => rest), ...lintPermitted]) await write(base, file, source)
    await write(base, 'gateway/src/secret.ts', 'export const reveal = (secret: object) => String(secret)\n')
    await write(base, 'gateway/src/store/store.ts', 'export interface Store {\n  close(): Promise<void>\n}\n')
    const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8')) as Record<string, unknown>
    await write(base, 'biome.json', JSON.stringify({ ...config, vcs: undefined }))
    await symlink(join(root, 'node_modules'), join(base, 'node_modules'))
    const text = await output(bin('@biomejs/biome/bin/biome'), ['lint', '--reporter=json', '--max-diagnostics=200', '.'], base)
    const { diagnostics } = JSON.parse(text) as LintReport
    found = new Set(diagnostics.map(({ category, location }) => `${category.split('/').at(-1)}: ${String(location.path)}`))
  })

  test.each(lintBreaches)('%s in %s', (rule, file) => {
    expect(found).toContain(`${rule}: ${file}`)
  })

  test.each(lintPermitted)('nothing refuses %s', (file) => {
    expect([...found].filter((violation) => violation.endsWith(`: ${file}`))).toEqual([])
  })
})
