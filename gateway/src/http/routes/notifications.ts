import type { NotificationChannelView } from '../../call/notices/types.ts'
import { callerOf } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import { CreateNotificationChannelRequest, NewNotificationChannel, NotificationChannelList } from '../schemas/notifications.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['notifications']

export function notificationRoutes(app: HttpApp, { channels }: HttpServices): void {
  app.get(
    '/notification-channels',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'listNotificationChannels',
        summary: 'Where people are told that a call waits',
        tags,
        response: answers({
          200: answer<{ items: NotificationChannelView[]; next_cursor: null }>(
            NotificationChannelList,
            'All of them, newest first.',
          ),
        }),
      },
    },
    async (request) => ({ items: [...(await channels.list(callerOf(request)))], next_cursor: null }),
  )

  app.post(
    '/notification-channels',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createNotificationChannel',
        summary: 'Tell people in Slack, in Teams, at any URL or by email',
        tags,
        body: CreateNotificationChannelRequest,
        response: answers({
          201: answer<NotificationChannelView & { secret: string | null }>(
            NewNotificationChannel,
            'The channel, with its secret.',
          ),
        }),
      },
    },
    async (request, reply) => reply.code(201).send(await channels.create(callerOf(request), request.body)),
  )

  app.post(
    '/notification-channels/:id/test',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'testNotificationChannel',
        summary: 'Send a message that says nothing',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('It arrived.') }),
      },
    },
    async (request, reply) => {
      await channels.test(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.delete(
    '/notification-channels/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteNotificationChannel',
        summary: 'Tell nobody there any more',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Removed.') }),
      },
    },
    async (request, reply) => {
      await channels.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}
