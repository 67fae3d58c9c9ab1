import { SallyportError } from '../../errors.ts'
import { callbackPage } from '../callback-page.ts'
import { credentialsOf } from '../credentials.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { browserOf, callerNow, newNonce } from './consent-links.ts'

const statuses = { authorized: 200, refused: 200, failed: 400 } as const

/** Where providers send the browser back to: a page for a person, so none of the API. */
export function oauthCallbackRoute(app: HttpApp, { access, connections }: HttpServices): void {
  app.get('/oauth/callback', { schema: { hide: true } }, async (request, reply) => {
    const person = await access.person(credentialsOf(request)).catch((error: unknown) => {
      if (error instanceof SallyportError) return null
      throw error
    })
    const params = new URL(request.url, 'http://here').searchParams
    const who = { person: person?.id ?? null, browser: browserOf(request.headers.cookie) }
    const end = await connections.finishAuthorization(params, who, callerNow(access))
    const { html, policy } = callbackPage(end, newNonce())
    return reply
      .code(statuses[end.outcome])
      .headers({ 'content-security-policy': policy, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .type('text/html; charset=utf-8')
      .send(html)
  })
}
