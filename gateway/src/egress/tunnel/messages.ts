import { type Static, type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { EgressFault } from '../types.ts'

/** What heads and messages hold. Either side parses what the other says: neither trusts the other with more than it has to. */

const Text = Type.String({ maxLength: 60_000 })
const Name = Type.String({ minLength: 1, maxLength: 200 })
const closed = { additionalProperties: false } as const

/**
 * A credential that is put in by the agent: how the connector authenticates, with the values that the gateway has, and the names
 * of those that only the agent knows.
 */
export const OnPremises = Type.Object(
  {
    /** Id of the connection, with the version of its credential. */
    owner: Name,
    /** The auth scheme, as the connector's document has it. */
    scheme: Type.Record(Type.String(), Type.Unknown()),
    /** What the gateway has, by the names of the scheme's fields. */
    fields: Type.Record(Type.String(), Text),
    /** Field of the scheme to name of a secret in the agent's own file. */
    secrets: Type.Record(Type.String(), Name),
    settings: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  },
  closed,
)
export type OnPremises = Static<typeof OnPremises>

/** The head of a request: what the gateway's door would send by itself, its secrets among it. */
export const RequestHead = Type.Object(
  {
    door: Name,
    connector: Name,
    method: Name,
    url: Text,
    headers: Type.Array(Type.Tuple([Name, Text])),
    secret_query: Type.Optional(Type.Record(Type.String(), Text)),
    secret_path: Type.Optional(Text),
    timeout_ms: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
    max_bytes: Type.Integer({ minimum: 0 }),
    verify_tls: Type.Boolean(),
    authorities: Type.Optional(Type.Object({ pem: Text, beside_public: Type.Boolean() }, closed)),
    client_certificate: Type.Optional(Type.Object({ owner: Name, certificate: Text, key: Text }, closed)),
    http2: Type.Boolean(),
    /** The body of the answer is wanted as it comes. */
    streamed: Type.Boolean(),
    on_premises: Type.Optional(OnPremises),
  },
  closed,
)
export type RequestHead = Static<typeof RequestHead>

/** The head of an answer; its body is decoded already. */
export const ResponseHead = Type.Object({
  status: Type.Integer({ minimum: 200, maximum: 599 }),
  headers: Type.Record(Type.String({ maxLength: 300 }), Text),
})
export type ResponseHead = Static<typeof ResponseHead>

/** What can go wrong on the agent's side, of the gateway's own faults. */
export const agentFaults = [
  'blocked',
  'unresolvable',
  'refused',
  'tls',
  'timeout',
  'too_large',
  'broken',
  'aborted',
  'agent_refused',
  'agent_credential',
  'no_agent',
] as const satisfies readonly EgressFault[]

export const Fault = Type.Object({
  fault: Type.Enum([...agentFaults]),
  /** Whether the API may have seen the request. */
  sent: Type.Boolean(),
  status: Type.Optional(Type.Integer()),
  message: Type.String({ maxLength: 2_000 }),
})
export type Fault = Static<typeof Fault>

/** The first message of an agent. */
export const Register = Type.Object({
  type: Type.Literal('register'),
  /** Versions of the protocol that it speaks. */
  protocols: Type.Array(Type.Integer(), { maxItems: 20 }),
  /** Of its software, for people. */
  version: Name,
  /** What it is called within its network. */
  agent: Name,
  /** New with each start of the process: of two of one name the one that came last stays. */
  instance: Name,
  /** Connectors that it serves; null for any. */
  connectors: Type.Union([Type.Array(Name, { maxItems: 200 }), Type.Null()]),
  /** Gateways that it has met already. */
  met: Type.Array(Name, { maxItems: 200 }),
})
export type Register = Static<typeof Register>

/** What an agent says later. */
export const AgentMessage = Type.Union([Register, Type.Object({ type: Type.Literal('drain') })])
export type AgentMessage = Static<typeof AgentMessage>

/** What a gateway says. */
export const GatewayMessage = Type.Union([
  Type.Object({
    type: Type.Literal('registered'),
    protocol: Type.Integer(),
    gateway: Name,
    gateways: Type.Array(Name),
    network: Name,
  }),
  /** This gateway has the agent already: try the address again for another. */
  Type.Object({ type: Type.Literal('met'), gateway: Name, gateways: Type.Array(Name) }),
  Type.Object({ type: Type.Literal('refused'), reason: Text }),
  /** The gateways there are now. */
  Type.Object({ type: Type.Literal('gateways'), gateways: Type.Array(Name) }),
])
export type GatewayMessage = Static<typeof GatewayMessage>

function parser<T extends TSchema>(schema: T): (value: unknown) => Static<T> | null {
  const compiled = Compile(schema)
  return (value) => (compiled.Check(value) ? value : null)
}

export const parseRequestHead = parser(RequestHead)
export const parseResponseHead = parser(ResponseHead)
export const parseFault = parser(Fault)
export const parseAgentMessage = parser(AgentMessage)
export const parseGatewayMessage = parser(GatewayMessage)
