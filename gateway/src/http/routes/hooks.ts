import type { HttpApp, HttpServices } from '../services.ts'

/** The largest delivery, in bytes: what a run may begin with. */
const bodyLimit = 1024 * 1024

/** Where other people's programs deliver what has happened: the address says which workflow, the signature who sends. Not of the API. */
export function hookRoutes(app: HttpApp, { hooks }: HttpServices): void {
  // What is signed is the body as it came.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, done) => done(null, body))
  app.post<{ Params: { token: string } }>('/hooks/:token', { schema: { hide: true }, bodyLimit }, async (request, reply) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])),
    )
    const body = typeof request.body === 'string' ? request.body : ''
    return reply.code(202).send(await hooks.deliver(request.params.token, { body, headers }))
  })
}
