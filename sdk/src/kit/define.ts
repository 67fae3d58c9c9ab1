import type { Fields, SecretText, ValuesOf } from './fields.ts'
import type { CommandOutcome } from './outcome.ts'

export interface KitRequest {
  /** Default GET. */
  readonly method?: string
  /** Absolute, or beginning with "/": then below the server URL of the connection. Outside of its URL patterns it is refused. */
  readonly url: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly headers?: Readonly<Record<string, string | SecretText>>
  /** Sent as JSON. */
  readonly json?: unknown
  readonly body?: string | Uint8Array
  /** How the request authenticates; default: as the auth scheme of the connection says. */
  readonly auth?:
    | { readonly type: 'none' }
    | { readonly type: 'bearer'; readonly token: SecretText }
    | { readonly type: 'basic'; readonly username: string; readonly password: SecretText }
    | { readonly type: 'header'; readonly name: string; readonly value: SecretText }
}

export interface KitResponse {
  readonly status: number
  /** Whether the status is 200 to 299. */
  readonly isSuccessful: boolean
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, or text, or `{content_type, data_base64}`; null when empty. */
  readonly body: unknown
}

/** The way to the network. It throws when there is no answer or the URL is not allowed; a status is no error. */
export type KitHttp = (request: KitRequest) => Promise<KitResponse>

export interface KitLogger {
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void
  info(message: string, facts?: Readonly<Record<string, unknown>>): void
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void
  error(message: string, facts?: Readonly<Record<string, unknown>>): void
}

/** What a command is run with. */
export interface ConnectorContext {
  /** The command under `command`, and its params beside it. */
  readonly config: Readonly<Record<string, unknown>>
  /** The fields of the connection. */
  readonly connectorConfig: Readonly<Record<string, unknown>>
  /** Of the workflow run. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly stepId: string
  readonly runId: string
}

export interface HandlerArgs<Params extends Fields, Connection extends Fields> {
  readonly params: ValuesOf<Params>
  readonly connection: ValuesOf<Connection>
  readonly http: KitHttp
  readonly logger: KitLogger
  readonly context: ConnectorContext
  /** Ends when nobody waits any more. */
  readonly signal: AbortSignal
  /** Milliseconds until then. */
  readonly timeLeft: () => number
  /** To be called before a change leaves by other means than `http`: from then on a broken call counts as "may have happened". */
  readonly sending: () => void
}

export type Effect = 'read' | 'write' | 'destructive'

export interface Command<Params extends Fields = Fields, Connection extends Fields = Fields> {
  readonly title?: string
  readonly description: string
  /** Default write. Only reads are tried by tests of a connection. */
  readonly effect?: Effect
  /** Every call waits for a person to approve it. */
  readonly confirm?: boolean
  readonly params?: Params
  /** Names in the payload, for people and for version rules; nothing is filtered by them. */
  readonly outputs?: readonly string[]
  /** It goes on working, and each call leaves a warning. A text says what to use instead. */
  readonly deprecated?: boolean | string
  readonly addedInVersion?: string
  /** Canned outcomes by scenario, for tests and mock connections; `default` where none is named. */
  readonly mock?: Readonly<Record<string, (args: MockArgs<Params>) => CommandOutcome | Promise<CommandOutcome>>>
  handler(args: HandlerArgs<Params, Connection>): CommandOutcome | Promise<CommandOutcome>
}

export interface MockArgs<Params extends Fields> {
  readonly params: ValuesOf<Params>
}

/** A command whose types are forgotten: what the connector holds. */
// biome-ignore lint/suspicious/noExplicitAny: fields are parameters of the handler, so no type but any takes every command
export type AnyCommand = Command<any, any>

// biome-ignore lint/complexity/noBannedTypes: no fields at all, which Record<string, never> does not say to keyof
type NoFields = {}

/** Gives a command the types of its connection's fields. */
export type DefineCommand<Connection extends Fields> = <Params extends Fields = NoFields>(
  command: Command<Params, Connection>,
) => Command<Params, Connection>

/** A command in a file of its own: name the connection's fields first to have `connection` typed. */
export function defineCommand<Params extends Fields = NoFields>(command: Command<Params, NoFields>): Command<Params, NoFields>
export function defineCommand<Connection extends Fields, Params extends Fields = NoFields>(
  connectionConfig: Connection,
  command: Command<Params, Connection>,
): Command<Params, Connection>
export function defineCommand(first: AnyCommand | Fields, second?: AnyCommand): AnyCommand {
  return second ?? (first as AnyCommand)
}

interface About<Connection extends Fields> {
  /** Lower-case letters, digits, "_" and "-". */
  readonly name: string
  readonly version: string
  readonly title?: string
  readonly description: string
  readonly category?: string
  /** What a connection is asked for. Secrets are sealed. */
  readonly connectionConfig?: Connection
  /** Auth schemes as in a connector file: the gateway puts the credential into each request, and no handler sees it. */
  readonly auth?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Servers as in a connector file, for handlers that ask for paths. */
  readonly servers?: Readonly<Record<string, { readonly url: string }>>
  readonly security?: { readonly url_patterns?: readonly string[] }
  /** Runs when no command is named: `default_action` of the connector. */
  readonly defaultCommand?: string
  /** A command that reads, with its params: it tells whether a connection works, before it is stored and after. */
  readonly verify?: { readonly command: string; readonly params?: Readonly<Record<string, unknown>> }
  /** Turns what a handler throws into words and facts; null leaves the error's own message. */
  readonly errorMap?: (
    error: unknown,
  ) => { readonly error: string; readonly diagnostics?: Readonly<Record<string, unknown>> } | null
}

export interface ConnectorDefinition extends About<Fields> {
  readonly commands: Readonly<Record<string, AnyCommand>>
}

/**
 * A connector written as code. Commands given as a function get a `defineCommand` that knows the connection's fields, so that
 * `params` and `connection` are typed without a type being written down.
 */
export function defineConnector<const Connection extends Fields = NoFields>(
  definition: About<Connection> & {
    readonly commands:
      | Readonly<Record<string, AnyCommand>>
      | ((defineCommand: DefineCommand<Connection>) => Readonly<Record<string, AnyCommand>>)
  },
): ConnectorDefinition {
  const { commands: given, ...about } = definition
  const commands = typeof given === 'function' ? given((command) => command) : given
  const { name, defaultCommand, connectionConfig = {}, auth } = about
  if (!/^[a-z][a-z0-9_-]{0,62}$/.test(name))
    throw new TypeError(`"${name}" is no name of a connector: use letters, digits, "_" and "-".`)
  if (defaultCommand !== undefined && !Object.hasOwn(commands, defaultCommand))
    throw new TypeError(`defaultCommand of "${name}" is "${defaultCommand}", which is no command of it.`)
  const fields: Fields = connectionConfig
  // A connection string stands in for the fields, the secret ones too.
  const added = Object.values(auth ?? {}).some(({ type }) => type !== 'conn_string')
  if (added && Object.values(fields).some(({ type }) => type === 'secret'))
    throw new TypeError(`"${name}" has secret fields and auth. Use auth for what the gateway adds to requests, or secret fields.`)
  return { ...about, commands }
}
