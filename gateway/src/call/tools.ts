import type { Caller } from '../caller.ts'
import { requireRole } from '../caller.ts'
import type { LoadedConnection } from '../connections/connections.ts'
import { pageSize, parseCursor, toPage } from '../connections/page.ts'
import type { CompiledAction } from '../definition/types.ts'
import { sha256 } from '../vault/digest.ts'
import type { CallServices } from './services.ts'
import type { Tools, ToolView } from './types.ts'

/** 60 characters of the strictest client, less the prefix that clients put before a name. */
const maxName = 37

interface Entry {
  readonly name: string
  readonly connection: LoadedConnection
  readonly action: CompiledAction
}

interface Catalogue {
  /** The connections it was made from: another set means it is stale. */
  readonly source: readonly LoadedConnection[]
  /** Sorted by name. */
  readonly entries: readonly Entry[]
  readonly byName: ReadonlyMap<string, Entry>
}

function slug(text: string): string {
  return text.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^_+|_+$/g, '')
}

/** `connector_action`; the connection is named only where a connector has several. Shortened names end in a hash of the whole. */
function nameTool(connection: LoadedConnection, action: string, isDefault: boolean, taken: ReadonlyMap<string, unknown>): string {
  const whole = isDefault
    ? `${connection.connector.id}_${action}`
    : `${connection.connector.id}_${slug(connection.name)}_${action}`
  if (whole.length <= maxName && !taken.has(whole)) return whole
  const hash = sha256(`${connection.id}/${action}`).toString('hex').slice(0, 6)
  return `${whole.slice(0, maxName - 7)}_${hash}`
}

function catalogue(connections: readonly LoadedConnection[]): Catalogue {
  const byName = new Map<string, Entry>()
  const defaults = new Set<string>()
  for (const connection of connections) {
    const isDefault = !defaults.has(connection.connector.id)
    defaults.add(connection.connector.id)
    for (const name of connection.connector.actions.keys()) {
      const tool = nameTool(connection, name, isDefault, byName)
      byName.set(tool, {
        name: tool,
        connection,
        // Compiled when somebody looks at it: a connector may have ten thousand.
        get action() {
          const action = connection.connector.actions.get(name)
          if (action === undefined) throw new TypeError(`no action ${name}`)
          return action
        },
      })
    }
  }
  const entries = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return { source: connections, entries, byName }
}

function view({ name, connection, action }: Entry): ToolView {
  return {
    name,
    connector: connection.connector.id,
    action: action.name,
    connection: { id: connection.id, name: connection.name, environment: connection.environment },
    title: action.title,
    description: action.description,
    effect: action.effect,
    confirm: action.confirm,
    deprecated: action.deprecated,
    method: action.method,
    path: action.path,
    input_schema: action.inputSchema(),
    // A client holds a structured answer to the schema: only one that the gateway enforces, on the answer as it is, may be shown.
    output_schema: action.limits.responseCheck === 'enforce' && !action.mapsResponse ? action.outputSchema() : null,
  }
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** How well an entry answers the words: a hit in the name counts three times one in the description. */
function score({ name, action }: Entry, wanted: readonly string[]): number {
  const inName = words(`${name} ${action.title}`.replaceAll('_', ' '))
  const inText = words(`${action.description} ${action.path} ${action.tags.join(' ')}`)
  let total = 0
  for (const word of wanted) {
    const stem = word.length > 3 ? word.replace(/(es|s)$/, '') : word
    if (inName.some((candidate) => candidate.startsWith(stem))) total += 3
    else if (inText.some((candidate) => candidate.startsWith(stem))) total += 1
  }
  return total / (3 * wanted.length)
}

/** Tools: the actions of the workspace's connections under names that every model family takes. */
export function createTools({ connections }: Pick<CallServices, 'connections'>): Tools {
  const catalogues = new Map<string, Catalogue>()

  async function of(caller: Caller): Promise<Catalogue> {
    requireRole(caller, 'viewer')
    const source = await connections.all(caller.workspaceId)
    const known = catalogues.get(caller.workspaceId)
    if (
      known !== undefined &&
      known.source.length === source.length &&
      known.source.every(
        (each, index) =>
          each.connector === source[index]?.connector && each.id === source[index]?.id && each.name === source[index]?.name,
      )
    )
      return known
    const made = catalogue(source)
    catalogues.set(caller.workspaceId, made)
    return made
  }

  return {
    async list(caller, query) {
      const { entries } = await of(caller)
      const after = parseCursor(query.cursor)
      const size = pageSize(query.limit)
      const wanted = words(query.search ?? '')
      const rows: Entry[] = []
      for (const entry of entries) {
        if (after !== undefined && entry.name <= after) continue
        if (query.connector !== undefined && entry.connection.connector.id !== query.connector) continue
        if (query.connection !== undefined && entry.connection.id !== query.connection) continue
        if (wanted.length > 0 && score(entry, wanted) === 0) continue
        rows.push(entry)
        if (rows.length > size) break
      }
      return toPage(rows, size, view, (row) => row.name)
    },

    async find(caller, name) {
      const entry = (await of(caller)).byName.get(name)
      return entry === undefined ? null : view(entry)
    },

    async search(caller, query, limit) {
      const wanted = words(query)
      if (wanted.length === 0) return []
      return (await of(caller)).entries
        .map((entry) => ({ entry, score: score(entry, wanted) }))
        .filter((hit) => hit.score > 0)
        .sort((a, b) => b.score - a.score || (a.entry.name < b.entry.name ? -1 : 1))
        .slice(0, limit)
        .map((hit) => ({ tool: view(hit.entry), score: hit.score }))
    },
  }
}
