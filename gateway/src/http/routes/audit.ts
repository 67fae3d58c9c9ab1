import { Readable } from 'node:stream'
import type { Checkpoint, AuditEntry as EntryView, Verification } from '../../audit/types.ts'
import type { Page } from '../../page.ts'
import { callerOf } from '../credentials.ts'
import {
  AuditCheckpoint,
  AuditExportQuery,
  AuditPage,
  AuditQuery,
  AuditVerification,
  AuditVerifyQuery,
} from '../schemas/audit.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

const tags = ['audit']

export function auditRoutes(app: HttpApp, { audit }: HttpServices): void {
  app.get(
    '/audit',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'listAudit',
        summary: 'What people, tokens and the gateway did',
        description: 'Calls have a log of their own (GET /api/v1/calls); the export and the verification cover both.',
        tags,
        querystring: AuditQuery,
        response: answers({ 200: answer<Page<EntryView>>(AuditPage, 'One page, newest first.') }),
      },
    },
    (request) => audit.list(callerOf(request), request.query),
  )

  app.get(
    '/audit/verify',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'verifyAudit',
        summary: 'Compute the chain of the audit log anew',
        description: 'Looks at up to 100,000 entries. Ask again from "next" until it is null.',
        tags,
        querystring: AuditVerifyQuery,
        response: answers({ 200: answer<Verification>(AuditVerification, 'What was looked at, and what is wrong with it.') }),
      },
    },
    (request) => audit.verify(callerOf(request), request.query),
  )

  app.post(
    '/audit/checkpoints',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createAuditCheckpoint',
        summary: 'Sign the end of the audit log, to be kept elsewhere',
        tags,
        response: answers({ 200: answer<Checkpoint>(AuditCheckpoint, 'The signed end.') }),
      },
    },
    (request) => audit.checkpoint(callerOf(request)),
  )

  app.get(
    '/audit/export',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'exportAudit',
        summary: 'The whole audit log, calls included, as lines of JSON',
        tags,
        querystring: AuditExportQuery,
        response: answers({
          200: {
            description: 'Entries, signed checkpoints and signed gaps; docs/guide/audit.md describes the lines.',
            content: { 'application/x-ndjson': { schema: { type: 'string' } } },
          },
        }),
      },
    },
    async (request, reply) => {
      const lines = await audit.export(callerOf(request), request.query.from)
      return reply
        .type('application/x-ndjson')
        .header('content-disposition', 'attachment; filename="sallyport-audit.ndjson"')
        .send(Readable.from(lines))
    },
  )
}
