import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false } as const

/** How the server of a connector of kind mcp is reached; its address is the server URL, unless it is a program. */
export const McpServer = Type.Object(
  {
    transport: Type.Optional(
      Type.Enum(['http', 'sse'], {
        default: 'http',
        description: 'http: streamable HTTP. sse: the transport of 2024-11-05, for servers that speak nothing newer.',
      }),
    ),
    program: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9_-]{0,62}$',
        description:
          "Instead of servers: a program on the gateway's machine that speaks over standard input and output, by the name that the operator listed it under.",
      }),
    ),
  },
  { ...closed, description: 'Of kind mcp: how its server speaks.' },
)

/** The tool of an MCP server that an action calls, as an admin took it. */
export const McpTool = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 256, description: 'What the server calls it.' }),
    fingerprint: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Of what the server said of the tool: one that says something else is not called until it is taken again.',
    }),
  },
  { ...closed, description: 'Of kind mcp, which needs it.' },
)

/** Sign-in at the authorization server that an MCP server names, as the MCP authorization specification has it. */
export const McpOAuthScheme = Type.Object(
  {
    type: Type.Literal('mcp_oauth'),
    issuer: Type.Optional(
      Type.String({
        description:
          'The only authorization server to sign in at. Default: the first that the MCP server names in its metadata (RFC 9728).',
      }),
    ),
    scopes: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'What each scope permits.' })),
    default_scopes: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Asked for unless a connection chooses others. Default: those that the MCP server asks for.',
      }),
    ),
    incremental_scopes: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'The server adds new scopes to those granted before, so that only the new ones are asked for.',
      }),
    ),
    description: Type.Optional(Type.String()),
  },
  { ...closed, description: 'Of kind mcp: a person signs in at the authorization server that the MCP server names.' },
)
export type McpOAuthScheme = Static<typeof McpOAuthScheme>
