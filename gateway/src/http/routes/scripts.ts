import type { ScriptTrialResult } from '../../call/script-trials.ts'
import { callerOf } from '../credentials.ts'
import { RunScriptRequest, ScriptRun } from '../schemas/scripts.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

type Shown = Omit<ScriptTrialResult, 'problem'> & {
  readonly problem: { code: string; detail: string; resolution: string; diagnostics?: Record<string, unknown> } | null
}

function shown(result: ScriptTrialResult): Shown {
  if (result.problem === null) return { ...result, problem: null }
  const { code, detail, resolution, diagnostics } = result.problem
  return { ...result, problem: { code, detail, resolution, ...(diagnostics !== undefined && { diagnostics }) } }
}

export function scriptRoutes(app: HttpApp, { scripts }: HttpServices): void {
  app.post(
    '/scripts/run',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'runScript',
        summary: 'Try a script, and store nothing',
        description:
          'Runs one command in the sandbox with the params and config of the request. Its HTTP requests are real; they carry no credential of the gateway.',
        tags: ['scripts'],
        body: RunScriptRequest,
        response: answers({ 200: answer<Shown>(ScriptRun, 'What it returned or why it failed, what it logged and asked for.') }),
      },
    },
    async (request) => shown(await scripts.run(callerOf(request), request.body)),
  )
}
