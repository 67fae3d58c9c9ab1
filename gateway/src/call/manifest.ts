import type { Caller } from '../caller.ts'
import type { ConnectionRegistry, LoadedConnection } from '../connections/registry.ts'
import type { SecretReferences } from '../connections/secret-manager/references.ts'
import type { ConnectorDocument } from '../definition/document.ts'
import { SallyportError } from '../errors.ts'
import type { Manifest, ManifestConnection, Manifests } from './manifest-types.ts'
import { refusalOf } from './permitted.ts'

interface Dependencies {
  readonly connections: Pick<ConnectionRegistry, 'all'>
  readonly secrets: SecretReferences
  readonly publicUrl: () => string
}

const actionsOf = (caller: Caller, connection: LoadedConnection) =>
  Object.keys(connection.connector.document.actions).filter((action) => refusalOf(caller, connection, action) === null)

/** Everything but the actions that nobody asks for, in the document's own order. */
function withActions(document: ConnectorDocument, wanted: ReadonlySet<string>): Readonly<Record<string, unknown>> {
  const actions = Object.fromEntries(Object.entries(document.actions).filter(([name]) => wanted.has(name)))
  const { default_action, ...rest } = document
  return { ...rest, ...(default_action !== undefined && wanted.has(default_action) && { default_action }), actions }
}

/** What a workload has to know to make a caller's calls by itself. Never a credential: where it is. */
export function createManifests({ connections, secrets, publicUrl }: Dependencies): Manifests {
  async function usable(caller: Caller): Promise<readonly (readonly [LoadedConnection, readonly string[]])[]> {
    const all = await connections.all(caller)
    return all
      .map((connection) => [connection, actionsOf(caller, connection)] as const)
      .filter(([, actions]) => actions.length > 0)
  }

  return {
    async manifest(caller): Promise<Manifest> {
      const { workspaceId, workspaceName, toolset } = caller
      const [found, { backends, secrets: references, defaults }] = await Promise.all([
        usable(caller),
        secrets.references(workspaceId),
      ])
      const documents = new Map<
        string,
        { readonly version: string; readonly document: ConnectorDocument; readonly actions: Set<string> }
      >()
      for (const [{ connector }, actions] of found) {
        const { id, version, document } = connector
        const known = documents.get(id) ?? { version, document, actions: new Set<string>() }
        for (const action of actions) known.actions.add(action)
        documents.set(id, known)
      }
      const items = found.map(
        ([connection, actions]): ManifestConnection => ({
          id: connection.id,
          name: connection.name,
          connector: connection.connector.id,
          environment: connection.environment,
          default: defaults.has(connection.id),
          scheme: connection.schemeName,
          settings: connection.settings,
          approval: connection.approval,
          actions,
          secret: references.get(connection.id) ?? null,
        }),
      )
      const used = new Set(items.flatMap(({ secret }) => (secret === null ? [] : [secret.backend])))
      return {
        sallyport_manifest: 1,
        gateway: publicUrl(),
        workspace: { id: workspaceId, name: workspaceName },
        toolset: toolset === null ? null : { slug: toolset.slug, approval: toolset.approval },
        backends: backends.filter(({ id }) => used.has(id)),
        connectors: [...documents]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([id, { version, document, actions }]) => ({ id, version, document: withActions(document, actions) })),
        connections: items.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      }
    },

    async refresh(caller, id, version) {
      // Whoever may call over it may have it renewed: a call over the gateway does the same.
      if (!(await usable(caller)).some(([connection]) => connection.id === id))
        throw new SallyportError('NOT_FOUND', { detail: `There is no connection "${id}" among your tools.` })
      return secrets.refresh(caller.workspaceId, id, version)
    },
  }
}
