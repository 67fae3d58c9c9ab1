import { type Static, Type } from 'typebox'
import { Expect } from './verify.ts'

/** Auth schemes for which the gateway logs in, keeps what it gets, and logs in again. */

const closed = { additionalProperties: false } as const
const note = Type.Optional(Type.String())
const texts = (description: string) => Type.Optional(Type.Record(Type.String(), Type.String(), { description }))

const Login = Type.Object(
  {
    method: Type.Optional(Type.Enum(['POST', 'PUT', 'GET'], { default: 'POST' })),
    url: Type.String({
      pattern: '^(/([^/]|$)|https?://|\\{)',
      description:
        'A path below the server URL, or a whole address where the login is elsewhere. {name} stands for a setting, as in server URLs.',
    }),
    headers: texts('With {{field}} and {{settings.name}}.'),
    body: texts('Each member of the body, with {{field}} and {{settings.name}}. Default: every field by its name.'),
    body_format: Type.Optional(Type.Enum(['json', 'form'], { default: 'json' })),
    expect: Type.Optional(Expect),
  },
  closed,
)

const shared = {
  fields: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({ title: note, description: note, secret: Type.Optional(Type.Boolean({ default: true })) }, closed),
      {
        minProperties: 1,
        propertyNames: { pattern: '^[a-zA-Z][a-zA-Z0-9_-]{0,62}$' },
        description: 'What is asked for. Default: username and password.',
      },
    ),
  ),
  login: Login,
  lifetime: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 31_536_000,
      description: 'Seconds that a login counts, where the answer does not say. Without, until the API refuses it.',
    }),
  ),
  description: note,
}

export const TwoStepScheme = Type.Object(
  {
    type: Type.Literal('two_step', { description: 'A login answers a token, which goes with each request until it ends.' }),
    ...shared,
    token: Type.Union([Type.Object({ path: Type.String() }, closed), Type.Object({ header: Type.String() }, closed)], {
      description: 'Where the token stands in the answer to the login.',
    }),
    expires: Type.Optional(
      Type.Object(
        {
          path: Type.String({ description: 'Where the answer says how long the token counts.' }),
          unit: Type.Optional(
            Type.Enum(['s', 'ms', 'absolute'], {
              default: 's',
              description: 'absolute: a date, or seconds or milliseconds since 1970.',
            }),
          ),
        },
        closed,
      ),
    ),
    in: Type.Optional(Type.Enum(['header', 'query', 'cookie'], { default: 'header' })),
    name: Type.Optional(Type.String({ description: 'Default: Authorization; of a query or cookie, token.' })),
    prefix: Type.Optional(Type.String({ description: 'Put before the token. Default: "Bearer " in Authorization.' })),
  },
  closed,
)
export type TwoStepScheme = Static<typeof TwoStepScheme>

export const SessionScheme = Type.Object(
  {
    type: Type.Literal('session', { description: 'A login answers cookies, which go with each request until they end.' }),
    ...shared,
    cookies: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, description: 'Those to keep, by name. Default: all of the answer.' }),
    ),
    login_page: Type.Optional(
      Type.String({
        pattern: '^/',
        description:
          'Path that the API redirects to when the session has ended; {name} stands for a setting. Default: that of the login.',
      }),
    ),
  },
  closed,
)
export type SessionScheme = Static<typeof SessionScheme>
export type LoginScheme = TwoStepScheme | SessionScheme

/** What the token is kept as; no entered field may have this name. */
export const loginToken = 'login_token'

/** Where a request goes that carries the token. */
export function tokenPlace({ in: place = 'header', name, prefix }: TwoStepScheme) {
  const own = name ?? (place === 'header' ? 'Authorization' : 'token')
  return { place, name: own, prefix: prefix ?? (own.toLowerCase() === 'authorization' ? 'Bearer ' : '') }
}

export const loginFields = ({ fields }: LoginScheme): NonNullable<LoginScheme['fields']> =>
  fields ?? { username: { title: 'User name', secret: false }, password: { title: 'Password' } }
