import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sallyport } from '../sdk/src/index.ts'
import { input, newOwnerToken, prepare, startSubject } from './governed.ts'
import { load, type Target } from './load.ts'
import { cpuUs, pin, serve } from './processes.ts'
import { type Figures, median, round } from './report.ts'

const rounds = 5
const connections = 16
const seconds = 2
const warmUpSeconds = 10
const tools = 10_000
const connectors = 10
const searchRounds = 40
const searches = ['refund a payment', 'list open invoices', 'delete a customer', 'archive the last project', 'send a message']

const version = '2026-07-28'
const meta = {
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

function request(url: string, method: string, params: { readonly name?: string }, token?: string): Target {
  return {
    url,
    headers: {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version,
      'mcp-method': method,
      ...(params.name !== undefined && { 'mcp-name': params.name }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
  }
}

const verbs = ['list', 'get', 'create', 'update', 'delete', 'archive', 'refund', 'send', 'search', 'export']
const nouns = ['invoice', 'payment', 'customer', 'project', 'message', 'ticket', 'order', 'report', 'team', 'file']

/** A connector of a thousand actions that differ in their words. */
function largeConnector(index: number, upstream: string) {
  const action = (at: number) => {
    const [verb, noun] = [verbs[at % 10], nouns[Math.floor(at / 10) % 10]]
    const name = `${verb}_${noun}_${Math.floor(at / 100)}`
    const body = { description: `${verb} one ${noun} of area ${Math.floor(at / 100)}.`, method: 'GET', path: `/${name}` }
    return [name, { ...body, input: { type: 'object', properties: { id: { type: 'string' } } } }]
  }
  return {
    connector: `large_${index}`,
    name: `Large ${index}`,
    servers: { production: { url: new URL(upstream).origin } },
    actions: Object.fromEntries(Array.from({ length: tools / connectors }, (_, at) => action(at))),
  }
}

async function ask(target: Target): Promise<{ bytes: number; ms: number }> {
  const started = performance.now()
  const headers = { 'content-type': 'application/json', ...target.headers }
  const response = await fetch(target.url, { method: 'POST', headers, body: target.body })
  const text = await response.text()
  if (!response.ok || !text.includes('"result"')) throw new Error(`Unexpected answer: ${text.slice(0, 500)}`)
  return { bytes: Buffer.byteLength(text), ms: performance.now() - started }
}

/** What a tool call over MCP costs beside a bare server of the SDK that does the same fetch, and what 10,000 tools cost in search mode. */
export async function benchMcp(say: (line: string) => void): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  const cleanUps: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const upstream = await serve('upstream.ts')
    cleanUps.push(upstream.stop)
    const bare = await serve('bare-mcp.ts', upstream.url)
    cleanUps.push(bare.stop)
    const ownerToken = newOwnerToken()
    const gateway = await startSubject(folder, ownerToken)
    cleanUps.push(gateway.stop)
    await prepare(gateway, ownerToken, upstream.url)
    const owner = new Sallyport({ url: gateway.url, token: ownerToken })
    const { token } = await owner.tokens.create({ name: 'mcp', role: 'member' })

    const call = { name: 'bench_lookup', arguments: input }
    const subjects = [
      {
        name: 'bare',
        pid: bare.pid,
        target: request(bare.url, 'tools/call', call),
        cpu: [] as number[],
        perSecond: [] as number[],
      },
      {
        ...{ name: 'sallyport', pid: gateway.pid, target: request(`${gateway.url}/mcp`, 'tools/call', call, token) },
        ...{ cpu: [] as number[], perSecond: [] as number[] },
      },
    ]
    const pinned = [pin(process.pid, 0), pin(upstream.pid, 0), ...subjects.map(({ pid }) => pin(pid, 1))].every(Boolean)
    for (const { name, target } of subjects) {
      say(`warming up: ${name}`)
      await load(target, connections, warmUpSeconds)
    }
    for (let count = 1; count <= rounds; count++) {
      say(`round ${count} of ${rounds}`)
      for (const { target, pid, cpu, perSecond } of subjects) {
        const before = cpuUs(pid)
        const measured = await load(target, connections, seconds)
        cpu.push((cpuUs(pid) - before) / measured.calls)
        perSecond.push(measured.perSecond)
      }
    }

    say(`connecting ${tools} tools`)
    for (let index = 0; index < connectors; index++) {
      await owner.connectors.create(largeConnector(index, upstream.url))
      await owner.connections.create({ connector: `large_${index}` })
    }
    await owner.toolsets.create({
      ...{ slug: 'all', name: 'All', mode: 'search' },
      selection: { select: {}, include: [], exclude: [] },
    })
    const entrance = `${gateway.url}/mcp/all`
    const list = await ask(request(entrance, 'tools/list', {}, token))
    const search = (query: string) =>
      ask(request(entrance, 'tools/call', { name: 'search_tools', arguments: { query } } as { name: string }, token))
    const first = await search('refund an invoice')
    const later: number[] = []
    const searching = cpuUs(gateway.pid)
    for (let count = 0; count < searchRounds; count++) {
      for (const query of searches) later.push((await search(query)).ms)
    }
    const searchCpu = (cpuUs(gateway.pid) - searching) / later.length / 1000

    const [bareCpu, cpu] = subjects.map((each) => median(each.cpu)) as [number, number]
    const [barePerSecond, perSecond] = subjects.map((each) => median(each.perSecond)) as [number, number]
    return {
      cpu_ratio: round(cpu / bareCpu),
      cpu_us: round(cpu, 1),
      bare_cpu_us: round(bareCpu, 1),
      calls_per_second: Math.round(perSecond),
      bare_calls_per_second: Math.round(barePerSecond),
      tools,
      list_bytes: list.bytes,
      first_search_ms: round(first.ms),
      search_p50_ms: round(median(later)),
      search_cpu_ms: round(searchCpu),
      pinned,
    }
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  }
}
