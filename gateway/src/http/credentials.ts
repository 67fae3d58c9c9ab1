import type { FastifyRequest } from 'fastify'
import type { Access, Credentials } from '../access/types.ts'
import type { Caller } from '../caller.ts'
import { SallyportError, unreachable } from '../errors.ts'
import { Secret } from '../secret.ts'
import { requireRoleOf } from './roles.ts'
import type { HttpApp } from './services.ts'

// RFC 6750: the scheme is case-insensitive, the token is one run of visible characters.
const bearerScheme = /^bearer(?: +([\x21-\x7e]+))? *$/i

/** What kind of credentials a request brings. A bearer token wins over a cookie, and a bad one is never forgiven for it. */
export function credentialKind({ headers }: FastifyRequest): 'bearer' | 'session' | 'none' {
  if (headers.authorization !== undefined && bearerScheme.test(headers.authorization)) return 'bearer'
  return headers.cookie ? 'session' : 'none'
}

/** What the request brings to show who it is. */
export function credentialsOf(request: FastifyRequest): Credentials {
  const { authorization = '', cookie = '' } = request.headers
  const kind = credentialKind(request)
  switch (kind) {
    case 'bearer':
      return { kind, token: new Secret(bearerScheme.exec(authorization)?.[1] ?? '') }
    case 'session':
      return { kind, cookie: new Secret(cookie) }
    case 'none':
      return { kind }
    default:
      return unreachable(kind)
  }
}

/** For scopes where everything needs a caller: finds out who asks, and whether the role suffices, before the body is read. */
export function requireCaller(app: HttpApp, access: Access): void {
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request) => {
    const caller = await access.authenticate(credentialsOf(request), request.ip)
    requireRoleOf(request, caller)
    request.setDecorator('caller', caller)
  })
}

/** The caller that {@link requireCaller} found. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = request.getDecorator<Caller | null>('caller')
  if (caller === null) throw new SallyportError('UNAUTHENTICATED')
  return caller
}
