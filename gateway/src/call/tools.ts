import type { Caller } from '../caller.ts'
import { isConfined, requireRole } from '../caller.ts'
import type { ToolFormat } from '../definition/tool/family.ts'
import { maxDescriptionBytes } from '../definition/tool/family.ts'
import { restore } from '../definition/tool/restore.ts'
import { trimText } from '../definition/tool/text.ts'
import { estimateTokens } from '../definition/tool/tokens.ts'
import { toolCompiler } from '../definition/tool/tool.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import { leftOut, type SelectableTool } from '../toolset.ts'
import { Turn } from '../turn.ts'
import { refusalOf, selectable, waitsForApproval } from './permitted.ts'
import type { CallServices } from './services.ts'
import { createCatalogue, isCurrent, type ToolCatalogue, type ToolEntry } from './tool-catalogue.ts'
import { createToolGuide } from './tool-guide.ts'
import { createToolPreview } from './tool-preview.ts'
import { createToolSearch, type ToolHit } from './tool-search.ts'
import type { Tools, ToolView } from './types.ts'

/**
 * A page ends with the tool that takes it over this many bytes. With the 20 KB that one tool has at most, no listing of tools
 * answers more than 1.1 MB.
 */
const maxPageBytes = 1_048_576
/** Matches of a listing's search, the best ones: more is no search. */
const maxMatches = 1000
/** Of a search for a confined caller, before all matches are gone through. */
const firstMatches = 300
/** Of a tool's metadata as JSON, beside its compiled form. */
const frameBytes = 700
/** What the compiled description says of an action that asks for approval itself. */
const waits = ' Each call waits until a person has approved it.'

/** Longer ones, or images written into the address, would be sent again with each tool. */
const maxIconAddress = 500

function iconOf(logo: string | undefined): string | null {
  return logo !== undefined && logo.length <= maxIconAddress && URL.canParse(logo) && logo.startsWith('https://') ? logo : null
}

/** Tools: the actions of the workspace's connections, compiled for models. */
export function createTools({ connections }: Pick<CallServices, 'connections'>): Tools {
  const catalogues = new Map<string, { readonly source: ToolCatalogue['source']; readonly made: Promise<ToolCatalogue> }>()
  const compiled = toolCompiler()
  const search = createToolSearch()

  async function of(caller: Caller): Promise<ToolCatalogue> {
    requireRole(caller, 'viewer')
    const source = await connections.all(caller)
    // Callers who reach the shared ones only share a catalogue.
    const key = [caller.workspaceId, ...source.filter(({ shared }) => !shared).map(({ id }) => id)].join(' ')
    const known = catalogues.get(key)
    if (known !== undefined && isCurrent(known, source)) return known.made
    const made = createCatalogue(source)
    catalogues.set(key, { source, made })
    // One that failed is made again, not remembered.
    made.catch(() => catalogues.delete(key))
    return made
  }

  const has = (caller: Caller, { connection, actionName }: ToolEntry) => refusalOf(caller, connection, actionName) === null

  function view(caller: Caller, { name, connection, action }: ToolEntry, format: ToolFormat): ToolView {
    const tool = compiled(action, connection.connector.id, format)
    const confirm = waitsForApproval(caller, connection, action)
    const added = confirm && !action.confirm ? waits : ''
    return {
      name,
      connector: connection.connector.id,
      action: action.name,
      connection: { id: connection.id, name: connection.name, environment: connection.environment },
      title: action.title.slice(0, 200),
      description: added === '' ? tool.description : trimText(tool.description, maxDescriptionBytes - added.length) + added,
      effect: action.effect,
      confirm,
      deprecated: action.deprecated,
      method: action.kind === 'http' ? action.method : null,
      path: action.kind === 'http' ? action.path.slice(0, 1000) : null,
      tokens: tool.tokens + estimateTokens(name + added),
      input_schema: tool.schema,
      output_schema: tool.output,
      icon: iconOf(connection.connector.document.brand?.logo),
    }
  }

  return {
    async list(caller, query) {
      const catalogue = await of(caller)
      const format = query.format ?? 'mcp'
      const after = parseCursor(query.cursor)
      const size = pageSize(query.limit)
      const most = isConfined(caller) ? catalogue.entries.length : maxMatches
      const hits = query.search ? await search(catalogue, query.search, most) : null
      const found = hits === null ? null : new Set(hits.map(({ entry }) => entry))
      const rows: ToolEntry[] = []
      let bytes = 0
      const turn = new Turn()
      for (const entry of catalogue.entries) {
        if (after !== undefined && entry.name <= after) continue
        if (query.connector !== undefined && entry.connection.connector.id !== query.connector) continue
        if (query.connection !== undefined && entry.connection.id !== query.connection) continue
        if (query.action !== undefined && catalogue.byAction.get(entry.connection.id)?.get(query.action) !== entry) continue
        if (found !== null && !found.has(entry)) continue
        if (turn.isOver()) await turn.next()
        if (!has(caller, entry)) continue
        rows.push(entry)
        if (rows.length > size || bytes > maxPageBytes) break
        bytes += frameBytes + compiled(entry.action, entry.connection.connector.id, format).bytes
      }
      const full = rows.length > size || bytes > maxPageBytes
      return toPage(
        rows,
        full ? Math.max(1, Math.min(size, rows.length - 1)) : size,
        (row) => view(caller, row, format),
        ({ name }) => name,
      )
    },

    async find(caller, name, args, format = 'mcp') {
      const entry = (await of(caller)).byName.get(name)
      if (entry === undefined || !has(caller, entry)) return null
      const { action, connection } = entry
      const { back } = compiled(action, connection.connector.id, format)
      return { connector: connection.connector.id, action: action.name, connection: connection.id, input: restore(args, back) }
    },

    async get(caller, name, format = 'mcp') {
      const entry = (await of(caller)).byName.get(name)
      return entry === undefined || !has(caller, entry) ? null : view(caller, entry, format)
    },

    async search(caller, query, limit) {
      const catalogue = await of(caller)
      const mine = ({ entry }: ToolHit) => has(caller, entry)
      // Of a confined caller's tools none may be missing because better matches are not its own: seldom are those beyond a few hundred.
      const most = isConfined(caller) ? Math.max(limit, firstMatches) : limit
      const best = await search(catalogue, query, most)
      const enough = best.length < most || !isConfined(caller) || best.filter(mine).length >= limit
      const hits = enough ? best : await search(catalogue, query, catalogue.entries.length)
      const own = hits.filter(mine).slice(0, limit)
      return own.map(({ entry, score, matched }) => ({ tool: view(caller, entry, 'mcp'), score, matched }))
    },

    async count(caller, selection) {
      const mine: SelectableTool[] = []
      const turn = new Turn()
      for (const entry of (await of(caller)).entries) {
        if (turn.isOver()) await turn.next()
        const tool = has(caller, entry) ? selectable(entry.connection, entry.actionName) : null
        if (tool !== null) mine.push(tool)
      }
      const tools = selection === null ? mine : mine.filter((tool) => leftOut(selection, tool) === null)
      return { tools: tools.length, writes: tools.filter(({ effect }) => effect !== 'read').length }
    },

    ...createToolGuide(of, has, compiled),

    preview: createToolPreview(of, compiled),
  }
}
