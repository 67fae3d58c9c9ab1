import type { Schemas } from '@sallyport/sdk'
import type { Command } from 'commander'
import { connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import { CliError } from '../failure.ts'
import { when } from '../text.ts'
import { isObject, readTextFile, writeOutput } from '../values.ts'

type CassetteFile = Schemas['CassetteFile']

async function list(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().cassettes.list()
  out.answer(page, () => {
    const rows = page.items.map(({ name, recordings, connectors, recorded_at, recording, replaying }) => [
      name,
      String(recordings),
      connectors.join(', '),
      recorded_at === null ? 'nothing yet' : when(recorded_at),
      recording.map((connection) => connection.name).join(', '),
      replaying.map((token) => token.name).join(', '),
    ])
    const header = ['name', 'recordings', 'connectors', 'last', 'recorded from', 'replayed by']
    out.table(header, rows, 'There are no cassettes. Record one: sallyport call CONNECTOR ACTION --record NAME')
  })
}

async function show(name: string, options: PageOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().cassettes.recordings(name, pageQuery(options))
  out.answer(page, () => {
    const rows = page.items.map((each) => [
      each.id,
      `${each.connector} ${each.action}`,
      JSON.stringify(each.input),
      each.error_code ?? (each.status === null ? 'answered' : String(each.status)),
      each.stale ? 'stale' : `version ${each.connector_version}`,
      when(each.recorded_at),
    ])
    out.table(['id', 'call', 'input', 'answer', 'of', 'recorded'], rows, 'No more recordings.')
    noteNextPage(out, page.next_cursor)
  })
}

async function exportTo(name: string, { out: path }: { readonly out?: string }, command: Command): Promise<void> {
  const out = outputOf(command)
  const file = await connectToGateway().cassettes.export(name)
  const text = `${JSON.stringify(file, null, 2)}\n`
  if (path === undefined) out.payload(text)
  else {
    await writeOutput(path, text)
    out.note(`Wrote ${file.recordings.length} recordings to ${path}.`)
  }
}

async function importFrom(name: string, path: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const text = await readTextFile(path)
  const made = await connectToGateway().cassettes.import(name, parseFile(text, path))
  out.answer(made, () => out.note(`The cassette "${made.name}" has ${made.recordings} recordings now.`))
}

/** The gateway looks at what is inside. */
function parseFile(text: string, path: string): CassetteFile {
  const isFile = (value: unknown): value is CassetteFile => isObject(value) && Array.isArray(value.recordings)
  try {
    const value: unknown = JSON.parse(text)
    if (isFile(value)) return value
  } catch {
    // Said below.
  }
  throw new CliError('INVALID_INPUT', `${path} is no cassette.`, 'Give a file that `sallyport cassettes export` wrote.')
}

async function remove(name: string, { recording }: { readonly recording?: string }, command: Command): Promise<void> {
  const out = outputOf(command)
  const { cassettes } = connectToGateway()
  await (recording === undefined ? cassettes.delete(name) : cassettes.deleteRecording(recording))
  out.answer({ name, recording }, () => out.note(recording === undefined ? `Deleted "${name}".` : `Deleted ${recording}.`))
}

async function record(name: string, connection: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const changed = await connectToGateway().connections.update(connection, { record: name })
  out.answer(changed, () =>
    out.note(`Calls over "${changed.name}" are recorded on "${name}". To end that: sallyport cassettes stop ${connection}`),
  )
}

async function stop(connection: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const changed = await connectToGateway().connections.update(connection, { record: null })
  out.answer(changed, () => out.note(`Calls over "${changed.name}" are not recorded any more.`))
}

export function registerCassettes(program: Command): void {
  const cassettes = program.command('cassettes').description('recorded calls, for replaying them without the API')
  cassettes.command('list').description('list the cassettes').action(list)
  withPages(
    cassettes.command('show').description('the recordings of a cassette').argument('<name>', 'name of the cassette'),
  ).action(show)
  cassettes
    .command('export')
    .description('print a cassette as a file, the same as long as no answer changes')
    .argument('<name>', 'name of the cassette')
    .option('--out <path>', 'write it there')
    .action(exportTo)
  cassettes
    .command('import')
    .description('make a cassette what a file says')
    .argument('<name>', 'name of the cassette')
    .argument('<path>', 'the file')
    .action(importFrom)
  cassettes
    .command('delete')
    .description('delete a cassette, or one of its recordings')
    .argument('<name>', 'name of the cassette')
    .option('--recording <id>', 'only this one')
    .action(remove)
  cassettes
    .command('record')
    .description('record all calls over a connection from now on')
    .argument('<name>', 'name of the cassette')
    .argument('<connection>', 'id of the connection')
    .action(record)
  cassettes
    .command('stop')
    .description('record a connection no more')
    .argument('<connection>', 'id of the connection')
    .action(stop)
}
