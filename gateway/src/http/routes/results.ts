import type { ResultPage as PageView } from '../../call/results/page.ts'
import { callerOf } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import { ResultPage, ResultQuery } from '../schemas/results.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

const tags = ['results']

export function resultRoutes(app: HttpApp, { results }: HttpServices): void {
  app.get(
    '/results/:id',
    {
      config: { role: 'member', tools: true },
      schema: {
        operationId: 'readResult',
        summary: 'Read on in an answer that was too large to be given whole',
        description: 'For the caller who got it, for an hour.',
        tags,
        params: IdParams,
        querystring: ResultQuery,
        response: answers({ 200: answer<PageView>(ResultPage, 'A part of it, in whole items, members or characters.') }),
      },
    },
    (request) => results.read(callerOf(request), request.params.id, request.query),
  )

  app.get(
    '/results/:id/content',
    {
      config: { role: 'member', tools: true },
      schema: {
        operationId: 'downloadResult',
        summary: 'The whole of such an answer: a file as it is, anything else as JSON',
        tags,
        params: IdParams,
        response: answers({
          200: {
            description: 'With the content type that the API gave.',
            content: {
              'application/json': { schema: {} },
              'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
            },
          },
        }),
      },
    },
    async (request, reply) => {
      const { contentType, body } = await results.content(callerOf(request), request.params.id)
      // What an API sent is never shown as a page of the gateway's own origin.
      return reply.type(contentType).header('content-disposition', 'attachment').send(body)
    },
  )
}
