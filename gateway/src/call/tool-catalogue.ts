import type { LoadedConnection } from '../connections/registry.ts'
import { maxNameLength } from '../definition/tool/family.ts'
import type { CompiledAction } from '../definition/types.ts'
import { Turn } from '../turn.ts'
import { sha256 } from '../vault/digest.ts'

/** One tool: an action of a connection under its name. */
export interface ToolEntry {
  readonly name: string
  readonly connection: LoadedConnection
  readonly actionName: string
  /** Compiled when somebody looks at it: a connector may have ten thousand. */
  readonly action: CompiledAction
}

export interface ToolCatalogue {
  /** The connections it was made from: another set means it is stale. */
  readonly source: readonly LoadedConnection[]
  /** Sorted by name. */
  readonly entries: readonly ToolEntry[]
  readonly byName: ReadonlyMap<string, ToolEntry>
  /** By connection id, then by action. */
  readonly byAction: ReadonlyMap<string, ReadonlyMap<string, ToolEntry>>
}

/** Over MCP a tool of the gateway's own stands beside them. */
const reserved = 'read_result'

function slug(text: string): string {
  return text.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^_+|_+$/g, '')
}

/**
 * `connector_action`; the connection is named only where a connector has several. What is too long, or taken, is cut and ends in
 * a hash of the whole, so that a tool keeps its name whatever else is connected.
 */
function nameTool(connection: LoadedConnection, action: string, isDefault: boolean, taken: ReadonlyMap<string, unknown>): string {
  const { id } = connection.connector
  const whole = isDefault ? `${id}_${action}` : `${id}_${slug(connection.name)}_${action}`
  if (whole.length <= maxNameLength && !taken.has(whole) && whole !== reserved) return whole
  const hash = sha256(`${connection.id}/${action}`).toString('hex')
  for (let length = 6; length < maxNameLength - 1; length++) {
    const name = `${whole.slice(0, maxNameLength - 1 - length)}_${hash.slice(0, length)}`
    if (!taken.has(name)) return name
  }
  throw new TypeError(`no name for ${whole}`)
}

/** The tools of these connections under names that every model family takes. */
export async function createCatalogue(connections: readonly LoadedConnection[]): Promise<ToolCatalogue> {
  const turn = new Turn()
  const byName = new Map<string, ToolEntry>()
  const byAction = new Map<string, ReadonlyMap<string, ToolEntry>>()
  const defaults = new Set<string>()
  for (const connection of connections) {
    const isDefault = !defaults.has(connection.connector.id)
    defaults.add(connection.connector.id)
    const own = new Map<string, ToolEntry>()
    for (const action of connection.connector.actions.keys()) {
      if (turn.isOver()) await turn.next()
      const name = nameTool(connection, action, isDefault, byName)
      const entry: ToolEntry = {
        name,
        connection,
        actionName: action,
        get action() {
          const compiled = connection.connector.actions.get(action)
          if (compiled === undefined) throw new TypeError(`no action ${action}`)
          return compiled
        },
      }
      byName.set(name, entry)
      own.set(action, entry)
    }
    byAction.set(connection.id, own)
  }
  const entries = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return { source: connections, entries, byName, byAction }
}

/** Whether a catalogue of some connections still shows these as they are. */
export function isCurrent({ source }: Pick<ToolCatalogue, 'source'>, connections: readonly LoadedConnection[]): boolean {
  return (
    source.length === connections.length &&
    source.every((each, index) => {
      const other = connections[index]
      return each.connector === other?.connector && each.id === other?.id && each.name === other?.name
    })
  )
}
