import type { Page } from '../../page.ts'
import type { RunSummary, RunView } from '../../workflows/types.ts'
import { callerOf } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import { DecideBody, ReplayBody, RetryBody, Run, RunDetail, RunPage, RunQuery, StartBody } from '../schemas/workflows.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

const tags = ['runs']

export function runRoutes(app: HttpApp, { workflowRuns: runs }: HttpServices): void {
  app.get(
    '/runs',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listRuns',
        summary: 'Runs of workflows, newest first',
        tags,
        querystring: RunQuery,
        response: answers({ 200: answer<Page<RunSummary>>(RunPage, 'One page.') }),
      },
    },
    (request) => runs.list(callerOf(request), request.query),
  )

  app.post(
    '/runs',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'startRun',
        summary: 'Run what is deployed of a workflow',
        tags,
        body: StartBody,
        response: answers({ 202: answer<RunSummary>(Run, 'It is queued: follow it by its id.') }),
      },
    },
    async (request, reply) => {
      const { workflow, environment, input, idempotency_key: idempotencyKey } = request.body
      const started = await runs.start(callerOf(request), {
        workflow,
        ...(environment !== undefined && { environment }),
        ...(input !== undefined && { input }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      })
      return reply.code(202).send(started)
    },
  )

  app.get(
    '/runs/:id',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getRun',
        summary: 'A run, step by step',
        tags,
        params: IdParams,
        response: answers({
          200: answer<RunView>(RunDetail, 'With what each step took and gave, for who reaches its connections.'),
        }),
      },
    },
    (request) => runs.get(callerOf(request), request.params.id),
  )

  app.post(
    '/runs/:id/cancel',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'cancelRun',
        summary: 'Cancel a run',
        description: 'Whoever started it, and managers. A write that was sent is not undone.',
        tags,
        params: IdParams,
        response: answers({ 200: answer<RunSummary>(Run, 'Cancelled.') }),
      },
    },
    (request) => runs.cancel(callerOf(request), request.params.id),
  )

  app.post(
    '/runs/:id/retry',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'retryRun',
        summary: 'Go on with a run that failed or was cancelled',
        tags,
        params: IdParams,
        body: RetryBody,
        response: answers({ 202: answer<RunSummary>(Run, 'It is queued again.') }),
      },
    },
    async (request, reply) => {
      const { from, repeat_unknown: repeatUnknown } = request.body
      const queued = await runs.retry(callerOf(request), request.params.id, {
        ...(from !== undefined && { from }),
        ...(repeatUnknown !== undefined && { repeatUnknown }),
      })
      return reply.code(202).send(queued)
    },
  )

  app.post(
    '/runs/:id/replay',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'replayRun',
        summary: 'Run it again from the same trigger, by default on what is deployed now',
        tags,
        params: IdParams,
        body: ReplayBody,
        response: answers({ 202: answer<RunSummary>(Run, 'A new run.') }),
      },
    },
    async (request, reply) => reply.code(202).send(await runs.replay(callerOf(request), request.params.id, request.body)),
  )

  app.post(
    '/run-steps/:id/decide',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'decideRunStep',
        summary: 'Answer an approval step',
        description: 'By its id in the timeline. Nobody answers for a run that they started.',
        tags,
        params: IdParams,
        body: DecideBody,
        response: answers({ 200: answer<RunSummary>(Run, 'The run goes on.') }),
      },
    },
    (request) => runs.decide(callerOf(request), request.params.id, request.body),
  )
}
