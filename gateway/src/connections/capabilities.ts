import { compileInput, compileOutput } from '../definition/tool/compile.ts'
import { trimText } from '../definition/tool/text.ts'
import type { CompiledAction, CompiledConnector } from '../definition/types.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import type { Capability, CapabilityPage } from './types.ts'

/** Of an action's description. */
const descriptionBytes = 2000

function capability(action: CompiledAction): Capability {
  const output = action.outputSource()
  return {
    action: action.name,
    title: action.title.slice(0, 200),
    description: trimText(action.description, descriptionBytes),
    effect: action.effect,
    confirm: action.confirm,
    deprecated: action.deprecated,
    deprecated_message: action.deprecatedMessage,
    added_in: action.addedIn,
    method: action.kind === 'http' ? action.method : null,
    path: action.kind === 'http' ? action.path.slice(0, 1000) : null,
    tags: action.tags.slice(0, 20).map((tag) => tag.slice(0, 100)),
    input_schema: compileInput(action.inputSource(), 'mcp').schema,
    output_schema: output === null ? null : compileOutput(output),
  }
}

/** The actions of a connector in the order of its document, as tools show them: a page of 50 has 1.1 MB at most. */
export function capabilitiesOf(connector: CompiledConnector, query: { limit?: number; cursor?: string }): CapabilityPage {
  const names = [...connector.actions.keys()]
  const after = parseCursor(query.cursor)
  const start = after === undefined ? 0 : names.indexOf(after) + 1
  const size = Math.min(pageSize(query.limit), 50)
  const page = toPage(
    names.slice(start, start + size + 1),
    size,
    (name) => {
      const action = connector.actions.get(name)
      if (action === undefined) throw new TypeError(`no action ${name}`)
      return capability(action)
    },
    (name) => name,
  )
  const { id, name, version } = connector
  return { connector: id, name, version, actions: page.items, next_cursor: page.next_cursor }
}
