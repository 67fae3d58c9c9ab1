import type { ApprovalPolicy } from '../approval-policy.ts'
import type { Caller } from '../caller.ts'
import type { AuthScheme } from '../definition/document.ts'
import type { CompiledConnector, Settings } from '../definition/types.ts'
import type { Passage } from '../egress/types.ts'
import { SallyportError } from '../errors.ts'
import type { ConnectionRow, ConnectionStatus } from '../store/schema.ts'
import { credentialOf, type SealedCredential } from './credentials.ts'
import { awaitedSettings, chooseScheme } from './fit.ts'
import type { OpenCredential } from './granting.ts'
import { expirySignal } from './oauth/values.ts'
import { passageOf } from './on-premises.ts'
import { loginPageTest } from './schemes/login-page.ts'
import type { AgentSecretNames } from './schemes/types.ts'
import type { ConfiguredConnections, Connections, NewConnection } from './types.ts'

/** A connection ready for calls: its connector compiled, its base URL known, its credential still sealed. */
export interface LoadedConnection {
  readonly id: string
  readonly workspaceId: string
  readonly name: string
  readonly environment: string
  readonly connector: CompiledConnector
  readonly settings: Settings
  /** Null when the connector is code and names no server. */
  readonly baseUrl: string | null
  readonly scheme: AuthScheme
  readonly schemeName: string
  readonly credential: SealedCredential | null
  /** Grows with each rotation. */
  readonly credentialVersion: number
  /** Of a credential that is obtained: where it is kept. */
  readonly grantId: string | null
  readonly scopes: readonly string[] | null
  /** Whether an answer says that the credential has expired, though not by its status. */
  readonly credentialRefused: (body: unknown) => boolean
  /** Of a session: whether a URL is the page that the API leads to once it has ended. */
  readonly isLoginPage: ((url: string, base?: string) => boolean) | null
  /** Tried before it is stored, and so with what its own fields obtain. */
  readonly isCandidate?: boolean
  readonly status: ConnectionStatus
  /** Which calls over it wait for a person, beside those whose action or toolset asks for it. */
  readonly approval: ApprovalPolicy | null
  /** The scenario of the actions' mocks that it answers with; null for one that calls its API. */
  readonly mock: string | null
  /** The cassette that calls over it are recorded on; null for none. */
  readonly record: string | null
  /** Whether every caller of the workspace reaches it: it is no person's and no team's own. */
  readonly shared: boolean
  /** Through the agents of a private network; null for straight from the gateway. */
  readonly passage: Passage | null
  /** Field of the scheme to name of a secret that only those agents have. */
  readonly agentSecrets: AgentSecretNames
}

/** Throws NEEDS_REAUTH, naming `mendUrl`, while settings are awaited that somebody's consent brings. */
export function loadConnection(connector: CompiledConnector, row: ConnectionRow, mendUrl: string): LoadedConnection {
  const { scheme } = chooseScheme(connector, row.scheme)
  if (awaitedSettings(scheme, row.settings).length > 0)
    throw new SallyportError('NEEDS_REAUTH', {
      detail: 'Nobody has consented yet: authorize the connection.',
      diagnostics: { mend_url: mendUrl },
    })
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    environment: row.environment,
    connector,
    settings: row.settings,
    baseUrl: connector.baseUrl(row.environment, row.settings),
    scheme,
    schemeName: row.scheme,
    credential: credentialOf(row),
    credentialVersion: row.credential_version,
    grantId: row.grant_id,
    scopes: row.scopes,
    credentialRefused: expirySignal(scheme),
    isLoginPage: loginPageTest(scheme, connector, row.settings),
    status: row.status,
    approval: row.approval,
    mock: row.mock,
    record: row.record,
    shared: row.user_id === null && row.team_id === null,
    passage: passageOf(row),
    agentSecrets: row.agent_secrets ?? {},
  }
}

/** See {@link ConnectionRegistry.pinned}. */
export async function loadPinned(
  connectors: { compiledAt(workspaceId: string, id: string, version: string): Promise<CompiledConnector> },
  connection: LoadedConnection,
  version: string,
  row: (workspaceId: string, id: string) => Promise<ConnectionRow>,
  mendUrl: (id: string) => string,
): Promise<LoadedConnection> {
  const { id, workspaceId, connector } = connection
  if (connector.version === version) return connection
  const older = await connectors.compiledAt(workspaceId, connector.id, version)
  return loadConnection(older, await row(workspaceId, id), mendUrl(id))
}

export interface ConnectionRegistry extends Connections, ConfiguredConnections {
  /**
   * The connection a call means: by id or name, or the only one of the connector; the caller's own before a team's before the
   * workspace's. Throws NOT_FOUND, also for another person's, or INVALID_INPUT naming the choices when there are several.
   */
  resolve(caller: Caller, connector: string, connection: string | undefined): LoadedConnection | Promise<LoadedConnection>
  /** The same connection by an older version of its connector. Throws NOT_FOUND when that is gone, INVALID_INPUT when it does not fit any more. */
  pinned(connection: LoadedConnection, version: string): Promise<LoadedConnection>
  /** The workspace's own connection of a connector, the oldest where there are several: for what nobody calls, such as checks. */
  shared(workspaceId: string, connector: string): Promise<LoadedConnection | null>
  /** The connection of a connector that is nearest to the caller, the default or the oldest where there are several; null for none. */
  reachable(caller: Caller, connector: string): Promise<LoadedConnection | null>
  /** All connections that the caller reaches with their connectors, the nearest and the oldest first, for listing tools. */
  all(caller: Caller): Promise<readonly LoadedConnection[]>
  /** Throws what `create` would about owner, fields, settings and OAuth client, for a connector that may not be stored yet. */
  check(caller: Caller, connector: CompiledConnector, request: NewConnection): Promise<void>
  /** `refused` is the version of one that the API has refused: another is obtained, where that is possible. */
  openCredential(connection: LoadedConnection, refused?: number): Promise<OpenCredential>
  /** Whether a credential that the API has refused can be renewed, and that may help. */
  mayRenew(connection: LoadedConnection): boolean
  /** Where a person mends a connection, to be handed to whoever is told that it does not work. */
  mendUrl(id: string): string
  /**
   * The API wants scopes that nobody has granted: kept, so that the next consent asks for them. What it is told as; null when all
   * of them were granted, and something else is the matter.
   */
  lacksScopes(connection: LoadedConnection, scopes: readonly string[]): Promise<SallyportError | null>
  /** The API has refused the renewed one too. */
  renewedInVain(connection: LoadedConnection): void
  /**
   * The connection as it would be with these fields, stored nowhere: to be tried before it is. Throws as
   * {@link Connections.rotate}.
   */
  candidate(caller: Caller, id: string, fields: Readonly<Record<string, string>>): Promise<LoadedConnection>
  /** Keeps the status in step with what calls and tests see. Writes only when something changes. */
  report(connection: LoadedConnection, status: ConnectionStatus, detail: string | null, tested?: boolean): Promise<void>
}
