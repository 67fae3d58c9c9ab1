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
  readonly update?: true
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

function namesOf(actions: unknown): readonly string[] {
  return isObject(actions) ? Object.keys(actions) : []
}

/** A draft with the name and the actions asked for; when it is created instead, the gateway does the same. */
function adjust(
  document: Record<string, unknown>,
  name: string | undefined,
  select: readonly string[] | undefined,
): Record<string, unknown> {
  const actions = isObject(document.actions) ? document.actions : {}
  const missing = select?.find((each) => actions[each] === undefined)
  if (missing !== undefined)
    throw new UsageError(`There is no action "${missing}" to select.`, `Its actions: ${namesOf(actions).join(', ')}.`)
  const kept =
    select === undefined ? actions : Object.fromEntries(Object.entries(actions).filter(([each]) => select.includes(each)))
  return { ...document, ...(name !== undefined && { name }), actions: kept }
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
  if (options.dryRun || options.update) {
    const draft = await connectors.parse(from)
    const document = adjust(draft.document, options.name, select)
    if (options.dryRun) {
      out.answer(draft, () => {
        out.line(
          `Would import ${String(document.connector)} ${String(document.version ?? '')}: ${namesOf(document.actions).length} actions. Nothing was stored.`,
        )
        printReport(out, draft.report)
      })
      return
    }
    const updated = await connectors.update(String(document.connector), { document, autoBump: true })
    out.answer(updated, () => {
      out.line(`Updated ${out.style('bold', updated.connector)} to ${updated.version}: ${updated.actions.length} actions.`)
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
    .option('--update', 'store it as the next version of the connector that is there')
    .option('--dry-run', 'show what would be imported and store nothing')
    .action(importConnector)
}
