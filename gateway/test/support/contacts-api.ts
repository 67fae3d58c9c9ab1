import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A CRM with two contacts that wants a bearer token. */
export async function startContactsApi(apiKey: string) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    const send = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (request.headers.authorization !== `Bearer ${apiKey}`) return send(401, { error: 'Who are you?' })
    const url = new URL(request.url ?? '/', 'http://crm')
    if (url.pathname === '/contacts/none') return send(404, { error: 'There is no contact "none".' })
    if (url.pathname !== '/contacts') return send(200, { id: url.pathname.split('/')[2], email: 'ada@example.com' })
    return send(200, { data: [{ id: 'c_1' }, { id: 'c_2' }].slice(0, Number(url.searchParams.get('limit'))), total: 2 })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Paths asked for so far. */
    seen,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
