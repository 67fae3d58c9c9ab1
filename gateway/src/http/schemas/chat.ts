import { Type } from 'typebox'
import { chatEnds } from '../../call/chat/types.ts'
import { CallStatus } from './calls.ts'
import { AnyJson } from './common.ts'

const closed = { additionalProperties: false }
const Id = Type.String({ minLength: 1, maxLength: 200 })
const Text = Type.String({ maxLength: 100_000 })

const ChatToolCall = Type.Object({ id: Id, name: Id, input: Type.Optional(AnyJson) }, closed)
export const ChatToolResult = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200, description: 'That of the tool call.' }),
    name: Id,
    text: Type.String({ maxLength: 100_000, description: 'What the model reads: redacted, and shortened where it was long.' }),
    call: Type.Optional(
      Type.Object(
        {
          id: Id,
          status: CallStatus,
          duration_ms: Type.Number(),
          error_code: Type.Optional(Id),
          approval_id: Type.Optional(Id),
        },
        { ...closed, description: 'Its record; none where nothing was called.' },
      ),
    ),
  },
  closed,
)
export const ChatMessage = Type.Union([
  Type.Object({ role: Type.Literal('user'), text: Text }, closed),
  Type.Object(
    { role: Type.Literal('assistant'), text: Text, tool_calls: Type.Optional(Type.Array(ChatToolCall, { maxItems: 50 })) },
    closed,
  ),
  Type.Object({ role: Type.Literal('tool'), results: Type.Array(ChatToolResult, { maxItems: 50 }) }, closed),
])
export const ChatRequest = Type.Object(
  {
    messages: Type.Array(ChatMessage, {
      minItems: 1,
      maxItems: 400,
      description: 'The conversation so far, as it was answered, and what the person says now.',
    }),
    tools: Type.Optional(
      Type.Array(Id, {
        maxItems: 40,
        description:
          'Names of tools: these alone are offered to the model, beside those it called before. Without any, those that match the last request.',
      }),
    ),
    toolset: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 63,
        description: 'Slug of a toolset: nothing outside of it can be called, and its approvals hold.',
      }),
    ),
  },
  closed,
)
export const ChatAnswer = Type.Object({
  end: Type.Enum([...chatEnds], {
    description: 'Why it ended. waits: for the decision on a call; ask again with these messages once that is there.',
  }),
  messages: Type.Array(ChatMessage, { description: 'The whole conversation, to go on with. The gateway keeps none of it.' }),
  usage: Type.Object(
    { input_tokens: Type.Integer(), output_tokens: Type.Integer() },
    { description: 'As the endpoint counts; 0 when it does not.' },
  ),
})
