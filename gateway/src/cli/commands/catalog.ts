import type { Command } from 'commander'
import { connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import { CliError } from '../failure.ts'
import { collectForm, type FormOptions, withForm } from './connect.ts'

interface CatalogOptions extends PageOptions {
  readonly category?: string
  readonly openapi?: boolean
}

interface InstallOptions extends FormOptions {
  readonly name?: string
  readonly team?: string
  readonly verify: boolean
}

/** Before the ids of the directory of OpenAPI documents, which are imported. */
const directoryPrefix = 'openapi:'

async function catalog(search: string | undefined, options: CatalogOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { category, openapi } = options
  const page = await connectToGateway().connectors.list({
    ...pageQuery(options),
    source: openapi ? 'all' : 'catalog',
    ...(search !== undefined && { search }),
    ...(category !== undefined && { category }),
  })
  out.answer(page.items, () => {
    const rows = page.items.map((each) => [
      each.id,
      each.name,
      each.category,
      each.auth_mode,
      String(each.actions),
      each.newer_version !== undefined ? `${each.newer_version} is there` : each.installed ? 'installed' : '',
      each.description,
    ])
    out.table(
      ['id', 'name', 'category', 'auth', 'actions', '', 'description'],
      rows,
      'Nothing in the catalog matches. --openapi looks among the public OpenAPI documents too.',
    )
    noteNextPage(out, page.next_cursor)
  })
}

async function install(id: string, options: InstallOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const sallyport = connectToGateway()
  if (id.startsWith(directoryPrefix)) {
    const stored = await sallyport.connectors.create({ catalog: id })
    out.answer(stored, () => {
      out.line(`Imported ${out.style('bold', stored.connector)} with ${stored.actions.length} actions.`)
      out.note(`Next: sallyport connect ${stored.connector}`)
    })
    return
  }
  const { scheme, settings, fields } = await collectForm(sallyport, id, options, out)
  const { name, team, environment } = options
  const form = {
    fields: { ...fields, ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])) },
    ...(scheme !== undefined && { scheme: scheme.name }),
    ...(environment !== undefined && { environment }),
  }
  if (options.verify) {
    const { ok, message } = await sallyport.connectors.verify(id, form)
    if (!ok)
      throw new CliError('AUTHENTICATION_FAILED', message, 'Give a credential that the provider takes. Nothing was installed.')
  }
  const installed = await sallyport.connectors.install(id, {
    ...form,
    ...(name !== undefined && { name }),
    ...(team !== undefined && { team }),
  })
  out.answer(installed, () => {
    out.line(`Installed ${out.style('bold', id)}: connection ${installed.integration_id}.`)
    out.note(installed.oauth_url === undefined ? 'Next: sallyport tools' : `Next: open ${installed.oauth_url}`)
  })
}

export function registerCatalog(program: Command): void {
  withPages(
    program
      .command('catalog')
      .description('the providers that can be installed, or those that match')
      .argument('[search]', 'words to look for')
      .option('--category <name>', 'only of this category')
      .option('--openapi', 'also the public OpenAPI documents of APIs.guru, to import'),
  ).action(catalog)
  withForm(
    program
      .command('install')
      .description('add a connector of the catalog and connect an account of it; the credential is tried first')
      .argument('<id>', 'of the catalog, or openapi:… of the public OpenAPI documents')
      .option('--name <name>', 'name of the connection')
      .option('--team <id>', 'of a team of yours')
      .option('--no-verify', 'do not try the credential first'),
  ).action(install)
}
