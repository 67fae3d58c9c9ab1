import type { Command } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { when } from '../text.ts'

async function list(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const { items } = await connectToGateway().connectorDrafts.list()
  out.answer({ items }, () => {
    const rows = items.map((each) => [
      each.connector,
      each.name,
      String(each.actions),
      each.published_version === null ? 'new' : `after ${each.published_version}`,
      when(each.updated_at),
      each.updated_by,
    ])
    out.table(['connector', 'name', 'actions', 'is', 'changed', 'by'], rows, 'There are no drafts.')
  })
}

async function show(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const draft = await connectToGateway().connectorDrafts.get(id)
  out.answer(draft, () => out.payload(draft.document))
}

async function publish(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const published = await connectToGateway().connectorDrafts.publish(id)
  out.answer(published, () =>
    out.line(`Published ${published.id} ${published.version}. Connect an account: sallyport connect ${id}`),
  )
}

async function discard(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().connectorDrafts.discard(id)
  out.answer({ discarded: id }, () => out.line(`Discarded the draft of ${id}.`))
}

export function registerDrafts(program: Command): void {
  const drafts = program.command('drafts').description('connectors that were not published yet')
  drafts.command('list').description('list them').action(list)
  const of = (name: string, does: string) => drafts.command(name).description(does).argument('<id>', 'id of the connector')
  of('show', 'print the document of a draft').action(show)
  of('publish', 'make a draft the connector, or its next version').action(publish)
  of('discard', 'throw a draft away').action(discard)
}
