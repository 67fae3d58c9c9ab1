import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sallyport } from '@sallyport/sdk'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

type Behaviour = (request: Seen, response: ServerResponse) => void

const answerOk: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
}

/** An API that remembers every request, in order, and answers as it is told. */
export class CountingUpstream {
  readonly seen: Seen[] = []
  behave: Behaviour = answerOk
  readonly #server = createServer((message, response) => {
    let body = ''
    message.setEncoding('utf8')
    message.on('data', (chunk: string) => {
      body += chunk
    })
    message.on('end', () => {
      const request = { method: message.method ?? '', path: message.url ?? '', headers: message.headers, body }
      this.seen.push(request)
      this.#server.emit('seen')
      this.behave(request, response)
    })
  })

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves when the API has seen so many requests in all. */
  async until(count: number): Promise<void> {
    while (this.seen.length < count) await once(this.#server, 'seen')
  }

  reset(): void {
    this.seen.length = 0
    this.behave = answerOk
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** A connector `ledger` for it with a read and three writes, connected with a key. */
export async function connectLedger(
  owner: Sallyport,
  upstream: CountingUpstream,
  changes: Record<string, unknown> = {},
): Promise<void> {
  const input = { type: 'object', properties: { amount: { type: 'integer' } }, additionalProperties: false }
  const body = { type: 'json', value: { amount: '{{amount}}' } }
  await owner.connectors.create({
    connector: 'ledger',
    name: 'Ledger',
    servers: { production: { url: upstream.url } },
    auth: { key: { type: 'api_key', in: 'header', name: 'X-Key' } },
    limits: { per_minute: 100_000, timeout_ms: 20_000, retries: 2 },
    actions: {
      look: { method: 'GET', path: '/look' },
      pay: { method: 'POST', path: '/pay', input, body },
      pay_safely: { method: 'POST', path: '/pay-safely', input, body, idempotency_header: 'Idempotency-Key' },
      pay_asked: { method: 'POST', path: '/pay-asked', input, body, confirm: true },
    },
    ...changes,
  })
  await owner.connections.create({ connector: 'ledger', auth: { fields: { key: 'ledger-key-0123456789' } } })
}
