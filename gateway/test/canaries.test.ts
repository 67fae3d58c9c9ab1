import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CountingUpstream } from './support/counting-upstream.ts'
import { type GatewayProcess, ownerToken, removeDataDir, startGatewayProcess } from './support/gateway.ts'

const canaries = {
  key: 'canary-key-4f1c09d7',
  path: 'canary-path-1d9a72ce',
  token: 'canary-token-83bd51aa',
  password: 'canary-password-c27e60f3',
  header: 'canary-header-9d40e8b6',
}
const schemes = {
  key: { scheme: { type: 'api_key', in: 'query', name: 'key' }, fields: { key: canaries.key } },
  path: { scheme: { type: 'api_key', in: 'path', name: 'key' }, fields: { key: canaries.path } },
  token: { scheme: { type: 'bearer' }, fields: { token: canaries.token } },
  password: { scheme: { type: 'basic' }, fields: { username: 'ada', password: canaries.password } },
  header: { scheme: { type: 'headers', headers: [{ name: 'X-Secret' }] }, fields: { 'X-Secret': canaries.header } },
}

/** Of the callers. */
const tokens = [ownerToken]
let upstream: CountingUpstream
let gateway: GatewayProcess
const answers: string[] = []
/** Lines of a log, and what moves the cursor of a terminal, from an API and from a caller. */
const forged = '\r\n{"level":60,"msg":"forged by canary"}\n\u001b[2J\u202eforged'

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  // The worst API: it sends back all it was given, in an answer and in an error.
  upstream.behave = ({ path, headers }, response) => {
    response.writeHead(path.includes('/fail') ? 500 : 200, { 'content-type': 'application/json', 'x-echo': encodeURI(path) })
    response.end(JSON.stringify({ path, headers, forged }))
  }
  gateway = await startGatewayProcess()
  const owner = gateway.client()
  const get = (path: string) => ({ method: 'GET', path })
  for (const [name, { scheme, fields }] of Object.entries(schemes)) {
    const connector = `canary-${name}`
    const base = name === 'path' ? '/bot{{auth.key}}' : ''
    const actions = {
      echo: get(`${base}/echo`),
      fail: get(`${base}/fail`),
      write: { method: 'POST', path: `${base}/echo`, confirm: true },
    }
    await owner.connectors.create({
      connector,
      name: connector,
      servers: { production: { url: upstream.url } },
      auth: { main: scheme },
      limits: { per_minute: 100, retries: 0 },
      actions,
    })
    const connection = await owner.connections.create({ connector, auth: { fields } })
    const made = await owner.tokens.create({ name: 'agent', role: 'member' })
    tokens.push(made.token)
    const agent = gateway.client(made.token)
    await agent.calls.create({ connector: forged, action: forged, idempotency_key: forged }).catch(() => {})
    await fetch(`${gateway.url}/${encodeURIComponent(forged)}`)
    answers.push(
      JSON.stringify([
        connection,
        await owner.connections.test(connection.id),
        await owner.connections.rotate(connection.id, { fields }),
        await agent.calls.create({ connector, action: 'echo' }),
        await agent.calls.create({ connector, action: 'fail' }).catch((error: unknown) => ({ ...(error as object) })),
        await agent.calls.create({ connector, action: 'write', dry_run: true }),
      ]),
    )
    const waiting = await agent.calls.create({ connector, action: 'write' })
    if ('approval' in waiting) answers.push(JSON.stringify(await owner.approvals.approve(waiting.approval.id)))
    answers.push(
      JSON.stringify(await Promise.all((await owner.calls.list({ connector })).items.map(({ id }) => owner.calls.get(id)))),
    )
  }
})

afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  await removeDataDir(gateway.dataDir)
})

/** Raw, and as Basic credentials carry it. */
const forms = [...Object.values(canaries), Buffer.from(`ada:${canaries.password}`).toString('base64')]

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

test('the API did get every secret, so that there was something to leak', () => {
  const seen = upstream.seen.map(({ path, headers }) => `${path} ${JSON.stringify(headers)}`).join('\n')
  for (const canary of [canaries.key, `/bot${canaries.path}/fail`, canaries.token, canaries.header, forms.at(-1)])
    expect(seen).toContain(canary)
})

test('what would be sent, and what was, says where the key in the path goes', () => {
  const shown = answers.filter((answer) => answer.includes('canary-path'))
  expect(shown.length).toBeGreaterThan(0)
  expect(shown.filter((answer) => answer.includes(`${upstream.url}/bot[redacted]/echo`)).length).toBeGreaterThan(1)
})

test.each(forms)('%s is in no answer, no log line and no command line', async (canary) => {
  for (const answer of answers) expect(answer).not.toContain(canary)
  expect(gateway.output()).not.toContain(canary)
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).not.toContain(canary)
  }
})

test('the API never sees the token of the caller', () => {
  const seen = JSON.stringify(upstream.seen)
  expect(tokens.length).toBeGreaterThan(1)
  for (const token of tokens) expect(seen).not.toContain(token)
})

test('nobody writes a line of the log, or a character that moves a cursor, but the gateway', () => {
  const lines = gateway.output().split('\n')
  expect(lines.length).toBeGreaterThan(20)
  // Standard output has the addresses; all else is JSON, whose own lines have a time.
  for (const line of lines.filter((text) => text.includes('forged'))) expect(JSON.parse(line)).toHaveProperty('time')
  expect(lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).msg)).not.toContain('forged by canary')
  for (const character of ['\u001b', '\r', '\u202e']) expect(gateway.output().includes(character)).toBe(false)
})

test('no secret, and no token, is in clear in any file of the data directory: tables, indexes, write-ahead log', async () => {
  const files = await filesBelow(gateway.dataDir)
  expect(files.some((file) => file.includes('pg_wal'))).toBe(true)
  for (const file of files) {
    const bytes = await readFile(file).catch(() => Buffer.alloc(0))
    for (const secret of [...forms, ...tokens]) expect(bytes.includes(secret), `${secret} in ${file}`).toBe(false)
  }
})
