import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { GatewayProcess } from './gateway.ts'

export interface LimitedApi {
  /** Requests that reached it. */
  readonly requests: () => number
  /** A connector for it: two reads, under these limits. */
  connector(limits: Readonly<Record<string, number>>): { connector: string; [key: string]: unknown }
  close(): Promise<void>
}

/** An API that counts what reaches it. */
export async function startLimitedApi(): Promise<LimitedApi> {
  let requests = 0
  const server = createServer((_request, response) => {
    requests++
    response.setHeader('content-type', 'application/json').end('{"ok":true}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    requests: () => requests,
    connector: (limits) => ({
      connector: 'limited',
      name: 'Limited',
      servers: { production: { url: `http://127.0.0.1:${port}` } },
      limits,
      actions: { first: { method: 'GET', path: '/first' }, second: { method: 'GET', path: '/second' } },
    }),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export interface Answer {
  readonly status: number
  readonly retryAfter: number | null
  readonly body: { readonly code?: string; readonly detail?: string; readonly diagnostics?: unknown }
}

/** One call over HTTP, as it is answered. */
export async function callOnce({ url }: GatewayProcess, token: string, action = 'first'): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ connector: 'limited', action, input: {} }),
  })
  const retryAfter = response.headers.get('retry-after')
  return {
    status: response.status,
    retryAfter: retryAfter === null ? null : Number(retryAfter),
    body: (await response.json()) as Answer['body'],
  }
}

/** As many calls at once, in turns over the gateways. */
export function callAtOnce(gateways: readonly GatewayProcess[], token: string, count: number): Promise<Answer[]> {
  const calls = Array.from({ length: count }, (_, i) => gateways[i % gateways.length])
  return Promise.all(calls.flatMap((gateway) => (gateway === undefined ? [] : [callOnce(gateway, token)])))
}
