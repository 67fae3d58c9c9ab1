import { entryOf, firstVersion, readCatalog } from '../gateway/src/connections/catalog/catalog.ts'
import type { ConnectorDocument } from '../gateway/src/definition/document.ts'

type Schemes = NonNullable<ConnectorDocument['auth']>

/** What is derived from the files of the catalog: its index, which the gateway reads instead of them, and its page. */
export async function describeCatalog(folder: string): Promise<{ index: string; page: string }> {
  const documents = await readCatalog(folder)
  const index = `[\n${documents.map((document) => JSON.stringify(entryOf(document))).join(',\n')}\n]\n`
  const byCategory = Map.groupBy(documents, ({ category = 'other' }) => category)
  const sections = [...byCategory]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([category, within]) => `## ${category}\n\n${within.map(describe).join('\n')}`)
  return {
    index,
    page: `<!-- Generated from catalog/ by npm run generate. -->
# Catalog

${documents.length} providers that \`sallyport install <id>\`, the dashboard and \`POST /api/v1/connectors/{id}/install\` know. Each is
one connector file in [catalog/](../catalog), in the format of the [connector file](guide/connector-file.md). How to use
it: [guide](guide/catalog.md).

${sections.join('\n')}`,
  }
}

function describe({
  connector,
  name,
  version = firstVersion,
  description,
  docs,
  servers,
  auth,
  guide,
  actions,
}: ConnectorDocument) {
  const hosts = Object.entries(servers ?? {}).map(([environment, { url }]) => `${environment} \`${url}\``)
  const ways = Object.entries(auth ?? {}).map(([scheme, declared]) => describeScheme(scheme, declared, guide?.[scheme]))
  return `### ${name}

\`${connector}\` ${version}. ${description ?? ''} ${docs === undefined ? '' : `[Documentation](${docs}).`}

- Servers: ${hosts.join(', ')}
${ways.join('\n')}
- Actions: ${Object.keys(actions)
    .map((action) => `\`${action}\``)
    .join(', ')}
`
}

function describeScheme(name: string, scheme: Schemes[string], steps: readonly string[] = []): string {
  const scopes = scheme.type === 'oauth2' ? (scheme.default_scopes ?? []) : []
  const asked = scopes.length === 0 ? '' : ` Scopes: ${scopes.map((scope) => `\`${scope}\``).join(', ')}.`
  return [`- Sign in by \`${name}\` (${scheme.type}).${asked}`, ...steps.map((step, index) => `  ${index + 1}. ${step}`)].join(
    '\n',
  )
}
