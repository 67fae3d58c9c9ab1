import type { FastifyRequest } from 'fastify'
import type { Myself } from '../access/account.ts'
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
      return { kind, cookie: new Secret(cookie), ...workspaceOf(request) }
    case 'none':
      return { kind }
    default:
      return unreachable(kind)
  }
}

/** The workspace that a person works in. A token has its own, whatever a header or the query says. */
function workspaceOf({ headers, query }: FastifyRequest): { workspace?: string } {
  const asked = typeof query === 'object' && query !== null ? query : {}
  // A link that downloads something has no headers.
  const named = 'workspace' in asked ? asked.workspace : undefined
  const workspace = 'workspace_id' in asked ? asked.workspace_id : (headers['sallyport-workspace'] ?? named)
  return typeof workspace === 'string' && workspace !== '' ? { workspace } : {}
}

/** For scopes where everything is about the account of whoever is signed in. */
export function requirePerson(app: HttpApp, access: Access): void {
  app.decorateRequest('person', null)
  app.addHook('onRequest', async (request) => {
    request.setDecorator('person', await access.person(credentialsOf(request)))
  })
}

/** Whoever {@link requirePerson} found, with what shows it. */
export function myself(request: FastifyRequest): Myself {
  const person = request.getDecorator<Myself['person'] | null>('person')
  if (person === null) throw new SallyportError('UNAUTHENTICATED')
  return { person, cookie: new Secret(request.headers.cookie ?? ''), ip: request.ip }
}

/** The trace that a request is a part of (W3C Trace Context). */
export function traceOf({ headers }: FastifyRequest): { traceparent?: string } {
  const { traceparent } = headers
  return typeof traceparent === 'string' ? { traceparent } : {}
}

/** The address and the program of whoever asks, for the list of sessions. */
export function clientOf(request: FastifyRequest): { ip: string; userAgent?: string } {
  const userAgent = request.headers['user-agent']
  return { ip: request.ip, ...(userAgent !== undefined && { userAgent }) }
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
