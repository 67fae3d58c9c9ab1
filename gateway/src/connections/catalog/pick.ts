import { SallyportError } from '../../errors.ts'
import type { Importer } from '../import/importer.ts'
import type { ImportJob } from '../import/protocol.ts'
import type { ListTools } from '../mcp/types.ts'
import type { Catalog } from './catalog.ts'
import type { Directory } from './directory.ts'

/** Where an import finds what is not given with it. */
export interface Sources extends Pick<Importer, 'fetch'> {
  /** A connector file of the catalog, or a document of the directory. Throws NOT_FOUND, and as `fetch` does. */
  pick(id: string): Promise<Pick<ImportJob, 'text' | 'orConnector' | 'address'>>
  /** The tools of an MCP server. Throws a problem that says why they cannot be had. */
  readonly tools: ListTools
}

export function createSources({ fetch }: Importer, catalog: Catalog, directory: Directory, tools: ListTools): Sources {
  return {
    fetch,
    tools,
    async pick(id) {
      const file = await catalog.text(id)
      if (file !== undefined) return { text: new TextEncoder().encode(file), orConnector: true }
      const entry = await directory.entry(id)
      if (entry === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no "${id}" in the catalog.` })
      const installed = await directory.installed(id)
      if (installed !== undefined) return { text: installed, address: entry.url }
      // Where one of the two names leads nowhere, the document has the other.
      const { bytes, found } = await fetch(entry.url).catch((error: unknown) => {
        if (!(error instanceof SallyportError && error.code === 'UPSTREAM_ERROR')) throw error
        return fetch(otherName(entry.url))
      })
      return { text: bytes, address: found }
    },
  }
}

const otherName = (url: string) =>
  url.endsWith('/swagger.json') ? url.replace(/swagger\.json$/, 'openapi.json') : url.replace(/openapi\.json$/, 'swagger.json')
