import { setTimeout } from 'node:timers/promises'
import type { Sallyport, Schemas } from '@sallyport/sdk'
import type { Command } from 'commander'
import { connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import { UsageError } from '../failure.ts'
import type { Output } from '../output.ts'
import { milliseconds, oneLine, table, when } from '../text.ts'
import { parseInstant } from '../values.ts'

type Summary = Schemas['CallSummary']
type Status = Schemas['CallStatus']

interface LogOptions extends PageOptions {
  readonly connector?: string
  readonly action?: string
  readonly status?: string
  readonly since?: string
  readonly follow?: true
}

const statuses: readonly Status[] = ['started', 'succeeded', 'failed', 'pending_approval', 'rejected', 'expired']
const pollEveryMs = 1000
const barWidth = 24

const header = ['time', 'id', 'status', 'call', 'took', 'caller', 'error']

function row(call: Summary): string[] {
  const action = call.connector === null ? '' : `${call.connector} ${call.action ?? ''}`
  return [
    when(call.started_at),
    call.id,
    call.status,
    action,
    milliseconds(call.duration_ms),
    call.caller.name,
    call.error_code ?? '',
  ]
}

function filterOf(options: LogOptions): { connector?: string; action?: string; status?: Status; since?: string } {
  const { connector, action, since } = options
  const status = statuses.find((each) => each === options.status)
  if (options.status !== undefined && status === undefined)
    throw new UsageError(`There is no status "${options.status}".`, `One of: ${statuses.join(', ')}.`)
  return {
    ...(connector !== undefined && { connector }),
    ...(action !== undefined && { action }),
    ...(status !== undefined && { status }),
    ...(since !== undefined && { since: parseInstant(since, '--since', -1) }),
  }
}

function printTrace(out: Output, trace: Schemas['CallRecord']['trace']): void {
  const end = Math.max(...trace.map((step) => step.at_ms + step.ms), 0.001)
  const rows = trace.map((step) => {
    const from = Math.round((step.at_ms / end) * barWidth)
    const length = Math.max(Math.round((step.ms / end) * barWidth), 1)
    const bar = ' '.repeat(Math.min(from, barWidth - 1)) + '━'.repeat(length)
    return [`  ${oneLine(step.stage)}`, milliseconds(step.ms), `${bar}${step.failed ? ' failed' : ''}`]
  })
  out.line(table(rows))
}

function printRecord(out: Output, call: Schemas['CallRecord']): void {
  out.line(`${out.style('bold', call.id)}  ${call.status}`)
  out.facts([
    ['started', when(call.started_at)],
    ['took', milliseconds(call.duration_ms)],
    [
      'call',
      call.connector === null ? null : `${call.connector} ${call.action ?? ''} (version ${call.connector_version ?? '?'})`,
    ],
    ['connection', call.connection === null ? null : `${call.connection.name} (${call.connection.id})`],
    ['caller', `${call.caller.name} (${call.caller.kind}, by ${call.entrance})`],
    ['request', call.method === null ? null : `${call.method} ${call.url ?? ''}`],
    ['answer', call.upstream_status === null ? null : `${call.upstream_status}, ${call.response_bytes ?? 0} bytes`],
    ['outcome', call.outcome],
    ['error', call.error_code === null ? null : `${call.error_code}: ${call.error_detail ?? ''}`],
    ['approval', call.approval_id],
    ['input', JSON.stringify(call.input)],
  ])
  if (call.trace.length > 0) printTrace(out, call.trace)
}

/** Prints calls as they end, oldest first, until it is interrupted. */
async function follow(sallyport: Sallyport, out: Output, filter: ReturnType<typeof filterOf>): Promise<never> {
  let since = filter.since ?? new Date().toISOString()
  let printed = new Set<string>()
  for (;;) {
    const calls: Summary[] = []
    let cursor: string | null | undefined
    do {
      const page = await sallyport.calls.list({ ...filter, since, limit: 200, ...(cursor && { cursor }) })
      calls.push(...page.items)
      cursor = page.next_cursor
    } while (cursor !== null)
    const ended = calls.filter((call) => call.status !== 'started').reverse()
    for (const call of ended) {
      if (!printed.has(call.id)) out.line(out.json ? JSON.stringify(call) : table([row(call).map(oneLine)]))
    }
    // Ask again from the oldest call that still runs, or from the newest seen.
    since = calls.findLast((call) => call.status === 'started')?.started_at ?? calls[0]?.started_at ?? since
    printed = new Set(ended.map((call) => call.id))
    await setTimeout(pollEveryMs)
  }
}

async function logs(id: string | undefined, options: LogOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const filter = filterOf(options)
  const sallyport = connectToGateway()
  if (id !== undefined) {
    const record = await sallyport.calls.get(id)
    out.answer(record, () => printRecord(out, record))
    return
  }
  if (options.follow) await follow(sallyport, out, filter)
  const page = await sallyport.calls.list({ ...pageQuery(options), ...filter })
  out.answer(page, () => {
    out.table(header, page.items.map(row), 'No calls yet.')
    noteNextPage(out, page.next_cursor)
  })
}

export function registerLogs(program: Command): void {
  withPages(
    program
      .command('logs')
      .description('list the calls, newest first, or show one with its trace')
      .argument('[id]', 'id of a call')
      .option('--connector <id>', 'only of this connector')
      .option('--action <name>', 'only of this action')
      .option('--status <status>', `only with this status: ${statuses.join(', ')}`)
      .option('--since <time>', 'a date, or a span such as 15m, 24h or 7d')
      .option('--follow', 'print calls as they end, until interrupted'),
  ).action(logs)
}
