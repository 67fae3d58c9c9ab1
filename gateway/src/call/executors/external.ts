import { externalProtocol, speaks, upgradeAdvice } from '../../definition/external.ts'
import { isObject } from '../../definition/json-schema/keywords.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { jsonWith } from './body-credential.ts'
import type { CommandExecutor, CommandRun } from './command-run.ts'
import { ownSecrets, settingsOf } from './config.ts'
import type { HostResponse } from './host-http.ts'
import { toOutcome } from './outcome.ts'
import { excerpt } from './problems.ts'

/** What the service is asked: the secrets that it needs are in `config`, and stay wrapped until the socket. */
function requestOf(run: CommandRun): Secret {
  const { action, input, callId, timeLeft } = run
  const rest = {
    protocolVersion: externalProtocol,
    command: action.name,
    params: input,
    variables: {},
    metadata: { stepId: '', runId: callId, timeout: timeLeft() },
  }
  return Secret.concat('{"config":', jsonWith(settingsOf(run), ownSecrets(run)), ',', JSON.stringify(rest).slice(1))
}

function refuse(detail: string, status: number, body: unknown): never {
  throw new SallyportError('SCHEMA_MISMATCH', {
    detail,
    diagnostics: { upstream_status: status, upstream_body: excerpt(body) },
  })
}

/** The outcome in an answer. Throws SCHEMA_MISMATCH for what is none of protocol 2.0. */
function outcomeOf({ status, body }: HostResponse) {
  if (isObject(body) && typeof body.success === 'boolean') {
    if (body.protocolVersion !== undefined && !speaks(body.protocolVersion))
      refuse(`The service answered in protocol ${String(body.protocolVersion).slice(0, 20)}. ${upgradeAdvice}`, status, body)
    for (const key of ['data', 'outputVariables'])
      if (Object.hasOwn(body, key))
        refuse(`The answer of the service has "${key}", a key of protocol 1.x. ${upgradeAdvice}`, status, body)
    // A service that fails with a status says so in its outcome too, or is not believed.
    if (!body.success || (status >= 200 && status < 300)) return toOutcome(body)
  }
  if (status >= 200 && status < 300)
    refuse(`The service answered no outcome: an object with "success", true or false, is one.`, status, body)
  return toOutcome({
    success: false,
    error: `The service answered ${status}.`,
    diagnostics: { status, body: excerpt(body) },
  })
}

/** Has a command run by the service of the connection, over the protocol of external services. */
export const executeExternal: CommandExecutor = async (_services, run) => {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  return outcomeOf(await run.http({ method: 'POST', url: '/execute', headers, body: requestOf(run) }))
}
