import type { Applied, Exported, Plan } from '../../configuration/types.ts'
import { callerOf } from '../credentials.ts'
import {
  AppliedConfiguration,
  ApplyConfigurationRequest,
  ConfigurationExport,
  ConfigurationPlan,
  PlanConfigurationRequest,
} from '../schemas/configuration.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'
import { importBodyLimit as bodyLimit } from './connectors.ts'

const tags = ['configuration']

/** A workspace as files, and back. */
export function configurationRoutes(app: HttpApp, { configuration }: HttpServices): void {
  app.get(
    '/configuration',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'exportConfiguration',
        summary: 'The configuration of the workspace as documents',
        description:
          'Connectors, connections of the workspace and of your teams, OAuth apps, toolsets, teams, roles and notification channels. No secret, no token, and nothing that a person has for themselves.',
        tags,
        response: answers({ 200: answer<Exported>(ConfigurationExport, 'One document a resource.') }),
      },
    },
    (request) => configuration.export(callerOf(request)),
  )

  app.post(
    '/configuration/plan',
    {
      bodyLimit,
      config: { role: 'admin' },
      schema: {
        operationId: 'planConfiguration',
        summary: 'What would change if the workspace became what these documents say',
        description: 'Nothing is stored.',
        tags,
        body: PlanConfigurationRequest,
        response: answers({ 200: answer<Plan>(ConfigurationPlan, 'The plan, with the fingerprint to apply it by.') }),
      },
    },
    (request) => configuration.plan(callerOf(request), request.body),
  )

  app.post(
    '/configuration/apply',
    {
      bodyLimit,
      config: { role: 'admin' },
      schema: {
        operationId: 'applyConfiguration',
        summary: 'Make the workspace what these documents say',
        description:
          'In one transaction: all of it, or nothing. Each change is one entry of the audit log, as if it had been made by itself, and needs the same rights.',
        tags,
        body: ApplyConfigurationRequest,
        response: answers({ 200: answer<Applied>(AppliedConfiguration, 'What was changed.') }),
      },
    },
    (request) => configuration.apply(callerOf(request), request.body),
  )
}
