import { type Static, type TSchema, Type } from 'typebox'

/** Shapes that several resources of the HTTP API share. */

export const Role = Type.Union([
  Type.Literal('viewer'),
  Type.Literal('member'),
  Type.Literal('manager'),
  Type.Literal('admin'),
  Type.Literal('owner'),
])
export const Scenario = Type.String({
  pattern: '^[a-zA-Z][a-zA-Z0-9_-]{0,62}$',
  description: 'A scenario of the mocks of actions, such as default: it is answered, and nothing is sent.',
})
export const CassetteName = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'A cassette: lower-case letters, digits and "-"; at most 63 characters.',
})
export const Effect = Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('destructive')])
export const Outcome = Type.Union([Type.Literal('not_sent'), Type.Literal('sent_unknown'), Type.Literal('done')], {
  description: 'not_sent: the API never saw the request. sent_unknown: it may have. done: it answered.',
})
export const Instant = Type.String({ format: 'date-time' })
export const Diagnostics = Type.Record(Type.String(), Type.Unknown())
export const AnyJson = Type.Unknown({ description: 'Any JSON value.' })
export const JsonObject = Type.Record(Type.String(), Type.Unknown())

/** A page of a listing. `next_cursor` is null on the last page. */
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) })

export const PageQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
})

export const IdParams = Type.Object({ id: Type.String({ maxLength: 200 }) })

/** RFC 9457, with the code of the catalogue. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    code: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    resolution: Type.String(),
    call_id: Type.Optional(Type.String()),
    outcome: Type.Optional(Outcome),
    diagnostics: Type.Optional(Diagnostics),
  },
  { $id: 'Problem' },
)
export type Problem = Static<typeof Problem>

/** Who did something: a person, a token, or the gateway itself. */
export const Actor = Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() })
