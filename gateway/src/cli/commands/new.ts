import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { unreachable } from '../../errors.ts'
import { outputOf } from '../context.ts'
import { CliError, UsageError } from '../failure.ts'
import { serviceTemplate } from '../scaffold/service.ts'
import { documentTemplate, handlerTemplate, registered, scriptTemplate, testTemplate } from '../scaffold/templates.ts'

/** Where built-in types live, from the root of the repository. */
const home = 'gateway/src/connections/builtins'

const newKinds = ['builtin', 'http', 'script', 'external'] as const
type NewKind = (typeof newKinds)[number]

interface NewOptions {
  readonly description?: string
  readonly force?: true
  readonly kind: NewKind
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Whether it was written: a file that is there stays as it is, unless it shall be written anew. */
async function write(path: string, text: string, force: boolean): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' })
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

async function register(name: string): Promise<boolean> {
  const path = join(home, 'index.ts')
  const list = await readFile(path, 'utf8').catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error
    throw new CliError(
      'NOT_FOUND',
      `There is no ${path} here.`,
      'Run this in the root of a checkout of Sallyport, or use --kind http, script or external.',
    )
  })
  const text = registered(list, name)
  if (text === null) throw new CliError('NOT_FOUND', `${path} has no list to register in.`, 'Add the connector to it by hand.')
  if (text !== list) await writeFile(path, text)
  return text !== list
}

function filesOf(kind: NewKind, name: string, description: string): readonly { readonly path: string; readonly text: string }[] {
  switch (kind) {
    case 'builtin':
      return [
        { path: join(home, `${name}.ts`), text: handlerTemplate(name, description) },
        { path: join(home, `${name}.test.ts`), text: testTemplate(name) },
      ]
    case 'http':
      return [{ path: `${name}.connector.yaml`, text: documentTemplate(name, description) }]
    case 'script':
      return [{ path: `${name}.connector.yaml`, text: scriptTemplate(name, description) }]
    case 'external':
      return [{ path: `${name}.service.ts`, text: serviceTemplate(name, description) }]
    default:
      return unreachable(kind)
  }
}

function nextStep(kind: NewKind, name: string): string {
  if (kind === 'builtin') return `npx vitest run ${join(home, `${name}.test.ts`)}`
  if (kind === 'external')
    return `SERVICE_SECRET=… npx node ${name}.service.ts, then npx sallyport import http://127.0.0.1:4020/schema --as ${name}`
  return `npx sallyport import ${name}.connector.yaml`
}

async function create(name: string, options: NewOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name === 'index')
    throw new UsageError(`"${name}" is no name for a connector.`, 'Use lower-case words with hyphens, such as acme-crm.')
  const { kind, force = false, description = `Connects to ${name}.` } = options
  const files = filesOf(kind, name, description)
  const isRegistered = kind === 'builtin' && (await register(name))
  if (kind === 'builtin') await mkdir(home, { recursive: true })
  const written: string[] = []
  for (const { path, text } of files) if (await write(path, text, force)) written.push(path)
  if (isRegistered) written.push(join(home, 'index.ts'))
  out.answer({ connector: name, kind, written }, () => {
    for (const path of written) out.line(`wrote ${path}`)
    if (written.length === 0) out.note('Everything is there already. --force writes the files anew.')
    else out.note(`Next: ${nextStep(kind, name)}`)
  })
}

export function registerNew(program: Command): void {
  program
    .command('new')
    .description('begin something new')
    .command('connector <name>')
    .description('write a connector to go on from: its handler, a test, its registration')
    .option('-d, --description <text>', 'what it connects to')
    .option('-f, --force', 'overwrite files that are there')
    .addOption(
      new Option(
        '--kind <kind>',
        'how it runs: as code of the gateway, as a connector file, as a script in one, or as a service of its own',
      )
        .choices([...newKinds])
        .default('builtin'),
    )
    .action(create)
}
