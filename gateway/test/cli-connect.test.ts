import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { describeScheme } from '../src/connections/schemes/credential.ts'
import type { AuthScheme } from '../src/definition/document.ts'
import { closeAll, type RunOptions, run, startApi, startAtTerminal, systemNode, temporaryFolder } from './cli-harness.ts'

afterEach(closeAll)

const secret = 'canary-5f2b9c'
const connection = {
  id: 'con_1',
  connector: 'crm',
  name: 'CRM',
  environment: 'production',
  server_url: 'https://crm.example',
  auth: { scheme: 'key', type: 'api_key', label: 'API key (X-API-Key)', fields: [] },
  actions: 4,
}

async function startCrm(auth: Readonly<Record<string, AuthScheme>>, more: object = {}) {
  const api = await startApi({
    'GET /connectors/crm': { body: { connector: 'crm', servers: { production: { url: 'https://crm.example' } }, auth, ...more } },
    'GET /connectors/crm/schemes': {
      body: { items: Object.entries(auth).map(([name, scheme]) => describeScheme(name, scheme)) },
    },
    'POST /connections': { status: 201, body: connection },
  })
  const created = () => api.received.find(({ method }) => method === 'POST')?.body
  return { ...api, created }
}

const apiKey: Readonly<Record<string, AuthScheme>> = { key: { type: 'api_key', name: 'X-API-Key' } }
const keyed = { connector: 'crm', auth: { scheme: 'key', fields: { key: secret } } }

describe('connect', () => {
  it.each([
    ['standard input', 'key=-', { input: `${secret}\n` }],
    ['the environment', 'key=env:CRM_KEY', { env: { CRM_KEY: secret } }],
    ['a file', 'key=@key.txt', {}],
  ] as [string, string, RunOptions][])('takes a secret from %s, and prints none', async (_from, field, options) => {
    const { url, created } = await startCrm(apiKey)
    const cwd = await temporaryFolder()
    await writeFile(join(cwd, 'key.txt'), `${secret}\n`)
    const result = await run(['connect', 'crm', '--field', field], { ...options, url, cwd })
    expect(created()).toEqual(keyed)
    expect(result).toMatchObject({ code: 0, stderr: 'Next: sallyport tools\n' })
    expect(result.stdout).toContain('Connected crm as "CRM".')
    expect(result.stdout).toContain('API key (X-API-Key)')
    expect(result.stdout).not.toContain(secret)
  })

  it('warns about a secret on the command line, without repeating it', async () => {
    const { url, created } = await startCrm(apiKey)
    const result = await run(['connect', 'crm', '--field', `key=${secret}`], { url })
    expect(created()).toEqual(keyed)
    expect(result.stderr).toContain('warning: The value of --field key stands on the command line')
    expect(result.stderr).toContain('--field key=-')
    expect(result.stdout + result.stderr).not.toContain(secret)
  })

  it('says which fields are missing when nobody can be asked', async () => {
    const { url, created } = await startCrm({ login: { type: 'basic' } })
    const result = await run(['connect', 'crm', '--field', 'username=ada'], { url })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain('The auth scheme login needs: password.')
    expect(result.stderr).toContain('--field password=env:VARIABLE')
    expect(created()).toBeUndefined()
  })

  it.each([
    [apiKey, ['--field', 'token=-'], 'has no field "token"'],
    [apiKey, ['--scheme', 'oauth'], 'has no auth scheme "oauth"'],
    [{ ...apiKey, other: { type: 'bearer' } }, [], '--scheme: key, other'],
    [{}, ['--field', 'key=-'], 'needs no credential'],
    [apiKey, ['--field', 'key'], 'needs name=value'],
  ] as [Readonly<Record<string, AuthScheme>>, string[], string][])('with auth %j refuses %j', async (auth, args, message) => {
    const { url, created } = await startCrm(auth)
    expect(await run(['connect', 'crm', ...args], { url, input: secret })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    })
    expect(created()).toBeUndefined()
  })

  it('names a variable of the environment that is not set', async () => {
    const { url } = await startCrm(apiKey)
    expect(await run(['connect', 'crm', '--field', 'key=env:NOT_THERE'], { url })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_THERE is not set'),
    })
  })

  it('sends settings with the types that the connector gives them', async () => {
    const fields = { retries: { type: 'number' }, beta: { type: 'boolean' }, region: {} }
    const { url, created } = await startCrm({}, { fields })
    const set = ['--set', 'retries=3', '--set', 'beta=false', '--set', 'region=7']
    await run(['connect', 'crm', ...set, '--name', 'Mine', '--environment', 'production'], { url })
    expect(created()).toEqual({
      connector: 'crm',
      name: 'Mine',
      environment: 'production',
      settings: { retries: 3, beta: false, region: '7' },
    })
    for (const wrong of ['retries=many', 'beta=maybe'])
      expect((await run(['connect', 'crm', '--set', wrong], { url })).code).toBe(2)
  })
})

describe.each([
  ["the machine's own Node", systemNode],
  ['Node 24', process.execPath],
])('connect at a terminal of %s', (_name, node) => {
  it('asks for what is missing, shows no secret, and puts none on the command line', async () => {
    const { url, created } = await startCrm(
      { login: { type: 'basic' }, other: { type: 'headers', headers: [{ name: 'X-Fixed', value: '1' }, { name: 'X-Key' }] } },
      { servers: { production: { url: 'https://{tenant}.crm.example', variables: { tenant: {}, version: { default: 'v1' } } } } },
    )
    const terminal = startAtTerminal(['connect', 'crm'], { url, node })
    const answer = async (prompt: string, text: string) => {
      await terminal.printed(prompt)
      terminal.type(`${text}\r`)
    }
    await answer('Which auth scheme (login, other): ', 'login')
    await answer('tenant: ', 'acme')
    await answer('username: ', 'ada')
    await terminal.printed('password (not shown): ')
    const commandLine = await readFile(`/proc/${terminal.child.pid}/cmdline`, 'utf8')
    terminal.type(`${secret}\r`)
    const { code, stdout } = await terminal.ended
    expect(code).toBe(0)
    expect(created()).toEqual({
      connector: 'crm',
      auth: { scheme: 'login', fields: { username: 'ada', password: secret } },
      settings: { tenant: 'acme' },
    })
    expect(stdout).toContain('username: ada')
    expect(stdout).not.toContain(secret.slice(0, 6))
    expect(commandLine).toContain('connect')
    expect(commandLine).not.toContain(secret)
  })

  it('changes nothing when it is interrupted', async () => {
    const { url, created } = await startCrm(apiKey)
    const terminal = startAtTerminal(['connect', 'crm'], { url, node })
    await terminal.printed('key (not shown): ')
    terminal.type('\u0003')
    const { code, stdout } = await terminal.ended
    expect(code).toBe(1)
    expect(stdout).toContain('Cancelled.')
    expect(created()).toBeUndefined()
  })
})

describe('connections delete', () => {
  const dependents = {
    default: true,
    toolsets: [{ slug: 'desk', name: 'Desk', tokens: 2 }],
    waiting_calls: 1,
    standing_approvals: 0,
  }
  const routes = {
    'GET /connections/con_1': { body: { ...connection, calls_today: 3 } },
    'GET /connections/con_1/dependents': { body: dependents },
    'DELETE /connections/con_1': { status: 204 },
  }

  it('says what depends on it and asks; where nobody can be asked it wants --yes', async () => {
    const { url, received } = await startApi(routes)
    const deleted = () => received.some(({ method }) => method === 'DELETE')
    expect(await run(['connections', 'delete', 'con_1'], { url })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--yes'),
    })
    const terminal = startAtTerminal(['connections', 'delete', 'con_1'], { url, node: process.execPath })
    await terminal.printed('The toolset Desk (desk) names it')
    await terminal.printed('Delete it?')
    terminal.type('n\r')
    expect((await terminal.ended).stdout).toContain('Nothing was deleted.')
    expect(deleted()).toBe(false)
    const { stdout } = await run(['connections', 'delete', 'con_1', '--yes', '--json'], { url })
    expect(JSON.parse(stdout)).toEqual({ deleted: 'con_1', dependents })
    expect(deleted()).toBe(true)
  })
})
