import type { Command } from 'commander'
import { connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import { when } from '../text.ts'
import { deleteConnection } from './connections.ts'

interface ToolOptions extends PageOptions {
  readonly connector?: string
  readonly connection?: string
}

async function tools(query: string | undefined, options: ToolOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const sallyport = connectToGateway()
  if (query !== undefined) {
    const found = await sallyport.tools.search({ query, limit: Math.min(options.limit ?? 10, 50) })
    out.answer(found, () => {
      const rows = found.items.map((hit) => [hit.tool, `${hit.connector} ${hit.action}`, hit.effect, hit.description])
      out.table(['tool', 'call', 'effect', 'description'], rows, 'No tool matches. "sallyport tools" lists them all.')
    })
    return
  }
  const { connector, connection } = options
  const filter = { ...(connector !== undefined && { connector }), ...(connection !== undefined && { connection }) }
  const page = await sallyport.tools.list({ ...pageQuery(options), ...filter })
  out.answer(page, () => {
    const rows = page.items.map((tool) => [
      tool.name,
      `${tool.connector} ${tool.action}`,
      tool.confirm ? `${tool.effect}, approval` : tool.effect,
      tool.connection.name,
      tool.title || tool.description,
    ])
    out.table(
      ['tool', 'call', 'effect', 'connection', 'title'],
      rows,
      'There are no tools yet: import a connector and connect it.',
    )
    noteNextPage(out, page.next_cursor)
  })
}

async function connections(options: PageOptions & { connector?: string; search?: string }, command: Command): Promise<void> {
  const out = outputOf(command)
  const { connector, search } = options
  const filter = { ...(connector !== undefined && { connector }), ...(search !== undefined && { search }) }
  const page = await connectToGateway().connections.list({ ...pageQuery(options), ...filter })
  out.answer(page, () => {
    const rows = page.items.map((each) => [
      each.id,
      each.connector,
      each.name,
      each.environment,
      each.status,
      String(each.calls_today),
      each.last_used_at === null ? 'never' : when(each.last_used_at),
    ])
    out.table(
      ['id', 'connector', 'name', 'environment', 'status', 'calls today', 'last used'],
      rows,
      'There are no connections yet: sallyport connect <connector>',
    )
    noteNextPage(out, page.next_cursor)
  })
}

async function look(id: string, _options: unknown, command: Command): Promise<void> {
  const out = outputOf(command)
  const found = await connectToGateway().connections.get(id)
  out.answer(found, () => {
    const { mend } = found
    out.facts([
      ['connection', found.name],
      ['connector', `${found.connector} ${found.connector_version}`],
      ['environment', found.environment],
      ['server', found.server_url],
      ['credential', found.auth.label],
      ['status', found.status],
      ['reason', mend?.reason],
      ['what mends it', mend?.how],
      ['where', mend?.url],
    ])
  })
}

export function registerListings(program: Command): void {
  withPages(
    program
      .command('tools')
      .description('list the tools of your token, or find some by what they do')
      .argument('[query]', 'words to look for')
      .option('--connector <id>', 'only of this connector')
      .option('--connection <id>', 'only of this connection'),
  ).action(tools)
  const listing = withPages(
    program
      .command('connections')
      .description('list the connections')
      .option('--connector <id>', 'only of this connector')
      .option('--search <text>', 'only those with this text'),
  ).action(connections)
  listing
    .command('delete')
    .description('delete a connection and its credential, after saying what depends on it')
    .argument('<connection>', 'id of the connection')
    .option('--yes', 'do not ask first')
    .action(deleteConnection)
  listing
    .command('show')
    .description('one connection: whether it works, and what mends it')
    .argument('<connection>', 'id of the connection')
    .action(look)
}
