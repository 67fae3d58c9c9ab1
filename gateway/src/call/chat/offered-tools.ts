import type { Caller } from '../../caller.ts'
import { SallyportError } from '../../errors.ts'
import type { Tools, ToolView } from '../types.ts'
import type { ChatMessage } from './types.ts'

/** Tools that a model is shown where nobody named any: the best matches, then as many others. */
const mostFound = 12
const mostShown = 20

const lastRequest = (messages: readonly ChatMessage[]): string =>
  messages.reduce((last, message) => (message.role === 'user' ? message.text : last), '')

/** Not what a model tried to call without having been offered it. */
const calledBefore = (messages: readonly ChatMessage[]): readonly string[] =>
  messages.flatMap((message) =>
    message.role === 'tool' ? message.results.flatMap(({ name, call }) => (call === undefined ? [] : [name])) : [],
  )

/** The tools that the model is offered in a conversation, by name, of those that the caller has. */
export async function offeredTools(
  tools: Pick<Tools, 'list' | 'get' | 'search'>,
  caller: Caller,
  named: readonly string[],
  messages: readonly ChatMessage[],
): Promise<ReadonlyMap<string, ToolView>> {
  const offered = new Map<string, ToolView>()
  for (const name of named) {
    const tool = await tools.get(caller, name)
    if (tool === null) {
      throw new SallyportError('NOT_FOUND', {
        detail: `You have no tool ${name.slice(0, 100)}${caller.toolset === null ? '' : ` in the toolset ${caller.toolset.slug}`}. Type @ to see those you have.`,
      })
    }
    offered.set(name, tool)
  }
  for (const name of calledBefore(messages).slice(-mostShown)) {
    const tool = await tools.get(caller, name)
    if (tool !== null) offered.set(name, tool)
  }
  if (named.length > 0) return offered
  const found = await tools.search(caller, lastRequest(messages).slice(0, 500), mostFound)
  const { items } = await tools.list(caller, { limit: mostShown })
  for (const tool of [...found.map(({ tool }) => tool), ...items]) {
    if (offered.size >= mostShown) break
    offered.set(tool.name, tool)
  }
  return offered
}
