import type { Command } from 'commander'
import { collect, connectToGateway, outputOf } from '../context.ts'
import { chooseScheme, collectFields, schemesOf } from '../credentials.ts'
import { UsageError } from '../failure.ts'
import { ask, canAsk } from '../prompt.ts'
import { isObject, splitPair } from '../values.ts'

interface ConnectOptions {
  readonly name?: string
  readonly environment?: string
  readonly personal?: boolean
  readonly team?: string
  readonly scheme?: string
  readonly field: readonly string[]
  readonly set: readonly string[]
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

async function collectSettings(document: Record<string, unknown>, options: ConnectOptions): Promise<Record<string, Setting>> {
  const settings: Record<string, Setting> = {}
  for (const pair of options.set) {
    const [name, text] = splitPair(pair, '--set')
    settings[name] = typed(document, name, text)
  }
  // Without a terminal the gateway says what is missing.
  const missing = canAsk() ? requiredSettings(document, options.environment).filter((name) => settings[name] === undefined) : []
  for (const name of missing) settings[name] = typed(document, name, await ask(name))
  return settings
}

async function connect(connector: string, options: ConnectOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const sallyport = connectToGateway()
  const document = await sallyport.connectors.get(connector)
  const scheme = await chooseScheme(schemesOf(document), options.scheme)
  if (scheme === undefined && options.field.length > 0)
    throw new UsageError('This connector needs no credential, so it has no fields.')
  const settings = await collectSettings(document, options)
  const fields = scheme === undefined ? {} : await collectFields(scheme, options.field, out)
  const connection = await sallyport.connections.create({
    connector,
    ...(options.name !== undefined && { name: options.name }),
    ...(options.environment !== undefined && { environment: options.environment }),
    ...(options.personal === true && { personal: true }),
    ...(options.team !== undefined && { team: options.team }),
    ...(scheme !== undefined && { auth: { scheme: scheme.name, fields } }),
    ...(Object.keys(settings).length > 0 && { settings }),
  })
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
  program
    .command('connect')
    .description('connect an account of a connector; missing credentials are asked for without showing them')
    .argument('<connector>', 'id of the connector')
    .option('--name <name>', 'name of the connection')
    .option('--environment <name>', 'one of the environments of the connector (default: the first)')
    .option('--personal', 'yours alone; with a personal token')
    .option('--team <id>', 'of a team of yours')
    .option('--scheme <name>', 'one of its auth schemes')
    .option(
      '--field <name=value>',
      'a credential field: name=- reads standard input, name=@file a file, name=env:VARIABLE the environment',
      collect,
      [],
    )
    .option('--set <name=value>', 'a setting of the connection', collect, [])
    .action(connect)
}
