import { type Sallyport, SallyportProblem, type Schemas } from '@sallyport/sdk'
import type { Command } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { CliError } from '../failure.ts'
import type { Output } from '../output.ts'
import { isObject, readInput } from '../values.ts'

interface CallOptions {
  readonly input?: string
  readonly connection?: string
  readonly idempotencyKey?: string
  readonly dryRun?: true
  readonly mock?: true | string
  readonly record?: string
  readonly replay?: string
  readonly wait?: true
}

export function printPlan(out: Output, plan: NonNullable<Schemas['CallResult']['plan']>): void {
  if (!('url' in plan)) {
    out.line(`${out.style('bold', 'Run')} ${plan.command}`)
    out.payload(plan.input)
  } else {
    out.line(`${out.style('bold', plan.method)} ${plan.url}`)
    out.facts(Object.entries(plan.headers))
    if (plan.body !== undefined) out.payload(plan.body)
  }
  out.note(plan.needs_approval ? 'Nothing was sent. The real call would wait for a person to approve it.' : 'Nothing was sent.')
}

/** Prints how an action ended: its payload, its plan, or why it failed. */
export function printResult(out: Output, result: Omit<Schemas['CallResult'], 'outcome' | 'duration_ms' | 'status'>): void {
  if (!result.success) {
    const diagnostics = result.diagnostics === undefined ? '' : ` Diagnostics: ${JSON.stringify(result.diagnostics)}`
    throw new CliError(
      'UPSTREAM_ERROR',
      `${result.error ?? 'The API answered that the action failed.'}${diagnostics}`,
      `See what happened: sallyport logs ${result.id}`,
    )
  }
  out.answer(result, () => {
    if (result.plan !== undefined) printPlan(out, result.plan)
    else if (result.payload === undefined) out.note('Done. The API sent no content.')
    else out.payload(result.payload)
  })
}

export function printPending(out: Output, pending: Schemas['PendingCall']): void {
  out.answer(pending, () => {
    out.line('Not done yet: a person must approve this call.')
    out.facts([
      ['approve', pending.approval.url],
      ['or', `sallyport approve ${pending.approval.id}`],
      ['until', pending.approval.expires_at],
    ])
    out.line(`Once approved it runs by itself; do not call again. Its end: sallyport logs ${pending.id}`)
  })
}

async function waitForEnd(sallyport: Sallyport, out: Output, pending: Schemas['PendingCall']): Promise<void> {
  out.note(`Waiting for approval: ${pending.approval.url}`)
  const record = await sallyport.calls.wait(pending.id)
  if (record.status === 'succeeded') {
    out.answer(record, () => {
      if (record.result?.payload === undefined) out.note('Done. The API sent no content, or the answer is for another caller.')
      else out.payload(record.result.payload)
    })
    return
  }
  const seeLog = `See what happened: sallyport logs ${record.id}`
  if (record.status === 'rejected') {
    const { reason } = await sallyport.approvals.get(pending.approval.id)
    throw new CliError(
      'APPROVAL_REQUIRED',
      `The call was rejected${reason === null ? '.' : `: ${reason}`}`,
      'Nothing was sent to the API.',
    )
  }
  if (record.status === 'expired')
    throw new CliError(
      'APPROVAL_REQUIRED',
      'Nobody approved the call in time.',
      'Nothing was sent to the API. Call again if it is still wanted.',
    )
  throw new CliError(record.error_code ?? 'UPSTREAM_ERROR', record.error_detail ?? 'The call failed.', seeLog)
}

/** Whether a `key=text` was refused for being text. */
function isTextMistaken(error: unknown, pairs: readonly string[]): boolean {
  if (!(error instanceof SallyportProblem) || error.code !== 'INVALID_INPUT') return false
  const texts = pairs.filter((pair) => !/^[^=]+:=/.test(pair)).map((pair) => `/${pair.slice(0, pair.indexOf('='))}`)
  const faults = Array.isArray(error.diagnostics?.errors) ? error.diagnostics.errors.filter(isObject) : []
  return faults.some(
    ({ path, message }) => texts.includes(String(path)) && /integer|number|boolean|array|object|null/.test(String(message)),
  )
}

async function call(
  connector: string,
  named: string | undefined,
  given: readonly string[],
  options: CallOptions,
  command: Command,
): Promise<void> {
  const out = outputOf(command)
  // `call crm limit:=5` names no action: the name of one has no equals sign.
  const [action, pairs] = named?.includes('=') ? [undefined, [named, ...given]] : [named, given]
  const input = await readInput(options.input, pairs)
  const sallyport = connectToGateway()
  const request = {
    connector,
    ...(action !== undefined && { action }),
    input,
    ...(options.connection !== undefined && { connection: options.connection }),
    ...(options.idempotencyKey !== undefined && { idempotency_key: options.idempotencyKey }),
    ...(options.dryRun && { dry_run: true }),
    ...(options.mock !== undefined && { mock: options.mock === true ? 'default' : options.mock }),
    ...(options.record !== undefined && { record: options.record }),
    ...(options.replay !== undefined && { replay: options.replay }),
  }
  const result = await sallyport.calls.create(request).catch((error: unknown) => {
    if (isTextMistaken(error, pairs))
      out.note('hint: values after = are text. Give numbers, booleans and objects after :=, such as id:=7.')
    throw error
  })
  if (!('approval' in result)) printResult(out, result)
  else if (options.wait) await waitForEnd(sallyport, out, result)
  else printPending(out, result)
}

export function registerCall(program: Command): void {
  program
    .command('call')
    .description('call an action and print its answer')
    .argument('<connector>', 'id of the connector')
    .argument('[action]', 'name of the action; without it the default of the connector')
    .argument('[input...]', 'key=text or key:=json')
    .option('--input <json>', 'the input as a JSON object; @file reads a file, - standard input')
    .option('--connection <id>', 'id or name of the connection, when the connector has several')
    .option('--idempotency-key <key>', 'the same key with the same input within 24 hours runs once')
    .option('--dry-run', 'show the request that would be sent, without credentials, and send nothing')
    .option('--mock [scenario]', "answer with a scenario of the action's mocks, and send nothing")
    .option('--record <cassette>', 'record the answer, redacted, for --replay')
    .option('--replay <cassette>', 'answer from what was recorded, and send nothing')
    .option('--wait', 'when a person must approve it, wait until that is decided')
    .action(call)
}
