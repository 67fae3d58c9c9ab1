import { type GetPromptResult, type Prompt, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { ToolExample } from '../call/types.ts'

/** What a prompt takes as text, as the tool takes it. */
function typeOf(schema: unknown): unknown {
  return typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : undefined
}

function descriptionOf(schema: unknown): string | undefined {
  const text = typeof schema === 'object' && schema !== null && 'description' in schema ? schema.description : undefined
  return typeof text === 'string' ? text.slice(0, 500) : undefined
}

/** A prompt gives texts only; what the tool takes in another type is read as JSON, and left as it is when it is none. */
function fromText(text: string, schema: unknown): unknown {
  if (typeOf(schema) === 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Arguments of a prompt: those of its example, which may be left out, and what the tool needs beside them. */
function argumentsOf({ input, inputs, required }: ToolExample): readonly string[] {
  return [...Object.keys(input), ...required.filter((name) => !Object.hasOwn(input, name) && Object.hasOwn(inputs, name))]
}

/** An example of a connector as a prompt. */
export function toPrompt(example: ToolExample): Prompt {
  const { name, title, description, input, inputs } = example
  const args = argumentsOf(example).map((argument) => {
    const text = descriptionOf(inputs[argument])
    return { name: argument, ...(text !== undefined && { description: text }), required: !Object.hasOwn(input, argument) }
  })
  return { name, title, description, ...(args.length > 0 && { arguments: args }) }
}

/** The words a person hands their model: to call this tool so. Throws for an argument that is missing. */
export function fillPrompt(example: ToolExample, given: Readonly<Record<string, string>>): GetPromptResult {
  const input: Record<string, unknown> = { ...example.input }
  for (const name of argumentsOf(example)) {
    const text = given[name]
    if (text !== undefined) input[name] = fromText(text, example.inputs[name])
    else if (!Object.hasOwn(input, name))
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The prompt "${example.name}" needs the argument "${name}".`)
  }
  const text = `${example.title}: call the tool ${example.tool} with these arguments.\n\n${JSON.stringify(input, null, 2)}`
  return { description: example.description, messages: [{ role: 'user', content: { type: 'text', text } }] }
}

/** What an argument can be, where the tool lists it. */
export function valuesOf({ inputs }: ToolExample, argument: string): readonly string[] {
  const schema = inputs[argument]
  const listed = typeof schema === 'object' && schema !== null && 'enum' in schema ? schema.enum : undefined
  if (Array.isArray(listed)) return listed.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
  return typeOf(schema) === 'boolean' ? ['true', 'false'] : []
}
