import type { Schemas } from '@sallyport/sdk'
import type { Command } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { UsageError } from '../failure.ts'
import type { Output } from '../output.ts'
import { isObject, readTextFile } from '../values.ts'

interface ImportOptions {
  readonly name?: string
  readonly as?: string
  readonly serverUrl?: string
  readonly select?: string
  readonly dryRun?: true
}

/** Report entries shown before the rest is only counted. */
const shownEntries = 20

async function sourceOf(source: string): Promise<{ url: string } | { text: string }> {
  if (/^https?:\/\//i.test(source)) return { url: source }
  return { text: await readTextFile(source) }
}

function parseSelect(select: string | undefined): readonly string[] | undefined {
  const names = select
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names?.length === 0) throw new UsageError('--select names no action.')
  return names
}

function printReport(out: Output, report: Schemas['ImportReport'] | null): void {
  if (report === null) return
  out.line(`  ${report.format}: ${report.imported} of ${report.operations} operations imported.`)
  const rows = report.entries
    .slice(0, shownEntries)
    .map((entry) => [`  ${entry.level}`, entry.operation || '(document)', entry.message])
  if (rows.length > 0) out.table(['  ', 'operation', 'what'], rows, '')
  const hidden = report.entries.length - rows.length
  if (hidden > 0) out.note(`… and ${hidden} more; --json shows them all.`)
}

async function importConnector(source: string, options: ImportOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const select = parseSelect(options.select)
  const from = {
    ...(await sourceOf(source)),
    ...(options.as !== undefined && { connector: options.as }),
    ...(options.serverUrl !== undefined && { server_url: options.serverUrl }),
  }
  const { connectors } = connectToGateway()
  if (options.dryRun) {
    const draft = await connectors.parse(from)
    out.answer(draft, () => {
      const actions = isObject(draft.document.actions) ? Object.keys(draft.document.actions) : []
      const kept = select === undefined ? actions : actions.filter((name) => select.includes(name))
      out.line(
        `Would import ${String(draft.document.connector)} ${String(draft.document.version ?? '')}: ${kept.length} actions. Nothing was stored.`,
      )
      printReport(out, draft.report)
    })
    return
  }
  const created = await connectors.create({
    ...from,
    ...(options.name !== undefined && { name: options.name }),
    ...(select !== undefined && { select }),
  })
  out.answer(created, () => {
    out.line(`Imported ${out.style('bold', created.connector)} ${created.version}: ${created.actions.length} actions.`)
    printReport(out, created.report)
    out.note(`Next: sallyport connect ${created.connector}`)
  })
}

export function registerImport(program: Command): void {
  program
    .command('import')
    .description('make a connector from a connector file or an OpenAPI document')
    .argument('<source>', 'a file, or a URL that the gateway fetches')
    .option('--name <name>', 'name of the connector')
    .option('--as <slug>', 'id of the connector, such as my_crm')
    .option('--server-url <url>', 'base address, when the document has none or a relative one')
    .option('--select <actions>', 'actions to keep, separated by commas')
    .option('--dry-run', 'show what would be imported and store nothing')
    .action(importConnector)
}
