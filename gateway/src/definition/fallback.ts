import { type Static, Type } from 'typebox'
import { Mock } from './mock.ts'

const closed = { additionalProperties: false } as const
const Paths = Type.Record(Type.String(), Type.String())

/** What is tried when a call failed at its API. */
const Fallback = Type.Union([
  Type.Object(
    {
      connection: Type.String({
        minLength: 1,
        description: 'Another connection of the connector, by name or id: the same call over it.',
      }),
    },
    closed,
  ),
  Type.Object(
    {
      connector: Type.String({ minLength: 1, description: 'Another connector.' }),
      action: Type.String({ minLength: 1, description: 'Its action.' }),
      connection: Type.Optional(Type.String({ minLength: 1, description: 'Where it has several, by name or id.' })),
      input: Type.Optional(
        Type.Record(Type.String(), Type.Unknown(), {
          description: 'The input of that action; {{name}} takes an input of this one. Default: the same input.',
        }),
      ),
      output: Type.Optional(
        Type.Object(
          { root: Type.Optional(Type.String()), map: Type.Optional(Paths) },
          { ...closed, description: 'What its answer becomes, as `response` of an action says it.' },
        ),
      ),
    },
    closed,
  ),
  Type.Object(
    {
      last_good_minutes: Type.Integer({
        minimum: 1,
        maximum: 10_080,
        description: 'The last answer that the same caller got over the same connection to the same input, if it is no older.',
      }),
    },
    closed,
  ),
])
export type Fallback = Static<typeof Fallback>

/** Of an action: what answers in place of its API. `scenario`: a pattern of names. */
export const insteadOfCalling = (scenario: string) => ({
  idempotent: Type.Optional(Type.Boolean({ description: 'Of a write: doing it twice, elsewhere too, is as good as once.' })),
  fallbacks: Type.Optional(
    Type.Array(Fallback, {
      maxItems: 3,
      description: 'What is tried in turn when the API fails. Of reads, and of idempotent writes.',
    }),
  ),
  mocks: Type.Optional(
    Type.Record(Type.String(), Mock, {
      propertyNames: { pattern: scenario },
      description: 'What is answered instead of calling, by scenario: of a connection or a call that asks for it.',
    }),
  ),
})
