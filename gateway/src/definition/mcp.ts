import { Type } from 'typebox'

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
