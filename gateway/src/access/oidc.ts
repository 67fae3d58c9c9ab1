import type { Configuration } from 'openid-client'
import { createFetch } from '../egress/fetch.ts'
import { egressProblem } from '../egress/problem.ts'
import { type Egress, EgressError } from '../egress/types.ts'
import { SallyportError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { disclose } from '../vault/disclose.ts'

/** One provider of single sign-on. */
export interface Provider {
  /** Its issuer, as it stands in the discovery document. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: Secret
}

/** What a provider says of somebody, with a signature that was checked. */
export interface Identity {
  readonly subject: string
  /** In lower case. */
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string
}

const timeoutMs = 10_000
const maxResponseBytes = 1_048_576

/** What went wrong between the gateway and the provider, in the catalogue's words. */
function asProblem(error: unknown, issuer: string): SallyportError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof SallyportError) return cause
    if (cause instanceof EgressError) return egressProblem(cause)
  }
  return new SallyportError('UPSTREAM_ERROR', {
    detail: `The provider ${issuer} did not answer as an OpenID provider does. Check the issuer, the client id and the secret.`,
    internal: error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error),
    cause: error,
  })
}

/** Relying party of OpenID Connect, by the code flow with PKCE, state and nonce. Loaded with the first use. */
export function createOidc(egress: Egress) {
  // The client has a global fetch of its own, which this takes the place of.
  const fetchThroughDoor = createFetch(egress, { door: 'sign_in', timeoutMs, maxResponseBytes })

  async function configure({ issuer, clientId, clientSecret }: Provider): Promise<Configuration> {
    const { allowInsecureRequests, ClientSecretBasic, customFetch, discovery } = await import('openid-client')
    try {
      // As it was written: parsing it would tidy away what the guard refuses.
      egress.checkUrl(issuer)
      const url = new URL(issuer)
      // Plain http is for a provider on this machine, in development; the door decides about the address.
      const insecure = url.protocol === 'http:' ? [allowInsecureRequests] : []
      return await discovery(url, clientId, undefined, ClientSecretBasic(disclose(clientSecret)), {
        [customFetch]: fetchThroughDoor,
        execute: insecure,
        timeout: timeoutMs / 1000,
      })
    } catch (error) {
      throw asProblem(error, issuer)
    }
  }

  return {
    /** Throws with what to correct when the issuer does not answer as an OpenID provider. */
    async check(provider: Provider): Promise<void> {
      await configure(provider)
    },

    /** Where to send the browser, and what {@link identify} needs when it comes back. */
    async begin(provider: Provider, redirectUri: string) {
      const client = await import('openid-client')
      const config = await configure(provider)
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()]
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, state, nonce, verifier }
    },

    /** Spends the code that the browser came back with. Null when the provider, or whoever signs in there, said no. */
    async identify(
      provider: Provider,
      back: URL,
      expected: { readonly state: string; readonly nonce: string; readonly verifier: string },
    ): Promise<Identity | null> {
      const client = await import('openid-client')
      const config = await configure(provider)
      try {
        const tokens = await client.authorizationCodeGrant(config, back, {
          expectedState: expected.state,
          expectedNonce: expected.nonce,
          pkceCodeVerifier: expected.verifier,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined) return null
        const said =
          typeof claims.email === 'string' ? claims : await client.fetchUserInfo(config, tokens.access_token, claims.sub)
        const { email, email_verified: verified, name } = said
        if (typeof email !== 'string' || !email.includes('@')) return null
        return {
          subject: claims.sub,
          email: email.toLowerCase(),
          emailVerified: verified !== false,
          name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 100) : email,
        }
      } catch (error) {
        if (error instanceof client.AuthorizationResponseError) return null
        throw asProblem(error, provider.issuer)
      }
    },
  }
}
export type Oidc = ReturnType<typeof createOidc>
