import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { TLSSocket } from 'node:tls'
import { type Sallyport, SallyportProblem } from '@sallyport/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Canary, startCanary, tlsFile } from './support/canary.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { startOidcServer } from './support/oidc-server.ts'

let gateway: GatewayProcess
let owner: Sallyport
const cleanups: (() => Promise<void>)[] = []

beforeAll(async () => {
  gateway = await startGatewayProcess()
  owner = gateway.client()
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(async () => {
  await gateway?.stop()
  await removeDataDir(gateway.dataDir)
})

type Certificate = 'server' | 'expired' | 'other-host' | 'self-signed'
const ca = tlsFile('ca')
const keyPair = (name: string) => ({ client_certificate: tlsFile(name), client_key: tlsFile(`${name}.key`) })

async function api(certificate: Certificate, listener?: RequestListener, clients = false): Promise<Canary> {
  const tls = clients ? { requestCert: true, rejectUnauthorized: true, ca: tlsFile('client-ca') } : {}
  const canary = await startCanary(listener, { certificate, tls })
  cleanups.push(() => canary.close())
  return canary
}

let last = 0
interface Connector {
  readonly security?: object
  readonly auth?: object
}
async function connector(canary: Canary, { security = {}, auth = {} }: Connector = {}): Promise<string> {
  const name = `api_${++last}`
  await owner.connectors.create({
    connector: name,
    name,
    servers: { production: { url: `https://localhost:${canary.port}` } },
    auth,
    security,
    limits: { per_minute: 1000, retries: 0 },
    actions: { read: { method: 'GET', path: '/read' }, write: { method: 'POST', path: '/write' } },
  } as never)
  return name
}

async function connect(name: string, fields?: Record<string, string>, as = name): Promise<string> {
  const { id } = await owner.connections.create({ connector: name, name: as, ...(fields && { auth: { fields } }) })
  return id
}

const call = (name: string, action = 'read', connection?: string) =>
  owner.calls.create({ connector: name, action, input: {}, ...(connection === undefined ? {} : { connection }) })

async function problemOf(work: Promise<unknown>): Promise<SallyportProblem> {
  const error = await work.catch((thrown: unknown) => thrown)
  if (error instanceof SallyportProblem) return error
  throw new Error(`expected a problem, got ${JSON.stringify(error)}`)
}

/** A failed call has one record, and the API has seen nothing of it. */
async function expectUnsent(problem: SallyportProblem, canary: Canary): Promise<void> {
  expect(problem).toMatchObject({ code: 'SSL_ERROR', outcome: 'not_sent' })
  expect(canary.seen).toEqual([])
  const { items } = await owner.calls.list({ limit: 200 })
  expect(items.filter(({ id }) => id === problem.callId)).toMatchObject([{ status: 'failed', outcome: 'not_sent' }])
}

describe('without a valid certificate of the API nothing is sent', () => {
  it.each([
    ['of another host', 'other-host', { tls: { ca } }],
    ['that expired', 'expired', { tls: { ca } }],
    ['that is self-signed', 'self-signed', { tls: { ca } }],
    ['of an authority that nobody named', 'server', {}],
    ['of an authority that is not the one named', 'server', { tls: { ca: tlsFile('client-ca') } }],
  ] as const)('one %s', async (_, certificate, security) => {
    const canary = await api(certificate)
    const name = await connector(canary, { security })
    const connection = await connect(name)
    for (const action of ['read', 'write']) await expectUnsent(await problemOf(call(name, action)), canary)
    const { ok, checks } = await owner.connections.test(connection)
    expect({ ok, first: checks[0] }).toMatchObject({ ok: false, first: { id: 'reachable', status: 'failed' } })
    expect(checks[0]?.detail).toContain('TLS')
    expect(canary.seen).toEqual([])
  })
})

describe('authorities of a connector', () => {
  it('are the only ones it accepts, and no connector gets a connection that another accepted', async () => {
    const canary = await api('server')
    const trusting = await connector(canary, { security: { tls: { ca } } })
    const wary = await connector(canary)
    const mistaken = await connector(canary, { security: { tls: { ca: tlsFile('client-ca') } } })
    for (const name of [trusting, wary, mistaken]) await connect(name)
    for (let i = 0; i < 3; i++) {
      expect(await call(trusting)).toMatchObject({ status: 200 })
      expect((await problemOf(call(wary))).code).toBe('SSL_ERROR')
      expect((await problemOf(call(mistaken))).code).toBe('SSL_ERROR')
    }
    expect(canary.seen.length).toBe(3)
  })

  it.each([
    ['text', 'my own authority'],
    ['a private key', `${ca}${tlsFile('server.key')}`],
    ['a certificate that cannot be read', ca.replace(/^(?!-).{20}/m, 'AAAAAAAAAAAAAAAAAAAA')],
    ['one that cannot be read behind one that can', `${ca}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`],
  ])('are refused when they are %s', async (_, pem) => {
    const canary = await api('server')
    expect(await problemOf(connector(canary, { security: { tls: { ca: pem } } }))).toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('client certificates', () => {
  const mtls = { security: { tls: { ca } }, auth: { certificate: { type: 'mtls' } } }
  const named = (canary: Canary) => canary.seen.map(({ clientName }) => clientName)

  it('go with the connection they belong to, and its sockets with nobody else', async () => {
    const canary = await api('server', undefined, true)
    const name = await connector(canary, mtls)
    const [a, b, twin] = [
      await connect(name, keyPair('client-a'), 'a'),
      await connect(name, keyPair('client-b'), 'b'),
      await connect(name, keyPair('client-a'), 'twin'),
    ]
    for (let i = 0; i < 3; i++) for (const connection of [a, b, twin]) await call(name, 'read', connection)
    expect(named(canary)).toEqual(Array.from({ length: 3 }, () => ['client-a', 'client-b', 'client-a']).flat())
    expect(canary.connections).toBe(3)
  })

  it('are needed where the API asks for one: without, nothing is sent', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const tls = { requestCert: true, rejectUnauthorized: true, ca: tlsFile('client-ca'), maxVersion }
      const canary = await startCanary(undefined, { certificate: 'server', tls })
      cleanups.push(() => canary.close())
      const name = await connector(canary, { security: { tls: { ca } } })
      await connect(name)
      await expectUnsent(await problemOf(call(name, 'read')), canary)
      await expectUnsent(await problemOf(call(name, 'write')), canary)
    }
  })

  it('go beside another credential', async () => {
    const canary = await api('server', undefined, true)
    const name = await connector(canary, { ...mtls, auth: { both: { type: 'bearer', client_certificate: true } } })
    const connection = await connect(name, { token: 'token-4711', ...keyPair('client-a') })
    await call(name)
    expect(canary.seen).toMatchObject([{ clientName: 'client-a', headers: { authorization: 'Bearer token-4711' } }])
    expect((await owner.connections.get(connection)).auth).toMatchObject({
      label: 'Bearer token and client certificate',
      fields: [{ name: 'token' }, { name: 'client_certificate', kind: 'long_text' }, { name: 'client_key' }],
    })
  })

  it('prove the connection in its test, without the rest of the credential', async () => {
    const canary = await api('server', undefined, true)
    const name = await connector(canary, { ...mtls, auth: { both: { type: 'bearer', client_certificate: true } } })
    const connection = await connect(name, { token: 'token-4711', ...keyPair('client-a') })
    const { ok } = await owner.connections.test(connection)
    expect(ok).toBe(true)
    expect(canary.seen.map(({ url, clientName, headers }) => [url, clientName, headers.authorization])).toEqual([
      ['/', 'client-a', undefined],
      ['/read', 'client-a', 'Bearer token-4711'],
    ])
  })

  it('are replaced by a rotation for the very next call', async () => {
    const canary = await api('server', undefined, true)
    const name = await connector(canary, mtls)
    const connection = await connect(name, keyPair('client-a'))
    await call(name)
    await owner.connections.rotate(connection, { fields: keyPair('client-b'), verify: false })
    await call(name)
    expect(named(canary)).toEqual(['client-a', 'client-b'])
  })

  it('are not shown to another server that the API redirects to', async () => {
    const other = await startCanary(undefined, {
      certificate: 'server',
      tls: { requestCert: true, rejectUnauthorized: false, ca: tlsFile('client-ca') },
    })
    cleanups.push(() => other.close())
    const to = { location: `https://localhost:${other.port}/landed` }
    const canary = await api('server', (_, response) => response.writeHead(302, to).end(), true)
    const patterns = [canary, other].map(({ port }) => `https://localhost:${port}/*`)
    const name = await connector(canary, { ...mtls, security: { ...mtls.security, url_patterns: patterns } })
    await connect(name, keyPair('client-a'))
    await call(name)
    expect([named(canary), named(other)]).toEqual([['client-a'], [undefined]])
  })

  it('are taken as an input field may have left them: without line breaks, with text around', async () => {
    const canary = await api('server', undefined, true)
    const name = await connector(canary, mtls)
    const oneLine = (text: string) => text.trim().replaceAll('\n', ' ')
    await connect(name, {
      client_certificate: `Bag Attributes\n  friendlyName: a\n${tlsFile('client-a')}`,
      client_key: oneLine(tlsFile('client-a.key')),
    })
    await call(name)
    expect(named(canary)).toEqual(['client-a'])
  })

  const encrypted = createPrivateKey(tlsFile('client-a.key'))
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'canary-passphrase' })
    .toString()
  it.each([
    ['the key of another one', { ...keyPair('client-a'), client_key: tlsFile('client-b.key') }, 'client_key', 'does not belong'],
    ['a key with a passphrase', { ...keyPair('client-a'), client_key: encrypted }, 'client_key', 'passphrase'],
    ['a certificate as the key', { ...keyPair('client-a'), client_key: tlsFile('client-a') }, 'client_key', 'private key'],
    [
      'a key as the certificate',
      { ...keyPair('client-a'), client_certificate: tlsFile('client-a.key') },
      'client_certificate',
      'PEM',
    ],
    ['anything', { client_certificate: 'a', client_key: 'b' }, 'client_certificate', 'PEM'],
    ['no key', { client_certificate: tlsFile('client-a') }, 'client_key', 'required'],
  ])('are refused with %s, and the answer quotes nothing', async (_, fields, field, why) => {
    const canary = await api('server', undefined, true)
    const name = await connector(canary, mtls)
    const problem = await problemOf(connect(name, fields as Record<string, string>))
    expect(problem.code).toBe('INVALID_INPUT')
    expect(problem.detail).toMatch(new RegExp(`${field}.*${why}`))
    const shown = JSON.stringify([problem.detail, problem.diagnostics])
    for (const line of tlsFile('client-a.key').split('\n').slice(1, 3)) expect(shown).not.toContain(line)
  })

  it('are in no answer and no log', async () => {
    const canary = await api('server', undefined, true)
    const name = await connector(canary, mtls)
    const id = await connect(name, keyPair('client-a'))
    await call(name)
    const shown = JSON.stringify([await owner.connections.get(id), await owner.connections.list({}), await owner.calls.list({})])
    for (const secret of [...tlsFile('client-a.key').split('\n').slice(1, 3), ...tlsFile('client-a').split('\n').slice(1, 3)]) {
      expect(shown).not.toContain(secret)
      expect(gateway.output()).not.toContain(secret)
    }
  })
})

describe('an authorization server that knows its clients by their certificates (RFC 8705)', () => {
  const x5c = new X509Certificate(tlsFile('client-b'))
  const clients = [
    { client_id: 'signed', token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=client-a' },
    {
      client_id: 'own',
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      jwks: {
        keys: [{ ...x5c.publicKey.export({ format: 'jwk' }), kty: 'EC', use: 'sig', x5c: [x5c.raw.toString('base64')] }],
      },
    },
  ].map((client) => ({ ...client, redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }))
  const peer = ({ socket }: { socket: unknown }) => (socket instanceof TLSSocket ? socket : undefined)
  const provider = () =>
    startOidcServer(
      '',
      {
        clients: clients as never,
        clientAuthMethods: ['tls_client_auth', 'self_signed_tls_client_auth'],
        features: {
          devInteractions: { enabled: false },
          clientCredentials: { enabled: true },
          mTLS: {
            enabled: true,
            tlsClientAuth: true,
            selfSignedTlsClientAuth: true,
            certificateAuthorized: (ctx) => peer(ctx)?.authorized ?? false,
            certificateSubjectMatches: (ctx, _property, expected) =>
              `CN=${peer(ctx)?.getPeerCertificate().subject.CN}` === expected,
            getCertificate: (ctx) => peer(ctx)?.getPeerX509Certificate()?.toString() as never,
          },
        },
      },
      {
        cert: tlsFile('server'),
        key: tlsFile('server.key'),
        ca: tlsFile('client-ca'),
        requestCert: true,
        rejectUnauthorized: false,
      },
    )

  it('gives tokens for the certificate of the connection, under the authorities of the connector', async () => {
    const oidc = await provider()
    cleanups.push(() => oidc.close())
    const api = await startCanary()
    cleanups.push(() => api.close())
    const connected = async (client_id: string, certificate: string, security: object, method = 'tls_client_auth') => {
      const name = `api_${++last}`
      await owner.connectors.create({
        connector: name,
        name,
        servers: { production: { url: api.origin } },
        auth: {
          // As an importer has it from the address of the metadata: without the slash.
          oauth: {
            type: 'oauth2',
            flow: 'client_credentials',
            issuer: oidc.issuer.slice(0, -1),
            client_authentication: method as 'tls_client_auth',
          },
        },
        security,
        actions: { read: { method: 'GET', path: '/read' } },
      })
      await connect(name, { client_id, ...keyPair(certificate) })
      return name
    }
    const trusting = { tls: { ca } }
    for (const name of [
      await connected('signed', 'client-a', trusting),
      await connected('own', 'client-b', trusting, 'self_signed_tls_client_auth'),
    ])
      expect(await call(name)).toMatchObject({ status: 200 })
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual([
      expect.stringMatching(/^Bearer .{20}/),
      expect.stringMatching(/^Bearer .{20}/),
    ])
    const mistaken = await problemOf(call(await connected('signed', 'client-b', trusting)))
    expect(mistaken).toMatchObject({ code: 'AUTHENTICATION_FAILED', detail: expect.stringContaining('invalid_client') })
    expect((await problemOf(call(await connected('signed', 'client-a', {})))).code).toBe('SSL_ERROR')
    expect(api.seen.length).toBe(2)
  })
})

describe('verify_ssl: false', () => {
  const unsafe = { security: { verify_ssl: false } }

  it('is for an admin to set, and shown with the connection', async () => {
    const canary = await api('self-signed')
    const name = await connector(canary)
    const id = await connect(name)
    expect((await owner.connections.get(id)).verify_ssl).toBe(true)
    const document = await owner.connectors.get(name)
    for (const role of ['manager', 'member'] as const) {
      const { token } = await owner.tokens.create({ name: role, role })
      const update = gateway.client(token).connectors.update(name, { document: { ...document, ...unsafe }, autoBump: true })
      expect((await problemOf(update)).code).toBe('FORBIDDEN')
    }
    expect((await problemOf(call(name))).code).toBe('SSL_ERROR')
    await owner.connectors.update(name, { document: { ...document, ...unsafe }, autoBump: true })
    expect(await call(name)).toMatchObject({ status: 200 })
    expect((await owner.connections.get(id)).verify_ssl).toBe(false)
  })

  it('opens nothing for other connectors of the same server', async () => {
    const canary = await api('self-signed')
    const [careless, careful] = [await connector(canary, unsafe), await connector(canary)]
    for (const name of [careless, careful]) await connect(name)
    for (let i = 0; i < 2; i++) {
      expect(await call(careless)).toMatchObject({ status: 200 })
      expect((await problemOf(call(careful))).code).toBe('SSL_ERROR')
    }
    expect(canary.seen.length).toBe(2)
  })
})
