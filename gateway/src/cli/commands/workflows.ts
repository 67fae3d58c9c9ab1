import type { Command } from 'commander'
import { connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import { CliError } from '../failure.ts'
import { when } from '../text.ts'
import { readTextFile } from '../values.ts'

async function list(options: PageOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().workflows.list(pageQuery(options))
  out.answer(page, () => {
    const rows = page.items.map(({ id, name, version, trigger, updated_at }) => [
      id,
      name,
      String(version),
      trigger ?? 'by hand',
      when(updated_at),
    ])
    out.table(
      ['id', 'name', 'version', 'trigger', 'changed'],
      rows,
      'There are no workflows. Store one: sallyport workflows apply FILE',
    )
    noteNextPage(out, page.next_cursor)
  })
}

async function check(path: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const checked = await connectToGateway().workflows.check(await readTextFile(path))
  out.answer(checked, () => out.note(`Nothing is wrong with "${checked.workflow}".`))
}

/** Which workflow a file is of, as the gateway reads it. */
async function apply(path: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const { workflows } = connectToGateway()
  const text = await readTextFile(path)
  const { workflow } = await workflows.check(text)
  const known = await workflows.get(workflow).catch(() => null)
  const stored = await (known === null ? workflows.create(text) : workflows.update(workflow, text))
  out.answer(stored, () =>
    out.note(`Stored "${stored.id}" as version ${stored.version}. To run it: sallyport workflows deploy ${stored.id}`),
  )
}

function bindingsOf(bind: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    bind.map((text) => {
      const at = text.indexOf('=')
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
      throw new CliError('INVALID_INPUT', `"${text}" is no binding.`, 'Write --bind SLOT=CONNECTION.')
    }),
  )
}

interface Deploy {
  readonly environment?: string
  readonly bind?: readonly string[]
}

async function deploy(id: string, { environment, bind = [] }: Deploy, command: Command): Promise<void> {
  const out = outputOf(command)
  const body = { bindings: bindingsOf(bind), ...(environment !== undefined && { environment }) }
  const made = await connectToGateway().workflows.deploy(id, body)
  out.answer(made, () => out.note(`Deployed version ${made.version} to ${made.environment} as ${made.id}.`))
}

function inputOf(text: string | undefined): unknown {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    throw new CliError('INVALID_INPUT', 'The input is no JSON.', `Write it as --input '{"email": "a@example.com"}'.`)
  }
}

type Run = Awaited<ReturnType<ReturnType<typeof connectToGateway>['runs']['get']>>

function tell(out: ReturnType<typeof outputOf>, run: Run): void {
  const rows = run.timeline
    .filter(({ superseded }) => !superseded)
    .map(({ place, kind, status, error, call_id }) => [
      place,
      kind,
      status,
      error === null ? '' : `${error.code}: ${error.detail}`,
      call_id ?? '',
    ])
  out.table(['step', 'kind', 'status', 'problem', 'call'], rows, 'No step was taken yet.')
  out.note(`${run.id} ${run.status}${run.error === null ? '' : `: ${run.error.detail}`}`)
}

async function start(
  id: string,
  { input, wait }: { readonly input?: string; readonly wait?: boolean },
  command: Command,
): Promise<void> {
  const out = outputOf(command)
  const { runs } = connectToGateway()
  const started = await runs.start({ workflow: id, input: inputOf(input) })
  const run = await (wait === true ? runs.wait(started.id) : runs.get(started.id))
  out.answer(run, () => tell(out, run))
}

async function preview(id: string, { input }: { readonly input?: string }, command: Command): Promise<void> {
  const out = outputOf(command)
  const { workflows, runs } = connectToGateway()
  const run = await runs.wait((await workflows.preview(id, { input: inputOf(input) })).id)
  out.answer(run, () => {
    tell(out, run)
    for (const { place, result } of run.timeline)
      if (result?.plan !== undefined) out.note(`${place} would send: ${JSON.stringify(result.plan)}`)
  })
}

async function listRuns(options: PageOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().runs.list(pageQuery(options))
  out.answer(page, () => {
    const rows = page.items.map((run) => [
      run.id,
      run.workflow,
      run.status,
      run.trigger,
      when(run.created_at),
      run.error?.detail ?? '',
    ])
    out.table(['id', 'workflow', 'status', 'by', 'started', 'problem'], rows, 'There are no runs.')
    noteNextPage(out, page.next_cursor)
  })
}

async function show(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const run = await connectToGateway().runs.get(id)
  out.answer(run, () => tell(out, run))
}

async function cancel(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const run = await connectToGateway().runs.cancel(id)
  out.answer(run, () => out.note(`Cancelled ${run.id}.`))
}

async function retry(id: string, { from }: { readonly from?: string }, command: Command): Promise<void> {
  const out = outputOf(command)
  const run = await connectToGateway().runs.retry(id, from === undefined ? {} : { from })
  out.answer(run, () => out.note(`${run.id} goes on.`))
}

export function registerWorkflows(program: Command): void {
  const workflows = program.command('workflows').description('actions in order: store, deploy and run them')
  withPages(workflows.command('list').description('list the workflows')).action(list)
  workflows.command('check').description('check a workflow file').argument('<path>', 'the file').action(check)
  workflows.command('apply').description('store a workflow file as the next version').argument('<path>', 'the file').action(apply)
  workflows
    .command('deploy')
    .description('bind the slots of a workflow and let it run')
    .argument('<id>', 'id of the workflow')
    .option('--environment <name>', 'where it calls, by default production')
    .option('--bind <slot=connection...>', 'connection of a slot, by id or name')
    .action(deploy)
  workflows
    .command('run')
    .description('run what is deployed')
    .argument('<id>', 'id of the workflow')
    .option('--input <json>', 'what it begins with')
    .option('--wait', 'until it has ended, or waits')
    .action(start)
  workflows
    .command('preview')
    .description('run it up to its first write, and show that')
    .argument('<id>', 'id of the workflow')
    .option('--input <json>', 'what it begins with')
    .action(preview)
  withPages(workflows.command('runs').description('list the runs')).action(listRuns)
  workflows.command('show').description('a run, step by step').argument('<run>', 'id of the run').action(show)
  workflows.command('cancel').description('cancel a run').argument('<run>', 'id of the run').action(cancel)
  workflows
    .command('retry')
    .description('go on with a run that failed')
    .argument('<run>', 'id of the run')
    .option('--from <step>', 'this step and all after it again, writes too')
    .action(retry)
}
