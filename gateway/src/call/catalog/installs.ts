import { requireRole } from '../../caller.ts'
import { formOf } from '../../connections/catalog/form.ts'
import type { ConnectorRegistry } from '../../connections/connectors.ts'
import { nextStepOf } from '../../connections/oauth/flows.ts'
import type { ConnectionRegistry } from '../../connections/registry.ts'
import type { Installs } from '../../connections/types.ts'
import { type VerifyServices, verifyAt } from './verify.ts'

interface Dependencies extends VerifyServices {
  readonly connectors: ConnectorRegistry
  readonly connections: ConnectionRegistry
}

export function createInstalls({ connectors, connections, ...services }: Dependencies): Installs {
  return {
    async verify(caller, id, request) {
      requireRole(caller, 'manager')
      return verifyAt(services, await connectors.offered(caller.workspaceId, id), request)
    },

    async install(caller, id, { name, team, scopes, ...request }) {
      requireRole(caller, 'manager')
      // Everything is checked that can be before anything is stored.
      const connector = await connectors.offered(caller.workspaceId, id)
      const form = formOf(connector, request)
      const connection = {
        connector: id,
        name: name ?? connector.name,
        ...(team !== undefined && { team }),
        ...form,
        auth: { ...form.auth, ...(scopes !== undefined && { scopes }) },
      }
      await connections.check(caller, connector, connection)
      await connectors.adopt(caller, id)
      const made = await connections.create(caller, connection)
      return { integration_id: made.id, ...nextStepOf(made) }
    },
  }
}
