import type { Sallyport } from '@sallyport/sdk'
import type { Command } from 'commander'
import { waitForConsent } from '../authorize.ts'
import { collect, connectToGateway, outputOf } from '../context.ts'
import { chooseScheme, collectFields } from '../credentials.ts'
import { UsageError } from '../failure.ts'
import type { Output } from '../output.ts'
import { ask, canAsk } from '../prompt.ts'
import { isObject, splitPair } from '../values.ts'

export interface FormOptions {
  readonly environment?: string
  readonly scheme?: string
  readonly scope: readonly string[]
  readonly field: readonly string[]
  readonly set: readonly string[]
}

interface ConnectOptions extends FormOptions {
  readonly name?: string
  readonly personal?: boolean
  readonly team?: string
}

type Setting = string | number | boolean

/** Settings come as text; those that the connector declares a number or a boolean become one. */
function typed(document: Record<string, unknown>, name: string, text: string): Setting {
  const field = isObject(document.fields) ? document.fields[name] : undefined
  switch (isObject(field) ? field.type : undefined) {
    case 'number': {
      if (text.trim() === '' || Number.isNaN(Number(text)))
        throw new UsageError(`The setting ${name} is a number, and "${text}" is not.`)
      return Number(text)
    }
    case 'boolean': {
      if (text !== 'true' && text !== 'false') throw new UsageError(`The setting ${name} is true or false, not "${text}".`)
      return text === 'true'
    }
    default:
      return text
  }
}

/** Names of the settings that a connection string says. */
function saidBy(document: Record<string, unknown>, scheme: string | undefined): readonly string[] {
  const found = isObject(document.auth) && scheme !== undefined ? document.auth[scheme] : undefined
  return isObject(found) && isObject(found.derived) ? Object.keys(found.derived) : []
}

/** Names of the settings and server variables that have no default. */
function requiredSettings(document: Record<string, unknown>, environment: string | undefined): readonly string[] {
  const servers = isObject(document.servers) ? document.servers : {}
  const server = environment === undefined ? Object.values(servers)[0] : servers[environment]
  const variables = isObject(server) && isObject(server.variables) ? Object.entries(server.variables) : []
  const fields = isObject(document.fields) ? Object.entries(document.fields) : []
  const without = ([, each]: [string, unknown]) => isObject(each) && each.default === undefined
  return [
    ...variables.filter(without),
    ...fields.filter((entry) => without(entry) && isObject(entry[1]) && entry[1].required === true),
  ].map(([name]) => name)
}

async function collectSettings(
  document: Record<string, unknown>,
  scheme: string | undefined,
  options: FormOptions,
): Promise<Record<string, Setting>> {
  const settings: Record<string, Setting> = {}
  for (const pair of options.set) {
    const [name, text] = splitPair(pair, '--set')
    settings[name] = typed(document, name, text)
  }
  // Without a terminal the gateway says what is missing.
  const said = saidBy(document, scheme)
  const missing = canAsk()
    ? requiredSettings(document, options.environment).filter((name) => settings[name] === undefined && !said.includes(name))
    : []
  for (const name of missing) settings[name] = typed(document, name, await ask(name))
  return settings
}

/** What a connection of the connector needs: from the options, and the rest from whoever sits at the terminal. */
export async function collectForm(sallyport: Sallyport, connector: string, options: FormOptions, out: Output) {
  const document = await sallyport.connectors.get(connector)
  const { items } = await sallyport.connectors.schemes(connector)
  const scheme = await chooseScheme(items, options.scheme)
  if (scheme === undefined && options.field.length > 0)
    throw new UsageError('This connector needs no credential, so it has no fields.')
  const settings = await collectSettings(document, scheme?.name, options)
  const fields = scheme === undefined ? {} : await collectFields(scheme, options.field, out)
  return { scheme, settings, fields }
}

/** The options that {@link collectForm} reads. */
export function withForm(command: Command): Command {
  return command
    .option('--environment <name>', 'one of the environments of the connector (default: the first)')
    .option('--scheme <name>', 'one of its auth schemes')
    .option('--scope <scope>', 'of OAuth, instead of those that the connector asks for; may be given several times', collect, [])
    .option(
      '--field <name=value>',
      'a credential field: name=- reads standard input, name=@file a file, name=env:VARIABLE the environment',
      collect,
      [],
    )
    .option('--set <name=value>', 'a setting of the connection', collect, [])
}

async function connect(connector: string, options: ConnectOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const sallyport = connectToGateway()
  const { scheme, settings, fields } = await collectForm(sallyport, connector, options, out)
  const connection = await sallyport.connections.create({
    connector,
    ...(options.name !== undefined && { name: options.name }),
    ...(options.environment !== undefined && { environment: options.environment }),
    ...(options.personal === true && { personal: true }),
    ...(options.team !== undefined && { team: options.team }),
    ...(scheme !== undefined && {
      auth: { scheme: scheme.name, fields, ...(options.scope.length > 0 && { scopes: [...options.scope] }) },
    }),
    ...(Object.keys(settings).length > 0 && { settings }),
  })
  if (!out.json) await waitForConsent(sallyport, connection.id, connection, out)
  out.answer(connection, () => {
    out.line(`Connected ${out.style('bold', connection.connector)} as "${connection.name}".`)
    out.facts([
      ['id', connection.id],
      ['environment', connection.environment],
      ['server', connection.server_url],
      ['auth', connection.auth.label],
      ['actions', String(connection.actions)],
    ])
    out.note('Next: sallyport tools')
  })
}

export function registerConnect(program: Command): void {
  withForm(
    program
      .command('connect')
      .description('connect an account of a connector; missing credentials are asked for without showing them')
      .argument('<connector>', 'id of the connector')
      .option('--name <name>', 'name of the connection')
      .option('--personal', 'yours alone; with a personal token')
      .option('--team <id>', 'of a team of yours'),
  ).action(connect)
}
