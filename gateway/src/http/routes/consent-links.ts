import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../../access/types.ts'
import { callbackPath } from '../../connections/oauth/apps.ts'
import { consentPath } from '../../connections/oauth/consent-links.ts'
import type { CallerNow } from '../../connections/oauth/flows.ts'
import { SallyportError, toSallyportError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { consentPage, noConsentPage } from '../consent-page.ts'
import { logFault } from '../problems.ts'
import type { HttpApp, HttpServices } from '../services.ts'

const cookieName = 'sallyport_consent'
/** As long as a consent may take. */
const cookieSeconds = 600

/** What this browser was given when it followed a link. */
export function browserOf(cookie = ''): string | null {
  return new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]{1,100})(?:;|$)`).exec(cookie)?.[1] ?? null
}

/** Whoever began a consent, with the rights that are left to them. */
export const callerNow =
  (access: Pick<Access, 'authenticate'>): CallerNow =>
  (workspaceId, callerKind, callerId) =>
    access.authenticate({ kind: 'stored', workspaceId, callerKind, callerId })

export const newNonce = (): string => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))

/** Pages for people without an account, so none of the API. */
export function consentLinkRoutes(app: HttpApp, { access, connections }: HttpServices, log: Log): void {
  const hide = { schema: { hide: true }, bodyLimit: 1024 }
  const now = callerNow(access)

  const show = (reply: FastifyReply, status: number, { html, policy }: { html: string; policy: string }) =>
    reply
      .code(status)
      // The address is as good as a key: it goes to no other site. Its own page must still say where its form comes from.
      .headers({ 'content-security-policy': policy, 'cache-control': 'no-store', 'referrer-policy': 'same-origin' })
      .type('text/html; charset=utf-8')
      .send(html)

  app.setErrorHandler((thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const error = thrown instanceof SallyportError ? thrown : toSallyportError(thrown)
    logFault(log, request, error)
    return show(reply, error.status, noConsentPage(error.detail, newNonce()))
  })
  // The form has no fields.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async () => null)

  app.get<{ Params: { code: string } }>(`${consentPath}/:code`, hide, async ({ params: { code } }, reply) =>
    show(reply, 200, consentPage(await connections.readConsentLink(code, now), newNonce())),
  )

  app.post<{ Params: { code: string } }>(`${consentPath}/:code`, hide, async (request, reply) => {
    const { url, browser } = await connections.followConsentLink(request.params.code, now)
    const secure = request.protocol === 'https' ? '; Secure' : ''
    return reply
      .code(303)
      .headers({
        location: url,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'set-cookie': `${cookieName}=${browser}; HttpOnly; SameSite=Lax; Path=${callbackPath}; Max-Age=${cookieSeconds}${secure}`,
      })
      .send()
  })
}
