/**
 * A CRM with two contacts, to try connectors on: it wants a bearer token, forgets what it is told, and knows somebody by every id but
 * `none`. `npx node crm.ts` starts it on port 4030 with the key `contacts-key`.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const contacts = [
  { id: 'c_1', email: 'ada@example.com' },
  { id: 'c_2', email: 'ben@example.com' },
]

/** `port` 0, the default, takes a free one. */
export async function startContactsCrm(apiKey: string, port = 0) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    const send = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (request.headers.authorization !== `Bearer ${apiKey}`) return send(401, { error: 'Who are you?' })
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://crm')
    if (pathname === '/contacts' && request.method === 'POST') return send(201, { id: 'c_3' })
    if (pathname === '/contacts')
      return send(200, { data: contacts.slice(0, Number(searchParams.get('limit') ?? 50)), total: contacts.length })
    const id = pathname.split('/')[2]
    if (id === 'none') return send(404, { error: 'There is no contact "none".' })
    return send(200, contacts.find((one) => one.id === id) ?? { id, email: 'ada@example.com' })
  }).listen(port, '127.0.0.1')
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

if (import.meta.main) {
  const apiKey = process.env.CRM_KEY ?? 'contacts-key'
  const { url } = await startContactsCrm(apiKey, Number(process.env.PORT ?? 4030))
  console.log(`CRM at ${url}, its key is ${apiKey}`)
}
