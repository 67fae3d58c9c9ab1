import type { Sallyport, Schemas } from '@sallyport/sdk'
import type { Command } from 'commander'
import { collect, connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import { UsageError } from '../failure.ts'
import { readSource } from '../import-source.ts'
import type { Output } from '../output.ts'
import { when } from '../text.ts'

type Changes = Schemas['ConnectorChanges']

/** Changes shown before the rest is only counted. */
const shownChanges = 40

async function listConnectors(options: PageOptions & { search?: string }, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().connectors.list({
    source: 'own',
    ...pageQuery(options),
    ...(options.search !== undefined && { search: options.search }),
  })
  // The API answers a list and names the next page in a header.
  out.answer(page.items, () => {
    const rows = page.items.map((each) => [
      each.id,
      each.name,
      each.version,
      String(each.actions),
      String(each.connections),
      each.description,
    ])
    out.table(
      ['id', 'name', 'version', 'actions', 'connections', 'description'],
      rows,
      'There are no connectors yet: sallyport catalog, or sallyport import <file or URL>',
    )
    noteNextPage(out, page.next_cursor)
  })
}

async function builtins(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const found = await connectToGateway().connectors.builtinTypes()
  out.answer(found, () => {
    const rows = found.items.map(({ type, version, actions, fields, description }) => [
      type,
      version,
      actions.map(({ name }) => name).join(', '),
      fields.map(({ name, required }) => (required ? `${name}*` : name)).join(', '),
      description,
    ])
    out.table(['type', 'version', 'actions', 'asks for', 'description'], rows, '')
    out.note('* required. An instance is a file with "kind: builtin" and "builtin: { type: … }": sallyport import <file>')
  })
}

async function versions(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const found = await connectToGateway().connectors.versions(id)
  out.answer(found, () => {
    out.table(
      ['version', 'stored', 'by'],
      found.items.map(({ version, created_at, created_by }) => [version, when(created_at), created_by]),
      '',
    )
    if (found.address !== null) out.note(`Imported from ${found.address}. Look for changes: sallyport connectors check ${id}`)
  })
}

function printChanges(out: Output, found: Changes): void {
  const { connector, current, version, counts, changes, affected } = found
  if (found.class === null) {
    out.line(`Nothing differs from version ${current} of ${connector}.`)
    return
  }
  out.line(
    `${out.style('bold', connector)} ${current} → ${version} (${found.class}): ${counts.major} breaking, ${counts.minor} added, ${counts.patch} other.`,
  )
  out.table(
    ['class', 'change'],
    changes.slice(0, shownChanges).map((change) => [change.class, change.message]),
    '',
  )
  const hidden = counts.major + counts.minor + counts.patch - Math.min(changes.length, shownChanges)
  if (hidden > 0) out.note(`… and ${hidden} more; --json shows them.`)
  out.line()
  out.table(
    ['used by', 'calls', 'last', 'actions'],
    affected.callers.map(({ name, calls, last_used_at, actions }) => [
      name,
      String(calls),
      when(last_used_at),
      actions.join(', '),
    ]),
    `Nobody used what changed in the last ${affected.days} days.`,
  )
  for (const { slug, actions } of affected.toolsets) out.note(`Toolset ${slug} holds ${actions.join(', ')}.`)
  if (found.pinned) out.note(`Somebody decided to stay on ${current}.`)
  out.note(
    `Take all: sallyport connectors take ${connector}. A part: --only <actions>. Stay: sallyport connectors pin ${connector}. Nothing was stored.`,
  )
}

async function check(id: string, source: string | undefined, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const found = await connectToGateway().connectors.check(id, source === undefined ? {} : await readSource(source))
  out.answer(found, () => printChanges(out, found))
}

async function checkAll(sallyport: Sallyport, out: Output): Promise<void> {
  const all: unknown[] = []
  const rows: string[][] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await sallyport.connectors.list({ source: 'own', limit: 200, ...(cursor !== undefined && { cursor }) })
    for (const { id } of page.items) {
      if ((await sallyport.connectors.versions(id)).address === null) continue
      // One that cannot be had must not keep the others from being looked at.
      const found = await sallyport.connectors.check(id).catch((error: Error) => error)
      all.push(found instanceof Error ? { connector: id, problem: found.message } : found)
      rows.push(
        found instanceof Error
          ? [id, 'not checked', found.message]
          : [id, found.class ?? 'nothing new', found.pinned ? 'pinned' : (found.changes[0]?.message ?? '')],
      )
    }
    cursor = page.next_cursor
  }
  out.answer(all, () => out.table(['connector', 'changes', ''], rows, 'No connector was imported from an address.'))
}

interface TakeOptions {
  readonly only: readonly string[]
  readonly connection?: true
  readonly fingerprint?: string
}

async function take(id: string, source: string | undefined, options: TakeOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { only, connection, fingerprint } = options
  if (connection && only.length === 0) throw new UsageError('--connection goes with --only: without it everything is taken.')
  const actions = only.flatMap((list) => list.split(',')).filter((name) => name !== '')
  const stored = await connectToGateway().connectors.reimport(id, {
    ...(source !== undefined && { source: await readSource(source) }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(only.length > 0 && { take: { actions, connection: connection ?? false } }),
  })
  out.answer(stored, () =>
    out.line(`${out.style('bold', id)} is at ${stored.version} now: ${stored.actions.length} actions. Its connections stay.`),
  )
}

async function pin(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const { connectors } = connectToGateway()
  const { drift, items } = await connectors.versions(id)
  if (drift?.fingerprint == null) throw new UsageError(`The last check of ${id} found no changes: there is nothing to decline.`)
  const pinned = await connectors.pin(id, drift.fingerprint)
  out.answer(pinned, () => out.line(`${id} stays on ${items[0]?.version ?? 'its version'} until its document changes again.`))
}

async function watch(id: string, every: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const hours = every === 'never' ? null : Number(every)
  if (hours !== null && (!Number.isInteger(hours) || hours < 1 || hours > 720))
    throw new UsageError('Say every how many hours to look, from 1 to 720, or never.')
  const schedule = await connectToGateway().connectors.scheduleChecks(id, hours)
  const what = hours === null ? 'is not checked by the gateway any more' : `is checked now, and then every ${hours} hours`
  out.answer(schedule, () => out.line(`${out.style('bold', id)} ${what}.`))
}

export function registerConnectors(program: Command): void {
  const connectors = program
    .command('connectors')
    .description('list the connectors, and take over what changed in their APIs')
    .option('--search <text>', 'only those with this text')
  withPages(connectors).action(listConnectors)
  connectors.command('builtins').description('the types of built-in connectors, and what each asks for').action(builtins)
  connectors.command('versions').description('the versions of a connector').argument('<id>').action(versions)
  connectors
    .command('check')
    .description('what changed in the description of an API, how grave it is, and who used it; nothing is stored')
    .argument('[id]', 'the connector; without it every one that was imported from an address')
    .argument('[source]', 'the newer document: a file, a folder, a zip or a URL; by default where it was imported from')
    .action((id: string | undefined, source: string | undefined, options: object, command: Command) =>
      id === undefined ? checkAll(connectToGateway(), outputOf(command)) : check(id, source, options, command),
    )
  connectors
    .command('take')
    .description('make the newer document the next version of a connector')
    .argument('<id>')
    .argument('[source]', 'as for check')
    .option('--only <actions>', 'only these, new, changed or gone; separated by commas', collect, [])
    .option('--connection', 'with --only: also servers, auth and fields')
    .option('--fingerprint <text>', 'of the check that was decided on; another document is refused')
    .action(take)
  connectors
    .command('pin')
    .description('stay on the stored version, in spite of what the last check found')
    .argument('<id>')
    .action(pin)
  connectors
    .command('watch')
    .description('let the gateway look by itself whether the description of an API has changed')
    .argument('<id>')
    .argument('<hours>', 'every how many hours, from 1 to 720; never ends it')
    .action(watch)
}
