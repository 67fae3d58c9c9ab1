import type { Caller } from '../caller.ts'
import { isToolFormat } from '../definition/tool/family.ts'
import { estimateTokens } from '../definition/tool/tokens.ts'
import type { toolCompiler } from '../definition/tool/tool.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import { type LeftOut, leftOut } from '../toolset.ts'
import { Turn } from '../turn.ts'
import { selectable, waitsForApproval } from './permitted.ts'
import type { ToolCatalogue, ToolEntry } from './tool-catalogue.ts'
import type { PreviewedTool, Tools } from './types.ts'

/** Tools whose cost is added up. More in one list make a model choose worse, whatever they cost. */
const mostAdded = 500

/** What a toolset would be, of the tools that the caller has. */
export function createToolPreview(
  of: (caller: Caller) => Promise<ToolCatalogue>,
  compiled: ReturnType<typeof toolCompiler>,
): Tools['preview'] {
  return async (caller, { selection, format, approval }, { show = 'all', limit, cursor }) => {
    const words = isToolFormat(format) ? format : 'mcp'
    const size = pageSize(limit)
    const after = parseCursor(cursor)
    const costOf = ({ name, action, connection }: ToolEntry) =>
      compiled(action, connection.connector.id, words).tokens + estimateTokens(name)

    const turn = new Turn()
    const judged: { readonly entry: ToolEntry; readonly why: LeftOut | null }[] = []
    for (const entry of (await of(caller)).entries) {
      if (turn.isOver()) await turn.next()
      const tool = selectable(entry.connection, entry.actionName)
      if (tool !== null) judged.push({ entry, why: leftOut(selection, tool) })
    }
    const included = judged.filter(({ why }) => why === null)
    let tokens: number | null = included.length > mostAdded ? null : 0
    for (const { entry } of included) {
      if (tokens === null) break
      if (turn.isOver()) await turn.next()
      tokens += costOf(entry)
    }
    const shown = judged.filter(({ why }) => show === 'all' || (show === 'included') === (why === null))
    const rows = shown.filter(({ entry }) => after === undefined || entry.name > after).slice(0, size + 1)
    const page = toPage(
      rows,
      size,
      ({ entry, why }): PreviewedTool => {
        const { name, actionName, action, connection } = entry
        return {
          name,
          connector: connection.connector.id,
          action: actionName,
          connection: { id: connection.id, name: connection.name, environment: connection.environment },
          effect: action.effect,
          tags: action.tags,
          confirm: waitsForApproval({ toolset: { approval } }, connection, action),
          left_out: why,
          tokens: why === null ? costOf(entry) : null,
        }
      },
      ({ entry }) => entry.name,
    )
    return { ...page, included: included.length, left_out: judged.length - included.length, tokens }
  }
}
