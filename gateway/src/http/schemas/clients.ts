import { Type } from 'typebox'
import { Instant, pageOf } from './common.ts'

/** Programs that act for people by OAuth. */

const RedirectUris = Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), { minItems: 1, maxItems: 50 })

/** A program that admins registered. */
export const Client = Type.Object({
  id: Type.String({ description: 'Its client_id.' }),
  name: Type.String(),
  redirect_uris: Type.Array(Type.String()),
  confidential: Type.Boolean({ description: 'Whether it shows a secret with its codes.' }),
  created_at: Instant,
})
export const ClientList = Type.Object({ items: Type.Array(Client), next_cursor: Type.Null() })
export const CreateClientRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
    redirect_uris: RedirectUris,
    confidential: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export const CreatedClient = Type.Object({
  ...Client.properties,
  secret: Type.Union([Type.String(), Type.Null()], { description: 'Shown this once; null for a program without one.' }),
})

/** What somebody allowed a program. */
export const Grant = Type.Object({
  id: Type.String(),
  client: Type.Object({ id: Type.String(), name: Type.String(), host: Type.String() }),
  person: Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() }),
  resource: Type.String({ description: 'The path it may use: /mcp, or /mcp/ and a toolset.' }),
  created_at: Instant,
  last_used_at: Type.Union([Instant, Type.Null()]),
})
export const GrantPage = pageOf(Grant)

const Parameter = Type.String({ maxLength: 4000 })
/** The parameters of the authorization endpoint, as the browser brought them. */
const parameters = {
  client_id: Type.String({ minLength: 1, maxLength: 2000 }),
  redirect_uri: Type.String({ minLength: 1, maxLength: 2000 }),
  response_type: Type.Optional(Parameter),
  code_challenge: Type.Optional(Parameter),
  code_challenge_method: Type.Optional(Parameter),
  resource: Type.Optional(Parameter),
  scope: Type.Optional(Parameter),
  state: Type.Optional(Parameter),
}
export const AuthorizationRequest = Type.Object(parameters, { additionalProperties: false })
export const AuthorizationDecision = Type.Object({ ...parameters, allow: Type.Boolean() }, { additionalProperties: false })
export const Authorization = Type.Object({
  client: Type.Object({
    id: Type.String(),
    name: Type.String(),
    host: Type.String(),
    known: Type.Union([Type.Literal('by_document'), Type.Literal('by_admins'), Type.Literal('by_itself')], {
      description: 'Who says what it is: the document at its address, admins of the workspace, or nobody but itself.',
    }),
  }),
  place: Type.String({ description: 'Where the browser goes afterwards: a host, or the scheme of a program.' }),
  toolset: Type.Union([Type.Object({ name: Type.String(), slug: Type.String() }), Type.Null()], {
    description: 'Null for all tools.',
  }),
  tools: Type.Integer(),
  writes: Type.Integer({ description: 'Of the tools, those that change something.' }),
  refused: Type.Union([Type.Object({ error: Type.String(), description: Type.String(), back: Type.String() }), Type.Null()], {
    description: 'What the program asked wrongly, and where to send the browser back with that.',
  }),
})
export const AuthorizationAnswer = Type.Object({ url: Type.String({ description: 'Where to send the browser.' }) })
