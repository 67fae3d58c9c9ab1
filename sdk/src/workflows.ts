import type { operations } from './api.ts'
import { type Body, type Connection, type Query, send } from './request.ts'
import { untilSettled } from './wait.ts'
import { type WorkflowSource, workflowBody } from './workflow.ts'

type BodyOf<Id extends keyof operations> = Body<operations[Id]>
type QueryOf<Id extends keyof operations> = Query<operations[Id]>
const at = <Id>(id: Id) => ({ params: { id } })

/** A workflow is given as its text, or as its document: what `defineWorkflow` makes. */
export function createWorkflows(connection: Connection) {
  return {
    list: async (query: QueryOf<'listWorkflows'> = {}) => (await send(connection, 'get', '/api/v1/workflows', { query })).data,
    get: async (id: string, query: QueryOf<'getWorkflow'> = {}) =>
      (await send(connection, 'get', '/api/v1/workflows/{id}', { ...at(id), query })).data,
    create: async (workflow: WorkflowSource) =>
      (await send(connection, 'post', '/api/v1/workflows', { body: workflowBody(workflow) })).data,
    /** Checks a file, and stores nothing. */
    check: async (workflow: WorkflowSource) =>
      (await send(connection, 'post', '/api/v1/workflows/check', { body: workflowBody(workflow) })).data,
    /** The next version; what is deployed stays. */
    update: async (id: string, workflow: WorkflowSource) =>
      (await send(connection, 'put', '/api/v1/workflows/{id}', { ...at(id), body: workflowBody(workflow) })).data,
    delete: async (id: string) => (await send(connection, 'delete', '/api/v1/workflows/{id}', at(id))).data,
    /** Binds its slots and lets it run in an environment. */
    deploy: async (id: string, body: BodyOf<'deployWorkflow'> = {}) =>
      (await send(connection, 'post', '/api/v1/workflows/{id}/deployments', { ...at(id), body })).data,
    undeploy: async (deployment: string) => (await send(connection, 'delete', '/api/v1/deployments/{id}', at(deployment))).data,
    /** Runs it up to its first write, which it shows. */
    preview: async (id: string, body: BodyOf<'previewWorkflow'> = {}) =>
      (await send(connection, 'post', '/api/v1/workflows/{id}/preview', { ...at(id), body })).data,
  }
}

/** Runs of workflows. */
export function createRuns(connection: Connection) {
  return {
    start: async (body: BodyOf<'startRun'>) => (await send(connection, 'post', '/api/v1/runs', { body })).data,
    list: async (query: QueryOf<'listRuns'> = {}) => (await send(connection, 'get', '/api/v1/runs', { query })).data,
    get: async (id: string) => (await send(connection, 'get', '/api/v1/runs/{id}', at(id))).data,
    /** Waits until a run has ended, or waits for a person or a time; shortly after the signal is aborted, no longer. */
    wait: (id: string, signal?: AbortSignal) =>
      untilSettled(
        async () =>
          (await send(connection, 'get', '/api/v1/runs/{id}', { ...at(id), ...(signal !== undefined && { signal }) })).data,
      ),
    cancel: async (id: string) => (await send(connection, 'post', '/api/v1/runs/{id}/cancel', at(id))).data,
    /** Goes on with a run that failed; with `from`, that step and all after it. */
    retry: async (id: string, body: BodyOf<'retryRun'> = {}) =>
      (await send(connection, 'post', '/api/v1/runs/{id}/retry', { ...at(id), body })).data,
    /** A new run from the same trigger. */
    replay: async (id: string, body: BodyOf<'replayRun'> = {}) =>
      (await send(connection, 'post', '/api/v1/runs/{id}/replay', { ...at(id), body })).data,
    /** Answers an approval step, by its id in the timeline. */
    decide: async (step: string, body: BodyOf<'decideRunStep'>) =>
      (await send(connection, 'post', '/api/v1/run-steps/{id}/decide', { ...at(step), body })).data,
  }
}
