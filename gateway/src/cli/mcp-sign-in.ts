import { type Sallyport, SallyportProblem, type Schemas } from '@sallyport/sdk'
import { waitForConsent } from './authorize.ts'
import type { Output } from './output.ts'

/** Whether an MCP server did not list its tools because people have to sign in first, where the gateway can send them. */
export const wantsSignIn = (error: unknown): boolean =>
  error instanceof SallyportProblem && error.code === 'AUTHENTICATION_FAILED' && error.diagnostics?.sign_in !== undefined

interface McpImport {
  readonly kind: 'mcp'
  readonly url?: string
  readonly select?: string[]
}

/** Makes connector and connection, has somebody sign in, and takes the tools that are listed then. */
export async function importBySignIn(
  sallyport: Sallyport,
  { select, ...source }: McpImport,
  out: Output,
): Promise<Schemas['CreatedConnector']> {
  const { connectors, connections } = sallyport
  const { connector } = await connectors.create({ ...source, sign_in: true })
  out.note(`${connector} is there. Its tools are listed once you have signed in.`)
  const connection = await connections.create({ connector })
  await waitForConsent(sallyport, connection.id, connection, out)
  return connectors.reimport(connector, select === undefined ? {} : { source: { select } })
}
