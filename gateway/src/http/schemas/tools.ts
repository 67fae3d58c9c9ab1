import { Type } from 'typebox'
import { AnyJson, Effect, JsonObject, PageQuery, pageOf } from './common.ts'

export const Tool = Type.Object({
  name: Type.String({ description: "At most 37 characters of [a-zA-Z0-9_-]; unique among the caller's tools." }),
  connector: Type.String(),
  action: Type.String(),
  connection: Type.Object({ id: Type.String(), name: Type.String(), environment: Type.String() }),
  title: Type.String(),
  description: Type.String(),
  effect: Effect,
  confirm: Type.Boolean(),
  deprecated: Type.Boolean(),
  method: Type.String(),
  path: Type.String(),
  input_schema: JsonObject,
  output_schema: AnyJson,
})
export const ToolPage = pageOf(Tool)
export const ToolQuery = Type.Interface([PageQuery], {
  connector: Type.Optional(Type.String()),
  connection: Type.Optional(Type.String()),
  search: Type.Optional(Type.String({ maxLength: 200 })),
  format: Type.Optional(Type.Enum(['mcp', 'openai', 'anthropic', 'gemini'])),
})
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
      description: Type.String(),
      effect: Effect,
      method: Type.Optional(Type.String()),
      path: Type.Optional(Type.String()),
      score: Type.Number(),
    }),
  ),
})
