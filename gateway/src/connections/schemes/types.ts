import type { AuthScheme } from '../../definition/document.ts'
import type { CompiledConnector, Settings } from '../../definition/types.ts'
import type { ClientCertificate } from '../../egress/certificates.ts'
import type { Egress, OnPremisesCredential, Sign } from '../../egress/types.ts'
import type { Secret } from '../../secret.ts'
import type { OAuthClient } from '../oauth/types.ts'
import type { Obtainer } from '../obtained.ts'

/** One value that a scheme asks a person for. All of them are sealed together, the secret ones are also hidden on the screen. */
export interface CredentialField {
  readonly name: string
  /** As a form shows it, e.g. "API key". */
  readonly title: string
  /** `long_text` may have line breaks: certificates and keys in PEM. */
  readonly kind: 'text' | 'long_text'
  readonly secret: boolean
  readonly required: boolean
  readonly description?: string
  readonly example?: string
}

/** The opened credential of a connection by the names of its fields; an optional one that was not entered is absent. */
export type CredentialFields = Readonly<Record<string, Secret>>

/** Field of a scheme to name of a secret in the file of an agent, which alone has its value. */
export type AgentSecretNames = Readonly<Record<string, string>>

/** What a credential adds to a request. The values stay wrapped until the socket. */
export interface Injection {
  readonly headers: Readonly<Record<string, string | Secret>>
  readonly query: Readonly<Record<string, Secret>>
  /** Where the path has the mark of a credential. */
  readonly path?: Secret
  /** Members of a JSON or form body. */
  readonly body?: BodyInjection
  /** Signs each attempt, and each hop of a redirect to the same origin, when everything else of the request is complete. */
  readonly sign?: Sign
  readonly clientCertificate?: ClientCertificate
  /** Instead of all these: put in by the agent through which the request goes. */
  readonly onPremises?: OnPremisesCredential
}

export interface BodyInjection {
  readonly fields: Readonly<Record<string, Secret>>
  /** How the body is written where the action has none of its own. */
  readonly format: 'json' | 'form'
}

/** Something wrong with an entered field. */
export interface FieldProblem {
  readonly field: string
  readonly message: string
}

/** What an {@link Obtainer} may need besides the entered fields. */
export interface ObtainContext {
  readonly egress: Egress
  readonly connector: CompiledConnector
  readonly settings: Settings
  readonly baseUrl: string | null
  readonly certificate: ClientCertificate | undefined
  /** Those chosen with the connection; null for those that the connector asks for. */
  readonly scopes: readonly string[] | null
  /** The OAuth app of the workspace for this connector, or for its family. */
  app(): Promise<OAuthClient | null>
  /** The client that tokens of an authorization server were obtained with. */
  knownAt(issuer: string, clientId: string): Promise<OAuthClient | null>
}

/** What is made of what was entered. */
export interface Entered {
  /** Of the connection. */
  readonly settings: Readonly<Record<string, string>>
  /** Sealed with the fields. */
  readonly secrets: Readonly<Record<string, string>>
}

/** One way to authenticate: what it asks for, and what it makes of it. */
export interface Scheme<S extends AuthScheme = AuthScheme> {
  fields(scheme: S): readonly CredentialField[]
  /** How it reads in a list, e.g. `API key (X-API-Key)`. */
  label(scheme: S): string
  /** Beyond what the fields say of themselves. Empty when they are fit. */
  check?(scheme: S, values: Readonly<Record<string, string>>): readonly FieldProblem[]
  /** Once, as the fields are entered: what they say besides themselves. Only for fields that `check` found fit. */
  expand?(scheme: S, values: Readonly<Record<string, string>>): Entered
  /** What must not come back in an answer, besides the secret fields themselves: what is made of them, such as Basic's base64. */
  derived?(scheme: S, fields: CredentialFields): readonly Secret[]
  /**
   * For a credential that the gateway obtains and renews (a token of OAuth, of a login, a session): how. A connection of such a
   * scheme has a grant; what it holds is among the fields of `inject`, beside the entered ones and before those of its name.
   */
  obtainer?(scheme: S, fields: CredentialFields, context: ObtainContext): Obtainer
  /** Called once per opened credential and not per call: what can be worked out beforehand is worked out here. */
  inject(scheme: S, fields: CredentialFields, settings: Settings): Injection
}

/** The scheme of one type. */
export type SchemeOf<Type extends AuthScheme['type']> = Extract<AuthScheme, { readonly type: Type }>
