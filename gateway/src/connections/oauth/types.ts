import type { OAuth2Scheme } from '../../definition/oauth2.ts'
import type { CompiledConnector, Settings } from '../../definition/types.ts'
import type { ClientCertificate } from '../../egress/certificates.ts'
import type { Egress } from '../../egress/types.ts'
import type { Secret } from '../../secret.ts'
import type { OAuthRegistration } from '../../store/schema.ts'
import type { ServerMetadata } from './endpoints.ts'

/** As whom the gateway asks an authorization server: an app of the workspace, or a client that came with the connection. */
export interface OAuthClient {
  readonly appId: string | null
  readonly id: string
  /** The client secret, or for private_key_jwt the key in PEM. */
  readonly secret: Secret | null
  readonly certificate: ClientCertificate | undefined
  /** The authorization server that it is known at, of a client that is of no use elsewhere. */
  readonly issuer?: string | null
  /** Of a client that the gateway registered. */
  readonly method?: OAuthRegistration['method']
}

/** The authorization server of an MCP server, and what its tokens are asked for. */
export interface AuthorizingServer {
  readonly metadata: ServerMetadata
  /** The identifier of the MCP server (RFC 8707). */
  readonly resource: string
}

/** What an authorization server is asked about: one connection's scheme with its settings. */
export interface OAuthSubject {
  readonly connector: CompiledConnector
  readonly scheme: OAuth2Scheme
  readonly settings: Settings
  /** Where it was found rather than described by the connector: then nothing else is asked. */
  readonly server?: AuthorizingServer
}

export interface OAuthRequester extends OAuthSubject {
  readonly egress: Egress
  readonly client: OAuthClient
}
