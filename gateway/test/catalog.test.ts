import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConnector } from '../src/definition/parse.ts'
import { type GatewayProcess, ownerToken, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** The catalog over HTTP, as clients of its routes were promised: every status and field. */

const shipped = fileURLToPath(new URL('../../catalog/', import.meta.url))
const goodKey = 'the-right-key-4f1c'

let folder: string
let gateway: GatewayProcess
let provider: Server
let origin: string
let workspace: string
const seen: IncomingMessage[] = []
const tokens: Record<string, string> = {}

/** A provider of this test: knows one key, and tells everybody what they sent. */
function acme(version: string, more = ''): string {
  return `connector: acme
name: Acme
version: ${version}
description: Anvils and rockets
category: commerce
brand: { color: '#112233' }
servers:
  production: { url: ${origin} }
  tenant: { url: '{host}', variables: { host: { description: Where it is } } }
auth:
  token: { type: bearer }
  app: { type: oauth2, family: acme, authorization_url: ${origin}/authorize, token_url: ${origin}/token }
  open: { type: none }
guide:
  token: [Ask the road runner.]
  app: [Register an app.]
verify: { action: get_me }
actions:
  get_me: { description: Who it is, method: GET, path: /me }
${more}`
}

beforeAll(async () => {
  provider = createServer((request, response) => {
    seen.push(request)
    const { authorization } = request.headers
    const known = authorization === `Bearer ${goodKey}`
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(known ? { id: 7 } : { error: `bad key, sent ${authorization}` }))
  })
  provider.listen(0, '127.0.0.1')
  await once(provider, 'listening')
  origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  folder = await mkdtemp(join(tmpdir(), 'sallyport-catalog-'))
  await writeFile(join(folder, 'acme.yaml'), acme('1.0.0'))
  for (const id of ['github', 'notion', 'slack']) await copyFile(join(shipped, `${id}.yaml`), join(folder, `${id}.yaml`))
  const document = ['1forge.com', '1Forge', 'Rates', 'finance', 'none', 2, '1forge.com/0.0.1/openapi.json']
  await writeFile(join(folder, 'openapi-directory.json'), JSON.stringify([document]))
  gateway = await startGatewayProcess({ env: { SALLYPORT_CATALOG_DIR: folder } })
  const client = gateway.client()
  workspace = (await client.session.get()).workspace?.id ?? ''
  for (const role of ['viewer', 'member', 'manager'] as const)
    tokens[role] = (await client.tokens.create({ name: role, role })).token
})

afterAll(async () => {
  await gateway?.stop()
  provider?.close()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
  if (folder !== undefined) await rm(folder, { recursive: true })
})

interface Answer {
  readonly status: number
  readonly link: string | null
  readonly json: unknown
}

async function ask(
  path: string,
  { token = ownerToken, body }: { token?: string | null | undefined; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(`${gateway.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, link: response.headers.get('link'), json: await response.json() }
}

const act = (what: 'verify' | 'install', id: string, body: unknown, token?: string | null) =>
  ask(`/connectors/${id}/${what}?workspace_id=${workspace}`, { body, ...(token === undefined ? {} : { token }) })
const idsOf = ({ json }: Answer) => (json as { id: string }[]).map(({ id }) => id)

describe('the list', () => {
  test('is an array in a stable order, whose items have every documented field', async () => {
    const answer = await ask('/connectors', { token: tokens.viewer })
    expect(answer.status).toBe(200)
    expect(idsOf(answer)).toEqual(['acme', 'github', 'notion', 'slack'])
    expect(answer.json).toContainEqual({
      id: 'acme',
      name: 'Acme',
      description: 'Anvils and rockets',
      category: 'commerce',
      auth_mode: 'pat',
      brand_logo: '',
      brand_color: '#112233',
      version: '1.0.0',
      kind: 'http',
      actions: 1,
      connections: 0,
      source: 'catalog',
      installed: false,
    })
  })

  test('is empty, and still an array, when there is nothing', async () => {
    expect(await ask('/connectors?source=own')).toMatchObject({ status: 200, json: [], link: null })
    expect(await ask('/connectors?search=nothing-like-it')).toMatchObject({ status: 200, json: [], link: null })
  })

  test('leads page by page through everything by its Link header, once each', async () => {
    const found: string[] = []
    for (let path: string | undefined = '/connectors?limit=2&source=all'; path !== undefined; ) {
      const answer: Answer = await ask(path)
      found.push(...idsOf(answer))
      path = /<\/api\/v1([^>]+)>; rel="next"/.exec(answer.link ?? '')?.[1]
    }
    expect(found).toEqual(['acme', 'github', 'notion', 'slack', 'openapi:1forge.com'])
  })

  test('finds by words and by category, the public documents only when they are asked for', async () => {
    expect(idsOf(await ask('/connectors?search=rockets%20anvils'))).toEqual(['acme'])
    expect(idsOf(await ask('/connectors?category=commerce'))).toEqual(['acme'])
    expect(idsOf(await ask('/connectors?search=rates'))).toEqual([])
    expect((await ask('/connectors?search=rates&source=all')).json).toMatchObject([
      { id: 'openapi:1forge.com', source: 'openapi-directory', url: expect.stringMatching(/^https:\/\/api\.apis\.guru\//) },
    ])
  })

  test('is for whoever is signed in', async () => {
    expect(await ask('/connectors', { token: null })).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } })
  })
})

describe('one of the catalog', () => {
  test('is answered verbatim, with its schemes, to any role', async () => {
    const { status, json } = await ask('/connectors/github', { token: tokens.viewer })
    expect(status).toBe(200)
    expect(json).toEqual(parseConnector(await readFile(join(shipped, 'github.yaml'), 'utf8')))
    expect((await ask('/connectors/github/schemes', { token: tokens.viewer })).json).toMatchObject({
      items: [{ name: 'token', fields: [{ name: 'token', secret: true }] }, { name: 'app' }],
    })
  })

  test('that does not exist is 404, however it is asked for', async () => {
    for (const id of ['nothing', '..%2Fpackage', 'openapi:1forge.com'])
      expect((await ask(`/connectors/${id}`)).status, id).toBe(404)
    expect((await act('verify', 'nothing', {})).status).toBe(404)
    expect((await act('install', 'nothing', {})).status).toBe(404)
    expect((await ask('/connectors/nothing', { token: null })).status).toBe(401)
  })
})

describe('verifying', () => {
  test('says ok when the provider takes the credential, after one request, and stores nothing', async () => {
    const before = seen.length
    expect(await act('verify', 'acme', { fields: { token: goodKey } }, tokens.manager)).toMatchObject({
      status: 200,
      json: { ok: true, message: '' },
    })
    expect(seen.slice(before).map(({ url }) => url)).toEqual(['/me'])
    expect(idsOf(await ask('/connectors?source=own'))).toEqual([])
  })

  test('tells what the provider said when it refuses, without the credential', async () => {
    const { status, json } = await act('verify', 'acme', { fields: { token: 'wrong-secret-key-9a' } })
    expect(status).toBe(200)
    expect(json).toMatchObject({ ok: false, message: expect.stringContaining('401: bad key, sent Bearer [') })
    expect(JSON.stringify(json)).not.toContain('wrong-secret-key-9a')
  })

  test('fills the host of a tenant in, and dials none that is forbidden', async () => {
    const at = (host: string) => act('verify', 'acme', { environment: 'tenant', fields: { token: goodKey, host } })
    expect((await at(origin)).json).toEqual({ ok: true, message: '' })
    for (const host of ['http://169.254.169.254', 'http://10.0.0.1'])
      expect(await at(host)).toMatchObject({ status: 403, json: { code: 'URL_NOT_ALLOWED' } })
    expect((await at('http://127.0.0.1:1')).json).toMatchObject({
      ok: false,
      message: expect.stringContaining('Nothing accepts'),
    })
  })

  test('asks nobody where consent comes later, or nothing is asked for', async () => {
    const before = seen.length
    for (const scheme of ['app', 'open'])
      expect((await act('verify', 'acme', { scheme })).json, scheme).toEqual({ ok: true, message: '' })
    expect(seen.length).toBe(before)
  })
})

describe.each(['verify', 'install'] as const)('to %s', (what) => {
  const fields = { token: goodKey }
  test.each([
    ['a missing field', () => act(what, 'acme', { fields: {} }), 400],
    ['an unknown field', () => act(what, 'acme', { fields: { ...fields, other: 'x' } }), 400],
    ['a missing setting', () => act(what, 'acme', { environment: 'tenant', fields }), 400],
    ['a body that is none', () => act(what, 'acme', { fields: 'x' }), 400],
    ['no workspace', () => ask(`/connectors/acme/${what}`, { body: { fields } }), 400],
    ['another workspace', () => ask(`/connectors/acme/${what}?workspace_id=ws_other`, { body: { fields } }), 403],
    ['a member', () => act(what, 'acme', { fields }, tokens.member), 403],
    ['nobody', () => act(what, 'acme', { fields }, null), 401],
  ])('with %s is refused, and nothing is stored', async (_case, send, status) => {
    expect((await send()).status).toBe(status)
    expect(idsOf(await ask('/connectors?source=own'))).toEqual([])
  })
})

describe('installing', () => {
  test('adds the connector and a connection that works, told in the audit log', async () => {
    const answer = await act('install', 'acme', { name: 'Acme (org)', fields: { token: goodKey } }, tokens.manager)
    expect(answer).toMatchObject({ status: 201, json: { integration_id: expect.any(String), next_step: '' } })
    const { integration_id: connection } = answer.json as { integration_id: string }
    const client = gateway.client()
    expect(await client.connections.get(connection)).toMatchObject({ name: 'Acme (org)', owner: 'workspace', connector: 'acme' })
    expect(await client.calls.create({ connector: 'acme', action: 'get_me', input: {} })).toMatchObject({ payload: { id: 7 } })
    expect((await ask('/connectors?search=acme')).json).toMatchObject([
      { id: 'acme', source: 'catalog', installed: true, connections: 1 },
    ])
    const kinds = (await client.audit.list()).items.map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['connector.created', 'connection.created']))
  })

  test('once more takes the connector that is there; a name that is taken is a conflict', async () => {
    expect((await act('install', 'acme', { name: 'Second', fields: { token: goodKey } })).status).toBe(201)
    expect((await act('install', 'acme', { name: 'Second', fields: { token: goodKey } })).status).toBe(409)
  })

  test('where a person consents says where, as an app of the workspace or a client of one’s own', async () => {
    const client = gateway.client()
    const install = (name: string, fields?: object) => act('install', 'acme', { name, scheme: 'app', fields })
    expect((await install('Nobody')).json).toMatchObject({ code: 'NEEDS_REAUTH', detail: expect.stringContaining('OAuth app') })
    expect((await client.connections.list()).items.map(({ name }) => name)).not.toContain('Nobody')

    await client.oauthApps.create({ family: 'acme', client_id: 'of the app' })
    for (const [name, fields, clientId] of [
      ['By the app', undefined, 'of the app'],
      ['By its own', { client_id: 'of its own', client_secret: 'a secret' }, 'of its own'],
    ] as const) {
      const { status, json } = await install(name, fields)
      expect({ status, json }).toMatchObject({ status: 201, json: { next_step: 'oauth', expires_at: expect.any(String) } })
      const { oauth_url, integration_id } = json as { oauth_url: string; integration_id: string }
      const { origin: at, pathname, searchParams } = new URL(oauth_url)
      expect([`${at}${pathname}`, searchParams.get('client_id')]).toEqual([`${origin}/authorize`, clientId])
      expect(searchParams.get('redirect_uri')).toBe(`${gateway.url}/oauth/callback`)
      expect((await client.connections.get(integration_id)).status).toBe('needs_reauth')
    }
  })

  test('for a team makes a connection of that team, by either word', async () => {
    const { id } = await gateway.client().teams.create({ name: 'Crew' })
    // The bootstrap token is no person, so it is in no team.
    for (const word of ['team', 'crew_id'])
      expect((await act('install', 'acme', { [word]: id, fields: { token: goodKey } })).status, word).toBe(404)
  })

  test('a newer file is shown, compared, and taken when somebody decides to', async () => {
    const newer = acme('1.1.0', '  list_anvils: { description: All anvils, method: GET, path: /anvils }\n')
    await gateway.stop()
    await writeFile(join(folder, 'acme.yaml'), newer)
    gateway = await startGatewayProcess({ dataDir: gateway.dataDir, env: { SALLYPORT_CATALOG_DIR: folder } })
    const { connectors } = gateway.client()
    const item = async () => (await connectors.list({ search: 'acme' })).items[0]
    expect(await item()).toMatchObject({ version: '1.0.0', newer_version: '1.1.0' })
    expect(await connectors.check('acme')).toMatchObject({ class: 'minor', version: '1.1.0' })
    expect(await connectors.reimport('acme')).toMatchObject({ version: '1.1.0', actions: ['get_me', 'list_anvils'] })
    expect(await item()).toMatchObject({ version: '1.1.0', source: 'catalog' })
    expect(await item()).not.toHaveProperty('newer_version')
  })

  test('a public document is imported by its id', async () => {
    const { json, status } = await ask('/connectors', { body: { catalog: 'openapi:1forge.com', connector: 'forge' } })
    expect({ status, json }).toMatchObject({ status: 201, json: { connector: 'forge' } })
    expect((await ask('/connectors', { body: { catalog: 'openapi:none' } })).status).toBe(404)
  })
})
