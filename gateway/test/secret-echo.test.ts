import type { ServerResponse } from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Sallyport } from '@sallyport/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CountingUpstream, type Seen } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { encodings, leaks } from './support/leaks.ts'

/** One of each kind: a key as services make them, a password as people do. */
const key = 'sk_live_9fJ2mQx7Lw0ZtRb4VnYc'
const password = `Tr0ub4dor&"3<x>/'\\+ é`.replace(' é', '!')
const user = 'echo-user'
const secrets = { key, password, pair: `${user}:${password}`, basic: Buffer.from(`${user}:${password}`).toString('base64') }
const ofKey = { key }

let upstream: CountingUpstream
let gateway: GatewayProcess
let owner: Sallyport

const read = (more: object = {}) => ({ method: 'GET', path: '/read', effect: 'read', ...more })

function connectorFor(url: string) {
  return {
    connector: 'echo',
    name: 'Echo',
    version: '1.0.0',
    servers: { production: { url } },
    security: { url_patterns: [`${url}/*`, 'http://*.example.com/*', 'http://localhost/*'] },
    auth: {
      header: { type: 'api_key', in: 'header', name: 'X-API-Key' },
      prefixed: { type: 'api_key', in: 'header', name: 'Authorization', prefix: 'ApiKey ' },
      query: { type: 'api_key', in: 'query', name: 'api_key' },
      cookie: { type: 'api_key', in: 'cookie', name: 'session' },
      bearer: { type: 'bearer' },
      basic: { type: 'basic' },
      custom: { type: 'headers', headers: [{ name: 'X-One' }, { name: 'X-Two' }] },
    },
    limits: { per_minute: 100_000, retries: 0, timeout_ms: 20_000, max_response_bytes: 104_857_600 },
    actions: {
      read: read(),
      write: {
        method: 'POST',
        path: '/write',
        body: { type: 'json', value: { note: '{{note}}' } },
        input: { type: 'object', properties: { note: {} } },
      },
      mapped: read({ response: { map: { first: 'parts[0]', all: 'parts[]', name: '["odd key"]' } } }),
      strict: read({
        output: {
          type: 'object',
          additionalProperties: false,
          properties: { ok: { type: 'boolean' }, list: { enum: ['a'] } },
        },
      }),
      warned: read({
        limits: { response_check: 'warn' },
        output: { type: 'object', properties: {}, additionalProperties: false },
      }),
      small: read({ limits: { max_response_bytes: 1024 } }),
      brief: read({ limits: { timeout_ms: 500 } }),
    },
  }
}

const schemes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  header: { key },
  prefixed: { key },
  query: { key },
  cookie: { key },
  bearer: { token: key },
  basic: { username: user, password },
  custom: { 'X-One': key, 'X-Two': password },
}

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  gateway = await startGatewayProcess({ env: { SALLYPORT_LOG_LEVEL: 'trace' } })
  owner = gateway.client()
  await owner.connectors.create(connectorFor(upstream.url))
  for (const [scheme, fields] of Object.entries(schemes))
    await owner.connections.create({ connector: 'echo', name: scheme, auth: { scheme, fields } })
})

afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  if (gateway) await removeDataDir(gateway.dataDir)
})

beforeEach(() => upstream.reset())

interface Answer {
  /** Everything the caller and whoever reads the log later gets to see: status, headers, body, record. */
  readonly seen: string
  readonly status: number
  readonly body: Record<string, unknown>
}

async function call(action: string, connection = 'header', input: object = {}): Promise<Answer> {
  const answer = await fetch(`${gateway.url}/api/v1/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ connector: 'echo', action, connection, input }),
  })
  const text = await answer.text()
  const body = JSON.parse(text) as Record<string, unknown>
  const record = await owner.calls.get(String(body.call_id ?? body.id))
  const seen = [answer.statusText, JSON.stringify([...answer.headers]), text, JSON.stringify(record)].join('\n')
  return { seen, status: answer.status, body }
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body))

describe('an echoed secret is taken out', () => {
  test.each(Object.keys(schemes))('of an answer that shows the whole request: %s', async (connection) => {
    let seen: Seen | undefined
    upstream.behave = (request, response) => {
      seen = request
      const { authorization = '' } = request.headers
      json(response, 200, { ...request, decoded: Buffer.from(authorization.replace('Basic ', ''), 'base64').toString('latin1') })
    }
    const answer = await call('read', connection)
    expect(answer.status).toBe(200)
    // The API did get it, and sent it back.
    expect(leaks(JSON.stringify(seen), secrets)).not.toEqual([])
    expect(leaks(answer.seen, secrets)).toEqual([])
    expect(answer.seen).toContain('[redacted]')
  })

  const written = Object.entries(encodings).flatMap(([name, encode]) =>
    [key, password].map((secret) => ({ name, written: encode(secret), connection: secret === key ? 'header' : 'basic' })),
  )
  const places: Readonly<Record<string, (written: string, response: ServerResponse) => void>> = {
    'a value': (text, response) => json(response, 200, { deep: [{ echo: `<${text}>` }] }),
    'a name': (text, response) => json(response, 200, { [`x-${text}`]: 1 }),
    'a JSON text inside JSON': (text, response) => json(response, 200, { log: JSON.stringify({ args: [text] }) }),
    'plain text': (text, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(`key ${text}\n`),
    'text that only says it is JSON': (text, response) => json(response, 200, `{"broken": ${text}`),
    'a file': (text, response) =>
      response
        .writeHead(200, { 'content-type': 'application/pdf' })
        .end(Buffer.concat([Buffer.from([0x25, 0xff, 0, 0xfe]), Buffer.from(text), Buffer.from([0xff])])),
    'an error': (text, response) => json(response, 500, { error: `bad key ${text}` }),
    'a refusal': (text, response) => response.writeHead(401, { 'content-type': 'text/html' }).end(`<p>${text}</p>`),
  }
  describe.each(Object.keys(places))('in %s', (place) => {
    test('however it is encoded', async () => {
      for (const { name, written: text, connection } of written) {
        upstream.behave = (_, response) => places[place]?.(text, response)
        const answer = await call('read', connection)
        expect([name, connection, leaks(answer.seen, secrets)]).toEqual([name, connection, []])
        expect([name, connection, answer.seen.includes('[redacted]')]).toEqual([name, connection, true])
      }
    })
  })

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ] as const)('of an answer in %s, one byte at a time', async (encoding, compress) => {
    upstream.behave = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
      for (const byte of compress(JSON.stringify({ echo: key }))) response.write(Buffer.of(byte))
      response.end()
    }
    const answer = await call('read')
    expect(answer.body.payload).toEqual({ echo: '[redacted]' })
  })

  test('of an answer whose chunks part it', async () => {
    upstream.behave = async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      for (const part of [`{"echo":"a ${key.slice(0, 9)}`, key.slice(9, 10), `${key.slice(10)} z"}`]) {
        await new Promise((sent) => response.write(part, sent))
        await new Promise(setImmediate)
      }
      response.end()
    }
    expect((await call('read')).body.payload).toEqual({ echo: 'a [redacted] z' })
  })

  test('of a compressed file: it is withheld', async () => {
    upstream.behave = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/gzip' }).end(gzipSync(`log\nkey=${key}\n`))
    expect((await call('read')).body.payload).toEqual({ content_type: 'application/gzip', data_base64: '[redacted]' })
    const clean = gzipSync('nothing here')
    upstream.behave = (_, response) => response.writeHead(200, { 'content-type': 'application/gzip' }).end(clean)
    expect((await call('read')).body.payload).toEqual({ content_type: 'application/gzip', data_base64: clean.toString('base64') })
  })

  test('of headers and the status line', async () => {
    upstream.behave = (_, response) => {
      response.writeHead(200, `OK ${key}`, {
        'content-type': `application/octet-stream+${key}; x=${key}`,
        'x-echo': key,
        'set-cookie': key,
      })
      response.end(Buffer.of(0, 1, 2))
    }
    const answer = await call('read')
    expect(leaks(answer.seen, secrets)).toEqual([])
    expect(answer.body.payload).toEqual({ content_type: 'application/octet-stream', data_base64: 'AAEC' })
  })

  test('of mapped answers', async () => {
    upstream.behave = (_, response) => json(response, 200, { parts: [`1 ${key}`, key, encodings.hex?.(key)], 'odd key': key })
    expect((await call('mapped')).body.payload).toEqual({
      first: '1 [redacted]',
      all: ['1 [redacted]', '[redacted]', '[redacted]'],
      name: '[redacted]',
    })
  })

  test('of what is wrong with an answer', async () => {
    for (const body of [{ [key]: 1 }, { ok: key }, { list: key }, [key], JSON.stringify(key)]) {
      upstream.behave = (_, response) => json(response, 200, body)
      const strict = await call('strict')
      expect(strict.body).toMatchObject({ code: 'SCHEMA_MISMATCH' })
      expect(leaks(strict.seen, ofKey)).toEqual([])
      expect(leaks((await call('warned')).seen, ofKey)).toEqual([])
    }
  })

  test('of the first characters of a long error, also where these end', async () => {
    for (const before of [3_980, 3_990, 3_999, 4_000, 4_010, 10_000]) {
      upstream.behave = (_, response) =>
        response.writeHead(500, { 'content-type': 'text/plain' }).end(`${'.'.repeat(before)}${key}`)
      const text = await call('read')
      upstream.behave = (_, response) => json(response, 500, { filler: '.'.repeat(before), key })
      for (const { seen } of [text, await call('read')])
        for (let length = 6; length < key.length; length++) expect(seen).not.toContain(key.slice(0, length))
    }
  })

  test('of a write, its record and its repetition by an idempotency key', async () => {
    upstream.behave = (request, response) => json(response, 201, { ...request })
    // The caller knows the key and says it: the record is not to keep it either.
    const body = { connector: 'echo', action: 'write', connection: 'header', input: { note: `my key is ${key}` } }
    for (const attempt of [1, 2]) {
      const answer = await fetch(`${gateway.url}/api/v1/calls`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/json', 'idempotency-key': 'again' },
        body: JSON.stringify(body),
      })
      const text = await answer.text()
      const record = JSON.stringify(await owner.calls.get(String((JSON.parse(text) as { id: string }).id)))
      expect([attempt, leaks(text + record, ofKey)]).toEqual([attempt, []])
    }
    expect(upstream.seen.length).toBe(1)
  })

  test('of tool results over MCP, answers and errors', async () => {
    const mcp = new Client({ name: 'echo', version: '1.0.0' })
    await mcp.connect(
      new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), {
        requestInit: { headers: { Authorization: `Bearer ${gateway.token}` } },
      }),
    )
    for (const status of [200, 500]) {
      upstream.behave = (request, response) =>
        json(response, status, { ...request, more: Object.values(encodings).map((encode) => encode(key)) })
      const result = JSON.stringify(await mcp.callTool({ name: 'echo_read', arguments: {} }))
      expect(leaks(result, secrets)).toEqual([])
      expect(result).toContain('[redacted]')
    }
    await mcp.close()
  })
})

describe('an echoed secret does not get out by', () => {
  const redirects: Readonly<Record<string, string>> = {
    'the path of another server': `http://other.example.com/${key}`,
    'its query, encoded': `http://other.example.com/?k=${encodings['url, every byte']?.(key)}`,
    'its name': `http://${key.toLowerCase().replaceAll('_', '-')}.example.com/`,
    'its name in hex': `http://${encodings.hex?.(key)}.example.com/`,
    'a forbidden address': `http://169.254.169.254/${key}`,
    'user and password': `http://${key}:${key}@other.example.com/`,
    'no URL at all': `http://[${key}`,
    'another scheme': `ftp://${key}.example.com/${key}`,
  }
  test.each(Object.entries(redirects))('a redirect: %s', async (_, location) => {
    upstream.behave = (_request, response) => response.writeHead(302, { location }).end()
    const answer = await call('read')
    expect(answer.status).not.toBe(200)
    expect(leaks(answer.seen, ofKey)).toEqual([])
  })

  test('a redirect on the same server, which is followed', async () => {
    upstream.behave = (request, response) =>
      request.path.startsWith('/read')
        ? response.writeHead(302, { location: `/next${request.path.slice('/read'.length)}` }).end()
        : json(response, 200, { path: request.path })
    const answer = await call('read', 'query')
    expect(answer.body.payload).toEqual({ path: '/next?api_key=[redacted]' })
  })

  test.each([
    [
      'breaks off',
      (socket: NonNullable<ServerResponse['socket']>) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n${key}`),
    ],
    ['is no HTTP', (socket: NonNullable<ServerResponse['socket']>) => socket.end(`${key} hello\r\n\r\n`)],
    [
      'has a broken header',
      (socket: NonNullable<ServerResponse['socket']>) => socket.end(`HTTP/1.1 200 OK\r\n${key}\u0001: ${key}\r\n\r\n`),
    ],
    [
      'has a wrong chunk',
      (socket: NonNullable<ServerResponse['socket']>) =>
        socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${key}\r\n`),
    ],
    [
      'has huge headers',
      (socket: NonNullable<ServerResponse['socket']>) => socket.end(`HTTP/1.1 200 OK\r\nX: ${key.repeat(9_000)}\r\n\r\n`),
    ],
    [
      'is in a broken coding',
      (socket: NonNullable<ServerResponse['socket']>) =>
        socket.end(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${key.length}\r\n\r\n${key}`),
    ],
  ] as const)('an answer that %s', async (_, write) => {
    upstream.behave = (_request, response) => {
      const { socket } = response
      if (socket !== null) write(socket)
    }
    const answer = await call('read')
    expect(answer.status).not.toBe(200)
    expect(leaks(answer.seen, ofKey)).toEqual([])
  })

  test('an answer that is too large or too slow', async () => {
    upstream.behave = (_, response) => json(response, 200, { echo: key.repeat(200) })
    expect(leaks((await call('small')).seen, ofKey)).toEqual([])
    upstream.behave = (_, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).write(key)
    expect(leaks((await call('brief')).seen, ofKey)).toEqual([])
  })

  test('its size: 100 MB with a secret at both ends and in the middle', async () => {
    const megabyte = Buffer.alloc(1 << 20, '0123456789abcdef')
    const form = `"${encodings['json, every character']?.(key)}"`
    upstream.behave = async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      for (let i = 0; i < 99; i++) {
        if (i === 0 || i === 50) response.write(key)
        if (!response.write(megabyte)) await new Promise((resolve) => response.once('drain', resolve))
      }
      response.end(form)
    }
    const { seen } = await call('read')
    expect(seen.length).toBeGreaterThan(99 << 20)
    expect(seen.includes(key) || seen.includes(form.slice(1, -1).replaceAll('\\', '\\\\'))).toBe(false)
    expect(seen.split('[redacted]').length).toBe(4)
  }, 60_000)
})

test('no log line and no status of a connection holds a secret after all this', async () => {
  expect(gateway.output().length).toBeGreaterThan(10_000)
  expect(leaks(gateway.output(), secrets)).toEqual([])
  expect(leaks(JSON.stringify(await owner.connections.list()), secrets)).toEqual([])
})

test('an answer without a secret is left as it is', async () => {
  const body = {
    path: 'C:\\temp\\new',
    url: 'https://a.example/?x=%41%42&y=1&amp;z',
    html: '&lt;b&gt;',
    text: '\u0041\\u0041',
    n: 1.5,
  }
  upstream.behave = (_, response) => json(response, 200, body)
  for (const connection of Object.keys(schemes)) expect((await call('read', connection)).body.payload).toEqual(body)
})
