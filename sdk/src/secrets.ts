import type { operations } from './api.ts'
import { type Body, type Connection, type Query, send } from './request.ts'

type BodyOf<Id extends keyof operations> = Body<operations[Id]>
type QueryOf<Id extends keyof operations> = Query<operations[Id]>

/** Secret managers of the workspace, what of its connections is in them, and the manifest of those who read from there. */
export function createSecrets(connection: Connection) {
  const at = <Id>(id: Id) => ({ params: { id } })
  return {
    backends: async () => (await send(connection, 'get', '/api/v1/secret-backends', {})).data,
    /** As the default it brings the workspace into secret-manager mode. */
    addBackend: async (body: BodyOf<'createSecretBackend'>) =>
      (await send(connection, 'post', '/api/v1/secret-backends', { body })).data,
    updateBackend: async (id: string, body: BodyOf<'updateSecretBackend'>) =>
      (await send(connection, 'patch', '/api/v1/secret-backends/{id}', { ...at(id), body })).data,
    /** Refused while secrets of connections are in it; `abandon` leaves them there. */
    removeBackend: async (id: string, query: QueryOf<'deleteSecretBackend'> = {}) =>
      (await send(connection, 'delete', '/api/v1/secret-backends/{id}', { ...at(id), query })).data,
    /** Writes, finds and removes a secret without meaning. */
    testBackend: async (id: string) => (await send(connection, 'post', '/api/v1/secret-backends/{id}/test', at(id))).data,
    /** Tries again now what failed, and looks whether somebody has changed what was written. */
    sync: async (id: string) => (await send(connection, 'post', '/api/v1/secret-backends/{id}/sync', at(id))).data,
    list: async (id: string, query: QueryOf<'listReplicatedSecrets'> = {}) =>
      (await send(connection, 'get', '/api/v1/secret-backends/{id}/secrets', { ...at(id), query })).data,
    /** Where a connection's secret is. */
    of: async (id: string) => (await send(connection, 'get', '/api/v1/connections/{id}/secret', at(id))).data,
    /** `to`: `workspace`, `proxy`, or the id of a backend. */
    move: async (id: string, to: string) =>
      (await send(connection, 'put', '/api/v1/connections/{id}/secret', { ...at(id), body: { to } })).data,
    /** Over whatever somebody has made of it. */
    rewrite: async (id: string) => (await send(connection, 'post', '/api/v1/connections/{id}/secret/rewrite', at(id))).data,
    /** Has a credential renewed that an API has refused; answers the version to read. */
    refresh: async (id: string, version: string) =>
      (await send(connection, 'post', '/api/v1/connections/{id}/secret/refresh', { ...at(id), body: { version } })).data,
    /** Definitions, connections and where their secrets are; never a value. */
    manifest: async (query: QueryOf<'getManifest'> = {}) => (await send(connection, 'get', '/api/v1/manifest', { query })).data,
  }
}
