import { Type } from 'typebox'
import { Instant } from './common.ts'

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const ClientId = Type.String({ minLength: 1, maxLength: 2000 })
const ClientSecret = Type.String({
  minLength: 1,
  maxLength: 65_536,
  description: 'Write-only. Where the connector authenticates its client by private_key_jwt: the private key in PEM.',
})
const Slug = Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' })

/** An app that the workspace registered at a provider. */
export const OAuthApp = Type.Object({
  id: Type.String(),
  name: Type.String(),
  family: Type.Union([Type.String(), Type.Null()], { description: 'It serves every connector of this family.' }),
  connector: Type.Union([Type.String(), Type.Null()], { description: 'It serves this connector, before an app of its family.' }),
  issuer: Type.Union([Type.String(), Type.Null()], {
    description: 'The authorization server that it is bound to: of MCP servers, where an app is of no use at another.',
  }),
  registered: Type.Boolean({
    description: 'The gateway registered it there by itself; then it serves neither connector nor family.',
  }),
  client_id: Type.String(),
  has_secret: Type.Boolean(),
  redirect_url: Type.String({ description: 'To be entered at the provider.' }),
  connections: Type.Integer({ description: 'Connections whose tokens it obtained.' }),
  created_at: Instant,
})
export const OAuthAppList = Type.Object({
  redirect_url: Type.String({ description: 'To be entered at the provider, for every app.' }),
  items: Type.Array(OAuthApp),
  next_cursor: Type.Null(),
})
export const CreateOAuthAppRequest = Type.Object(
  {
    name: Type.Optional(Name),
    family: Type.Optional(Slug),
    connector: Type.Optional(Slug),
    client_id: ClientId,
    client_secret: Type.Optional(ClientSecret),
  },
  { additionalProperties: false, description: 'For one connector or one family.' },
)
export const UpdateOAuthAppRequest = Type.Object(
  { name: Type.Optional(Name), client_id: Type.Optional(ClientId), client_secret: Type.Optional(ClientSecret) },
  { additionalProperties: false },
)
