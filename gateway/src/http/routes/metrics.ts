import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import type { HttpApp, HttpServices } from '../services.ts'

export function metricsRoute(app: HttpApp, { metrics }: Pick<HttpServices, 'metrics'>): void {
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (metrics === null)
      throw new SallyportError('NOT_FOUND', { detail: 'There are no figures here. The operator sets SALLYPORT_METRICS_TOKEN.' })
    const token = /^Bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined || !metrics.isToken(new Secret(token)))
      throw new SallyportError('UNAUTHENTICATED', { detail: 'This page wants the SALLYPORT_METRICS_TOKEN as a bearer token.' })
    // As it is: the serializer of the other routes would make it JSON.
    const text = await metrics.read()
    return reply
      .header('cache-control', 'no-store')
      .type('text/plain; version=0.0.4; charset=utf-8')
      .serializer(String)
      .send(text)
  })
}
