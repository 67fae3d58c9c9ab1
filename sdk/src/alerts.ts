import type { operations } from './api.ts'
import type { Sallyport } from './client.ts'
import type { Body, Query } from './request.ts'

type BodyOf<Id extends keyof operations> = Body<operations[Id]>
type QueryOf<Id extends keyof operations> = Query<operations[Id]>

export function createAlerts(client: Pick<Sallyport, 'request'>) {
  return {
    /** What fires and what has fired, newest first. */
    list: (query: QueryOf<'listAlerts'> = {}) => client.request('get', '/api/v1/alerts', { query }),
    /** With who was told of it. */
    get: (id: string) => client.request('get', '/api/v1/alerts/{id}', { params: { id } }),
    rules: () => client.request('get', '/api/v1/alert-rules', {}),
    createRule: (body: BodyOf<'createAlertRule'>) => client.request('post', '/api/v1/alert-rules', { body }),
    /** What is left out stays; `enabled: false` watches it no more for a while. */
    updateRule: (id: string, body: BodyOf<'updateAlertRule'>) =>
      client.request('patch', '/api/v1/alert-rules/{id}', { params: { id }, body }),
    /** Resolves what fires. */
    deleteRule: (id: string) => client.request('delete', '/api/v1/alert-rules/{id}', { params: { id } }),
    /** What it measures now, and whether a message that says nothing reaches its channels. */
    testRule: (id: string) => client.request('post', '/api/v1/alert-rules/{id}/test', { params: { id } }),
    silences: () => client.request('get', '/api/v1/alert-silences', {}),
    /** Tells nobody until a time: of a rule, of a connector or connection, or of anything. */
    silence: (body: BodyOf<'createAlertSilence'>) => client.request('post', '/api/v1/alert-silences', { body }),
    endSilence: (id: string) => client.request('delete', '/api/v1/alert-silences/{id}', { params: { id } }),
  }
}
