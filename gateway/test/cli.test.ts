import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { closeAll, problem, run, start, startApi, systemNode, temporaryFolder, token } from './cli-harness.ts'

afterEach(closeAll)

const tool = {
  name: 'crm_get_customer',
  connector: 'crm',
  action: 'get_customer',
  connection: { id: 'con_1', name: 'CRM', environment: 'production' },
  title: 'Get a customer',
  description: 'Reads one customer.',
  effect: 'read',
  confirm: false,
  deprecated: false,
  method: 'GET',
  path: '/customers/{id}',
  input_schema: { type: 'object' },
  output_schema: null,
}

describe.each([
  ["the machine's own Node", systemNode],
  ['Node 24', process.execPath],
])('on %s', (_name, node) => {
  it('prints its version and help', async () => {
    expect(await run(['--version'], { node })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
    const help = await run(['--help'], { node })
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const command of ['serve', 'import', 'connect', 'call', 'tools', 'logs', 'token', 'approve'])
      expect(help.stdout).toContain(`  ${command}`)
  })

  it('says what to do without a token', async () => {
    const result = await run(['tools'], { node })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(/^error: SALLYPORT_TOKEN is not set.*\n.*export SALLYPORT_TOKEN=sp_…\n$/)
  })

  it('ends with 2 when the command line is wrong', async () => {
    const unknown = await run(['tools', '--colour'], { node })
    expect(unknown).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining("unknown option '--colour'") })
    expect(await run(['toolz'], { node })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Did you mean tools?'),
    })
    expect(await run(['call'], { node })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining("missing required argument 'connector'"),
    })
  })

  it('passes standard input on', async () => {
    const { url, received } = await startApi({
      'POST /calls': { body: { id: 'call_1', success: true, outcome: 'done', payload: 1, status: 200, duration_ms: 1 } },
    })
    expect(await run(['call', 'crm', 'get_customer', '--input', '-'], { url, node, input: '{"id":7}' })).toMatchObject({
      code: 0,
      stdout: '1\n',
    })
    expect(received[0]?.body).toEqual({ connector: 'crm', action: 'get_customer', input: { id: 7 } })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends at %s, leaving nothing behind', async (signal) => {
    const polling = Promise.withResolvers<void>()
    const { url } = await startApi({
      'GET /calls': () => {
        polling.resolve()
        return { body: { items: [], next_cursor: null } }
      },
    })
    const following = start(['logs', '--follow'], { url, node })
    await polling.promise
    following.child.kill(signal)
    // `close` comes only when no process holds the pipes any more.
    expect(await following.ended).toMatchObject({ signal })
  })

  it('does not live on when it is killed outright', async () => {
    const polling = Promise.withResolvers<void>()
    const { url } = await startApi({
      'GET /calls': () => {
        polling.resolve()
        return { body: { items: [], next_cursor: null } }
      },
    })
    const following = start(['logs', '--follow'], { url, node })
    await polling.promise
    following.child.kill('SIGKILL')
    expect(await following.ended).toMatchObject({ signal: 'SIGKILL' })
  })
})

describe('errors', () => {
  it('name the address where no gateway answers, and what to do', async () => {
    const unused = createServer().listen(0, '127.0.0.1')
    await once(unused, 'listening')
    const address = unused.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    unused.close()
    await once(unused, 'close')
    const human = await run(['tools'], { url })
    expect(human).toMatchObject({ code: 1, stdout: '' })
    expect(human.stderr).toContain(`error: No Sallyport gateway answers at ${url}`)
    expect(human.stderr).toContain('sallyport serve')
    const json = await run(['tools', '--json'], { url })
    expect(json).toMatchObject({ code: 1, stdout: '' })
    expect(JSON.parse(json.stderr)).toMatchObject({
      code: 'UNAVAILABLE',
      detail: expect.stringContaining(url),
      resolution: expect.any(String),
    })
  })

  it('refuse an address that is none', async () => {
    expect(await run(['tools'], { url: 'localhost:8080' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SALLYPORT_URL is not an address: localhost:8080'),
    })
  })

  it('show a problem of the API in full, and as JSON on standard error', async () => {
    const document = problem('FORBIDDEN', 'This needs the role admin.', {
      status: 403,
      call_id: 'call_7',
      outcome: 'not_sent',
      diagnostics: { role: 'viewer' },
    })
    const { url } = await startApi({ 'GET /tokens': { status: 403, body: document } })
    expect(await run(['token', 'list'], { url })).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr:
        'error: This needs the role admin.\n  Do this.\n  Diagnostics: {"role":"viewer"}\n  See what happened: sallyport logs call_7\n',
    })
    const json = await run(['token', 'list', '--json'], { url })
    expect(json).toMatchObject({ code: 1, stdout: '' })
    expect(JSON.parse(json.stderr)).toEqual(document)
  })

  it('keep the token out of what is printed', async () => {
    const { url, received } = await startApi({
      'GET /tools': { status: 401, body: problem('UNAUTHENTICATED', 'This token is not known.') },
    })
    const result = await run(['tools'], { url })
    expect(received[0]?.authorization).toBe(`Bearer ${token}`)
    expect(result.code).toBe(1)
    expect(result.stdout + result.stderr).not.toContain(token.slice(0, 12))
  })

  it('refuse wrong values before asking the API', async () => {
    const { url, received } = await startApi({})
    const wrong = [
      ['tools', '--limit', '0'],
      ['logs', '--since', 'yesterday-ish'],
      ['logs', '--status', 'done'],
      ['token', 'create', 'ci', '--role', 'god'],
      ['approvals', '--status', 'maybe'],
      ['call', 'crm', 'add', 'name'],
      ['call', 'crm', 'add', 'id:=seven'],
      ['call', 'crm', 'add', '--input', '[1]'],
      ['import', 'x.yaml', '--only', ','],
    ]
    for (const args of wrong) expect([args, (await run(args, { url })).code]).toEqual([args, 2])
    expect(received).toEqual([])
  })
})

describe('answers', () => {
  it.each([
    [['tools'], 'GET /tools', { items: [tool], next_cursor: 'n1' }],
    [
      ['tools', 'customer'],
      'POST /tools/search',
      { items: [{ tool: tool.name, connector: 'crm', action: 'a', description: 'd', effect: 'read', score: 1 }] },
    ],
    [
      ['connectors'],
      'GET /connectors',
      [{ id: 'crm', name: 'CRM', version: '1.0.0', actions: 1, connections: 0, description: '' }],
    ],
    [['connections'], 'GET /connections', { items: [], next_cursor: null }],
    [['logs'], 'GET /calls', { items: [], next_cursor: null }],
    [['approvals'], 'GET /approvals', { items: [], next_cursor: null }],
    [['token', 'list'], 'GET /tokens', { items: [], next_cursor: null }],
  ] as const)('of %j under --json are what the API said, and nothing else', async (args, route, body) => {
    const { url } = await startApi({ [route]: { body } })
    const result = await run([...args, '--json'], { url })
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(result.stdout)).toEqual(body)
  })

  it('of a check say what breaks first and who used it', async () => {
    const change = (level: string, message: string) => ({ class: level, message })
    const found = {
      connector: 'crm',
      current: '1.0.0',
      version: '2.0.0',
      class: 'major',
      counts: { major: 1, minor: 1, patch: 0 },
      changes: [change('major', 'action old was removed'), change('minor', 'action more is new')],
      affected: {
        days: 30,
        callers: [{ name: 'Agent', calls: 7, last_used_at: '2026-01-01T00:00:00.000Z', actions: ['old'] }],
        toolsets: [],
      },
    }
    const { url, received } = await startApi({ 'POST /connectors/crm/check': { body: found } })
    const { stdout, code } = await run(['connectors', 'check', 'crm', 'https://crm.example/openapi.json'], { url })
    expect(received[0]?.body).toEqual({ url: 'https://crm.example/openapi.json' })
    expect(code).toBe(0)
    expect(stdout).toMatch(/1\.0\.0 → 2\.0\.0 \(major\): 1 breaking, 1 added, 0 other/)
    expect(stdout).toMatch(/major +action old was removed\nminor +action more is new/)
    expect(stdout).toMatch(/Agent +7 .* old/)
  })

  it('are aligned tables without colours in a pipe', async () => {
    const long = { ...tool, name: 'crm_add_note', action: 'add_note', confirm: true, effect: 'write', title: 'Add a note' }
    const { url } = await startApi({ 'GET /tools': { body: { items: [tool, long], next_cursor: 'n1' } } })
    const { stdout, stderr } = await run(['tools'], { url })
    expect(stdout).toBe(
      [
        'tool              call              effect           connection  title',
        'crm_get_customer  crm get_customer  read             CRM         Get a customer',
        'crm_add_note      crm add_note      write, approval  CRM         Add a note',
        '',
      ].join('\n'),
    )
    expect(stderr).toBe('There are more: --cursor n1\n')
  })

  it('cannot move the cursor of a terminal', async () => {
    const title = '\u001b[2Jgone\u009b1A\u202e\r\nnext'
    const { url } = await startApi({ 'GET /tools': { body: { items: [{ ...tool, title }], next_cursor: null } } })
    const { stdout } = await run(['tools'], { url })
    expect(stdout.split('\n')[1]).toMatch(/CRM {9}\uFFFD\[2Jgone\uFFFD1A\uFFFD next$/)
  })

  it('filter and page as asked', async () => {
    const { url, received } = await startApi({ 'GET /calls': { body: { items: [], next_cursor: null } } })
    await run(
      [
        'logs',
        '--connector',
        'crm',
        '--action',
        'add',
        '--status',
        'failed',
        '--since',
        '2026-01-31',
        '--limit',
        '5',
        '--cursor',
        'n1',
      ],
      { url },
    )
    expect(received[0]?.query).toEqual({
      connector: 'crm',
      action: 'add',
      status: 'failed',
      since: '2026-01-31T00:00:00.000Z',
      limit: '5',
      cursor: 'n1',
    })
    const before = Date.now()
    await run(['logs', '--since', '15m'], { url })
    const since = Date.parse(received[1]?.query.since ?? '')
    expect(since).toBeGreaterThanOrEqual(before - 15 * 60_000)
    expect(since).toBeLessThanOrEqual(Date.now() - 15 * 60_000)
  })
})

describe('import', () => {
  const created = {
    id: 'crm',
    connector: 'crm',
    version: '1.0.0',
    actions: ['get_customer', 'add_note'],
    report: {
      format: 'OpenAPI 3.0.3',
      operations: 3,
      imported: 2,
      entries: [
        { operation: 'upload', pointer: '/paths/~1upload/post', level: 'skipped', code: 'part_left_out', message: 'No.' },
      ],
    },
  }

  it('sends a local file as text and says what came of it', async () => {
    const { url, received } = await startApi({ 'POST /connectors': { status: 201, body: created } })
    const cwd = await temporaryFolder()
    await writeFile(join(cwd, 'crm.yaml'), 'openapi: 3.0.3')
    const result = await run(
      [
        'import',
        'crm.yaml',
        '--as',
        'crm',
        '--name',
        'My CRM',
        '--server-url',
        'https://crm.example',
        '--only',
        'get_customer, add_note',
      ],
      { url, cwd },
    )
    expect(received[0]?.body).toEqual({
      text: 'openapi: 3.0.3',
      connector: 'crm',
      name: 'My CRM',
      server_url: 'https://crm.example',
      select: ['get_customer', 'add_note'],
    })
    expect(result.code).toBe(0)
    expect(result.stdout).toContain('Imported crm 1.0.0: 2 actions.')
    expect(result.stdout).toContain('OpenAPI 3.0.3: 2 of 3 operations imported.')
    expect(result.stdout).toMatch(/skipped +upload +\/paths\/~1upload\/post +No\./)
    expect(result.stderr).toBe('Next: sallyport connect crm\n')
  })

  it('lets the gateway fetch a URL', async () => {
    const { url, received } = await startApi({ 'POST /connectors': { status: 201, body: created } })
    const result = await run(['import', 'https://api.example.com/openapi.json', '--json'], { url })
    expect(received[0]?.body).toEqual({ url: 'https://api.example.com/openapi.json' })
    expect(JSON.parse(result.stdout)).toEqual(created)
  })

  it('takes the tools of an MCP server', async () => {
    const { url, received } = await startApi({ 'POST /connectors': { status: 201, body: created } })
    const mcp = ['import', '--mcp', 'https://mcp.example.com/mcp']
    const more = ['--sse', '--token', 'env:MCP_TOKEN', '--trust-annotations', '--only', 'add', '--as', 'crm']
    expect(await run([...mcp, ...more], { url, env: { MCP_TOKEN: 'canary' } })).toMatchObject({
      code: 0,
      stderr: 'Next: sallyport connect crm\n',
    })
    expect(received[0]?.body).toEqual({
      kind: 'mcp',
      url: 'https://mcp.example.com/mcp',
      transport: 'sse',
      token: 'canary',
      trust_annotations: true,
      connector: 'crm',
      select: ['add'],
    })
    const program = ['import', '--mcp', 'program:crm', '--variable', 'TOKEN=env:MCP_TOKEN']
    expect(await run(program, { url, env: { MCP_TOKEN: 'canary' } })).toMatchObject({ code: 0 })
    expect(received[1]?.body).toEqual({ kind: 'mcp', program: 'crm', variables: { TOKEN: 'canary' } })
    for (const args of [
      [...mcp, '--preview'],
      [...mcp, '--variable', 'TOKEN=env:MCP_TOKEN'],
      ['import', '--mcp', 'program:crm', '--variable', 'TOKEN=x'],
      [...mcp, '--token', 'x'],
      ['import', '--mcp', 'crm.yaml'],
      ['import', 'crm.yaml', '--sse'],
    ])
      expect(await run(args, { url })).toMatchObject({ code: 2 })
    expect(received.length).toBe(2)
  })

  it('stores nothing in a dry run', async () => {
    const { url, received } = await startApi({
      'POST /connectors/parse': {
        body: { document: { connector: 'crm', version: '1.0.0', actions: { a: {} } }, report: created.report },
      },
    })
    const cwd = await temporaryFolder()
    await writeFile(join(cwd, 'crm.yaml'), 'openapi: 3.0.3')
    const result = await run(['import', 'crm.yaml', '--dry-run', '--only', 'a'], { url, cwd })
    expect(result.stdout).toContain('Would import crm 1.0.0: 1 actions. Nothing was stored.')
    expect(received.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/api/v1/connectors/parse', { text: 'openapi: 3.0.3', select: ['a'] }],
    ])
  })

  it('stores the next version of a connector that is there', async () => {
    const document = { connector: 'crm', version: '1.0.0', name: 'Mine', actions: { a: { method: 'GET' } } }
    const { url, received } = await startApi({
      'POST /connectors/parse': { body: { document, report: created.report } },
      'PUT /connectors/crm': { body: { ...created, version: '1.1.0', actions: ['a'], report: null } },
    })
    const cwd = await temporaryFolder()
    await writeFile(join(cwd, 'crm.yaml'), 'connector: crm')
    const result = await run(['import', 'crm.yaml', '--update', '--only', 'a', '--name', 'Mine'], { url, cwd })
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('Updated crm to 1.1.0: 1 actions.') })
    expect(received[0]?.body).toEqual({ text: 'connector: crm', name: 'Mine', select: ['a'] })
    expect(received[1]?.body).toEqual({ document, autoBump: true })
  })

  it('shows what there is to choose from, and takes what is proposed', async () => {
    const operation = {
      action: 'get_customer',
      method: 'GET',
      path: '/customers/{id}',
      title: 'Read',
      tags: ['crm'],
      effect: 'read',
      inputs: 1,
      required: 1,
    }
    const preview = {
      connector: 'crm',
      name: 'CRM',
      description: '',
      servers: { production: {} },
      auth: {},
      tags: [{ name: 'crm', operations: 2 }],
      operations: [operation, { ...operation, action: 'odd', problem: 'It cannot be called.' }],
      proposal: [{ action: 'get_customer', reason: 'Reads one of customers.' }],
      report: created.report,
    }
    const { url, received } = await startApi({
      'POST /connectors/preview': { headers: { 'content-type': 'application/x-ndjson' }, body: { result: preview } },
      'POST /connectors': { status: 201, body: created },
    })
    const cwd = await temporaryFolder()
    await mkdir(join(cwd, 'api/paths'), { recursive: true })
    await writeFile(join(cwd, 'api/openapi.yaml'), 'openapi: 3.0.3')
    await writeFile(join(cwd, 'api/paths/a.json'), '{}')
    await writeFile(join(cwd, 'api/readme.md'), 'no part of it')
    const shown = await run(
      ['import', 'api', '--preview', '--tag', 'crm', '--tag', 'billing', '--read-only', '--search', 'cust', '--rename', 'a=b'],
      { url, cwd },
    )
    expect(shown).toMatchObject({ code: 0, stderr: expect.stringContaining('import these 1 with --proposed') })
    expect(shown.stdout).toMatch(/\* get_customer +read +GET \/customers\/\{id\} +Reads one of customers\./)
    expect(shown.stdout).toMatch(/odd .*It cannot be called\./)
    const files = { 'openapi.yaml': 'openapi: 3.0.3', 'paths/a.json': '{}' }
    expect(received[0]?.body).toEqual({ files, tags: ['crm', 'billing'], read_only: true, search: 'cust', rename: { a: 'b' } })
    await run(['import', 'api', '--proposed'], { url, cwd })
    expect(received.slice(1).map(({ path, body }) => [path, body])).toEqual([
      ['/api/v1/connectors/preview', { files }],
      ['/api/v1/connectors', { files, select: ['get_customer'] }],
    ])
  })

  it('says that a file is not there', async () => {
    const { url, received } = await startApi({})
    expect(await run(['import', 'nowhere.yaml'], { url })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Cannot read nowhere.yaml: there is no such file.'),
    })
    expect(received).toEqual([])
  })
})

describe('token', () => {
  it('prints a new token alone, so that a script can take it', async () => {
    const body = { id: 'tok_9', token: 'sp_new', name: 'agent', role: 'member' }
    const { url, received } = await startApi({ 'POST /tokens': { status: 201, body }, 'DELETE /tokens/tok_9': { status: 204 } })
    const result = await run(['token', 'create', 'agent', '--role', 'member', '--expires', '2030-01-01'], { url })
    expect(result).toMatchObject({ code: 0, stdout: 'sp_new\n', stderr: expect.stringContaining('tok_9') })
    expect(received[0]?.body).toEqual({ name: 'agent', role: 'member', expires_at: '2030-01-01T00:00:00.000Z' })
    expect(await run(['token', 'revoke', 'tok_9'], { url })).toMatchObject({ code: 0, stdout: '' })
  })
})

describe('serve', () => {
  it.each([
    [['--port', '99999'], {}, 'SALLYPORT_PORT must be a port number'],
    [[], { DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must be'],
    [[], { SALLYPORT_BOOTSTRAP_TOKEN: 'short' }, 'SALLYPORT_BOOTSTRAP_TOKEN must be'],
  ] as const)('refuses %j with %j in one sentence', async (args, env, message) => {
    const result = await run(['serve', ...args], { env, cwd: await temporaryFolder() })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(/^error: .*\n {2}Nothing was started\.\n$/)
    expect(result.stderr).toContain(message)
  })
})
