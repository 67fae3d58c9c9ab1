import type { OAuth2Scheme } from '../../definition/oauth2.ts'
import type { CompiledConnector, Settings } from '../../definition/types.ts'
import type { ClientCertificate } from '../../egress/certificates.ts'
import type { Egress } from '../../egress/types.ts'
import type { Secret } from '../../secret.ts'

/** As whom the gateway asks an authorization server: an app of the workspace, or a client that came with the connection. */
export interface OAuthClient {
  readonly appId: string | null
  readonly id: string
  /** The client secret, or for private_key_jwt the key in PEM. */
  readonly secret: Secret | null
  readonly certificate: ClientCertificate | undefined
}

/** What an authorization server is asked about: one connection's scheme with its settings. */
export interface OAuthSubject {
  readonly connector: CompiledConnector
  readonly scheme: OAuth2Scheme
  readonly settings: Settings
}

export interface OAuthRequester extends OAuthSubject {
  readonly egress: Egress
  readonly client: OAuthClient
}
