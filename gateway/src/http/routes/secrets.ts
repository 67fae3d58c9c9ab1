import type { Manifest as ManifestView } from '../../call/manifest-types.ts'
import type {
  SecretPlacement as PlacementView,
  SecretBackendView,
  SecretReplicaView,
} from '../../connections/secret-manager/types.ts'
import type { Page } from '../../page.ts'
import { callerOf, credentialsOf } from '../credentials.ts'
import { IdParams, pageOf } from '../schemas/common.ts'
import {
  CreateSecretBackendRequest,
  DeleteSecretBackendQuery,
  Manifest,
  ManifestQuery,
  MoveSecretRequest,
  RefreshedSecret,
  RefreshSecretRequest,
  SecretBackend,
  SecretBackendList,
  SecretBackendTest,
  SecretPlacement,
  SecretReplica,
  SecretReplicaQuery,
  UpdateSecretBackendRequest,
} from '../schemas/secrets.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['secrets']

/** Secret managers of the workspace, what of its connections is in them, and what workloads read instead of asking the gateway. */
export function secretRoutes(app: HttpApp, { access, secretBackends, manifests }: HttpServices): void {
  app.get(
    '/secret-backends',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'listSecretBackends',
        summary: 'List the secret managers of the workspace',
        tags,
        response: answers({
          200: answer<{ items: readonly SecretBackendView[]; next_cursor: null }>(
            SecretBackendList,
            'All of them by name, without their credentials.',
          ),
        }),
      },
    },
    async (request) => ({ ...(await secretBackends.list(callerOf(request))), next_cursor: null }),
  )

  app.post(
    '/secret-backends',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createSecretBackend',
        summary: 'Add a secret manager',
        description: 'As the default it brings the workspace into secret-manager mode: what is active is replicated at once.',
        tags,
        body: CreateSecretBackendRequest,
        response: answers({
          201: answer<SecretBackendView>(SecretBackend, 'The backend. Its credential is sealed and never shown.'),
        }),
      },
    },
    async (request, reply) => reply.code(201).send(await secretBackends.create(callerOf(request), request.body)),
  )

  app.patch(
    '/secret-backends/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'updateSecretBackend',
        summary: 'Change a secret manager',
        description:
          'What is left out stays; where it is cannot be changed. `default: false` brings the workspace back to proxy mode, and removes what it had replicated.',
        tags,
        params: IdParams,
        body: UpdateSecretBackendRequest,
        response: answers({ 200: answer<SecretBackendView>(SecretBackend, 'The changed backend.') }),
      },
    },
    (request) => secretBackends.update(callerOf(request), request.params.id, request.body),
  )

  app.delete(
    '/secret-backends/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteSecretBackend',
        summary: 'Remove a secret manager',
        tags,
        params: IdParams,
        querystring: DeleteSecretBackendQuery,
        response: answers({ 204: noContent('Removed.') }),
      },
    },
    async (request, reply) => {
      await secretBackends.remove(callerOf(request), request.params.id, request.query.abandon ?? false)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/secret-backends/:id/test',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'testSecretBackend',
        summary: 'Write, find and remove a secret without meaning',
        tags,
        params: IdParams,
        response: answers({ 200: answer<{ ok: boolean; message: string }>(SecretBackendTest, 'What came of it.') }),
      },
    },
    (request) => secretBackends.test(callerOf(request), request.params.id),
  )

  app.post(
    '/secret-backends/:id/sync',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'syncSecretBackend',
        summary: 'Try again now what failed, and look whether somebody has changed what was written',
        tags,
        params: IdParams,
        response: answers({ 200: answer<SecretBackendView>(SecretBackend, 'The backend after the look.') }),
      },
    },
    (request) => secretBackends.sync(callerOf(request), request.params.id),
  )

  app.get(
    '/secret-backends/:id/secrets',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'listReplicatedSecrets',
        summary: 'List what of the connections is, or is to be, in a secret manager',
        tags,
        params: IdParams,
        querystring: SecretReplicaQuery,
        response: answers({ 200: answer<Page<SecretReplicaView>>(pageOf(SecretReplica), 'One page, by connection. No values.') }),
      },
    },
    (request) => secretBackends.replicas(callerOf(request), request.params.id, request.query),
  )

  app.get(
    '/connections/:id/secret',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getConnectionSecret',
        summary: "Where a connection's secret is",
        tags,
        params: IdParams,
        response: answers({ 200: answer<PlacementView>(SecretPlacement, 'Its mode, and its copies by reference.') }),
      },
    },
    (request) => secretBackends.placement(callerOf(request), request.params.id),
  )

  app.put(
    '/connections/:id/secret',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'moveConnectionSecret',
        summary: "Say where a connection's secret is to be",
        description: 'What is elsewhere is removed there. A person’s own account stays with the gateway.',
        tags,
        params: IdParams,
        body: MoveSecretRequest,
        response: answers({ 200: answer<PlacementView>(SecretPlacement, 'What is to be, and what still is.') }),
      },
    },
    (request) => secretBackends.move(callerOf(request), request.params.id, request.body.to),
  )

  app.post(
    '/connections/:id/secret/rewrite',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'rewriteConnectionSecret',
        summary: "Write a connection's secret anew",
        description: 'Over whatever somebody has made of it.',
        tags,
        params: IdParams,
        response: answers({ 200: answer<PlacementView>(SecretPlacement, 'What came of it.') }),
      },
    },
    (request) => secretBackends.rewrite(callerOf(request), request.params.id),
  )

  app.post(
    '/connections/:id/secret/refresh',
    {
      config: { role: 'member', tools: true },
      schema: {
        operationId: 'refreshConnectionSecret',
        summary: 'For a workload: have a credential renewed that an API has refused',
        description: 'Renewed once for each version, and written out before the answer. Nothing of it is in the answer.',
        tags,
        params: IdParams,
        body: RefreshSecretRequest,
        response: answers({
          200: answer<{ version: string; renewed: boolean }>(RefreshedSecret, 'The version to read from the secret manager.'),
        }),
      },
    },
    (request) => manifests.refresh(callerOf(request), request.params.id, request.body.version),
  )

  app.get(
    '/manifest',
    {
      config: { role: 'member', tools: true },
      schema: {
        operationId: 'getManifest',
        summary: 'What a workload needs to make the calls of this caller by itself',
        description:
          'Definitions of connectors, connections, and where their secrets are: never a value. The same until something of it changes.',
        tags,
        querystring: ManifestQuery,
        response: answers({ 200: answer<ManifestView>(Manifest, 'The manifest.') }),
      },
    },
    async (request) => {
      const { toolset } = request.query
      const caller =
        toolset === undefined ? callerOf(request) : await access.authenticate(credentialsOf(request), request.ip, toolset)
      return manifests.manifest(caller)
    },
  )
}
