import type { Caller } from '../../caller.ts'
import type { Installed } from '../../connections/types.ts'
import { SallyportError } from '../../errors.ts'
import { callerOf } from '../credentials.ts'
import { Installation, InstallRequest, VerifyRequest, VerifyResult, WorkspaceQuery } from '../schemas/catalog.ts'
import { IdParams } from '../schemas/common.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

const tags = ['connectors']

/** A session works in the workspace of the query; a token has its own. */
function inWorkspace(caller: Caller, workspaceId: string): Caller {
  if (caller.workspaceId === workspaceId) return caller
  throw new SallyportError('FORBIDDEN', { detail: 'This token is of another workspace.' })
}

export function catalogRoutes(app: HttpApp, { installs }: HttpServices): void {
  app.post(
    '/connectors/:id/verify',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'verifyConnector',
        summary: 'Try a credential at the provider before installing, and store nothing',
        description:
          'One call of the probe that the connector declares. A refusal is `ok: false` with what the provider said. Schemes that prove themselves by consent, and connectors without a credential or a probe, are ok.',
        tags,
        params: IdParams,
        querystring: WorkspaceQuery,
        body: VerifyRequest,
        response: answers({ 200: answer<{ ok: boolean; message: string }>(VerifyResult, 'Whether the provider took it.') }),
      },
    },
    (request) => installs.verify(inWorkspace(callerOf(request), request.query.workspace_id), request.params.id, request.body),
  )

  app.post(
    '/connectors/:id/install',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'installConnector',
        summary: 'Add a connector of the catalog to the workspace, and connect an account of it',
        tags,
        params: IdParams,
        querystring: WorkspaceQuery,
        body: InstallRequest,
        response: answers({ 201: answer<Installed>(Installation, 'The connection, and what is left to do.') }),
      },
    },
    async (request, reply) => {
      const { crew_id, team = crew_id, ...rest } = request.body
      const caller = inWorkspace(callerOf(request), request.query.workspace_id)
      const installed = await installs.install(caller, request.params.id, { ...rest, ...(team !== undefined && { team }) })
      return reply.code(201).send(installed)
    },
  )
}
