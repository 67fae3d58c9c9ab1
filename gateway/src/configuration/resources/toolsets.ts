import type { NewToolset } from '../../access/toolsets.ts'
import type { Caller } from '../../caller.ts'
import { isObject } from '../../definition/json-schema/keywords.ts'
import type { ToolPick, ToolSelection } from '../../toolset.ts'
import { fileWord, present, type ResourceServices, type Resources, textOf } from '../resource.ts'
import type { Value } from '../types.ts'

const picksIn = (value: unknown) => (Array.isArray(value) ? value : []) as readonly ToolPick[]
/** The ids of connections, which a toolset made by hand may hold of some that files do not have. */
const isId = (text: string) => /^[a-z]+_[0-9a-z]{20,}$/i.test(text)

/** `connections`: what to write for a connection, by its name or id. */
function selectionOf(value: Value, connections: (pick: ToolPick) => string | undefined): ToolSelection {
  const named = (picks: unknown) =>
    picksIn(picks).map((pick) =>
      pick.connection === undefined ? pick : { ...pick, connection: connections(pick) ?? pick.connection },
    )
  const select = isObject(value.select) ? (value.select as NonNullable<ToolSelection['select']>) : null
  return { select, include: named(value.include), exclude: named(value.exclude) }
}

export function toolsetResources({ toolsets }: ResourceServices, connections: Pick<Resources, 'current'>): Resources {
  async function idsOf(caller: Caller): Promise<ReadonlyMap<string, string>> {
    const found = await connections.current(caller)
    return new Map([...found].map(([key, { id }]) => [key, id]))
  }

  async function toStore(caller: Caller, value: Value): Promise<NewToolset> {
    const hasPicks = [...picksIn(value.include), ...picksIn(value.exclude)].some(({ connection }) => connection !== undefined)
    const ids = hasPicks ? await idsOf(caller) : new Map<string, string>()
    return {
      slug: textOf(value.toolset),
      name: textOf(value.name),
      mode: value.mode as NewToolset['mode'],
      format: textOf(value.format),
      approval: value.approval as NewToolset['approval'],
      max_result_bytes: typeof value.max_result_bytes === 'number' ? value.max_result_bytes : null,
      selection: selectionOf(value, ({ connector, connection = '' }) => ids.get(`${connector}/${connection}`)),
    }
  }

  return {
    type: 'toolset',
    file: ({ toolset }) => `toolsets/${fileWord(textOf(toolset))}.yaml`,

    async current(caller) {
      const names = new Map([...(await idsOf(caller))].map(([key, id]) => [id, key.slice(key.indexOf('/') + 1)]))
      const found = (await toolsets.list(caller)).map(
        ({ id, slug, name, mode, format, approval, selection, max_result_bytes }) => {
          const { select, include, exclude } = selection
          const named = selectionOf({ include, exclude }, ({ connection = '' }) => names.get(connection))
          const value = present({
            toolset: slug,
            name,
            mode,
            format,
            approval,
            max_result_bytes: max_result_bytes ?? undefined,
            select: select ?? undefined,
            include: include.length === 0 ? undefined : named.include,
            exclude: exclude.length === 0 ? undefined : named.exclude,
          })
          return [slug, { id, value }] as const
        },
      )
      return new Map(found.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    },

    settle: (value) => ({
      ...{ name: value.toolset, mode: 'direct', format: 'mcp', approval: 'never', include: [], exclude: [] },
      ...value,
    }),

    problem(value, _current, known) {
      const wrong = [...picksIn(value.include), ...picksIn(value.exclude)].find(
        ({ connector, connection }) =>
          connection !== undefined && !isId(connection) && known.get('connection', `${connector}/${connection}`) === undefined,
      )
      return wrong === undefined
        ? null
        : `There is no connection "${wrong.connection}" of "${wrong.connector}", neither here nor in the workspace.`
    },

    async create(caller, value) {
      await toolsets.create(caller, await toStore(caller, value))
    },

    async change(caller, value, { id }) {
      await toolsets.update(caller, id, await toStore(caller, value))
    },

    remove: (caller, { id }) => toolsets.remove(caller, id),
  }
}
