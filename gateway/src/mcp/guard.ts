import type { FastifyRequest } from 'fastify'
import type { Access } from '../access/types.ts'
import type { Caller } from '../caller.ts'
import { isToolFormat, type ToolFormat, toolFormats } from '../definition/tool/family.ts'
import { SallyportError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { builderSlug } from '../toolset.ts'
import { requireBuilder } from './build-tools.ts'
import { Visit } from './visit.ts'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])
/** IPv4 in dotted form, or IPv6 in brackets, as the URL parser prints them. */
const addressLiteral = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/**
 * Against DNS rebinding (a foreign page whose name resolves to this machine): the Host must be the public URL's, loopback, or an
 * address, which no name can stand in for.
 */
function hostAllowed(host: string | undefined, publicUrl: URL): boolean {
  const hostname = host === undefined ? undefined : parseUrl(`http://${host}`)?.hostname
  if (hostname === undefined) return false
  return hostname === publicUrl.hostname || loopbackNames.has(hostname) || addressLiteral.test(hostname)
}

/** Programs send no Origin. A browser page must be the gateway's own; on one's own machine, any page of that machine. */
function originAllowed(origin: string | undefined, publicUrl: URL): boolean {
  if (origin === undefined) return true
  const url = parseUrl(origin)
  if (url === undefined) return false
  return url.origin === publicUrl.origin || (loopbackNames.has(publicUrl.hostname) && loopbackNames.has(url.hostname))
}

/** Throws FORBIDDEN for a request that a foreign web page may have caused (MCP 2025-11-25, transports, security warning). */
export function requireKnownSource(headers: FastifyRequest['headers'], publicUrl: string): void {
  const url = new URL(publicUrl)
  if (!hostAllowed(headers.host, url)) {
    throw new SallyportError('FORBIDDEN', {
      detail: `This gateway is not known under the name in the Host header. Use ${url.origin}, or have the operator set SALLYPORT_PUBLIC_URL.`,
    })
  }
  if (!originAllowed(headers.origin, url)) {
    throw new SallyportError('FORBIDDEN', { detail: 'Requests from this web origin are not accepted.' })
  }
}

/** `/mcp?format=gemini`: for a client that knows its model and hands tools on as they are. Without it the toolset says. */
function formatOf(url: string, { toolset }: Caller): ToolFormat {
  const format = new URL(url, 'http://gateway').searchParams.get('format') ?? toolset?.format ?? 'mcp'
  if (isToolFormat(format)) return format
  throw new SallyportError('INVALID_INPUT', {
    detail: `There is no tool format of that name. There are: ${toolFormats.join(', ')}.`,
  })
}

/** The resource that a request is for, as access tokens name it: the path without its query. */
export function pathOf({ url }: Pick<FastifyRequest, 'url'>): string {
  return url.split('?', 1)[0] ?? ''
}

/** Throws UNAUTHENTICATED unless the request carries a valid bearer token, here. Cookies count for nothing. */
export async function authenticate(
  access: Pick<Access, 'authenticate'>,
  request: FastifyRequest,
  toolset: string | undefined,
): Promise<Visit> {
  const token = /^Bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new SallyportError('UNAUTHENTICATED', { detail: 'The request carries no bearer token.' })
  const resource = pathOf(request)
  const credentials = { kind: 'bearer', token: new Secret(token), resource } as const
  const builds = toolset === builderSlug
  const through = builds ? undefined : toolset
  const caller = await access.authenticate(credentials, request.ip, through)
  if (builds) requireBuilder(caller)
  const { traceparent } = request.headers
  const trace = typeof traceparent === 'string' ? traceparent : undefined
  return new Visit(caller, credentials, request.ip, formatOf(request.url, caller), through, builds, trace)
}
