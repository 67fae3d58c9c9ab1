import type { CallSummary, CallRecord as RecordView, CallTotals as TotalsView } from '../../call/types.ts'
import { isConfined } from '../../caller.ts'
import { SallyportError } from '../../errors.ts'
import type { Page } from '../../page.ts'
import { type CallResultView, type PendingCallView, sendCallResult } from '../call-answers.ts'
import { callerOf, credentialKind, credentialsOf, traceOf } from '../credentials.ts'
import {
  CallPage,
  CallQuery,
  CallRecord,
  CallRequest,
  CallResult,
  CallTotals,
  PendingCall,
  SummaryQuery,
} from '../schemas/calls.ts'
import { IdParams } from '../schemas/common.ts'
import type { HttpApp, HttpOptions, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

const tags = ['calls']

/** POST /calls: the pipeline finds out itself who asks, so this route stands outside the scope that does it before. */
export function createCallRoute(app: HttpApp, { calls }: HttpServices, { log, publicUrl }: HttpOptions): void {
  app.post(
    '/calls',
    {
      bodyLimit: 10 * 1024 * 1024,
      config: { role: 'member' },
      schema: {
        operationId: 'createCall',
        summary: 'Call an action',
        tags,
        body: CallRequest,
        response: answers({
          200: answer<CallResultView>(CallResult, 'What the API answered, or the plan of a dry run.'),
          202: answer<PendingCallView>(PendingCall, 'The call waits for the decision of a person.'),
        }),
      },
      onRequest: (request, _reply, done) => {
        done(credentialKind(request) === 'none' ? new SallyportError('UNAUTHENTICATED') : undefined)
      },
    },
    async (request, reply) => {
      const { connector, action, connection, input, idempotency_key, dry_run, mock, record, replay, max_result_bytes } =
        request.body
      if ([mock, record, replay].filter((each) => each !== undefined).length > 1)
        throw new SallyportError('INVALID_INPUT', { detail: 'Give one of mock, record and replay.' })
      const header = request.headers['idempotency-key']
      const idempotencyKey = idempotency_key ?? (typeof header === 'string' && header !== '' ? header : undefined)
      if (idempotencyKey !== undefined && idempotencyKey.length > 255) {
        throw new SallyportError('INVALID_INPUT', { detail: 'An idempotency key has at most 255 characters.' })
      }
      const result = await calls.run({
        credentials: credentialsOf(request),
        entrance: 'http',
        ip: request.ip,
        ...traceOf(request),
        connector,
        ...(action !== undefined && { action }),
        input: input ?? {},
        ...(connection !== undefined && { connection }),
        ...(dry_run !== undefined && { dryRun: dry_run }),
        ...(mock !== undefined && { mock }),
        ...(record !== undefined && { record }),
        ...(replay !== undefined && { replay }),
        ...(max_result_bytes !== undefined && { maxResultBytes: max_result_bytes }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      })
      return sendCallResult(request, reply, result, { log, publicUrl })
    },
  )
}

export function callLogRoutes(app: HttpApp, { history }: HttpServices): void {
  app.get(
    '/calls',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listCalls',
        summary: 'The log of calls',
        tags,
        querystring: CallQuery,
        response: answers({ 200: answer<Page<CallSummary>>(CallPage, 'One page, newest first.') }),
      },
    },
    (request) => history.list(callerOf(request), request.query),
  )

  app.get(
    '/calls/summary',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getCallTotals',
        summary: 'Totals of the calls in a window of time',
        tags,
        querystring: SummaryQuery,
        response: answers({ 200: answer<TotalsView>(CallTotals, 'Totals up to now.') }),
      },
    },
    (request) => history.totals(callerOf(request), request.query),
  )

  app.get(
    '/calls/:id',
    {
      config: { role: 'viewer', tools: true },
      schema: {
        operationId: 'getCall',
        summary: 'The whole record of one call',
        tags,
        params: IdParams,
        response: answers({ 200: answer<RecordView>(CallRecord, 'The record, with the timed trace of its stages.') }),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const call = await history.get(caller, request.params.id)
      if (!isConfined(caller) || (call.caller.kind === caller.kind && call.caller.id === caller.id)) return call
      throw new SallyportError('NOT_FOUND', { detail: `You have made no call "${request.params.id}".` })
    },
  )
}
