import type { TokenServer } from '@sallyport/sdk/testing'

/** A connector of the API behind a token server. */
export function connectorOf(slug: string, server: TokenServer, scheme: Readonly<Record<string, unknown>> = {}) {
  return {
    connector: slug,
    name: slug,
    servers: { production: { url: server.apiUrl } },
    auth: {
      oauth: {
        type: 'oauth2',
        authorization_url: server.authorizationUrl,
        token_url: server.tokenUrl,
        device_authorization_url: server.deviceAuthorizationUrl,
        revocation_url: server.revocationUrl,
        ...scheme,
      },
    },
    limits: { per_minute: 1_000_000, retries: 0 },
    actions: {
      read: { method: 'GET', path: '/me' },
      write: { method: 'POST', path: '/things' },
    },
  }
}
