import type { SchemaObject } from '../json-schema/keywords.ts'
import type { CompiledAction } from '../types.ts'
import { compileInput, compileOutput } from './compile.ts'
import { maxDescriptionBytes, type ToolFormat } from './family.ts'
import type { Back } from './restore.ts'
import { jsonBytes, trimText } from './text.ts'
import { estimateTokens } from './tokens.ts'

/** An action as a family of models sees it; its name is given by the toolset it is in. */
export interface CompiledTool {
  /** At most {@link maxDescriptionBytes} as JSON. */
  readonly description: string
  /** At most `maxSchemaBytes` as JSON. */
  readonly schema: SchemaObject
  readonly back: Back
  /** What the API enforces of the answer, for clients that check it; at most `maxSchemaBytes` as JSON. */
  readonly output: SchemaObject | null
  /** Estimated, without the name. */
  readonly tokens: number
  /** Of all of it as JSON. */
  readonly bytes: number
}

function describe(action: CompiledAction, connector: string): string {
  const notes = [
    ...(action.deprecated ? ['Deprecated by the API.'] : []),
    ...(action.confirm ? ['Each call waits until a person has approved it.'] : []),
  ].join(' ')
  const text = trimText(action.description, maxDescriptionBytes - notes.length - 3)
  const does = action.kind === 'http' ? `${action.method} ${action.path} of ${connector}` : `a command of ${connector}`
  return [text || `${action.title}: ${does}.`.slice(0, 500), notes].filter((part) => part !== '').join(' ')
}

function compile(action: CompiledAction, connector: string, format: ToolFormat): CompiledTool {
  const description = describe(action, connector)
  const { schema, back } = compileInput(action.inputSource(), format)
  // A client holds a structured answer to the schema: only one that the gateway enforces, on the answer as it is, may be shown.
  const source = action.limits.responseCheck === 'enforce' && !action.mapsResponse ? action.outputSource() : null
  const output = source === null ? null : compileOutput(source)
  const shown = JSON.stringify({ name: '', description, input_schema: schema })
  return {
    description,
    schema,
    back,
    output,
    tokens: estimateTokens(shown),
    bytes: Buffer.byteLength(shown) + (output === null ? 0 : jsonBytes(output)),
  }
}

/** Compiled tools kept at once, the latest used: tens of megabytes at worst, and one made anew takes a fraction of a millisecond. */
const maxKept = 2000

/** Compiles tools when somebody looks at them, and keeps the latest: an action is one object per version of its connector. */
export function toolCompiler(): (action: CompiledAction, connector: string, format: ToolFormat) => CompiledTool {
  const kept = new Map<CompiledAction, Partial<Record<ToolFormat, CompiledTool>>>()
  return (action, connector, format) => {
    const tools = kept.get(action) ?? {}
    const tool = tools[format] ?? compile(action, connector, format)
    tools[format] = tool
    kept.delete(action)
    kept.set(action, tools)
    const [oldest] = kept.keys()
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    return tool
  }
}
