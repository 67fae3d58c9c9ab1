import type { Schemas } from '@sallyport/sdk'
import type { Command } from 'commander'
import { collect, connectToGateway, outputOf } from '../context.ts'
import { collectFields } from '../credentials.ts'
import { CliError } from '../failure.ts'
import type { Output } from '../output.ts'

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
