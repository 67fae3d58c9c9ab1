import { type CallToolResult, inputRequired, inputResponse } from '@modelcontextprotocol/server'
import type { Sallyport } from '@sallyport/sdk'
import { noInput, startMcpUpstream, textAnswer, type UpstreamTool } from './mcp-upstream.ts'

/** A red pixel. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
/** A sound file without a sound. */
export const silence = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA='

const image = { type: 'image', data: pixel, mimeType: 'image/png' } as const
const resourceOf = (uri: string, mimeType: string, text: string) => ({
  type: 'resource' as const,
  resource: { uri, mimeType, text },
})
const embedded = resourceOf('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')
const mixed = [
  { type: 'text' as const, text: 'Multiple content types test:' },
  image,
  resourceOf('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
]

const tool = (name: string, run: UpstreamTool['run'], more: Partial<UpstreamTool> = {}): UpstreamTool => ({
  name,
  inputSchema: noInput,
  annotations: { readOnlyHint: true },
  run: run ?? (() => textAnswer(name)),
  ...more,
})
const answering = (name: string, content: CallToolResult['content'], isError = false) => tool(name, () => ({ content, isError }))
const text = { type: 'string' } as const

type Fields = Parameters<typeof inputRequired.elicit>[0]['requestedSchema']
const fieldsOf = (properties: object): Fields => ({ type: 'object', properties, required: Object.keys(properties) }) as Fields
const elicit = (message: string, properties: object) => inputRequired.elicit({ message, requestedSchema: fieldsOf(properties) })

/** Asks by the protocol's newer words, which the SDK puts into the older ones for older clients. */
const asking = (name: string, message: string, properties: object, answered: (told: string) => string) =>
  tool(
    name,
    (_, { mcpReq }) => {
      const told = inputResponse(mcpReq.inputResponses, 'it')
      if (told.kind !== 'elicit')
        return inputRequired({ inputRequests: { it: elicit(message, properties) }, requestState: 'asked' })
      return textAnswer(answered(`action=${told.action}, content=${JSON.stringify(told.content ?? {})}`))
    },
    { inputSchema: { type: 'object', properties: { message: text } } },
  )
const options = ['option1', 'option2', 'option3']
const titled = ['First', 'Second', 'Third'].map((title, at) => ({ const: `value${at + 1}`, title: `${title} Option` }))
const asked: readonly UpstreamTool[] = [
  asking('elicitation', 'Please provide your information', { username: text, email: text }, (told) => `User response: ${told}`),
  asking(
    'elicitation_sep1034_defaults',
    'Please review',
    {
      name: { ...text, default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { ...text, enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    },
    (told) => `Elicitation completed: ${told}`,
  ),
  asking(
    'elicitation_sep1330_enums',
    'Please choose',
    {
      untitledSingle: { ...text, enum: options },
      titledSingle: { ...text, oneOf: titled },
      legacyEnum: { ...text, enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three'] },
      untitledMulti: { type: 'array', items: { ...text, enum: options } },
      titledMulti: { type: 'array', items: { anyOf: titled } },
    },
    (told) => `Elicitation completed: ${told}`,
  ),
]

/** The tools that the conformance suite calls; its `test_` is the connector's part of their names. */
const tools: readonly UpstreamTool[] = [
  tool('simple_text', () => textAnswer('This is a simple text response for testing.')),
  answering('image_content', [image]),
  answering('audio_content', [{ type: 'audio', data: silence, mimeType: 'audio/wav' }]),
  answering('embedded_resource', [embedded]),
  answering('multiple_content_types', mixed),
  answering('error_handling', [{ type: 'text', text: 'This tool intentionally returns an error for testing' }], true),
  tool('tool_with_logging', async (_, { mcpReq }) => {
    for (const step of ['started', 'processing data', 'completed']) await mcpReq.log('info', `Tool execution ${step}`)
    return textAnswer('Logged.')
  }),
  tool('tool_with_progress', async (_, { mcpReq }) => {
    const { progressToken } = mcpReq._meta ?? {}
    if (progressToken !== undefined)
      for (const progress of [0, 50, 100])
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } })
    return textAnswer('Finished.')
  }),
  tool('simple_prompt', undefined),
  tool('prompt_with_arguments', undefined, {
    inputSchema: { type: 'object', properties: { arg1: text, arg2: text }, required: ['arg1', 'arg2'] },
  }),
]

/** What the gateway makes prompts of. */
const examples: Readonly<Record<string, object>> = {
  simple_prompt: [{ title: 'A simple prompt' }],
  prompt_with_arguments: [{ title: 'A prompt with arguments' }],
}

/** An MCP server of our own that answers what the conformance suite expects, connected to the gateway of this owner. */
export async function connectConformanceUpstream({ connectors, connections }: Sallyport) {
  const upstream = await startMcpUpstream([...tools, ...asked])
  await connectors.create({ kind: 'mcp', url: upstream.url, connector: 'test', name: 'Test', trust_annotations: true })
  const document = await connectors.get('test')
  const actions = Object.entries(document.actions as Readonly<Record<string, object>>).map(([name, action]) => [
    name,
    Object.hasOwn(examples, name) ? { ...action, examples: examples[name] } : action,
  ])
  const limits = { per_minute: 10_000 }
  await connectors.update('test', { document: { ...document, limits, actions: Object.fromEntries(actions) }, autoBump: true })
  await connections.create({ connector: 'test' })
  return upstream
}
