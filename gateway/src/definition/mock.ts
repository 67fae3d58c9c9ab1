import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false } as const

/** What an action answers instead of calling: an outcome, or a script that makes one. */
export const Mock = Type.Union([
  Type.Object(
    {
      payload: Type.Optional(Type.Unknown()),
      variables: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      error: Type.Optional(
        Type.String({ description: 'What failed: the call then fails with these diagnostics, as a real one would.' }),
      ),
      diagnostics: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    },
    closed,
  ),
  Type.Object(
    {
      script: Type.String({
        minLength: 1,
        maxLength: 65_536,
        description: 'Its function "mock" returns the outcome; the input is in sallyport.params. It has no network.',
      }),
      language: Type.Optional(Type.Enum(['javascript', 'typescript'], { default: 'javascript' })),
    },
    closed,
  ),
])
export type Mock = Static<typeof Mock>
