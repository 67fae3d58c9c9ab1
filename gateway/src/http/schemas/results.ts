import { Type } from 'typebox'
import { Handle } from './calls.ts'
import { AnyJson } from './common.ts'

export const ResultQuery = Type.Object({
  path: Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'A place in the answer: items[0].name, items[*].id, ["odd key"]. Default: the whole answer.',
    }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
  max_bytes: Type.Optional(Type.Integer({ minimum: 1024, maximum: 10_000_000, default: 100_000 })),
})
export const ResultPage = Type.Object({
  path: Type.String(),
  type: Type.Enum(['list', 'object', 'text', 'value']),
  total: Type.Integer({ description: 'Items, members or characters in all.' }),
  from: Type.Integer({ description: 'The first of them that is in value.' }),
  value: AnyJson,
  left_out: Type.Index(Handle, ['left_out']),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
})
