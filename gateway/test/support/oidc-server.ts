import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import Provider, { type Configuration } from 'oidc-provider'
import { WebSession } from './web-session.ts'

export interface Account {
  readonly sub: string
  readonly email: string
  readonly email_verified?: boolean
  readonly name?: string
}

export interface OidcServer {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** For what has no way from outside. */
  readonly provider: Provider
  /** Who signs in there next; null refuses. */
  account: Account | null
  /** Sends a browser there, through sign-in and consent: the address that it is sent back to. */
  visit(url: string): Promise<string>
  close(): Promise<void>
}

/**
 * A real OpenID provider on loopback, whose sign-in page answers by itself for the account it is told. `more` goes before. With
 * `tls` it is https://localhost and names itself with a slash at the end, as some do.
 */
export async function startOidcServer(redirectUri: string, more: Configuration = {}, tls?: ServerOptions): Promise<OidcServer> {
  const server = tls === undefined ? createServer() : createTlsServer(tls)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const issuer = tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}/`
  const [clientId, clientSecret] = ['sallyport', 'a client secret of the tests 0123456789']
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['a cookie key of the tests'] },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ ...started.account, sub }) }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    ...more,
  })
  const started: OidcServer = {
    issuer,
    clientId,
    clientSecret,
    provider,
    account: null,
    async visit(url) {
      const browser = new WebSession(issuer)
      let at = url
      for (let hop = 0; hop < 10; hop++) {
        at = new URL((await browser.fetch(at)).headers.get('location') ?? '', at).href
        if (at.startsWith(redirectUri)) return at
      }
      throw new Error('no end of redirects')
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) {
      provider.callback()(request, response)
      return
    }
    const answer = async () => {
      const { prompt, params, grantId } = await provider.interactionDetails(request, response)
      const { account } = started
      if (account === null) {
        await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'no' })
        return
      }
      if (prompt.name === 'login') {
        await provider.interactionFinished(request, response, { login: { accountId: account.sub } })
        return
      }
      const grant =
        grantId === undefined
          ? new provider.Grant({ accountId: account.sub, clientId: String(params.client_id) })
          : await provider.Grant.find(grantId)
      grant?.addOIDCScope('openid email profile offline_access')
      const { missingResourceScopes = {} } = prompt.details as { missingResourceScopes?: Record<string, string[]> }
      for (const [resource, scopes] of Object.entries(missingResourceScopes)) grant?.addResourceScope(resource, scopes.join(' '))
      await provider.interactionFinished(request, response, { consent: { grantId: (await grant?.save()) ?? '' } })
    }
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  return started
}
