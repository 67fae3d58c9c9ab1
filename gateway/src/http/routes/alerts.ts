import type { AlertDeliveryView, AlertRuleView, AlertView, RuleTest, SilenceView } from '../../call/alerts/types.ts'
import type { Page } from '../../page.ts'
import { callerOf } from '../credentials.ts'
import {
  AlertDetail,
  AlertPage,
  AlertQuery,
  AlertRule,
  AlertRuleList,
  AlertRuleTest,
  AlertSilence,
  AlertSilenceList,
  CreateAlertRuleRequest,
  CreateAlertSilenceRequest,
  UpdateAlertRuleRequest,
} from '../schemas/alerts.ts'
import { IdParams } from '../schemas/common.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['alerts']
const config = { role: 'admin' } as const

export function alertRoutes(app: HttpApp, { alerts }: HttpServices): void {
  app.get(
    '/alert-rules',
    {
      config,
      schema: {
        operationId: 'listAlertRules',
        summary: 'What is watched',
        tags,
        response: answers({ 200: answer<{ items: AlertRuleView[]; next_cursor: null }>(AlertRuleList, 'All of them, by name.') }),
      },
    },
    async (request) => ({ items: [...(await alerts.rules(callerOf(request)))], next_cursor: null }),
  )

  app.post(
    '/alert-rules',
    {
      config,
      schema: {
        operationId: 'createAlertRule',
        summary: 'Watch something',
        tags,
        body: CreateAlertRuleRequest,
        response: answers({ 201: answer<AlertRuleView>(AlertRule, 'The rule; what was left out is as its kind has it.') }),
      },
    },
    async (request, reply) => reply.code(201).send(await alerts.createRule(callerOf(request), request.body)),
  )

  app.patch(
    '/alert-rules/:id',
    {
      config,
      schema: {
        operationId: 'updateAlertRule',
        summary: 'Change a rule, or watch it no more for a while',
        tags,
        params: IdParams,
        body: UpdateAlertRuleRequest,
        response: answers({ 200: answer<AlertRuleView>(AlertRule, 'The rule as it is now.') }),
      },
    },
    (request) => alerts.updateRule(callerOf(request), request.params.id, request.body),
  )

  app.delete(
    '/alert-rules/:id',
    {
      config,
      schema: {
        operationId: 'deleteAlertRule',
        summary: 'Watch it no more; what fires is resolved',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Deleted.') }),
      },
    },
    async (request, reply) => {
      await alerts.deleteRule(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/alert-rules/:id/test',
    {
      config,
      schema: {
        operationId: 'testAlertRule',
        summary: 'Measure now, and send its channels a message that says nothing',
        tags,
        params: IdParams,
        response: answers({ 200: answer<RuleTest>(AlertRuleTest, 'What it measures, and what arrived.') }),
      },
    },
    (request) => alerts.testRule(callerOf(request), request.params.id),
  )

  app.get(
    '/alerts',
    {
      config,
      schema: {
        operationId: 'listAlerts',
        summary: 'What fires and what has fired',
        tags,
        querystring: AlertQuery,
        response: answers({ 200: answer<Page<AlertView>>(AlertPage, 'One page, newest first.') }),
      },
    },
    (request) => alerts.list(callerOf(request), request.query),
  )

  app.get(
    '/alerts/:id',
    {
      config,
      schema: {
        operationId: 'getAlert',
        summary: 'An alert, and who was told of it',
        tags,
        params: IdParams,
        response: answers({ 200: answer<AlertView & { deliveries: readonly AlertDeliveryView[] }>(AlertDetail, 'It.') }),
      },
    },
    (request) => alerts.get(callerOf(request), request.params.id),
  )

  app.get(
    '/alert-silences',
    {
      config,
      schema: {
        operationId: 'listAlertSilences',
        summary: 'Of what nobody is told at present',
        tags,
        response: answers({
          200: answer<{ items: SilenceView[]; next_cursor: null }>(AlertSilenceList, 'Those that have not ended.'),
        }),
      },
    },
    async (request) => ({ items: [...(await alerts.silences(callerOf(request)))], next_cursor: null }),
  )

  app.post(
    '/alert-silences',
    {
      config,
      schema: {
        operationId: 'createAlertSilence',
        summary: 'Tell nobody until a time',
        tags,
        body: CreateAlertSilenceRequest,
        response: answers({ 201: answer<SilenceView>(AlertSilence, 'The silence.') }),
      },
    },
    async (request, reply) => reply.code(201).send(await alerts.silence(callerOf(request), request.body)),
  )

  app.delete(
    '/alert-silences/:id',
    {
      config,
      schema: {
        operationId: 'endAlertSilence',
        summary: 'End a silence; what fires still is told',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Ended.') }),
      },
    },
    async (request, reply) => {
      await alerts.endSilence(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}
