import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SallyportError } from '../errors.ts'
import { sendProblem } from './problems.ts'
import type { HttpApp } from './services.ts'

const hint = `This is the Sallyport gateway. Its dashboard is not built yet.

Build it with: npm run build
The API is at /api/v1, its description at /openapi.json, and MCP at /mcp.
`

/** Serves the built single page app, and answers every path that no route has. */
export function serveDashboard(app: HttpApp, folder: string | undefined): void {
  const built = folder !== undefined && existsSync(join(folder, 'index.html'))
  if (built) {
    app.register(fastifyStatic, {
      root: folder,
      cacheControl: false,
      setHeaders(reply, path) {
        // The build names its assets by their content; everything else may change under its name.
        reply.header(
          'cache-control',
          path.startsWith(join(folder, 'assets')) ? 'public, max-age=31536000, immutable' : 'no-cache',
        )
      },
    })
  } else {
    app.get('/', { schema: { hide: true } }, (_request, reply) => reply.type('text/plain; charset=utf-8').send(hint))
  }
  app.setNotFoundHandler((request, reply) => {
    if (isPage(request) && built) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    if (isPage(request)) return reply.type('text/plain; charset=utf-8').send(hint)
    return notFound(request, reply)
  })
}

/** A browser going to an address of the single page app. */
function isPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  return !request.url.startsWith('/api/') && request.headers.accept?.includes('text/html') === true
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0]
  return sendProblem(
    reply,
    new SallyportError('NOT_FOUND', { detail: `There is no ${request.method} ${path}. The API is described at /openapi.json.` }),
  )
}
