import type { AnyCommand, ConnectorContext, ConnectorDefinition, KitHttp, KitLogger } from './define.ts'
import type { Fields } from './fields.ts'
import { type CommandOutcome, fail, normalizeOutcome, type Outcome } from './outcome.ts'

/** What the host lends a handler. */
export interface Host {
  readonly http: KitHttp
  readonly logger: KitLogger
  readonly signal: AbortSignal
  readonly timeLeft: () => number
  readonly sending: () => void
}

const silent: KitLogger = { debug() {}, info() {}, warn() {}, error() {} }

/** The host of a unit test, which has no network of its own. */
const alone: Host = {
  http: () => Promise.reject(new Error('This run has no network. Give executeDefinition an http of your own.')),
  logger: silent,
  signal: new AbortController().signal,
  timeLeft: () => 30_000,
  sending() {},
}

function withDefaults(fields: Fields, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const defaults = Object.entries(fields).flatMap(([name, field]) =>
    field.default === undefined || given[name] !== undefined ? [] : [[name, field.default] as const],
  )
  return { ...given, ...Object.fromEntries(defaults) }
}

function missing(fields: Fields, values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(fields).flatMap(([name, { required }]) =>
    required && (values[name] === undefined || values[name] === null || values[name] === '') ? [name] : [],
  )
}

interface Prepared {
  readonly name: string
  readonly command: AnyCommand
  readonly params: Readonly<Record<string, unknown>>
}

function prepare(definition: ConnectorDefinition, config: Readonly<Record<string, unknown>>): Prepared | Outcome {
  const { command: named, ...given } = config
  const name = named ?? definition.defaultCommand
  const known = Object.keys(definition.commands).join(', ')
  if (typeof name !== 'string') return fail({ error: `Name a command of "${definition.name}": ${known}.` })
  const command = Object.hasOwn(definition.commands, name) ? definition.commands[name] : undefined
  if (command === undefined) return fail({ error: `"${definition.name}" has no command "${name}". It has: ${known}.` })
  const fields: Fields = command.params ?? {}
  const params = withDefaults(fields, given)
  const lacking = missing(fields, params)
  if (lacking.length > 0)
    return fail({ error: `Missing required field(s): ${lacking.join(', ')}`, diagnostics: { missing: lacking } })
  return { name, command, params }
}

async function attempt(definition: ConnectorDefinition, run: () => CommandOutcome | Promise<CommandOutcome>): Promise<Outcome> {
  try {
    return normalizeOutcome(await run())
  } catch (error) {
    const mapped = definition.errorMap?.(error) ?? null
    if (mapped !== null) return fail(mapped)
    throw error
  }
}

/** Runs a command. What its handler throws and `errorMap` does not know is thrown. */
export async function runDefinition(definition: ConnectorDefinition, context: ConnectorContext, host: Host): Promise<Outcome> {
  const prepared = prepare(definition, context.config)
  if ('success' in prepared) return prepared
  const { command, params } = prepared
  const fields = definition.connectionConfig ?? {}
  const connection = withDefaults(fields, context.connectorConfig)
  const lacking = missing(fields, connection)
  if (lacking.length > 0)
    return fail({
      error: `Missing required field(s) of the connection: ${lacking.join(', ')}`,
      diagnostics: { missing: lacking },
    })
  return attempt(definition, () => command.handler({ ...host, params, connection, context }))
}

/** Runs a command without a server, for tests: every failure is an outcome. `host` lends it an `http` or a logger of the test. */
export async function executeDefinition(
  definition: ConnectorDefinition,
  context: ConnectorContext,
  host: Partial<Host> = {},
): Promise<Outcome> {
  const prepared = prepare(definition, context.config)
  if ('name' in prepared && prepared.command.deprecated) {
    const { deprecated } = prepared.command
    const instead = typeof deprecated === 'string' ? { instead: deprecated } : {}
    host.logger?.warn(`${prepared.name} of ${definition.name} is deprecated`, instead)
  }
  try {
    return await runDefinition(definition, context, { ...alone, ...host })
  } catch (error) {
    return fail({ error: error instanceof Error ? error.message : String(error) })
  }
}

/** Answers from a command's mock scenarios: the one that is named, or `default`. Null when the command has neither. */
export async function runMock(
  definition: ConnectorDefinition,
  config: Readonly<Record<string, unknown>>,
  scenario = 'default',
): Promise<Outcome | null> {
  const prepared = prepare(definition, config)
  if ('success' in prepared) return prepared
  const { command, params } = prepared
  const mock = command.mock !== undefined && Object.hasOwn(command.mock, scenario) ? command.mock[scenario] : undefined
  return mock === undefined ? null : attempt(definition, () => mock({ params }))
}
