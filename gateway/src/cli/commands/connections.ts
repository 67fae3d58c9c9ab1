import type { Schemas } from '@sallyport/sdk'
import type { Command } from 'commander'
import { collect, connectToGateway, outputOf } from '../context.ts'
import { collectFields } from '../credentials.ts'
import { CliError } from '../failure.ts'
import type { Output } from '../output.ts'
import { canAsk, confirm } from '../prompt.ts'

type Dependents = Schemas['ConnectionDependents']

const marks = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' } as const
const colours = { passed: 'green', failed: 'red', skipped: 'dim' } as const

function show(out: Output, { label, status, detail, phases }: Schemas['TestCheck']): void {
  const way = phases === undefined ? '' : ` (DNS ${phases.dns}, TCP ${phases.tcp}, TLS ${phases.tls})`
  out.line(`${out.style(colours[status], marks[status])}  ${label}: ${detail}${way}`)
}

async function test(id: string, _options: unknown, command: Command): Promise<void> {
  const out = outputOf(command)
  const result = await connectToGateway().connections.test(id, (check) => {
    if (!out.json) show(out, check)
  })
  out.answer(result, () => out.line(result.ok ? 'Everything works.' : `The connection is ${result.connection.status}.`))
  if (!result.ok) process.exitCode = 1
}

async function rotate(id: string, options: { readonly field: readonly string[]; readonly verify: boolean }, command: Command) {
  const out = outputOf(command)
  const { connections, connectors } = connectToGateway()
  const found = await connections.get(id)
  const { items } = await connectors.schemes(found.connector)
  const scheme = items.find(({ name }) => name === found.auth.scheme)
  if (scheme === undefined)
    throw new CliError(
      'INVALID_INPUT',
      'This connection has no credential.',
      'Its connector needs none, or lacks its auth scheme now.',
    )
  const fields = await collectFields(scheme, options.field, out)
  const connection = await connections.rotate(id, { fields, verify: options.verify })
  out.answer(connection, () => out.line(`The credential of "${connection.name}" is replaced: ${connection.status}.`))
}

async function makeDefault(id: string, _options: unknown, command: Command): Promise<void> {
  const out = outputOf(command)
  const connection = await connectToGateway().connections.update(id, { default: true })
  out.answer(connection, () => out.line(`Calls to ${connection.connector} that name no connection mean "${connection.name}".`))
}

function ends(
  out: Output,
  { default: isDefault, toolsets, waiting_calls: waiting, standing_approvals: standing }: Dependents,
): void {
  for (const { name, slug, tokens } of toolsets)
    out.note(`  The toolset ${name} (${slug}) names it and will offer nothing of it; ${tokens} tokens are bound to that.`)
  if (isDefault) out.note('  Calls that name no connection have no default any more.')
  if (waiting > 0) out.note(`  ${waiting} calls that wait for approval cannot run any more.`)
  if (standing > 0) out.note(`  ${standing} standing approvals count no more.`)
}

export async function deleteConnection(id: string, options: { yes?: true }, command: Command): Promise<void> {
  const out = outputOf(command)
  const { connections } = connectToGateway()
  const [connection, dependents] = await Promise.all([connections.get(id), connections.dependents(id)])
  if (!options.yes) {
    if (!canAsk())
      throw new CliError(
        'INVALID_INPUT',
        `Nobody is there to confirm that "${connection.name}" goes.`,
        'Say the same with --yes.',
      )
    out.note(
      `With "${connection.name}" (${connection.connector}) its credential is destroyed. Calls today: ${connection.calls_today}.`,
    )
    ends(out, dependents)
    if (!(await confirm('Delete it?'))) {
      out.note('Nothing was deleted.')
      return
    }
  }
  await connections.delete(id)
  out.answer({ deleted: id, dependents }, () => {
    out.line(`Deleted the connection "${connection.name}".`)
    if (options.yes) ends(out, dependents)
  })
}

export function registerConnectionCommands(program: Command): void {
  program
    .command('test')
    .description('test a connection: reachable, authenticated, its reads, their schemas; exit code 1 when something fails')
    .argument('<connection>', 'id of the connection')
    .action(test)
  program
    .command('rotate')
    .description('replace the credential of a connection, after the API has taken the new one')
    .argument('<connection>', 'id of the connection')
    .option('--field <name=value>', 'a credential field, as with connect', collect, [])
    .option('--no-verify', 'replace it without a try')
    .action(rotate)
  program
    .command('default')
    .description('make a connection the one that calls mean that name none')
    .argument('<connection>', 'id of the connection')
    .action(makeDefault)
}
