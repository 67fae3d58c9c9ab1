import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Access } from '../access/types.ts'
import type { AuditLog } from '../audit/types.ts'
import type { Alerts } from '../call/alerts/types.ts'
import type { Asks } from '../call/ask/types.ts'
import type { Cassettes } from '../call/cassettes/types.ts'
import type { Chats } from '../call/chat/types.ts'
import type { Manifests } from '../call/manifest-types.ts'
import type { NotificationChannels } from '../call/notices/types.ts'
import type { Results } from '../call/results/types.ts'
import type { ScriptTrials } from '../call/script-trials.ts'
import type { Approvals, CallHistory, Calls, ConnectionTests, CredentialRotation, Tools } from '../call/types.ts'
import type { Configuration } from '../configuration/types.ts'
import type { ConnectorDrafts } from '../connections/drafts.ts'
import type { OAuthApps } from '../connections/oauth/apps.ts'
import type { SecretBackends } from '../connections/secret-manager/types.ts'
import type { Connections, Connectors, Installs, VaultRotation } from '../connections/types.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { AgentDoor, Networks } from '../tunnel/types.ts'
import type { Hooks, WorkflowRuns, Workflows } from '../workflows/types.ts'

/** A Fastify instance whose handlers are typed by the TypeBox schemas of their routes. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What Prometheus asks for, with a token of the operator's: the figures are of all workspaces, so no role in one opens them. */
export interface MetricsSource {
  isToken(given: Secret): boolean
  read(): Promise<string>
}

/** Everything the routes call. */
export interface HttpServices {
  readonly access: Access
  readonly connectors: Connectors
  readonly drafts: ConnectorDrafts
  readonly connections: Connections
  readonly installs: Installs
  readonly oauthApps: OAuthApps
  readonly secretBackends: SecretBackends
  readonly manifests: Manifests
  readonly calls: Calls
  readonly history: CallHistory
  readonly results: Results
  readonly approvals: Approvals
  readonly cassettes: Cassettes
  readonly workflows: Workflows
  readonly workflowRuns: WorkflowRuns
  readonly hooks: Hooks
  readonly channels: NotificationChannels
  readonly alerts: Alerts
  readonly tools: Tools
  readonly asks: Asks
  readonly chats: Chats
  readonly tests: ConnectionTests
  readonly rotation: CredentialRotation
  readonly audit: AuditLog
  readonly scripts: ScriptTrials
  readonly vault: VaultRotation
  /** Null where the operator wants no figures. */
  readonly metrics: MetricsSource | null
  readonly configuration: Configuration
  readonly networks: Networks
  readonly agentDoor: AgentDoor
  /** Resolves when requests can be served; throws UNAVAILABLE otherwise. */
  ready(): Promise<void>
}

export interface HttpOptions {
  readonly log: Log
  /** The gateway's version, shown by GET /session and openapi.json. */
  readonly version: string
  /** The address it will listen on. On a loopback address only expected Host headers are answered. */
  readonly host: string
  /** Origin under which people reach the gateway, without a trailing slash. Asked per request: the port may be chosen late. */
  readonly publicUrl: () => string
  /** The name of the language model; null without one. */
  readonly languageModel?: string | null
  /** The programs that connectors may run as MCP servers; none without it. */
  readonly programs?: readonly {
    readonly name: string
    readonly variables: readonly {
      readonly name: string
      readonly secret: boolean
      readonly required: boolean
      readonly description?: string
    }[]
  }[]
  /** CIDRs of the proxies whose X-Forwarded-For is believed; none without it. */
  readonly trustProxy?: readonly string[]
  /** Folder of the built dashboard; without it, or without its index.html, a hint is served instead. */
  readonly dashboardDir?: string
  /** The published JSON Schema of connector files. */
  readonly connectorSchema: () => Readonly<Record<string, unknown>>
  /** Adds a sibling entrance (MCP) to the same listener, in a scope of its own under the same headers and Host check. */
  readonly mount?: (app: FastifyInstance) => void | Promise<void>
}
