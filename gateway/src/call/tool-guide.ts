import type { Caller } from '../caller.ts'
import { isObject } from '../definition/json-schema/keywords.ts'
import { nearest } from '../definition/nearest.ts'
import type { toolCompiler } from '../definition/tool/tool.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import type { ToolCatalogue, ToolEntry } from './tool-catalogue.ts'
import type { ToolExample, Tools } from './types.ts'

/** What a caller can read of its tools beside their schemas. */
export function createToolGuide(
  of: (caller: Caller) => Promise<ToolCatalogue>,
  has: (caller: Caller, entry: ToolEntry) => boolean,
  compiled: ReturnType<typeof toolCompiler>,
): Pick<Tools, 'nearest' | 'connectors' | 'examples' | 'example'> {
  function examplesOf({ name, actionName, connection }: ToolEntry) {
    const { actions } = connection.connector.document
    return (Object.hasOwn(actions, actionName) ? (actions[actionName]?.examples ?? []) : []).map((example, index) => ({
      name: index === 0 ? name : `${name}_${index + 1}`,
      example,
    }))
  }

  type Shown = ReturnType<typeof examplesOf>[number] & { readonly entry: ToolEntry }

  /** Sorted as the tools are, so that a cursor is the name of the last one. */
  async function all(caller: Caller, only: (entry: ToolEntry) => boolean): Promise<readonly Shown[]> {
    const { entries } = await of(caller)
    const mine = entries.filter((entry) => only(entry) && has(caller, entry))
    return mine.flatMap((entry) => examplesOf(entry).map((each) => ({ ...each, entry })))
  }

  function view({ name, example, entry }: Shown): ToolExample {
    const { action, connection } = entry
    const { schema } = compiled(action, connection.connector.id, 'mcp')
    return {
      name,
      tool: entry.name,
      title: example.title ?? action.title,
      description: `An example of ${entry.name}: ${action.title}.`,
      input: isObject(example.input) ? example.input : {},
      inputs: isObject(schema.properties) ? schema.properties : {},
      required: Array.isArray(schema.required) ? schema.required.filter((each) => typeof each === 'string') : [],
    }
  }

  return {
    async nearest(caller, name) {
      const { entries } = await of(caller)
      const mine = function* () {
        for (const entry of entries) if (has(caller, entry)) yield entry.name
      }
      return nearest(name, mine()) ?? null
    },

    async connectors(caller) {
      const found = new Map<string, ToolEntry['connection']['connector']>()
      for (const entry of (await of(caller)).entries) {
        const { connector } = entry.connection
        if (!found.has(connector.id) && has(caller, entry)) found.set(connector.id, connector)
      }
      return [...found.values()]
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id, name, version, document }) => ({ id, name, version, description: document.description ?? '' }))
    },

    async examples(caller, { limit, cursor }) {
      const size = pageSize(limit)
      const after = parseCursor(cursor)
      // A place is told by its tool and then its example, which sorts as the list does: names hold no blank.
      const place = ({ entry, name }: Shown) => `${entry.name} ${String(name.length).padStart(3, '0')}${name}`
      const shown = await all(caller, () => true)
      const rest = after === undefined ? shown : shown.filter((each) => place(each) > after)
      return toPage(rest.slice(0, size + 1), size, view, place)
    },

    async example(caller, name) {
      const tool = name.replace(/_\d+$/, '')
      const near = await all(caller, (entry) => entry.name === name || entry.name === tool)
      const found = near.find((each) => each.name === name)
      return found === undefined ? null : view(found)
    },
  }
}
