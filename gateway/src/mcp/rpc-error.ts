/** An HTTP error with the body of a JSON-RPC error, which MCP clients can show. The code: -32000 to -32099 are the server's own. */
export function rpcError(
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  data?: unknown,
): Response {
  return Response.json(
    { jsonrpc: '2.0', error: { code, message, ...(data === undefined ? {} : { data }) }, id: null },
    { status, headers: { ...headers } },
  )
}
