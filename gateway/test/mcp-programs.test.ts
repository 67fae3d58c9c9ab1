import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryDataDir } from './support/data-dir.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

const token = 'canary-program-token-8c1d55'
const source = fileURLToPath(new URL('./support/mcp-program.ts', import.meta.url))
const command = process.execPath
const program = {
  command,
  args: [source, 'fixed argument; $(touch /tmp/never)'],
  env: { FIXED: 'by the operator' },
  variables: { TOKEN: { description: 'Its key.' }, REGION: { secret: false }, FAILS: { secret: false } },
}
let gateway: GatewayProcess

beforeAll(async () => {
  const dataDir = await temporaryDataDir()
  const list = join(dataDir, 'programs.json')
  const programs = {
    fixture: program,
    hungry: { ...program, memory_mb: 768 },
    short: { ...program, idle_seconds: 1 },
  }
  await writeFile(list, JSON.stringify(programs))
  gateway = await startGatewayProcess({ dataDir, env: { SALLYPORT_MCP_PROGRAMS: list, SECRET_OF_THE_GATEWAY: 'never' } })
})
afterAll(async () => {
  await gateway.stop()
  await removeDataDir(gateway.dataDir)
})

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(`${gateway.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${gateway.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at parts of it
  return { status: response.status, json: (await response.json()) as any }
}
const call = (connector: string, action: string, more: object = {}) =>
  ask('POST', '/calls', { connector, action, input: {}, ...more })
const payloadOf = async (connector: string, action: string, more?: object) => {
  const { json } = await call(connector, action, more)
  expect(json).toMatchObject({ success: true })
  return JSON.parse(json.payload)
}

let count = 0
/** The program as a connector with a connection. */
async function taken(name = 'fixture', settings: object = {}, limits?: object): Promise<string> {
  const connector = `program_${++count}`
  const made = await ask('POST', '/connectors', { kind: 'mcp', program: name, connector, variables: { TOKEN: token } })
  expect(made).toMatchObject({ status: 201 })
  if (limits !== undefined) {
    const { json: document } = await ask('GET', `/connectors/${connector}`)
    await ask('PUT', `/connectors/${connector}`, { document: { ...document, limits }, autoBump: true })
  }
  const connected = await ask('POST', '/connections', { connector, settings, auth: { fields: { TOKEN: token } } })
  expect(connected).toMatchObject({ status: 201 })
  return connector
}

async function tested(connector: string) {
  const [connection] = (await ask('GET', `/connections?connector=${connector}`)).json.items
  const { json } = await ask('POST', `/connections/${connection.id}/test`, {})
  return { ...json, checks: Object.fromEntries(json.checks.map((check: { id: string }) => [check.id, check])) }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('only a program that the operator listed is run, as listed, with nothing but its own variables', async () => {
  for (const source of [
    { kind: 'mcp', program: 'other', connector: 'none' },
    { kind: 'mcp', program: '/bin/sh', connector: 'none' },
  ])
    expect(await ask('POST', '/connectors', source)).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } })
  expect((await ask('GET', '/session')).json.programs.map(({ name }: { name: string }) => name)).toContain('fixture')

  const connector = await taken('fixture', { REGION: 'eu' })
  const { env, cwd, args } = await payloadOf(connector, 'whoami')
  expect(env).toEqual({
    ...{ FIXED: 'by the operator', REGION: 'eu', TOKEN: '[redacted]' },
    ...{ PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: cwd, TMPDIR: cwd, PWD: cwd },
  })
  expect(args).toEqual(['fixed argument; $(touch /tmp/never)'])
  expect(existsSync('/tmp/never')).toBe(false)
  // What an admin writes by hand opens nothing more.
  const { json: document } = await ask('GET', `/connectors/${connector}`)
  const fields = { ...document.fields, NODE_OPTIONS: {}, EXTRA: {} }
  await ask('PUT', `/connectors/${connector}`, { document: { ...document, fields }, autoBump: true })
  const settings = { REGION: 'eu', NODE_OPTIONS: '--version', EXTRA: 'x' }
  const made = await ask('POST', '/connections', { connector, name: 'other', settings, auth: { fields: { TOKEN: token } } })
  const other = await payloadOf(connector, 'whoami', { connection: made.json.id })
  expect(Object.keys(other.env)).toEqual(Object.keys(env))
  const stranger = {
    ...document,
    connector: 'stranger',
    mcp: { program: 'unlisted' },
    actions: { whoami: document.actions.whoami },
  }
  expect((await ask('POST', '/connectors', stranger)).status).toBe(201)
  await ask('POST', '/connections', { connector: 'stranger', auth: { fields: { TOKEN: token } } })
  expect((await call('stranger', 'whoami')).json.code).toBe('FORBIDDEN')
})

test('one process serves the calls of a connection, one after the other, and ends with its children once it is idle', async () => {
  const connector = await taken('short')
  const counted = await Promise.all(Array.from({ length: 5 }, () => payloadOf(connector, 'count')))
  expect(counted.sort()).toEqual([1, 2, 3, 4, 5])
  const second = await ask('POST', '/connections', { connector, name: 'second', auth: { fields: { TOKEN: `${token}2` } } })
  expect(await payloadOf(connector, 'count', { connection: second.json.id })).toBe(1)
  const [{ json }] = [await ask('GET', `/connections?connector=${connector}`)]
  const first = json.items.find(({ id }: { id: string }) => id !== second.json.id).id
  const { child, own } = await payloadOf(connector, 'child', { connection: first })
  expect(lives(child)).toBe(true)
  await expect.poll(() => lives(own) || lives(child), { timeout: 30_000 }).toBe(false)
  expect(await payloadOf(connector, 'count', { connection: first })).toBe(1)
}, 60_000)

test('a call that the program does not survive, or does not answer, has an honest outcome, and the next one a new process', async () => {
  const connector = await taken('fixture', {}, { timeout_ms: 3_000 })
  expect(await payloadOf(connector, 'count')).toBe(1)
  expect((await call(connector, 'crash')).json.code).toBe('OUTCOME_UNKNOWN')
  expect(await payloadOf(connector, 'count')).toBe(1)
  expect((await call(connector, 'flood')).json.code).toBe('OUTCOME_UNKNOWN')
  const { child, own } = await payloadOf(connector, 'child')
  // Its process, and what it has started, end with the call that did not.
  expect((await call(connector, 'hang')).json.code).toBe('OUTCOME_UNKNOWN')
  await expect.poll(() => lives(own) || lives(child), { timeout: 30_000 }).toBe(false)
  expect(await payloadOf(connector, 'count')).toBe(1)
}, 60_000)

test('a program that eats memory ends, and the gateway does not', async () => {
  const connector = await taken('hungry', {}, { timeout_ms: 60_000 })
  expect((await call(connector, 'eat')).json.code).toBe('OUTCOME_UNKNOWN')
  expect(await payloadOf(connector, 'count')).toBe(1)
}, 90_000)

test('a program that keeps ending is started again after pauses, and what it says is logged without secrets, in bounds', async () => {
  const connector = await taken('fixture', { FAILS: 'at once' })
  for (const _ of [1, 2]) {
    const { json } = await call(connector, 'count')
    expect(json).toMatchObject({ code: 'UPSTREAM_ERROR', detail: expect.stringContaining('code 7') })
  }
  expect((await call(connector, 'count')).json).toMatchObject({ code: 'UNAVAILABLE', detail: expect.stringContaining('2 times') })

  const talking = await taken()
  expect((await call(talking, 'says')).json.payload).toBe('"said"')
  await expect.poll(() => gateway.output()).toContain('it says more than is logged')
  expect(gateway.output()).toContain('line 3 of [redacted]')
  expect(gateway.output()).not.toContain('line 400')
  expect(gateway.output()).toContain('no [redacted] for you')
  expect(gateway.output()).not.toContain(token)
  const stored = JSON.stringify((await ask('GET', `/connectors/${talking}`)).json)
  expect(stored).not.toContain(token)
})

test('a test of a connection asks its program for its tools, and shows no secret when that fails', async () => {
  const { checks, connection } = await tested(await taken())
  expect(checks).toMatchObject({
    tools: { status: 'passed', detail: 'The server lists 9 tools.' },
    authenticated: { status: 'skipped' },
  })
  expect(connection).toMatchObject({ status: 'active' })
  for (const [FAILS, says] of [
    ['at once', 'code 7'],
    ['to list', '[redacted] is no key'],
  ] as const) {
    const failed = await tested(await taken('fixture', { FAILS }))
    expect(failed.checks.tools).toMatchObject({ status: 'failed', detail: expect.stringContaining(says) })
    expect(failed.connection).toMatchObject({ status: 'failing', mend: { step: 'test' } })
    expect(JSON.stringify(failed)).not.toContain(token)
  }
})

test('a program that asks for a model is refused at once, in words', async () => {
  const connector = await taken()
  const { json } = await call(connector, 'samples', { input: { text: 'Think.' } })
  expect(json).toMatchObject({ code: 'UPSTREAM_ERROR' })
})

test('a gateway without a list runs none, and one with a mistake in it does not start', async () => {
  const dataDir = await temporaryDataDir()
  const list = join(dataDir, 'programs.json')
  for (const [entry, why] of [
    [{ command: 'npx' }, 'command'],
    [{ command, variables: { NODE_OPTIONS: {} } }, 'NODE_OPTIONS'],
    [{ command, variables: { LD_PRELOAD: {} } }, 'LD_PRELOAD'],
  ] as const) {
    await writeFile(list, JSON.stringify({ one: entry }))
    await expect(startGatewayProcess({ dataDir, env: { SALLYPORT_MCP_PROGRAMS: list } })).rejects.toThrow(why)
  }
  await removeDataDir(dataDir)
})
