import type { Command } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { writeOutput } from '../values.ts'

interface ResultOptions {
  readonly path?: string
  readonly cursor?: string
  readonly save?: string
}

async function result(handle: string, { path, cursor, save }: ResultOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { results } = connectToGateway()
  if (save !== undefined) {
    const bytes = await results.download(handle)
    await writeOutput(save, bytes)
    out.note(`Wrote ${bytes.length} bytes to ${save}.`)
    return
  }
  const page = await results.read(handle, { ...(path !== undefined && { path }), ...(cursor !== undefined && { cursor }) })
  out.answer(page, () => {
    out.payload(page.value)
    if (page.next_cursor !== null) out.note(`There is more, of ${page.total} in all: --cursor ${page.next_cursor}`)
  })
}

export function registerResult(program: Command): void {
  program
    .command('result')
    .description('read on in an answer that was too large to be given whole')
    .argument('<handle>', 'as the shortened answer gave it: res_…')
    .option('--path <path>', 'a place in it, such as items[0].name or items[*].id')
    .option('--cursor <cursor>', 'where the page before ended')
    .option('--save <file>', 'write the whole to a file instead')
    .action(result)
}
