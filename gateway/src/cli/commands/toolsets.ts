import type { Schemas, ToolFormat } from '@sallyport/sdk'
import { type Command, Option } from 'commander'
import { approvalRules, type leftOutReasons, toolsetModes } from '../../toolset.ts'
import { connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import { UsageError } from '../failure.ts'

type Selection = Schemas['ToolSelection']
type Pick = Selection['include'][number]

const toolFormats = ['mcp', 'anthropic', 'openai', 'openai-strict', 'gemini'] as const satisfies readonly ToolFormat[]

interface ToolsetOptions {
  readonly name?: string
  readonly all?: true
  readonly connector?: string[]
  readonly tag?: string[]
  readonly effect?: Schemas['Effect'][]
  readonly include?: string[]
  readonly exclude?: string[]
  readonly mode?: Schemas['Toolset']['mode']
  readonly format?: ToolFormat
  readonly approval?: Schemas['Toolset']['approval']
}

/** `crm/get_customer` for one action, `crm` for all of a connector. */
function parsePick(text: string): Pick {
  const [connector = '', ...rest] = text.split('/')
  const action = rest.join('/')
  if (connector === '' || (rest.length > 0 && action === ''))
    throw new UsageError(`"${text.slice(0, 60)}" is no tool. Write connector/action, or a connector for all of its actions.`)
  return action === '' ? { connector } : { connector, action }
}

/** Undefined when the command line says nothing of it. */
function selectionOf({ all, connector, tag, effect, include, exclude }: ToolsetOptions): Selection | undefined {
  if ([all, connector, tag, effect, include, exclude].every((option) => option === undefined)) return undefined
  const conditions = {
    ...(connector !== undefined && { connectors: connector }),
    ...(tag !== undefined && { tags: tag }),
    ...(effect !== undefined && { effects: effect }),
  }
  return {
    select: all === true || Object.keys(conditions).length > 0 ? conditions : null,
    include: (include ?? []).map(parsePick),
    exclude: (exclude ?? []).map(parsePick),
  }
}

function rest({ mode, format, approval }: ToolsetOptions) {
  return {
    ...(mode !== undefined && { mode }),
    ...(format !== undefined && { format }),
    ...(approval !== undefined && { approval }),
  }
}

async function create(slug: string, options: ToolsetOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const selection = selectionOf(options)
  if (selection === undefined)
    throw new UsageError(
      'Say which tools are in: --all, --connector, --tag, --effect or --include. "toolsets create --help" tells more.',
    )
  const made = await connectToGateway().toolsets.create({ slug, name: options.name ?? slug, selection, ...rest(options) })
  out.answer(made, () => out.note(`Made the toolset "${made.slug}". See its tools: sallyport toolsets tools ${made.slug}`))
}

async function update(id: string, options: ToolsetOptions & { slug?: string }, command: Command): Promise<void> {
  const out = outputOf(command)
  const selection = selectionOf(options)
  const { name, slug } = options
  const changed = await connectToGateway().toolsets.update(id, {
    ...(name !== undefined && { name }),
    ...(slug !== undefined && { slug }),
    ...(selection !== undefined && { selection }),
    ...rest(options),
  })
  out.answer(changed, () => out.note(`Changed the toolset "${changed.slug}". It counts from the next call on.`))
}

async function list(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().toolsets.list()
  out.answer(page, () => {
    const rows = page.items.map(({ slug, name, mode, format, approval, tokens }) => [
      slug,
      name,
      mode,
      format,
      approval,
      String(tokens),
    ])
    out.table(['slug', 'name', 'mode', 'format', 'approval', 'tokens'], rows, 'There are no toolsets.')
  })
}

async function tools(id: string, options: PageOptions & { all?: true }, command: Command): Promise<void> {
  const out = outputOf(command)
  const show = options.all === true ? 'all' : 'included'
  const page = await connectToGateway().toolsets.tools(id, { ...pageQuery(options), show })
  out.answer(page, () => {
    const rows = page.items.map((tool) => [
      tool.name,
      `${tool.connector} ${tool.action}`,
      tool.confirm ? `${tool.effect}, approval` : tool.effect,
      tool.tokens === null ? '' : String(tool.tokens),
      tool.left_out === null ? 'in' : reasons[tool.left_out],
    ])
    out.table(['tool', 'call', 'effect', 'tokens', 'in the set'], rows, 'It has none of your tools.')
    const cost = page.tokens === null ? 'too many to list at once' : `about ${page.tokens} tokens`
    out.note(`${page.included} tools, ${cost}; ${page.left_out} left out.`)
    noteNextPage(out, page.next_cursor)
  })
}

const reasons: Readonly<Record<(typeof leftOutReasons)[number], string>> = {
  excluded: 'no: excluded',
  connector: 'no: connector',
  tag: 'no: tag',
  effect: 'no: effect',
  not_selected: 'no: not selected',
}

async function remove(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().toolsets.delete(id)
  out.note(`Deleted the toolset "${id}". Tokens bound to it open nothing any more.`)
}

function withSelection(command: Command): Command {
  return command
    .option('--name <name>', 'as people call it')
    .option('--all', 'every tool, but for --exclude')
    .option('--connector <ids...>', 'tools of these connectors')
    .option('--tag <tags...>', 'with one of these tags')
    .addOption(new Option('--effect <effects...>', 'with one of these effects').choices(['read', 'write', 'destructive']))
    .option('--include <tools...>', 'these as well: connector/action, or a connector')
    .option('--exclude <tools...>', 'never these')
    .addOption(new Option('--mode <mode>', 'how an agent sees it').choices(toolsetModes))
    .addOption(new Option('--format <family>', 'the models its tools are written for').choices(toolFormats))
    .addOption(new Option('--approval <rule>', 'which calls wait for a person as well').choices(approvalRules))
}

export function registerToolsets(program: Command): void {
  const toolsets = program
    .command('toolsets')
    .alias('toolset')
    .description('named selections of tools, for tokens and MCP clients')
  toolsets.command('list').description('list the toolsets').action(list)
  withPages(toolsets.command('tools').description('the tools of a toolset and what they cost').argument('<slug>', 'slug or id'))
    .option('--all', 'also what is left out, and why')
    .action(tools)
  withSelection(toolsets.command('create').description('make a toolset').argument('<slug>', 'as in /mcp/<slug>')).action(create)
  withSelection(
    toolsets
      .command('update')
      .description('change a toolset; a selection takes the place of the whole one')
      .argument('<slug>', 'slug or id'),
  )
    .option('--slug <slug>', 'another slug')
    .action(update)
  toolsets.command('delete').description('delete a toolset').argument('<slug>', 'slug or id').action(remove)
}
