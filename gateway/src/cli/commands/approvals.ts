import { SallyportProblem, type Schemas } from '@sallyport/sdk'
import { type Command, Option } from 'commander'
import { connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import type { Output } from '../output.ts'
import { canAsk, confirm } from '../prompt.ts'
import { clean, when } from '../text.ts'
import { printResult } from './call.ts'

const statuses = ['pending', 'approved', 'rejected', 'expired', 'used'] as const

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
      `${each.request.method} ${each.request.url}`,
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
  out.note(clean(`  ${approval.request.method} ${approval.request.url}`))
  out.note(clean(`  input: ${JSON.stringify(approval.input, null, 2).replaceAll('\n', '\n  ')}`))
}

async function approve(id: string, options: { yes?: true }, command: Command): Promise<void> {
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
    .action(approve)
  program
    .command('reject')
    .description('reject a call')
    .argument('<id>', 'id of the approval')
    .option('--reason <text>', 'why, for its caller')
    .action(reject)
}
