import { Type } from 'typebox'

const closed = { additionalProperties: false } as const
const note = Type.Optional(Type.String())

const Derived = Type.Object(
  {
    value: Type.String({
      minLength: 1,
      maxLength: 2_000,
      description:
        'Text with {{host}}, {{port}}, {{authority}}, {{username}}, {{password}}, {{database}}, {{scheme}}, {{basic}}, {{query.<name>}} of a URL or {{<key>}} of key=value pairs. Left out when one of them is absent.',
    }),
    secret: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'A secret is sealed with the credential, for headers, query and code. False: the setting or server variable of this name.',
      }),
    ),
    map: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        minProperties: 1,
        description: 'What each value becomes, e.g. {postgresql: postgres}; any other is refused.',
      }),
    ),
  },
  closed,
)

export const ConnectionStringScheme = Type.Object(
  {
    type: Type.Literal('conn_string', { description: 'One connection string: a URL, or key=value pairs.' }),
    example: Type.Optional(Type.String()),
    derived: Type.Record(Type.String(), Derived, {
      minProperties: 1,
      propertyNames: { pattern: '^[a-zA-Z][a-zA-Z0-9_-]{0,62}$' },
      description: 'What is made of its parts.',
    }),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Sent with each request; {{name}} is a derived secret.' }),
    ),
    query: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'The same as query parameters.' })),
    description: note,
  },
  closed,
)
