import type { CassetteView, CassetteFile as FileView, RecordingView } from '../../call/cassettes/types.ts'
import type { Page } from '../../page.ts'
import { callerOf } from '../credentials.ts'
import { Cassette, CassetteFile, CassetteList, CassetteParams, RecordingPage } from '../schemas/cassettes.ts'
import { IdParams, PageQuery } from '../schemas/common.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['cassettes']

export function cassetteRoutes(app: HttpApp, { cassettes }: HttpServices): void {
  app.get(
    '/cassettes',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'listCassettes',
        summary: 'What is recorded, and what records and replays it',
        tags,
        response: answers({
          200: answer<{ items: CassetteView[]; next_cursor: null }>(CassetteList, 'All of them, by name.'),
        }),
      },
    },
    async (request) => ({ items: [...(await cassettes.list(callerOf(request)))], next_cursor: null }),
  )

  app.get(
    '/cassettes/:id',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'listRecordings',
        summary: 'The recordings of a cassette',
        tags,
        params: IdParams,
        querystring: PageQuery,
        response: answers({ 200: answer<Page<RecordingView>>(RecordingPage, 'One page, newest first.') }),
      },
    },
    (request) => cassettes.recordings(callerOf(request), request.params.id, request.query),
  )

  app.get(
    '/cassettes/:id/file',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'exportCassette',
        summary: 'A cassette as a file',
        tags,
        params: IdParams,
        response: answers({ 200: answer<FileView>(CassetteFile, 'The same as long as no answer changes.') }),
      },
    },
    (request) => cassettes.export(callerOf(request), request.params.id),
  )

  app.put(
    '/cassettes/:id',
    {
      // What a cassette may hold, with room for what stands around it.
      bodyLimit: 25 * 1024 * 1024,
      config: { role: 'manager' },
      schema: {
        operationId: 'importCassette',
        summary: 'Make a cassette what a file says',
        tags,
        params: CassetteParams,
        body: CassetteFile,
        response: answers({ 200: answer<CassetteView>(Cassette, 'The cassette, with the recordings of the file alone.') }),
      },
    },
    (request) => cassettes.import(callerOf(request), request.params.id, request.body),
  )

  app.delete(
    '/cassettes/:id',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'deleteCassette',
        summary: 'Delete all recordings of a cassette',
        description: 'Tokens that replay it still send nothing.',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Deleted.') }),
      },
    },
    async (request, reply) => {
      await cassettes.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.delete(
    '/recordings/:id',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'deleteRecording',
        summary: 'Delete one recording',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Deleted.') }),
      },
    },
    async (request, reply) => {
      await cassettes.removeRecording(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}
