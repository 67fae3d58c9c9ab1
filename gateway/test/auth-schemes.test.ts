import { createHash, createHmac, generateKeyPairSync, verify } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Sallyport, Schemas } from '@sallyport/sdk'
import { SignatureV4 } from '@smithy/signature-v4'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CountingUpstream, type Seen } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** Each scheme through a running gateway, against a server that checks what it gets by itself. */

let gateway: GatewayProcess
let upstream: CountingUpstream
let owner: Sallyport

const actions = {
  read: {
    method: 'GET',
    path: '/items/{id}',
    query: { filter: '{{filter}}', tag: '{{tag}}' },
    input: { type: 'object', properties: { id: { type: 'string' }, filter: { type: 'string' }, tag: {} }, required: ['id'] },
  },
  write: {
    method: 'POST',
    path: '/items',
    body: { type: 'json', value: { name: '{{name}}', key: '{{key}}' } },
    input: { type: 'object', properties: { name: { type: 'string' }, key: { type: 'string' } } },
  },
  submit: {
    method: 'POST',
    path: '/form',
    body: { type: 'form', value: { name: '{{name}}', key: '{{key}}' } },
    input: { type: 'object', properties: { name: { type: 'string' }, key: { type: 'string' } } },
  },
  ping: { method: 'POST', path: '/ping', effect: 'read' },
}

/** A connector of one scheme, and a connection of it. */
async function connect(connector: string, scheme: object, fields: Record<string, string>, more: object = {}): Promise<string> {
  await owner.connectors.create({
    connector,
    name: connector,
    servers: { production: { url: upstream.url } },
    auth: { it: scheme },
    limits: { per_minute: 100_000, retries: 0 },
    actions,
    ...more,
  })
  return (await owner.connections.create({ connector, auth: { fields } })).id
}

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  owner = gateway.client()
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

async function call(connector: string, action: string, input: Record<string, unknown> = {}): Promise<Schemas['CallResult']> {
  const result = await owner.calls.create({ connector, action, input })
  if ('approval' in result) throw new Error('the call waits')
  return result
}

/** The last request that the API saw. */
function last(): Seen {
  const seen = upstream.seen.at(-1)
  if (seen === undefined) throw new Error('the API saw nothing')
  return seen
}

describe('an API key in the body', () => {
  const key = 'key-in-the-body "quoted" & kept'

  test('joins a JSON body as a member, in place of one of its name', async () => {
    await connect('body_json', { type: 'api_key', in: 'body', name: 'key' }, { key })
    await call('body_json', 'write', { name: 'Ada', key: 'mine' })
    expect(JSON.parse(last().body)).toEqual({ name: 'Ada', key })
  })

  test('joins a form, and makes a body where the action has none', async () => {
    await connect('body_form', { type: 'api_key', in: 'body', name: 'key', prefix: 'v1:', body_format: 'form' }, { key })
    await call('body_form', 'submit', { name: 'Ada & Co', key: 'mine' })
    expect([...new URLSearchParams(last().body)]).toEqual([
      ['name', 'Ada & Co'],
      ['key', `v1:${key}`],
    ])
    await call('body_form', 'ping', {})
    expect(last().headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect([...new URLSearchParams(last().body)]).toEqual([['key', `v1:${key}`]])
  })

  test('is refused where there is no body to take it, before anything is sent', async () => {
    await expect(call('body_json', 'read', { id: '1' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(upstream.seen).toHaveLength(0)
  })

  test('is taken out of an answer that repeats the body', async () => {
    upstream.behave = ({ body }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ got: body }))
    }
    const { payload } = await call('body_json', 'write', { name: 'Ada' })
    expect(JSON.stringify(payload)).toContain('[redacted]')
    expect(JSON.stringify(payload)).not.toContain('key-in-the-body')
  })
})

describe('an OAuth 1 signature', () => {
  const secrets = {
    consumer_key: 'consumer-key-0123',
    consumer_secret: 'consumer-secret-0123',
    token: 'token-0123456',
    token_secret: 'token-secret-0123',
  }

  /** RFC 5849 section 3.4, written once more for what the tests send. */
  function baseOf({ method, path, body, headers }: Seen, protocol: ReadonlyMap<string, string>): string {
    const quote = (text: string) =>
      encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    const url = new URL(path, upstream.url)
    const form = headers['content-type'] === 'application/x-www-form-urlencoded' ? [...new URLSearchParams(body)] : []
    const pairs = [...url.searchParams, ...form, ...protocol]
      .filter(([name]) => name !== 'oauth_signature' && name !== 'realm')
      .map(([name, value]) => [quote(name), quote(value)] as const)
      .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    return [method, url.origin + url.pathname, pairs.map((pair) => pair.join('=')).join('&')].map(quote).join('&')
  }
  const protocolOf = ({ headers }: Seen) =>
    new Map(
      [...(headers.authorization ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        decodeURIComponent(value),
      ]),
    )

  test.each([
    ['HMAC-SHA1', 'sha1'],
    ['HMAC-SHA256', 'sha256'],
  ] as const)('by %s covers method, path, query and form, and is another each time', async (signature_method, hash) => {
    const connector = `oauth1_${hash}`
    await connect(connector, { type: 'oauth1', signature_method, realm: 'Api' }, secrets)
    await call(connector, 'read', { id: 'a b', filter: "x=1&y ('ä')", tag: ['2', '1'] })
    await call(connector, 'submit', { name: 'Ada & Co' })
    for (const seen of upstream.seen) {
      const protocol = protocolOf(seen)
      const key = `${secrets.consumer_secret}&${secrets.token_secret}`
      expect(protocol.get('oauth_signature')).toBe(createHmac(hash, key).update(baseOf(seen, protocol)).digest('base64'))
    }
    expect(new Set(upstream.seen.map((seen) => protocolOf(seen).get('oauth_nonce'))).size).toBe(2)
  })

  test('by RSA-SHA1 is one that the public key accepts; what is no key is refused', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const { token, token_secret, consumer_key } = secrets
    const scheme = { type: 'oauth1', signature_method: 'RSA-SHA1' }
    await connect('oauth1_rsa', scheme, { consumer_key, token, token_secret, private_key: pem })
    await call('oauth1_rsa', 'read', { id: '1' })
    const protocol = protocolOf(last())
    const signature = Buffer.from(protocol.get('oauth_signature') ?? '', 'base64')
    expect(verify('RSA-SHA1', Buffer.from(baseOf(last(), protocol)), publicKey, signature)).toBe(true)
    const fields = { consumer_key, private_key: 'no key' }
    await expect(owner.connections.create({ connector: 'oauth1_rsa', name: 'Other', auth: { fields } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      detail: expect.stringContaining('RSA private key'),
    })
  })

  test('in plain text stands in the query and is taken out of the answer', async () => {
    await connect('oauth1_plain', { type: 'oauth1', signature_method: 'PLAINTEXT', in: 'query' }, secrets)
    upstream.behave = ({ path }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ path }))
    }
    const { payload } = await call('oauth1_plain', 'read', { id: '1' })
    const { searchParams } = new URL(last().path, upstream.url)
    expect(searchParams.get('oauth_signature')).toBe(`${secrets.consumer_secret}&${secrets.token_secret}`)
    expect(JSON.stringify(payload)).not.toContain(secrets.consumer_secret)
    expect(JSON.stringify(payload)).not.toContain(secrets.token_secret)
  })
})

describe('HTTP Digest', () => {
  const account = { username: 'Ada "the first"', password: 'the-digest-password-4711' }
  const written: string[] = []
  /** What came with each nonce that was given out: every count once. */
  const nonces = new Map<string, Set<string>>()
  let reads = 0

  /** Checks by itself, with a nonce that counts for so many requests. */
  const checks = (algorithm: 'SHA-256-sess' | 'MD5', uses: number) => (seen: Seen, response: ServerResponse) => {
    const hash = (text: string) =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex')
    const header = String(seen.headers.authorization ?? '')
    const part = (name: string) =>
      new RegExp(`[ ,]${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^ ,]+))`).exec(header)?.slice(1).find(Boolean)?.replace(/\\(.)/g, '$1')
    const [nc, cnonce, uri] = [part('nc'), part('cnonce'), part('uri')]
    const known = hash(`${account.username}:the realm:${account.password}`)
    const first = algorithm === 'MD5' ? known : hash(`${known}:${part('nonce')}:${cnonce}`)
    const right = hash(`${first}:${part('nonce')}:${nc}:${cnonce}:auth:${hash(`${seen.method}:${uri}`)}`) === part('response')
    const whole = right && part('username') === account.username && uri === seen.path && part('opaque') === 'kept'
    const counts = nonces.get(part('nonce') ?? '')
    if (whole && counts !== undefined && counts.size < uses && !counts.has(nc ?? '')) {
      counts.add(nc ?? '')
      if (seen.method === 'POST') written.push(seen.body)
      else reads++
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ echo: header }))
    }
    const nonce = `nonce-${crypto.randomUUID()}`
    nonces.set(nonce, new Set())
    const asked = `realm="the realm", nonce="${nonce}", opaque="kept", qop="auth", algorithm=${algorithm}`
    response.writeHead(401, { 'www-authenticate': ['Basic realm="other"', `Digest ${asked}, stale=${whole}`] }).end()
  }

  test('answers the challenge of a write, which is done once, and the next calls at once', async () => {
    upstream.behave = checks('SHA-256-sess', 1000)
    const id = await connect('digest', { type: 'digest' }, account)
    expect(await call('digest', 'write', { name: 'one' })).toMatchObject({ success: true })
    expect(written).toEqual(['{"name":"one"}'])
    expect(upstream.seen.map(({ headers }) => headers.authorization === undefined)).toEqual([true, false])
    for (let i = 0; i < 3; i++) await call('digest', 'read', { id: 'a b', filter: 'x&y' })
    expect(upstream.seen.length).toBeLessThanOrEqual(6)
    expect(reads).toBe(3)
    const shown = JSON.stringify([await owner.calls.list({ connection: id }), await owner.connections.get(id)])
    expect(shown + gateway.output()).not.toContain(account.password)
  })

  test('goes on with a new nonce when the old one is used up, whoever calls at the same time', async () => {
    upstream.behave = checks('MD5', 1)
    await connect('digest_stale', { type: 'digest' }, account)
    for (let i = 0; i < 3; i++) expect(await call('digest_stale', 'read', { id: 'x' })).toMatchObject({ success: true })
    upstream.behave = checks('MD5', 1000)
    const many = await Promise.all(Array.from({ length: 20 }, () => call('digest_stale', 'read', { id: 'y' })))
    expect(many.every(({ success }) => success)).toBe(true)
  })

  test('asks twice with a wrong password, and no oftener', async () => {
    upstream.behave = checks('SHA-256-sess', 1000)
    const id = await connect('digest_wrong', { type: 'digest' }, { ...account, password: 'wrong' })
    await expect(call('digest_wrong', 'write', { name: 'two' })).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' })
    expect(upstream.seen.length).toBe(2)
    expect(await owner.connections.get(id)).toMatchObject({ status: 'needs_reauth' })
    await owner.connections.rotate(id, { fields: account, verify: false })
    expect(await call('digest_wrong', 'write', { name: 'two' })).toMatchObject({ success: true })
  })
})

describe('an AWS signature', () => {
  const secrets = { access_key_id: 'AKIDEXAMPLE0123', secret_access_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

  class Sha256 {
    readonly #hash
    constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
      const key =
        typeof secret === 'string' ? secret : secret && Buffer.from(secret instanceof ArrayBuffer ? secret : secret.buffer)
      this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key)
    }
    update(data: Uint8Array | string): void {
      this.#hash.update(data)
    }
    async digest(): Promise<Uint8Array> {
      return this.#hash.digest()
    }
  }

  /** Signs what arrived once more, with the signer of the official SDK. */
  async function expected({ method, path, headers, body }: Seen, service: string, region: string, sessionToken?: string) {
    const signer = new SignatureV4({
      credentials: {
        accessKeyId: secrets.access_key_id,
        secretAccessKey: secrets.secret_access_key,
        ...(sessionToken !== undefined && { sessionToken }),
      },
      service,
      region,
      sha256: Sha256,
      uriEscapePath: service !== 's3',
    })
    const url = new URL(path, upstream.url)
    const query: Record<string, string[]> = {}
    for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value]
    const names = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? []
    const signedHeaders = Object.fromEntries(names.map((name) => [name, String(headers[name])]))
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date'])) ?? []
    const signingDate = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
    const request = { method, protocol: 'http:', hostname: url.hostname, path: url.pathname, query, headers: signedHeaders, body }
    return (await signer.sign(request, { signingDate })).headers.authorization
  }

  test('is the one that the official signer makes of what arrived', async () => {
    await connect('aws_api', { type: 'aws_sigv4', service: 'execute-api', region: '{{settings.region}}' }, secrets, {
      fields: { region: { default: 'eu-central-1' } },
    })
    await call('aws_api', 'read', { id: 'a b/c', filter: "x=1&y ('ä')*", tag: ['2', '1'] })
    await call('aws_api', 'write', { name: 'Ada ö' })
    for (const seen of upstream.seen) expect(seen.headers.authorization).toBe(await expected(seen, 'execute-api', 'eu-central-1'))
    expect(last().headers['x-amz-content-sha256']).toBe(createHash('sha256').update(last().body).digest('hex'))
  })

  test('covers the token of temporary credentials, and the path of S3 as it stands', async () => {
    const session_token = 'temporary/session+token=='
    await connect('aws_s3', { type: 'aws_sigv4', service: 's3', region: 'us-east-1' }, { ...secrets, session_token })
    await call('aws_s3', 'read', { id: 'a b' })
    expect(last().headers['x-amz-security-token']).toBe(session_token)
    expect(last().headers.authorization).toContain('x-amz-security-token')
    expect(last().headers.authorization).toBe(await expected(last(), 's3', 'us-east-1', session_token))
  })

  test('is made anew for a redirect to the same server, and never for another', async () => {
    const other = await new CountingUpstream().start()
    upstream.behave = ({ path }, response) => {
      if (path === '/items/1') response.writeHead(302, { location: '/moved?x=1' }).end()
      else if (path.startsWith('/moved')) response.writeHead(302, { location: `${other.url}/elsewhere` }).end()
    }
    await connect('aws_moved', { type: 'aws_sigv4', service: 'execute-api', region: 'eu-central-1' }, secrets, {
      security: { url_patterns: [`${upstream.url}/*`, `${other.url}/*`] },
    })
    await call('aws_moved', 'read', { id: '1' })
    expect(upstream.seen.map(({ path }) => path)).toEqual(['/items/1', '/moved?x=1'])
    for (const seen of upstream.seen) expect(seen.headers.authorization).toBe(await expected(seen, 'execute-api', 'eu-central-1'))
    expect(other.seen.map(({ headers }) => Object.keys(headers).filter((name) => /^(authorization|x-amz)/.test(name)))).toEqual([
      [],
    ])
    await other.stop()
  })

  test('is made anew for each attempt of a call', async () => {
    let answers = 0
    upstream.behave = (_request, response) => response.writeHead(answers++ === 0 ? 503 : 200, { 'retry-after': '1' }).end('{}')
    await connect('aws_again', { type: 'aws_sigv4', service: 'execute-api', region: 'eu-central-1' }, secrets, {
      limits: { retries: 1 },
    })
    await call('aws_again', 'read', { id: '1' })
    expect(new Set(upstream.seen.map(({ headers }) => headers.authorization)).size).toBe(2)
  })
})

describe('an HMAC signature', () => {
  const secrets = { key: 'hmac-key-0123456', secret: 'hmac-secret-0123456' }

  test('of an exchange: over the query with its timestamp, sent as the last parameter', async () => {
    await connect(
      'hmac_exchange',
      {
        type: 'hmac',
        message: '{{query}}{{body}}',
        timestamp: 'unix_ms',
        headers: { 'X-KEY': '{{key}}' },
        query: { timestamp: '{{timestamp}}', signature: '{{signature}}' },
      },
      secrets,
    )
    await call('hmac_exchange', 'read', { id: '1', filter: "b('c')" })
    const [, query = '', signature] = /\?(.*)&signature=(.*)$/.exec(last().path) ?? []
    expect(query).toMatch(/^filter=.*&timestamp=\d{13}$/)
    expect(signature).toBe(createHmac('sha256', secrets.secret).update(query).digest('hex'))
    expect(last().headers['x-key']).toBe(secrets.key)
  })

  test('like those of webhooks: method, path, hash of the body and a nonce, in base64 in a header', async () => {
    await connect(
      'hmac_webhook',
      {
        type: 'hmac',
        algorithm: 'sha512',
        encoding: 'base64',
        secret_encoding: 'base64',
        timestamp: 'iso',
        body_hash: { algorithm: 'sha256', encoding: 'base64' },
        fields: { account: { title: 'Account', secret: false }, passphrase: {} },
        message: '{{method}}\n{{path_query}}\n{{timestamp}}\n{{nonce}}\n{{body_hash}}\n{{account}}',
        headers: {
          'X-Signature': 'v1={{signature}}',
          'X-Time': '{{timestamp}}',
          'X-Nonce': '{{nonce}}',
          'X-Passphrase': '{{passphrase}}',
        },
      },
      { account: 'acme', passphrase: 'pass-phrase-0123', secret: Buffer.from('binary key').toString('base64') },
    )
    await call('hmac_webhook', 'write', { name: 'Ada ö' })
    const { headers, body } = last()
    const hash = createHash('sha256').update(body).digest('base64')
    const message = ['POST', '/items', headers['x-time'], headers['x-nonce'], hash, 'acme'].join('\n')
    expect(headers['x-signature']).toBe(`v1=${createHmac('sha512', 'binary key').update(message).digest('base64')}`)
    expect(headers['x-passphrase']).toBe('pass-phrase-0123')
  })

  test('of a scheme that sends no signature, or uses what is not known, is refused with the document', async () => {
    const scheme = { type: 'hmac', message: '{{pathh}}', headers: { 'X-Key': '{{key}}' } }
    await expect(connect('hmac_wrong', scheme, secrets)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      diagnostics: {
        errors: expect.arrayContaining([
          expect.objectContaining({ path: '/auth/it/message' }),
          expect.objectContaining({ path: '/auth/it' }),
        ]),
      },
    })
  })
})

test('says of each scheme what it asks for', async () => {
  const { items } = await owner.connectors.schemes('body_json')
  expect(items).toEqual([
    {
      name: 'it',
      type: 'api_key',
      label: 'API key (key)',
      fields: [{ name: 'key', title: 'API key', kind: 'text', secret: true, required: true }],
    },
  ])
})

describe('a connection string', () => {
  const secret = 'p@ss word'
  const derived = {
    host: { value: '{{authority}}', secret: false },
    account: { value: '{{database}}', secret: false },
    token: { value: '{{password}}' },
    pair: { value: '{{basic}}' },
  }
  const scheme = { type: 'conn_string', derived, headers: { 'X-Token': 'v1 {{token}}', Authorization: 'Basic {{pair}}' } }
  const more = () => ({
    servers: { production: { url: 'http://{host}' } },
    fields: { host: { required: true }, account: {} },
    actions: { read: { method: 'GET', path: '/of/{{settings.account}}' } },
  })
  const authority = () => new URL(upstream.url).host

  test('becomes the server, the settings and the credential', async () => {
    const text = `acme://ada:${encodeURIComponent(secret)}@${authority()}/eu%20west`
    const id = await connect('stringed', scheme, { connection_string: text }, more())
    upstream.behave = ({ headers }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ echo: headers['x-token'] }))
    }
    const { payload } = await call('stringed', 'read')
    expect(last()).toMatchObject({ path: '/of/eu%20west', headers: { 'x-token': `v1 ${secret}` } })
    expect(last().headers.authorization).toBe(`Basic ${Buffer.from(`ada:${secret}`).toString('base64')}`)
    expect(JSON.stringify(payload)).not.toContain(secret)
    const shown = await owner.connections.get(id)
    expect(shown).toMatchObject({ settings: { host: authority(), account: 'eu west' }, server_url: upstream.url })
    expect(JSON.stringify(shown)).not.toContain(secret)
    expect((await owner.connectors.list({ source: 'own' })).items.find((each) => each.id === 'stringed')?.auth_mode).toBe(
      'conn_string',
    )
  })

  test('may be key=value pairs, and a new one brings its settings along', async () => {
    const [host, port] = authority().split(':')
    const ado = `Server=${host}; Port=${port}; Initial Catalog=one; User Id=ada; Pwd="a;b"`.replace('a;b', 'a=b')
    const id = await connect('paired', scheme, { connection_string: ado }, more())
    await call('paired', 'read')
    expect(last()).toMatchObject({ path: '/of/one', headers: { 'x-token': 'v1 a=b' } })
    const libpq = `host=${host} port=${port} dbname=two user=ada password='it''s'`.replace("it''s", "it\\'s")
    await owner.connections.rotate(id, { fields: { connection_string: libpq } })
    await call('paired', 'read')
    expect(last()).toMatchObject({ path: '/of/two', headers: { 'x-token': "v1 it's" } })
  })

  test('is refused without being quoted, and a password can become no setting', async () => {
    await expect(connect('broken', scheme, { connection_string: 'acme://ada:sec#ret@host/x' }, more())).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      detail: expect.not.stringContaining('sec#ret'),
    })
    const open = { ...scheme, derived: { ...derived, account: { value: '{{password}}', secret: false } } }
    await expect(connect('open', open, { connection_string: 'a://b' }, more())).rejects.toMatchObject({
      detail: expect.stringContaining('must stay a secret'),
    })
  })
})
