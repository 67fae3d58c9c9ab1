import type { Page } from '../../page.ts'
import type { DeploymentView, RunSummary, WorkflowSummary as SummaryView, WorkflowView } from '../../workflows/types.ts'
import { callerOf } from '../credentials.ts'
import { IdParams, PageQuery } from '../schemas/common.ts'
import {
  CheckedWorkflow,
  DeployBody,
  Deployment,
  PreviewBody,
  Run,
  VersionQuery,
  Workflow,
  WorkflowBody,
  WorkflowPage,
} from '../schemas/workflows.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['workflows']

export function workflowRoutes(app: HttpApp, { workflows, workflowRuns }: HttpServices): void {
  app.get(
    '/workflows',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listWorkflows',
        summary: 'The workflows of the workspace, by id',
        tags,
        querystring: PageQuery,
        response: answers({ 200: answer<Page<SummaryView>>(WorkflowPage, 'One page.') }),
      },
    },
    (request) => workflows.list(callerOf(request), request.query),
  )

  app.post(
    '/workflows',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createWorkflow',
        summary: 'Store a workflow file',
        description: 'It runs once it is deployed. An error names the line and what to do.',
        tags,
        body: WorkflowBody,
        response: answers({ 201: answer<WorkflowView>(Workflow, 'Its first version.') }),
      },
    },
    async (request, reply) => {
      const made = await workflows.create(callerOf(request), request.body.text ?? request.body.document)
      return reply.code(201).send(made)
    },
  )

  app.post(
    '/workflows/check',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'checkWorkflow',
        summary: 'Check a workflow file, and store nothing',
        tags,
        body: WorkflowBody,
        response: answers({
          200: answer<{ ok: true; workflow: string; steps: number }>(CheckedWorkflow, 'Nothing is wrong with it.'),
        }),
      },
    },
    (request) => workflows.check(callerOf(request), request.body.text ?? request.body.document),
  )

  app.get(
    '/workflows/:id',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getWorkflow',
        summary: 'A workflow, its versions, and where it is deployed',
        tags,
        params: IdParams,
        querystring: VersionQuery,
        response: answers({ 200: answer<WorkflowView>(Workflow, 'With the document of the version, by default the newest.') }),
      },
    },
    (request) => workflows.get(callerOf(request), request.params.id, request.query.version),
  )

  app.put(
    '/workflows/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'updateWorkflow',
        summary: 'Store the next version of a workflow',
        description: 'What is deployed stays as it is until it is deployed again.',
        tags,
        params: IdParams,
        body: WorkflowBody,
        response: answers({ 200: answer<WorkflowView>(Workflow, 'Its newest version.') }),
      },
    },
    (request) => workflows.update(callerOf(request), request.params.id, request.body.text ?? request.body.document),
  )

  app.delete(
    '/workflows/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteWorkflow',
        summary: 'Delete a workflow with its versions and runs',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Deleted.') }),
      },
    },
    async (request, reply) => {
      await workflows.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/workflows/:id/deployments',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deployWorkflow',
        summary: 'Deploy a workflow to an environment',
        description:
          'Binds its slots to connections, pins the versions of their connectors, and makes the token in whose name it calls. What is missing or unhealthy is listed in diagnostics.bindings.',
        tags,
        params: IdParams,
        body: DeployBody,
        response: answers({ 201: answer<DeploymentView>(Deployment, 'It takes the place of the one before it.') }),
      },
    },
    async (request, reply) => {
      const { webhook_secret: webhookSecret, ...rest } = request.body
      const wanted = { ...rest, ...(webhookSecret !== undefined && { webhookSecret }) }
      const made = await workflows.deploy(callerOf(request), request.params.id, wanted)
      return reply.code(201).send(made)
    },
  )

  app.delete(
    '/deployments/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'undeployWorkflow',
        summary: 'End a deployment',
        description: 'Its token is revoked: runs that are under way fail at their next call.',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Ended.') }),
      },
    },
    async (request, reply) => {
      await workflows.undeploy(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/workflows/:id/preview',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'previewWorkflow',
        summary: 'Run a workflow up to its first write',
        description:
          'Reads are made in the name of whoever asks; a write or an approval stops it at a checkpoint that shows what it would send.',
        tags,
        params: IdParams,
        body: PreviewBody,
        response: answers({ 202: answer<RunSummary>(Run, 'The run: follow it by its id.') }),
      },
    },
    async (request, reply) => {
      const started = await workflowRuns.preview(callerOf(request), { ...request.body, workflow: request.params.id })
      return reply.code(202).send(started)
    },
  )
}
