import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { SallyportError } from '../errors.ts'
import { credentialKind } from './credentials.ts'
import type { HttpApp, HttpOptions } from './services.ts'

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i

/**
 * Keeps other web sites from using a browser against the gateway:
 * a foreign name that resolves to this machine (DNS rebinding) is not answered on a loopback address, and a request that
 * changes something must come from the gateway's own pages when a browser sends it (CSRF).
 */
export function guardAgainstOtherSites(app: HttpApp, options: Pick<HttpOptions, 'host' | 'publicUrl'>): void {
  const onLoopback = loopback.test(options.host)
  app.addHook('onRequest', (request, _reply, done) => {
    if (onLoopback && !isExpectedHost(request.headers.host, options.publicUrl)) {
      const detail =
        'The gateway listens on this machine only and does not answer under this host name. Set SALLYPORT_PUBLIC_URL to the address people use.'
      return done(new SallyportError('FORBIDDEN', { detail }))
    }
    if (isForeignChange(request, options.publicUrl)) {
      return done(
        new SallyportError('FORBIDDEN', {
          detail: 'This request comes from another web site. Changes are made from the dashboard, or with a token.',
        }),
      )
    }
    done()
  })
}

const isAddress = (text: string) => ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text)

/** What a trusted proxy says must be an address: limits, allowlists and the audit log go by it. */
export function requireCallerAddress(app: HttpApp): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.headers['x-forwarded-for'] === undefined || isAddress(request.ip)) return done()
    done(new SallyportError('INVALID_INPUT', { detail: 'X-Forwarded-For must hold addresses, as the proxy sends it.' }))
  })
}

function isExpectedHost(host: string | undefined, publicUrl: () => string): boolean {
  const name = (host ?? '').replace(/:\d*$/, '')
  return loopback.test(name) || name.toLowerCase() === new URL(publicUrl()).hostname
}

function isForeignChange(request: FastifyRequest, publicUrl: () => string): boolean {
  const { method, headers } = request
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false
  // A token is never sent by a browser on its own, so a request with one cannot be forged.
  const kind = credentialKind(request)
  if (kind === 'bearer') return false
  // Browsers set Sec-Fetch-Site themselves (Fetch Metadata); pages cannot. On plain http to another machine it is absent.
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin'
  if (headers.origin !== undefined) return headers.origin !== publicUrl() && !isOriginOfHost(headers.origin, headers.host)
  // Neither header: not a browser. Without a cookie there is nothing to abuse (signing in from a script).
  return kind === 'session'
}

function isOriginOfHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
}
