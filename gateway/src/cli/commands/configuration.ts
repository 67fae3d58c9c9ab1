import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Sallyport, SallyportProblem, type Schemas } from '@sallyport/sdk'
import type { Command } from 'commander'
import { type Folder, type FoundProblem, placeOf, problemsOf, readFolder } from '../configuration/folder.ts'
import { readSecrets } from '../configuration/secrets.ts'
import { fileText, schemaFile, writeFolder } from '../configuration/write-folder.ts'
import { connectToGateway, outputOf } from '../context.ts'
import { CliError, UsageError } from '../failure.ts'
import type { Output } from '../output.ts'
import { canAsk, confirm } from '../prompt.ts'
import { isObject } from '../values.ts'

type Plan = Schemas['ConfigurationPlan']
type Change = Plan['changes'][number]

interface PlanOptions {
  readonly prune?: true
  readonly renewSecrets?: true
}

const folderByDefault = 'sallyport'

const isProblem = (value: unknown): value is FoundProblem =>
  isObject(value) && typeof value.document === 'number' && typeof value.path === 'string' && typeof value.message === 'string'

/** Problems of the gateway with the files, at file and line. */
async function located<T>(folder: Folder, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const errors = error instanceof SallyportProblem ? error.diagnostics?.errors : undefined
    const problems = Array.isArray(errors) ? errors.filter(isProblem) : []
    if (problems.length === 0) throw error
    const detail = error instanceof SallyportProblem && error.code !== 'INVALID_INPUT' ? error.detail : undefined
    throw problemsOf(folder, problems, detail)
  }
}

function requestOf({ documents }: Folder, { prune, renewSecrets }: PlanOptions) {
  return {
    documents: documents.map(({ file, value }) => ({ file, document: value })),
    ...(prune && { prune }),
    ...(renewSecrets && { renew_secrets: true }),
  }
}

const signs = { create: ['green', '+'], change: ['yellow', '~'], delete: ['red', '-'] } as const

function printChange(out: Output, folder: Folder, { action, type, key, document, differences }: Change): void {
  const [colour, sign] = signs[action]
  const place = document === null ? '' : `  (${placeOf(folder, { document, path: '' }).replace(/:\d+$/, '')})`
  out.line(`${out.style(colour, `${sign} ${type} ${key}`)}${out.style('dim', place)}`)
  for (const { path, before, after } of differences) out.line(`    ${path}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`)
}

function printPlan(out: Output, folder: Folder, plan: Plan): void {
  for (const change of plan.changes) printChange(out, folder, change)
  const count = (action: Change['action']) => plan.changes.filter((change) => change.action === action).length
  if (plan.changes.length > 0)
    out.line(`${count('create')} to create, ${count('change')} to change, ${count('delete')} to delete.`)
  else out.line('The workspace is what the files say.')
  for (const text of plan.notes) out.note(text)
  const kept = plan.kept.filter(({ type }) => type !== 'member')
  if (kept.length > 0)
    out.note(
      `${kept.length} more in the workspace that no file has stay as they are; --prune deletes them, "export" writes them.`,
    )
}

const withFiles = (folder: Folder, changes: readonly Change[]) =>
  changes.map((change) => ({
    ...change,
    file: change.document === null ? null : (folder.documents[change.document]?.file ?? null),
  }))

async function planOf(sallyport: Sallyport, folder: Folder, options: PlanOptions): Promise<Plan> {
  return located(folder, () => sallyport.configuration.plan(requestOf(folder, options)))
}

async function exportFiles(path: string, options: { prune?: true; stdout?: true }, command: Command): Promise<void> {
  const out = outputOf(command)
  const { configuration } = connectToGateway()
  if (options.stdout) {
    const exported = await configuration.export()
    out.answer(exported, () => {
      for (const item of exported.items) out.payload(`---\n# ${item.file}\n${fileText(item).replace(/^#.*\n/, '')}`)
    })
    return
  }
  const folder = await readFolder(path, { orEmpty: true })
  const plan = folder.documents.length === 0 ? null : await planOf(connectToGateway(), folder, {})
  const { items } = await configuration.export()
  await mkdir(folder.path, { recursive: true })
  const { configurationSchemaText } = await import('../../configuration/offline.ts')
  await writeFile(join(folder.path, schemaFile), configurationSchemaText())
  const result = await writeFolder(folder, items, plan, options.prune === true)
  out.answer(result, () => {
    for (const file of result.written) out.line(`wrote ${file}`)
    for (const file of result.removed) out.line(`removed ${file}`)
    if (result.written.length + result.removed.length === 0) out.line('The files say what the workspace is already.')
    for (const what of result.left) out.note(`${what} is in the files only; --prune removes it from them, "apply" makes it.`)
  })
}

async function diff(path: string, options: PlanOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  try {
    const folder = await readFolder(path)
    const plan = await planOf(connectToGateway(), folder, options)
    out.answer({ ...plan, changes: withFiles(folder, plan.changes) }, () => printPlan(out, folder, plan))
    process.exitCode = plan.changes.length > 0 ? 1 : 0
  } catch (error) {
    // 1 says that they differ.
    out.fail(error)
    process.exitCode = 2
  }
}

interface ApplyOptions extends PlanOptions {
  readonly yes?: true
  readonly fingerprint?: string
}

async function apply(path: string, options: ApplyOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const sallyport = connectToGateway()
  const folder = await readFolder(path)
  const plan = await planOf(sallyport, folder, options)
  const { fingerprint = plan.fingerprint, yes } = options
  if (fingerprint !== plan.fingerprint)
    throw new CliError(
      'CONFLICT',
      'The workspace or the files have changed since that plan. Nothing was changed.',
      'Look at it anew with "sallyport diff", and apply that.',
    )
  if (!out.json) printPlan(out, folder, plan)
  if (plan.changes.length === 0) {
    if (out.json) out.answer({ changes: [], notes: plan.notes, shown: [] }, () => {})
    return
  }
  if (!yes && !canAsk()) throw new UsageError('Nobody is there to agree: add --yes, or --yes --fingerprint of a plan.')
  if (!yes && !(await confirm('Apply this?'))) throw new CliError('CANCELLED', 'Cancelled.', 'Nothing was changed.')
  const secrets = await readSecrets(
    plan.changes.flatMap((change) => change.secrets),
    folder.path,
  )
  const applied = await located(folder, () =>
    sallyport.configuration.apply({ ...requestOf(folder, options), fingerprint, secrets }),
  )
  out.answer({ ...applied, changes: withFiles(folder, applied.changes) }, () => {
    out.line(`Done: ${applied.changes.length} applied.`)
    for (const text of applied.notes) out.note(text)
    for (const { type, key, secret } of applied.shown)
      out.line(`${type} ${key} signs with this secret, shown this once: ${secret}`)
  })
}

async function validate(path: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const folder = await readFolder(path)
  const { checkOffline } = await import('../../configuration/offline.ts')
  const { problems, elsewhere, resources } = checkOffline(requestOf(folder, {}).documents)
  if (problems.length > 0) throw problemsOf(folder, problems)
  out.answer({ resources, elsewhere }, () => {
    out.line(`${resources} resources in ${folder.documents.length} documents: nothing is wrong with them.`)
    for (const text of elsewhere) out.note(`${text} It has to be in the workspace.`)
  })
}

export function registerConfiguration(program: Command): void {
  const withFolder = (command: Command) => command.argument('[folder]', 'of YAML files', folderByDefault)
  const withPlan = (command: Command) =>
    withFolder(command)
      .option('--prune', 'delete what the workspace has and the files do not')
      .option('--renew-secrets', 'set all secrets anew, not only those whose place has changed')
  withFolder(program.command('export'))
    .description('write the configuration of the workspace as YAML files; secrets as references')
    .option('--prune', 'remove from the files what the workspace does not have')
    .option('--stdout', 'print one stream of documents instead')
    .action(exportFiles)
  withPlan(program.command('diff'))
    .description('what "apply" would change: exit code 1 when something, 0 when nothing, 2 when it cannot be told')
    .action(diff)
  withPlan(program.command('apply'))
    .description('make the workspace what the files say, all of it or nothing')
    .option('-y, --yes', 'without asking')
    .option('--fingerprint <text>', 'of the plan that was decided on; any other is refused')
    .action(apply)
  withFolder(program.command('validate')).description('check the files, without a gateway').action(validate)
}
