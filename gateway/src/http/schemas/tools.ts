import { Type } from 'typebox'
import { toolFormats } from '../../definition/tool/family.ts'
import { CallResult, MaxResultBytes, PendingCall } from './calls.ts'
import { Effect, JsonObject, PageQuery, pageOf } from './common.ts'

const ToolFormat = Type.Enum([...toolFormats], {
  description: 'Whose words: MCP, the APIs of OpenAI (with or without `strict`), Anthropic or Gemini.',
})

export const Tool = Type.Object({
  name: Type.String({ description: "At most 37 characters of [a-zA-Z0-9_-]; unique among the caller's tools." }),
  connector: Type.String(),
  action: Type.String(),
  connection: Type.Object({ id: Type.String(), name: Type.String(), environment: Type.String() }),
  title: Type.String(),
  description: Type.String({ description: 'As a model sees it; at most 2,000 bytes as JSON.' }),
  effect: Effect,
  confirm: Type.Boolean(),
  deprecated: Type.Boolean(),
  method: Type.Union([Type.String(), Type.Null()], { description: 'Null of a command, which is no request.' }),
  path: Type.Union([Type.String(), Type.Null()]),
  tokens: Type.Integer({
    description: 'What name, description and input schema cost in the context of a model, estimated to about a tenth.',
  }),
  input_schema: Type.Record(Type.String(), Type.Unknown(), {
    description: 'As a model sees it: an object, without references, at most 8,192 bytes as JSON.',
  }),
  output_schema: Type.Union([JsonObject, Type.Null()], {
    description: 'What every answer satisfies; null where none is promised. At most 8,192 bytes as JSON.',
  }),
  icon: Type.Union([Type.String(), Type.Null()], { description: "Address of the connector's logo; null when it has none." }),
})
export const ToolPage = pageOf(Tool)
export const ToolQuery = Type.Interface([PageQuery], {
  connector: Type.Optional(Type.String()),
  connection: Type.Optional(Type.String()),
  action: Type.Optional(Type.String()),
  search: Type.Optional(Type.String({ maxLength: 200, description: 'The best 1,000 matches, listed by name.' })),
  format: Type.Optional(ToolFormat),
})
export const ToolCallRequest = Type.Object(
  {
    arguments: Type.Optional(Type.Unknown({ description: 'What the model gave, in the words of `format`. Default: {}.' })),
    format: Type.Optional(ToolFormat),
    idempotency_key: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    dry_run: Type.Optional(Type.Boolean()),
    max_result_bytes: Type.Optional(MaxResultBytes),
  },
  { additionalProperties: false },
)
export const ToolSearchRequest = Type.Object(
  {
    query: Type.String({ minLength: 1, maxLength: 500 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
  },
  { additionalProperties: false },
)
export const ToolSearchResult = Type.Object({
  items: Type.Array(
    Type.Object({
      tool: Type.String(),
      connector: Type.String(),
      action: Type.String(),
      connection: Type.Object({ id: Type.String(), name: Type.String(), environment: Type.String() }),
      description: Type.String({ description: 'Its beginning.' }),
      effect: Effect,
      method: Type.Optional(Type.String()),
      path: Type.Optional(Type.String()),
      score: Type.Number(),
      matched: Type.Array(Type.Object({ word: Type.String(), in: Type.Array(Type.String()) }), {
        description: 'Why: words of the request, and the parts of the tool that hold them or a word like them.',
      }),
    }),
  ),
})

export const AskRequest = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'What is wanted, with the values it takes: `look up customer cus_0001`.',
    }),
    max_result_bytes: Type.Optional(MaxResultBytes),
  },
  { additionalProperties: false },
)
const chosen = {
  chosen_by: Type.Enum(['model', 'search'], { description: 'The configured language model, or the search alone.' }),
  tool: Type.String(),
  arguments: JsonObject,
}
export const AskAnswer = Type.Union([
  Type.Object({ status: Type.Literal('done'), ...chosen, call: CallResult }, { description: 'A read was called.' }),
  Type.Object(
    { status: Type.Literal('pending_approval'), ...chosen, call: PendingCall },
    { description: 'A read was called that waits for the decision of a person.' },
  ),
  Type.Object(
    { status: Type.Literal('confirm'), ...chosen, call: CallResult },
    {
      description:
        'It would change something, so that nothing was sent: `call.plan` is what would be. To confirm, call the tool with these arguments.',
    },
  ),
  Type.Object(
    {
      status: Type.Literal('unsure'),
      chosen_by: chosen.chosen_by,
      reason: Type.String(),
      candidates: Type.Array(
        Type.Object({
          tool: Type.String(),
          description: Type.String({ description: 'Its beginning.' }),
          effect: Effect,
          arguments: JsonObject,
          missing: Type.Array(Type.String(), { description: 'Arguments it needs beside these.' }),
        }),
      ),
    },
    { description: 'Nothing was called: these tools may be meant.' },
  ),
])
