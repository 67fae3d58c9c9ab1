import type { OAuth2Scheme } from '../../definition/oauth2.ts'
import type { CompiledConnector, Settings } from '../../definition/types.ts'
import type { ClientCertificate } from '../../egress/certificates.ts'
import type { Egress } from '../../egress/types.ts'
import type { Secret } from '../../secret.ts'
import type { OAuthRegistration } from '../../store/schema.ts'

/** Where an authorization server answers. */
export interface Endpoints {
  readonly authorization: string | null
  readonly token: string | null
  readonly refresh: string | null
  readonly revocation: string | null
  readonly device: string | null
  /** Null when it is not known. */
  readonly issuer: string | null
  /** Whether it names itself in its answers (RFC 9207). */
  readonly namesItself: boolean
}

/** What the metadata of an authorization server says besides, for clients that nobody has told about it. */
export interface ServerMetadata extends Endpoints {
  readonly issuer: string
  /** Where clients register by themselves (RFC 7591). */
  readonly registration: string | null
  /** Whether it takes the address of a document that describes the client for its id. */
  readonly takesDocument: boolean
  readonly clientAuthentication: readonly string[]
  readonly challengeMethods: readonly string[]
  readonly scopes: readonly string[]
}

/** As much of a connector as says whom to trust. */
export type Trust = Pick<CompiledConnector, 'allowHttp' | 'tokenAuthorities'>

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
