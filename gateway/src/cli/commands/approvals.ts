import { SallyportProblem, type Schemas } from '@sallyport/sdk'
import { type Command, Option } from 'commander'
import { connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import type { Output } from '../output.ts'
import { canAsk, confirm } from '../prompt.ts'
import { clean, when } from '../text.ts'
import { printResult } from './call.ts'

const rules = ['never', 'destructive', 'writes', 'always'] as const
const statuses = ['pending', 'approved', 'rejected', 'expired', 'used'] as const

/** A request, or the command of a connector that is code. */
function planLine(plan: Schemas['Approval']['request']): string {
  return 'command' in plan ? `run ${plan.command}` : `${plan.method} ${plan.url}`
}

async function list(options: PageOptions & { status: Schemas['ApprovalStatus'] }, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().approvals.list({ ...pageQuery(options), status: options.status })
  out.answer(page, () => {
    const rows = page.items.map((each) => [
      each.id,
      each.status,
      `${each.connector} ${each.action}`,
      each.requested_by.name,
      when(each.expires_at),
      planLine(each.request),
    ])
    out.table(['id', 'status', 'call', 'asked by', 'until', 'request'], rows, `No approvals are ${options.status}.`)
    noteNextPage(out, page.next_cursor)
  })
}

/** What the approval permits, on standard error: all of it, since it is what a person decides on. */
function show(out: Output, approval: Schemas['Approval']): void {
  out.note(
    `${approval.requested_by.name} asks for ${approval.connector} ${approval.action} (${approval.effect}) on "${approval.connection.name}":`,
  )
  out.note(clean(`  ${planLine(approval.request)}`))
  for (const { asks, says } of approval.policy) if (asks) out.note(clean(`  ${says}`))
  if (approval.similar)
    out.note(`  The last calls of it: ${approval.similar.succeeded} succeeded, ${approval.similar.failed} failed.`)
  out.note(clean(`  input: ${JSON.stringify(approval.input, null, 2).replaceAll('\n', '\n  ')}`))
}

interface ApproveOptions {
  yes?: true
  next?: number
  same?: string[]
}

async function approve(id: string, options: ApproveOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { approvals } = connectToGateway()
  if (!options.yes && canAsk()) {
    show(out, await approvals.get(id))
    if (!(await confirm('Approve and run it?'))) {
      out.note('Not approved; it still waits.')
      return
    }
  }
  const { approval, call, problem } = await approvals.approve(id)
  if (options.next !== undefined) {
    const standing = await approvals.approveNext(id, { count: options.next, ...(options.same && { same: options.same }) })
    out.note(`The next ${standing.total} alike run without asking until ${when(standing.expires_at)} (${standing.id}).`)
  }
  if (problem !== null) throw new SallyportProblem(problem)
  if (call === null) out.answer({ approval, call, problem }, () => out.note('Approved.'))
  else if (out.json) out.answer({ approval, call, problem }, () => {})
  else {
    out.note(`Approved; it ran as ${call.id}:`)
    printResult(out, call)
  }
}

async function reject(id: string, options: { reason?: string }, command: Command): Promise<void> {
  const out = outputOf(command)
  const approval = await connectToGateway().approvals.reject(id, options.reason)
  out.answer(approval, () => out.line(`Rejected ${approval.connector} ${approval.action}. Nothing was sent.`))
}

async function standing(options: PageOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().approvals.listStanding(pageQuery(options))
  out.answer(page, () => {
    const rows = page.items.map(({ id, status, connector, action, requested_by, used, total, expires_at }) => [
      id,
      status,
      `${connector} ${action}`,
      requested_by.name,
      `${used} of ${total}`,
      when(expires_at),
    ])
    out.table(['id', 'status', 'call', 'asked by', 'used', 'until'], rows, 'Nothing was approved in advance.')
    noteNextPage(out, page.next_cursor)
  })
}

async function endStanding(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const ended = await connectToGateway().approvals.revokeStanding(id)
  out.answer(ended, () => out.line(`The next calls of ${ended.connector} ${ended.action} wait again.`))
}

interface PolicyOptions {
  rule: (typeof rules)[number]
  overItems?: number
  overBytes?: number
  target?: string[]
  confirmInClient?: true
  none?: true
}

async function policy(connection: string, options: PolicyOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { rule, overItems, overBytes, target, confirmInClient, none } = options
  const approval = none
    ? null
    : {
        rule,
        ...(overItems !== undefined && { over_items: overItems }),
        ...(overBytes !== undefined && { over_bytes: overBytes }),
        ...(target !== undefined && { targets: target }),
        ...(confirmInClient && { confirm_in_client: true }),
      }
  const changed = await connectToGateway().connections.update(connection, { approval })
  out.answer(changed, () =>
    out.line(none ? `Nothing is asked for "${changed.name}" any more.` : `Saved which calls over "${changed.name}" wait.`),
  )
}

export function registerApprovals(program: Command): void {
  withPages(
    program
      .command('approvals')
      .description('list the calls that wait for a decision')
      .addOption(new Option('--status <status>', 'past ones too').choices(statuses).default('pending')),
  ).action(list)
  program
    .command('approve')
    .description('approve a call, which runs it once, and print its answer')
    .argument('<id>', 'id of the approval')
    .option('--yes', 'do not show it and ask first')
    .option('--next <count>', 'approve so many more alike, within an hour', Number)
    .option('--same <inputs...>', 'of these only such with the same values of these inputs')
    .action(approve)
  program
    .command('reject')
    .description('reject a call')
    .argument('<id>', 'id of the approval')
    .option('--reason <text>', 'why, for its caller')
    .action(reject)
  program
    .command('approval-policy')
    .description('say which calls over a connection wait, beside those whose action or toolset asks for it')
    .argument('<connection>', 'id of the connection')
    .addOption(new Option('--rule <rule>', 'which of all').choices(rules).default('never'))
    .option('--over-items <count>', 'with a list of more items', Number)
    .option('--over-bytes <count>', 'with a body of more bytes', Number)
    .option('--target <urls...>', 'to these URLs, such as https://api.example.com/v1/payments/*')
    .option('--confirm-in-client', 'let the person whose token calls decide on medium risk in their MCP client')
    .option('--none', 'take the policy away')
    .action(policy)
  const standings = program.command('standing-approvals').description('what runs because a person approved one like it')
  withPages(standings.command('list').description('list them')).action(standing)
  standings
    .command('end')
    .description('ask about the next calls again')
    .argument('<id>', 'id of the standing approval')
    .action(endStanding)
}
