import type { Programs } from '../../egress/programs/programs.ts'
import type { Egress } from '../../egress/types.ts'
import type { ConnectionRegistry, LoadedConnection } from '../registry.ts'
import { keyOfConnection, listOverHttp } from './http-listing.ts'
import { listOfProgram } from './program-listing.ts'
import { programValues } from './program-transport.ts'
import { mcpPlaceOf } from './sign-in.ts'

interface Ways {
  readonly egress: Egress
  readonly programs: Programs
  readonly connections: Pick<ConnectionRegistry, 'openCredential' | 'mayRenew'>
}

/** Whether a connection to an MCP server works: how many tools it lists. Throws what says why it does not. */
export async function countTools({ egress, programs, connections }: Ways, connection: LoadedConnection): Promise<number> {
  const { connector, baseUrl, settings, workspaceId, id } = connection
  const { program: name } = connector.document.mcp ?? {}
  if (name === undefined) {
    const key = await keyOfConnection(connections, connection)
    return (await listOverHttp(egress, 'mcp_listing', mcpPlaceOf(connector, baseUrl), key)).tools.length
  }
  const program = programs.find(name)
  const { fields } = await connections.openCredential(connection)
  const values = programValues(settings, fields)
  // It may be tried again as soon as somebody has mended what keeps calls from it.
  return (await listOfProgram({ programs, program, workspaceId, owner: `test ${id}`, values })).tools.length
}
