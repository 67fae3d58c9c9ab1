import type { LoadedConnection } from '../connections/registry.ts'
import { searchSegments } from '../definition/search/query.ts'
import { buildSegment, type Segment } from '../definition/search/segment.ts'
import { wordsOf } from '../definition/search/words.ts'
import type { CompiledConnector } from '../definition/types.ts'
import type { ToolCatalogue, ToolEntry } from './tool-catalogue.ts'

export interface ToolHit {
  readonly entry: ToolEntry
  readonly score: number
  readonly matched: readonly { readonly word: string; readonly in: readonly string[] }[]
}

/** What a tool of a connector's second connection counts beside the same of its first; a connection that is named comes first. */
const furtherConnection = 0.95
const namedConnection = 1.3

/**
 * Search over the actions of connections. The index of a connector is made at the first search after it changed, and goes with
 * the compiled connector that it was made from; those of others are left as they are.
 */
export function createToolSearch() {
  const segments = new WeakMap<CompiledConnector, Promise<Segment>>()

  function segmentOf(connector: CompiledConnector): Promise<Segment> {
    const known = segments.get(connector)
    if (known !== undefined) return known
    const made = buildSegment(connector.document)
    segments.set(connector, made)
    // One that failed is made again, not remembered.
    made.catch(() => segments.delete(connector))
    return made
  }

  /** The tools of a catalogue that answer a request best, best first. */
  return async ({ source, byAction }: ToolCatalogue, request: string, limit: number): Promise<readonly ToolHit[]> => {
    const connections = new Map<CompiledConnector, LoadedConnection[]>()
    for (const connection of source) {
      const others = connections.get(connection.connector)
      if (others === undefined) connections.set(connection.connector, [connection])
      else others.push(connection)
    }
    const searched = await Promise.all(
      [...connections.keys()].map(async (connector) => ({ key: connector, segment: await segmentOf(connector) })),
    )
    const words = new Set(wordsOf(request))
    return searchSegments(request, searched, limit)
      .flatMap(({ key, action, score, matched }) =>
        (connections.get(key) ?? []).flatMap((connection, index): ToolHit[] => {
          const entry = byAction.get(connection.id)?.get(action)
          const named = [...wordsOf(connection.name), connection.environment].some((word) => words.has(word))
          const factor = (index === 0 ? 1 : furtherConnection) * (named ? namedConnection : 1)
          return entry === undefined ? [] : [{ entry, score: score * factor, matched }]
        }),
      )
      .sort((a, b) => b.score - a.score || (a.entry.name < b.entry.name ? -1 : 1))
      .slice(0, limit)
  }
}
