import { SallyportError } from '../../../errors.ts'
import { usualLimits } from '../../../sandbox/types.ts'
import { disclose } from '../../../vault/disclose.ts'
import type { CommandExecutor, CommandRun } from '../command-run.ts'
import { ownSecrets, settingsOf } from '../config.ts'
import { toOutcome } from '../outcome.ts'
import { createScriptHost } from './host.ts'
import { programOf, runProgram } from './program.ts'

/** `sallyport.config`: the settings of the connection, its base URL, and the secrets that are the script's to place. */
function configOf(run: CommandRun): Readonly<Record<string, unknown>> {
  const secrets = Object.entries(ownSecrets(run)).map(([name, secret]) => [name, disclose(secret)])
  return { ...settingsOf(run), ...Object.fromEntries(secrets) }
}

/** Runs the command of a script in the sandbox. */
export const executeScript: CommandExecutor = async (services, run) => {
  const { action, connection, http, input, redactor } = run
  const { script } = connection.connector.document
  if (script === undefined) throw new SallyportError('INTERNAL', { internal: 'a script connector without a script' })
  const program = await programOf(services.sandbox, script, script.source)
  const { name, limits } = action
  const host = createScriptHost({
    http,
    state: services.scriptState(connection),
    name,
    now: () => services.clock.monotonic(),
  })
  const data = { config: configOf(run), params: input, variables: {} }
  const timeLeft = run.timeLeft()
  const { result, logs } = await runProgram(services.sandbox, program, name, data, host, {
    totalMs: timeLeft,
    // A loop is told from an API that does not answer.
    computeMs: Math.min(usualLimits.computeMs, timeLeft * 0.9),
    resultBytes: limits.maxResponseBytes,
  })
  const facts = { call: run.callId, connector: connection.connector.id, action: name }
  for (const { level, message } of logs) services.log[level](facts, redactor.text(message))
  if (result.kind === 'returned') return toOutcome(result.value)
  throw host.uncaught(result.error)
}
