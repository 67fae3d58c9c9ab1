import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConnectorDocument } from '../../definition/document.ts'
import { parseConnector } from '../../definition/parse.ts'
import type { ConnectorSummary } from '../../store/schema.ts'
import { summaryOf } from '../summary.ts'

/** A provider as lists show it. */
export interface CatalogEntry extends ConnectorSummary {
  readonly id: string
  readonly name: string
  readonly version: string
}

/** The providers that come with the gateway, one connector file each. Nothing of it is read before somebody asks. */
export interface Catalog {
  /** In the order of their ids. */
  entries(): Promise<readonly CatalogEntry[]>
  entry(id: string): Promise<CatalogEntry | undefined>
  /** The connector file as text; undefined when there is none of this id. */
  text(id: string): Promise<string | undefined>
}

/** Catalog files that say no version are of this one. */
export const firstVersion = '1.0.0'
export const indexFile = 'index.json'

export function entryOf(document: ConnectorDocument): CatalogEntry {
  const { connector: id, name, version = firstVersion } = document
  return { id, name, version, ...summaryOf(document) }
}

/** Byte order, as PostgreSQL's "C" collation has it: lists merge what both have. */
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** Every file of the folder, parsed: seconds for hundreds, so that the result is kept as `index.json` by `npm run generate`. */
export async function readCatalog(folder: string): Promise<readonly ConnectorDocument[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort()
  const documents = await Promise.all(files.map(async (file) => parseConnector(await readFile(join(folder, file), 'utf8'))))
  const misnamed = documents.findIndex(({ connector }, index) => files[index] !== `${connector}.yaml`)
  if (misnamed >= 0) throw new Error(`${files[misnamed]} holds the connector "${documents[misnamed]?.connector}".`)
  return documents
}

async function readIndex(folder: string): Promise<readonly CatalogEntry[]> {
  try {
    // Written by this program.
    return JSON.parse(await readFile(join(folder, indexFile), 'utf8')) as readonly CatalogEntry[]
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    return (await readCatalog(folder)).map(entryOf).sort(byId)
  }
}

export function createCatalog(folder: string): Catalog {
  let index: Promise<ReadonlyMap<string, CatalogEntry>> | undefined
  const read = () => {
    index ??= readIndex(folder).then((entries) => new Map(entries.map((entry) => [entry.id, entry])))
    index.catch(() => {
      index = undefined
    })
    return index
  }
  return {
    entries: async () => [...(await read()).values()],
    entry: async (id) => (await read()).get(id),
    // Only ids of the index become part of a path.
    text: async (id) => ((await read()).has(id) ? readFile(join(folder, `${id}.yaml`), 'utf8') : undefined),
  }
}
