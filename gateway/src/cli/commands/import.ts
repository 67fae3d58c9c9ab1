import type { ImportProgress, Schemas } from '@sallyport/sdk'
import type { Command } from 'commander'
import { collect, connectToGateway, outputOf } from '../context.ts'
import { readValue } from '../credentials.ts'
import { UsageError } from '../failure.ts'
import { readSource } from '../import-source.ts'
import { importBySignIn, wantsSignIn } from '../mcp-sign-in.ts'
import type { Output } from '../output.ts'
import { isObject, splitPair } from '../values.ts'

interface ImportOptions {
  readonly name?: string
  readonly as?: string
  readonly serverUrl?: string
  readonly root?: string
  readonly only?: string
  readonly tag: readonly string[]
  readonly search?: string
  readonly readOnly?: true
  readonly proposed?: true
  readonly rename: readonly string[]
  readonly preview?: true
  readonly dryRun?: true
  readonly update?: true
  readonly mcp?: true
  readonly sse?: true
  readonly token?: string
  readonly variable: readonly string[]
  readonly trustAnnotations?: true
}

type Preview = Schemas['ImportPreview']
/** What to take, in the words of the API. */
interface Choice {
  readonly select?: string[]
  readonly tags?: string[]
  readonly search?: string
  readonly read_only?: boolean
  readonly rename?: Record<string, string>
}

/** Report entries and operations shown before the rest is only counted. */
const shownEntries = 20
const shownOperations = 40

function parseList(list: string | undefined): string[] | undefined {
  const names = list
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names?.length === 0) throw new UsageError('--only names no action.')
  return names
}

function choiceOf({ only, tag, search, readOnly, rename }: ImportOptions): Choice {
  const select = parseList(only)
  return {
    ...(select !== undefined && { select }),
    ...(tag.length > 0 && { tags: [...tag] }),
    ...(search !== undefined && { search }),
    ...(readOnly && { read_only: true }),
    ...(rename.length > 0 && { rename: Object.fromEntries(rename.map((pair) => splitPair(pair, '--rename'))) }),
  }
}

/** What is imported, in the words of the API: a description, or the tools of an MCP server. */
async function readImportSource(source: string, options: ImportOptions, out: Output) {
  const { mcp, sse, token, variable, trustAnnotations, tag, search, readOnly, rename, proposed, preview, root, serverUrl } =
    options
  if (!mcp) {
    if (sse || token !== undefined || trustAnnotations || variable.length > 0)
      throw new UsageError('--sse, --token, --variable and --trust-annotations are for MCP servers: add --mcp.')
    return readSource(source)
  }
  const program = /^program:(.+)$/.exec(source)?.[1]
  if (program === undefined && !/^https?:\/\//i.test(source))
    throw new UsageError(
      '--mcp takes the URL of an MCP server, or program:NAME of one that the operator of the gateway has listed.',
    )
  if (program === undefined ? variable.length > 0 : sse || token !== undefined)
    throw new UsageError('--variable is for programs, --sse and --token are for addresses.')
  if (tag.length > 0 || rename.length > 0 || search !== undefined || readOnly || proposed || preview || root || serverUrl)
    throw new UsageError('Of an MCP server tools are chosen with --only; --dry-run lists them.')
  const values = variable.map((pair) => splitPair(pair, '--variable'))
  if ([token, ...values.map(([, value]) => value)].some((value) => value !== undefined && !/^(-$|@|env:)/.test(value)))
    throw new UsageError(
      '--token and --variable take -, @file or env:VARIABLE: other users of this machine can read a command line.',
    )
  const variables: Record<string, string> = {}
  for (const [name, value] of values) variables[name] = await readValue({ name, secret: false }, value, out)
  return {
    kind: 'mcp' as const,
    ...(program === undefined ? { url: source } : { program }),
    ...(values.length > 0 && { variables }),
    ...(sse && { transport: 'sse' as const }),
    ...(token !== undefined && { token: await readValue({ name: 'token', secret: false }, token, out) }),
    ...(trustAnnotations && { trust_annotations: true }),
  }
}

/** One line on a terminal, written over as it goes on. */
function progressOn(out: Output): { show: (progress: ImportProgress) => void; end: () => void } {
  if (out.json || !process.stderr.isTTY) return { show: () => {}, end: () => {} }
  const write = (text: string) => process.stderr.write(`\r${text.padEnd(60)}`)
  return {
    show({ stage, done, total }) {
      if (stage === 'operations') write(`${done} of ${total} operations`)
      else if (stage === 'fetched') write(`${done} other documents fetched`)
      else write(stage === 'read' ? 'Reading the document' : 'The document is read')
    },
    end: () => process.stderr.write(`\r${' '.repeat(60)}\r`),
  }
}

function printReport(out: Output, report: Schemas['ImportReport'] | null): void {
  if (report === null) return
  out.line(`  ${report.format}: ${report.imported} of ${report.operations} operations imported.`)
  const rows = report.entries
    .slice(0, shownEntries)
    .map((entry) => [`  ${entry.level}`, entry.operation || '(document)', entry.pointer, entry.message])
  if (rows.length > 0) out.table(['  ', 'operation', 'place', 'what'], rows, '')
  const hidden = report.entries.length - rows.length
  if (hidden > 0) out.note(`… and ${hidden} more; --json shows them all.`)
}

function printPreview(out: Output, preview: Preview): void {
  out.line(`${out.style('bold', preview.connector)}: ${preview.name}`)
  out.facts([
    ['servers', Object.keys(preview.servers).join(', ')],
    ['auth', Object.keys(preview.auth).join(', ') || 'none'],
    ['tags', preview.tags.map(({ name, operations }) => `${name} (${operations})`).join(', ')],
  ])
  const reasons = new Map(preview.proposal.map(({ action, reason }) => [action, reason]))
  const rows = preview.operations
    .slice(0, shownOperations)
    .map(({ action, method, path, effect, problem, title }) => [
      `  ${reasons.has(action) ? '*' : ' '} ${action}`,
      effect,
      `${method} ${path}`,
      problem ?? reasons.get(action) ?? title,
    ])
  out.table(['    action', 'effect', 'request', ''], rows, 'The document has no operation.')
  const hidden = preview.operations.length - rows.length
  if (hidden > 0) out.note(`… and ${hidden} more; narrow it with --tag, --search or --read-only, or see all with --json.`)
  printReport(out, preview.report)
  out.note(`* proposed to begin with: import these ${preview.proposal.length} with --proposed. Nothing was stored.`)
}

async function importConnector(source: string, options: ImportOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  let choice = choiceOf(options)
  const from = {
    ...(await readImportSource(source, options, out)),
    ...(options.as !== undefined && { connector: options.as }),
    ...(options.name !== undefined && { name: options.name }),
    ...(options.serverUrl !== undefined && { server_url: options.serverUrl }),
    ...(options.root !== undefined && { root: options.root }),
  }
  const sallyport = connectToGateway()
  const { connectors } = sallyport
  const preview = async (choice: Choice) => {
    const progress = progressOn(out)
    return connectors.preview({ ...from, ...choice }, progress.show).finally(progress.end)
  }
  if (options.preview) {
    const seen = await preview(choice)
    out.answer(seen, () => printPreview(out, seen))
    return
  }
  if (options.proposed) choice = { ...choice, select: (await preview(choice)).proposal.map(({ action }) => action) }
  const body = { ...from, ...choice }
  if (options.dryRun || options.update) {
    const draft = await connectors.parse(body)
    const { document } = draft
    if (options.dryRun) {
      out.answer(draft, () => {
        const count = Object.keys(isObject(document.actions) ? document.actions : {}).length
        out.line(
          `Would import ${String(document.connector)} ${String(document.version ?? '')}: ${count} actions. Nothing was stored.`,
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
  let connected = false
  const created = await connectors.create(body).catch((error: unknown) => {
    if (!('kind' in body) || !wantsSignIn(error)) throw error
    connected = true
    return importBySignIn(sallyport, body, out)
  })
  out.answer(created, () => {
    out.line(`Imported ${out.style('bold', created.connector)} ${created.version}: ${created.actions.length} actions.`)
    printReport(out, created.report)
    out.note(connected ? `Next: sallyport call ${created.connector} …` : `Next: sallyport connect ${created.connector}`)
  })
}

export function registerImport(program: Command): void {
  program
    .command('import')
    .description('make a connector from a connector file, the description of an API, or an MCP server')
    .argument('<source>', 'a file, a folder, a zip, or a URL that the gateway fetches')
    .option('--preview', 'show what the document has, and what to begin with, and store nothing')
    .option('--proposed', 'take the actions that the preview proposes')
    .option('--only <actions>', 'actions to keep, separated by commas')
    .option('--tag <tag>', 'keep operations with this tag; may be repeated', collect, [])
    .option('--search <words>', 'keep operations with these words in name, path, summary or tags')
    .option('--read-only', 'keep operations that only read')
    .option('--rename <old=new>', 'another name for an action; may be repeated', collect, [])
    .option('--name <name>', 'name of the connector')
    .option('--as <slug>', 'id of the connector, such as my_crm')
    .option('--server-url <url>', 'base address, when the document has none or a relative one')
    .option('--root <file>', 'which file of a folder or zip is the document')
    .option(
      '--mcp',
      'the URL is that of an MCP server, whose tools become actions; or program:NAME, which the operator has listed',
    )
    .option('--sse', 'the MCP server speaks the transport of 2024-11-05')
    .option('--token <token>', 'with which the MCP server is asked for its tools: -, @file or env:VARIABLE; it is not stored')
    .option(
      '--variable <name=value>',
      'of a program, while it is asked for its tools: -, @file or env:VARIABLE; it is not stored; may be repeated',
      collect,
      [],
    )
    .option('--trust-annotations', 'believe the MCP server which of its tools only read')
    .option('--update', 'store it as the next version of the connector that is there')
    .option('--dry-run', 'show what would be imported and store nothing')
    .action(importConnector)
}
