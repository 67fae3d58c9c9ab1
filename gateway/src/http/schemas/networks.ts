import { Type } from 'typebox'
import { Instant, pageOf } from './common.ts'

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })

const Agent = Type.Object({
  name: Type.String({ description: 'Of this agent within the network.' }),
  version: Type.String({ description: 'Of its software.' }),
  protocol: Type.Integer(),
  connectors: Type.Union([Type.Array(Type.String()), Type.Null()], {
    description: 'Those that its own file lets it serve; null for any.',
  }),
  address: Type.String({ description: 'Where it dials from.' }),
  connected_at: Instant,
  seen_at: Instant,
  online: Type.Boolean(),
  gateways: Type.Integer({ description: 'How many gateways it is connected to.' }),
})

const NetworkToken = Type.Object({
  id: Type.String(),
  hint: Type.String({ description: 'Its first characters.' }),
  created_at: Instant,
  expires_at: Type.Union([Instant, Type.Null()]),
  last_used_at: Type.Union([Instant, Type.Null()]),
  revoked_at: Type.Union([Instant, Type.Null()]),
})

/** A private network, reached by agents in it that dial out. */
export const Network = Type.Object({
  id: Type.String(),
  name: Type.String(),
  created_at: Instant,
  online: Type.Boolean({ description: 'Whether an agent of it is connected.' }),
  gateways: Type.Integer({ description: 'How many gateways there are: a healthy agent is connected to each.' }),
  connections: Type.Integer({ description: 'Connections that lead through it.' }),
  agents: Type.Array(Agent, { description: 'At most 100, those seen last first.' }),
  tokens: Type.Union([Type.Array(NetworkToken), Type.Null()], { description: 'Null for whoever may not make them.' }),
})
export const NetworkPage = pageOf(Network)
export const NetworkNameRequest = Type.Object({ name: Name }, { additionalProperties: false })
export const NewNetworkToken = Type.Object({
  id: Type.String(),
  token: Type.String({ description: 'For `sallyport agent`; shown this once.' }),
})
export const CreatedNetwork = Type.Object({ network: Network, token: NewNetworkToken })
export const NetworkTokenRequest = Type.Object(
  { expires_at: Type.Optional(Type.Union([Instant, Type.Null()])) },
  { additionalProperties: false },
)
