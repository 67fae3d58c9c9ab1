import type { Command } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { readValue } from '../credentials.ts'
import { UsageError } from '../failure.ts'
import { when } from '../text.ts'

const pairsOf = (given: readonly string[] = []): readonly (readonly [string, string])[] =>
  given.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw new UsageError(`"${pair}" is no NAME=VALUE.`)
    return [pair.slice(0, at), pair.slice(at + 1)]
  })

async function list(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().secrets.backends()
  out.answer(page, () => {
    const rows = page.items.map(({ id, name, kind, default: isDefault, secrets, problem }) => [
      id,
      name,
      kind,
      isDefault ? 'yes' : '',
      `${secrets.written} written, ${secrets.waiting} waiting, ${secrets.failing} failing, ${secrets.drifted} drifted`,
      problem ?? '',
    ])
    out.table(['id', 'name', 'kind', 'default', 'secrets', 'problem'], rows, 'There are no secret backends: proxy mode.')
  })
}

interface AddOptions {
  readonly kind: 'aws' | 'gcp' | 'vault'
  readonly set?: string[]
  readonly credential?: string[]
  readonly default?: true
}

async function add(name: string, options: AddOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { kind, set, credential = [] } = options
  if (!['aws', 'gcp', 'vault'].includes(kind)) throw new UsageError('--kind is aws, gcp or vault.')
  const entered: [string, string][] = []
  for (const [field, value] of pairsOf(credential)) {
    if (!/^(?:-$|@|env:)/.test(value))
      throw new UsageError(`Give ${field} as - (standard input), @file or env:VARIABLE: others can read a command line.`)
    entered.push([field, await readValue({ name: field, secret: true }, value, out)])
  }
  const added = await connectToGateway().secrets.addBackend({
    name,
    kind,
    settings: Object.fromEntries(pairsOf(set)),
    credential: Object.fromEntries(entered),
    default: options.default ?? false,
  })
  out.answer(added, () => out.note(`Added ${added.id}. Try it with: sallyport secrets test ${added.id}`))
}

async function mode(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const { secrets } = connectToGateway()
  if (id !== 'proxy') {
    const changed = await secrets.updateBackend(id, { default: true })
    return out.answer(changed, () => out.note(`The workspace keeps what is active in ${changed.name} from now on.`))
  }
  const { items } = await secrets.backends()
  for (const each of items.filter((one) => one.default)) await secrets.updateBackend(each.id, { default: false })
  out.note('Proxy mode: what was replicated is being removed.')
}

async function test(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const result = await connectToGateway().secrets.testBackend(id)
  out.answer(result, () => out.line(result.message))
  if (!result.ok) process.exitCode = 1
}

async function sync(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const backend = await connectToGateway().secrets.sync(id)
  out.answer(backend, () => out.line(backend.problem ?? `${backend.secrets.drifted} secrets were changed by somebody else.`))
}

async function show(id: string, { problems }: { problems?: true }, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().secrets.list(id, { limit: 200, ...(problems && { problems }) })
  out.answer(page, () => {
    const rows = page.items.map(({ connection, connection_name, reference, state, drift, problem, written_at }) => [
      connection_name ?? connection,
      reference,
      drift === null ? state : `${state}: ${drift}`,
      written_at === null ? '' : when(written_at),
      problem ?? '',
    ])
    out.table(['connection', 'secret', 'state', 'written', 'problem'], rows, 'Nothing is in it, nor is to be.')
  })
}

async function move(connection: string, to: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const placement = await connectToGateway().secrets.move(connection, to)
  out.answer(placement, () => out.note(placement.mode === 'proxy' ? 'It stays with the gateway.' : 'It is being written.'))
}

async function rewrite(connection: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const placement = await connectToGateway().secrets.rewrite(connection)
  out.answer(placement, () => {
    for (const { reference, state, problem } of placement.replicas) out.line(`${reference}: ${problem ?? state}`)
  })
}

async function remove(id: string, { abandon }: { abandon?: true }, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().secrets.removeBackend(id, abandon ? { abandon } : {})
  out.note(`Removed ${id}.`)
}

async function manifest({ toolset }: { toolset?: string }): Promise<void> {
  const found = await connectToGateway().secrets.manifest(toolset === undefined ? {} : { toolset })
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`)
}

export function registerSecrets(program: Command): void {
  const secrets = program
    .command('secrets')
    .description('secret managers of the workspace, and what of its connections is in them')
  secrets.command('list').description('list the secret managers').action(list)
  secrets
    .command('add')
    .description('add a secret manager')
    .argument('<name>', 'what people see')
    .requiredOption('--kind <kind>', 'aws, gcp or vault')
    .option('--set <setting...>', 'where it is: region=…, project=…, address=…, mount=…, role_id=…, prefix=…')
    .option('--credential <field...>', 'name=value, the value - for standard input, @file or env:VARIABLE')
    .option('--default', 'secret-manager mode for the whole workspace')
    .action(add)
  secrets
    .command('mode')
    .description('choose the mode of the workspace')
    .argument('<id>', 'of a secret manager, or proxy')
    .action(mode)
  secrets.command('test').description('write, find and remove a secret without meaning').argument('<id>', 'its id').action(test)
  secrets.command('sync').description('try again now, and look for drift').argument('<id>', 'its id').action(sync)
  secrets
    .command('show')
    .description('list what is in a secret manager, never a value')
    .argument('<id>', 'its id')
    .option('--problems', 'only what fails or has drifted')
    .action(show)
  secrets
    .command('move')
    .description('say where the secret of a connection is to be')
    .argument('<connection>', 'its id')
    .argument('<to>', 'workspace, proxy, or the id of a secret manager')
    .action(move)
  secrets
    .command('rewrite')
    .description('write the secret of a connection anew')
    .argument('<connection>', 'its id')
    .action(rewrite)
  secrets
    .command('remove')
    .description('remove a secret manager')
    .argument('<id>', 'its id')
    .option('--abandon', 'leave the secrets of connections in it')
    .action(remove)
  program
    .command('manifest')
    .description('print what a workload needs to make the calls of this token by itself')
    .option('--toolset <slug>', 'of these tools only')
    .action(manifest)
}
