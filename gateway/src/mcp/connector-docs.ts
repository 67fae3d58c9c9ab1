import type { Resource } from '@modelcontextprotocol/server'
import type { ToolConnector, Tools, ToolView } from '../call/types.ts'
import { type Caller, isConfined } from '../caller.ts'
import type { Connectors } from '../connections/types.ts'
import type { ResourceContents, ResourceSource } from './resource-source.ts'

const markdown = 'text/markdown'
const json = 'application/json'
/** Tools named in the page of one connector; a search finds the others. */
const mostNamed = 200
const mostListed = 200

const connectorTemplate = 'sallyport://connectors/{connector}'
const reportTemplate = 'sallyport://connectors/{connector}/report'
const toolTemplate = 'sallyport://tools/{tool}'

const connectorUri = (id: string) => `sallyport://connectors/${id}`

function page({ name, id, version, description }: ToolConnector, tools: readonly ToolView[], more: boolean): string {
  const lines = tools.map((tool) => {
    const notes = [tool.effect, ...(tool.confirm ? ['waits for approval'] : []), ...(tool.deprecated ? ['deprecated'] : [])]
    return `- \`${tool.name}\` (${notes.join(', ')}): ${tool.title}`
  })
  return [
    `# ${name}`,
    ...(description === '' ? [] : ['', description]),
    '',
    `Connector \`${id}\`, version ${version}. Your tools of it; \`sallyport://tools/{tool}\` tells what one takes and answers.`,
    '',
    ...lines,
    ...(more ? ['- There are more. Search for them by what they do.'] : []),
    '',
  ].join('\n')
}

interface Services {
  readonly tools: Pick<Tools, 'list' | 'get' | 'connectors'>
  readonly connectors: Pick<Connectors, 'report'>
}

/** What a caller can read of the connectors and tools it has: nothing of those it has not. */
export function createConnectorDocs({ tools, connectors }: Services): ResourceSource {
  async function connectorOf(caller: Caller, id: string): Promise<ToolConnector | undefined> {
    return (await tools.connectors(caller)).find((connector) => connector.id === id)
  }

  return {
    templates: [
      { name: 'connector', title: 'A connector and its tools', uriTemplate: connectorTemplate, mimeType: markdown },
      {
        name: 'import_report',
        title: 'Import report of a connector',
        description: 'What its API document described, and what of it could not be taken over.',
        uriTemplate: reportTemplate,
        mimeType: json,
      },
      { name: 'tool', title: 'What a tool takes and answers', uriTemplate: toolTemplate, mimeType: json },
    ],

    async list({ caller }, after) {
      const all = (await tools.connectors(caller)).map(
        ({ id, name, description }): Resource => ({
          uri: connectorUri(id),
          name: id,
          title: name,
          ...(description !== '' && { description: description.slice(0, 500) }),
          mimeType: markdown,
        }),
      )
      return all.filter(({ uri }) => after === undefined || uri > after).slice(0, mostListed)
    },

    async read({ caller, format }, uri): Promise<ResourceContents | null> {
      const [, kind, name = '', part] = /^sallyport:\/\/(connectors|tools)\/([A-Za-z0-9_-]+)(\/report)?$/.exec(uri) ?? []
      if (kind === 'tools' && part === undefined) {
        const view = await tools.get(caller, name, format)
        return view === null ? null : [{ uri, mimeType: json, text: JSON.stringify(view) }]
      }
      const connector = kind === 'connectors' ? await connectorOf(caller, name) : undefined
      if (connector === undefined) return null
      if (part === undefined) {
        const { items, next_cursor } = await tools.list(caller, { connector: connector.id, limit: mostNamed, format })
        return [{ uri, mimeType: markdown, text: page(connector, items, next_cursor !== null) }]
      }
      // It names operations that a toolset may leave out.
      const report = isConfined(caller) ? null : await connectors.report(caller, connector.id)
      return report === null ? null : [{ uri, mimeType: json, text: JSON.stringify(report) }]
    },

    async complete({ caller }, template, variable, value) {
      if (template === toolTemplate && variable === 'tool') {
        const { items } = await tools.list(caller, { limit: mostListed })
        return items.map(({ name }) => name).filter((name) => name.startsWith(value))
      }
      if (variable !== 'connector' || (template !== connectorTemplate && template !== reportTemplate)) return null
      return (await tools.connectors(caller)).map(({ id }) => id).filter((id) => id.startsWith(value))
    },
  }
}
