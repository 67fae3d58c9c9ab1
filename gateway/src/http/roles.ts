import type { FastifyContextConfig, FastifyRequest, FastifySchema } from 'fastify'
import { type Caller, isConfined, type Role, requireRole } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import type { HttpApp } from './services.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The lowest role that may use the route; `person` for what people do with their own account, whatever their role. */
    role?: Role | 'person'
    /** Also for callers who are confined to some of the tools: everything else says no to them. */
    tools?: true
  }
}

function isForAnyone(schema: FastifySchema | undefined): boolean {
  return schema?.security?.length === 0
}

/** Every route of the API says beside it whom it is for: a role, or `security: anyone`. One that says neither is not served. */
export function requireDeclaredRoles(app: HttpApp): void {
  app.addHook('onRoute', ({ url, method, config, schema }) => {
    if (!url.startsWith('/api/') || isForAnyone(schema) || config?.role !== undefined) return
    throw new Error(`${String(method)} ${url} declares neither a role nor security: anyone.`)
  })
}

/** Throws FORBIDDEN below the role of the route, before its body is read. A route without one is for nobody. */
export function requireRoleOf(request: FastifyRequest, caller: Caller): void {
  const { role, tools } = request.routeOptions.config
  if (role === undefined || role === 'person') throw new SallyportError('FORBIDDEN')
  if (tools !== true && isConfined(caller))
    throw new SallyportError('FORBIDDEN', {
      detail: 'This token is confined to some of the tools: it lists, finds and calls them, and looks up its own calls.',
    })
  requireRole(caller, role)
}

/** The description of a route with its role. */
export function describeRole(schema: FastifySchema, config: FastifyContextConfig | undefined): FastifySchema {
  return config?.role === undefined ? schema : { ...schema, ...{ 'x-minimum-role': config.role } }
}
