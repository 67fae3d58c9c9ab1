import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type AuditProblem, type AuditReport, type Sallyport, type Schemas, verifyAuditExport } from '@sallyport/sdk'
import type { Command } from 'commander'
import { connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import { CliError } from '../failure.ts'
import type { Output } from '../output.ts'
import { parseInstant, readTextFile } from '../values.ts'

/** The gateway knows which kinds there are, and says so. */
type Kind = Schemas['AuditKind']

interface ListOptions extends PageOptions {
  readonly kind?: Kind
  readonly actor?: string
  readonly target?: string
  readonly since?: string
  readonly until?: string
}

async function list(options: ListOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { kind, actor, target, since, until } = options
  const page = await connectToGateway().audit.list({
    ...pageQuery(options),
    ...(kind !== undefined && { kind }),
    ...(actor !== undefined && { actor }),
    ...(target !== undefined && { target }),
    ...(since !== undefined && { since: parseInstant(since, '--since', -1) }),
    ...(until !== undefined && { until: parseInstant(until, '--until', -1) }),
  })
  out.answer(page, () => {
    out.table(
      ['#', 'TIME', 'WHO', 'DID', 'WHAT', 'FROM'],
      page.items.map((entry) => [
        String(entry.seq),
        entry.at,
        entry.actor.name,
        entry.kind,
        `${entry.target.kind} ${entry.target.name}`,
        entry.ip ?? '',
      ]),
      'Nobody did anything that these filters find.',
    )
    noteNextPage(out, page.next_cursor)
  })
}

interface VerifyOptions {
  readonly file?: string
  readonly checkpoint?: string
  readonly key?: string
}

/** A checkpoint as `sallyport audit checkpoint` prints it. */
async function readCheckpoint(path: string): Promise<{ seq: number; hash: string; public_key?: string }> {
  const text = await readTextFile(path)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'seq' in value && 'hash' in value) {
      const { seq, hash } = value
      const key = 'public_key' in value && typeof value.public_key === 'string' ? { public_key: value.public_key } : {}
      if (typeof seq === 'number' && typeof hash === 'string') return { seq, hash, ...key }
    }
  } catch {
    // Said below.
  }
  throw new CliError(
    'INVALID_INPUT',
    `${path} is no checkpoint.`,
    'Make one with: sallyport --json audit checkpoint > checkpoint.json',
  )
}

async function verifyThere(audit: Sallyport['audit'], out: Output, known?: { seq: number; hash: string }): Promise<AuditReport> {
  const asked = known === undefined ? {} : { known_seq: known.seq, known_hash: known.hash }
  let step = await audit.verify(asked)
  const problems: AuditProblem[] = [...step.problems]
  let { entries, checkpoints } = step
  while (step.next !== null) {
    out.note(`Verified up to #${step.to} of #${step.head}.`)
    step = await audit.verify({ ...asked, from: step.next })
    problems.push(...step.problems)
    entries += step.entries
    checkpoints += step.checkpoints
  }
  const { workspace_id, public_key, to } = step
  return { workspace_id, public_key, from: 1, to, entries, checkpoints, problems: problems.slice(0, 100) }
}

async function verify({ file, checkpoint: path, key }: VerifyOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const checkpoint = path === undefined ? undefined : await readCheckpoint(path)
  const publicKey = key ?? checkpoint?.public_key
  const report =
    file === undefined
      ? await verifyThere(connectToGateway().audit, out, checkpoint)
      : await verifyAuditExport(createInterface({ input: createReadStream(file) }), { publicKey, checkpoint })
  out.answer(report, () => {
    for (const { kind, seq, last_seq, detail } of report.problems)
      out.line(`${out.style('red', kind)} ${report.workspace_id} #${seq}${last_seq > seq ? `-${last_seq}` : ''}: ${detail}`)
    if (report.problems.length === 0)
      out.line(
        `All ${report.entries} entries up to #${report.to} are as they were written; ${report.checkpoints} checkpoints are signed.`,
      )
    out.note(`Workspace ${report.workspace_id}, key ${report.public_key}`)
  })
  if (report.problems.length > 0) process.exitCode = 1
}

async function exportAll({ from }: { readonly from?: string }): Promise<void> {
  for await (const line of connectToGateway().audit.export(from === undefined ? {} : { from: Number(from) })) {
    if (!process.stdout.write(`${line}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
}

async function sign(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const checkpoint = await connectToGateway().audit.checkpoint()
  out.answer(checkpoint, () => {
    const { seq, at, hash, public_key, signature } = checkpoint
    out.facts([
      ['entry', `#${seq}`],
      ['signed', at],
      ['hash', hash],
      ['key', public_key],
      ['signature', signature],
    ])
    out.note('Keep it elsewhere (--json for a file): sallyport audit verify --checkpoint FILE')
  })
}

export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('the append-only log of everything that was done')
  withPages(audit.command('list').description('who did what, newest first'))
    .option('--kind <kind>', 'such as token.created')
    .option('--actor <id>', 'a person or a token')
    .option('--target <id>', 'what it was done to')
    .option('--since <time>', 'from this time on, such as 2026-01-31T12:00:00Z')
    .option('--until <time>', 'before this time')
    .action(list)
  audit
    .command('verify')
    .description('compute the chain anew and name what was removed, changed or put elsewhere')
    .option('--file <export>', 'an export instead of the gateway; needs no connection')
    .option('--checkpoint <file>', 'a checkpoint that was kept elsewhere')
    .option('--key <hex>', 'the public key that has to have signed it')
    .addHelpText('after', '\nExit code 1 when something is wrong.')
    .action(verify)
  audit
    .command('export')
    .description('print the whole log as lines of JSON, calls included')
    .option('--from <number>', 'from this entry on')
    .action(exportAll)
  audit.command('checkpoint').description('sign the end of the log, to be kept elsewhere').action(sign)
}
