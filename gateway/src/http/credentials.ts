import type { FastifyRequest } from 'fastify'
import type { Access, Credentials } from '../access/types.ts'
import type { Caller } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { HttpApp } from './services.ts'

/** What the request brings to show who it is. A bearer token wins over a cookie, and a bad one is never forgiven for it. */
export function credentialsOf(request: FastifyRequest): Credentials {
  const { authorization, cookie } = request.headers
  // RFC 6750: the scheme is case-insensitive, the token is one run of visible characters.
  const bearer = authorization === undefined ? null : /^bearer(?: +([\x21-\x7e]+))? *$/i.exec(authorization)
  if (bearer !== null) return { kind: 'bearer', token: new Secret(bearer[1] ?? '') }
  if (cookie !== undefined && cookie !== '') return { kind: 'session', cookie: new Secret(cookie) }
  return { kind: 'none' }
}

/** For scopes where everything needs a caller: finds out who asks before the body is read. */
export function requireCaller(app: HttpApp, access: Access): void {
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request) => {
    request.setDecorator('caller', await access.authenticate(credentialsOf(request)))
  })
}

/** The caller that {@link requireCaller} found. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = request.getDecorator<Caller | null>('caller')
  if (caller === null) throw new SallyportError('UNAUTHENTICATED')
  return caller
}
