import { ImportSource } from '../../connections/import/source.ts'
import type {
  ConnectorChanges as Changes,
  CreatedConnector as Created,
  Drift as DriftView,
  CheckSchedule as Schedule,
  ConnectorVersions as Versions,
} from '../../connections/types.ts'
import { callerOf } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import {
  CheckSchedule,
  CheckScheduleRequest,
  ConnectorChanges,
  ConnectorVersions,
  CreatedConnector,
  Drift,
  PinRequest,
  ReimportRequest,
} from '../schemas/connectors.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'
import { importBodyLimit as bodyLimit } from './connectors.ts'

const tags = ['connectors']

export function connectorVersionRoutes(app: HttpApp, { connectors }: HttpServices): void {
  app.get(
    '/connectors/:id/versions',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listConnectorVersions',
        summary: 'The versions of a connector, where it came from, and what the last check found',
        tags,
        params: IdParams,
        response: answers({ 200: answer<Versions>(ConnectorVersions, 'Its versions, the newest first.') }),
      },
    },
    (request) => connectors.versions(callerOf(request), request.params.id),
  )

  app.post(
    '/connectors/:id/check',
    {
      bodyLimit,
      config: { role: 'admin' },
      schema: {
        operationId: 'checkConnector',
        summary: 'Compare a connector with the newer document of its API, and say whom the changes concern',
        description:
          'Without url, text, spec, files or zip it looks where the connector was imported from. Nothing of it is taken: that is for reimport, or pin to stay.',
        tags,
        params: IdParams,
        body: ImportSource,
        response: answers({ 200: answer<Changes>(ConnectorChanges, 'What differs, the gravest first.') }),
      },
    },
    (request) => connectors.check(callerOf(request), request.params.id, request.body),
  )

  app.post(
    '/connectors/:id/reimport',
    {
      bodyLimit,
      config: { role: 'admin' },
      schema: {
        operationId: 'reimportConnector',
        summary: 'Take the newer document of an API, or a part of it, as the next version of a connector',
        description: 'Connections stay. Limits, approvals and guards that were set here stay as well.',
        tags,
        params: IdParams,
        body: ReimportRequest,
        response: answers({ 200: answer<Created>(CreatedConnector, 'The connector as it was stored.') }),
      },
    },
    (request) => connectors.reimport(callerOf(request), request.params.id, request.body),
  )

  app.post(
    '/connectors/:id/pin',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'pinConnector',
        summary: 'Stay on the stored version in spite of what the last check found',
        tags,
        params: IdParams,
        body: PinRequest,
        response: answers({ 200: answer<DriftView>(Drift, 'What was declined.') }),
      },
    },
    (request) => connectors.pin(callerOf(request), request.params.id, request.body.fingerprint),
  )

  app.put(
    '/connectors/:id/checks',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'scheduleConnectorChecks',
        summary: 'Let the gateway look by itself whether the description of an API has changed',
        description: 'At once, and then every so many hours. What it finds is what the last check found; nothing of it is taken.',
        tags,
        params: IdParams,
        body: CheckScheduleRequest,
        response: answers({ 200: answer<Schedule>(CheckSchedule, 'When it looks.') }),
      },
    },
    (request) => connectors.schedule(callerOf(request), request.params.id, request.body.every_hours),
  )
}
