import type { operations } from './api.ts'
import { type Body, type Connection, type Query, requester } from './request.ts'

type BodyOf<Id extends keyof operations> = Body<operations[Id]>
type QueryOf<Id extends keyof operations> = Query<operations[Id]>

export function createAlerts(connection: Connection) {
  const request = requester(connection)
  return {
    /** What fires and what has fired, newest first. */
    list: (query: QueryOf<'listAlerts'> = {}) => request('get', '/api/v1/alerts', { query }),
    /** With who was told of it. */
    get: (id: string) => request('get', '/api/v1/alerts/{id}', { params: { id } }),
    rules: () => request('get', '/api/v1/alert-rules', {}),
    createRule: (body: BodyOf<'createAlertRule'>) => request('post', '/api/v1/alert-rules', { body }),
    /** What is left out stays; `enabled: false` watches it no more for a while. */
    updateRule: (id: string, body: BodyOf<'updateAlertRule'>) =>
      request('patch', '/api/v1/alert-rules/{id}', { params: { id }, body }),
    /** Resolves what fires. */
    deleteRule: (id: string) => request('delete', '/api/v1/alert-rules/{id}', { params: { id } }),
    /** What it measures now, and whether a message that says nothing reaches its channels. */
    testRule: (id: string) => request('post', '/api/v1/alert-rules/{id}/test', { params: { id } }),
    silences: () => request('get', '/api/v1/alert-silences', {}),
    /** Tells nobody until a time: of a rule, of a connector or connection, or of anything. */
    silence: (body: BodyOf<'createAlertSilence'>) => request('post', '/api/v1/alert-silences', { body }),
    endSilence: (id: string) => request('delete', '/api/v1/alert-silences/{id}', { params: { id } }),
  }
}
