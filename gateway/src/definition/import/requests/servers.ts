import type { Json } from '../spec.ts'
import type { SeenRequest } from './request.ts'

/** The server of most requests, the first one where several have as many. */
export function mainServer(requests: readonly SeenRequest[]): string | undefined {
  const counts = new Map<string, number>()
  for (const { server } of requests) if (server !== '') counts.set(server, (counts.get(server) ?? 0) + 1)
  const [first] = [...counts].toSorted((a, b) => b[1] - a[1])
  return first?.[0]
}

/** The first label of a host that is no `api` or `www`, as a title: `https://api.acme.io` → `Acme`. */
export function titleOf(server: string): string {
  const host = (/^https?:\/\/([^/:]+)/.exec(server)?.[1] ?? '').replace(/\{[^{}]*\}/g, '')
  if (/^[\d.]*$/.test(host)) return 'API'
  const labels = host.split('.').filter((label) => label !== '' && !/^(www|api|app|dev|staging|sandbox)\d*$/i.test(label))
  const label = labels.length > 1 ? labels.at(-2) : labels[0]
  return label === undefined ? 'API' : label.charAt(0).toUpperCase() + label.slice(1)
}

/** A request at another server than the connector's goes there with no credential but its own. */
export function withServer(request: SeenRequest, main: string | undefined, value: Json): Json {
  if (request.server === main || request.server === '') return value
  return { ...value, servers: [{ url: request.server }], security: value.security ?? [] }
}
