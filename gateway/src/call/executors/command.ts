import type { Clock } from '../../clock.ts'
import { bearerChallenge, scopesIn } from '../../connections/mcp/protected-resource.ts'
import type { CommandKind } from '../../definition/kinds.ts'
import type { CommandAction } from '../../definition/types.ts'
import { EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Armed, Progress, Sent } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { CallWatch, Outcome } from '../types.ts'
import { executeBuiltin } from './builtin.ts'
import type { CommandExecutor } from './command-run.ts'
import { executeExternal } from './external.ts'
import { type CommandCredential, createHostNetwork } from './host-http.ts'
import { executeMcp } from './mcp/execute.ts'
import { statusProblem, transportProblem } from './problems.ts'
import { executeScript } from './script/execute.ts'

/** One for each kind of code; definition/parse.ts lets in the documents of those that run. */
const executors: Readonly<Record<CommandKind, CommandExecutor>> = {
  builtin: executeBuiltin,
  script: executeScript,
  external: executeExternal,
  mcp: executeMcp,
}

/** Settles with the promise, or rejects when the deadline ends first. */
function withinDeadline<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason)
    signal.addEventListener('abort', end, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}

/** A deadline that stands still while a person is asked. */
function startDeadline(clock: Clock, ms: number, passed: () => void) {
  let left = ms
  let since = clock.monotonic()
  let timer = setTimeout(passed, ms)
  let pauses = 0
  const elapsed = () => (pauses > 0 ? 0 : clock.monotonic() - since)
  return {
    left: () => Math.max(1, Math.floor(left - elapsed())),
    pausing() {
      if (pauses === 0) {
        left -= elapsed()
        clearTimeout(timer)
      }
      pauses++
      return () => {
        pauses--
        if (pauses > 0) return
        since = clock.monotonic()
        timer = setTimeout(passed, Math.max(0, left))
      }
    },
    end: () => clearTimeout(timer),
  }
}

/** Runs the code of a connector within the call's one deadline, and holds its outcome to the limits of an answer. */
export async function runCommand(
  services: CallServices,
  armed: Armed,
  action: CommandAction,
  progress: Progress,
  callId: string,
  saw: (armed: Armed) => Armed,
  watch?: CallWatch,
): Promise<Sent> {
  const { caller, connection, input } = armed.permit
  const { clock } = services
  const ending = new AbortController()
  const time = startDeadline(clock, action.limits.timeoutMs, () =>
    ending.abort(new EgressError('timeout', true, 'The command did not end before its deadline.')),
  )
  let left = 0
  const leave = () => ending.abort(new EgressError('aborted', progress.outcome === 'sent_unknown', 'The caller has gone.'))
  // A write goes on to its end, whoever has gone; but an MCP server is told, and may stop.
  if (action.effect === 'read' || action.kind === 'mcp') watch?.signal.addEventListener('abort', leave, { once: true })
  const run = {
    ...{
      callId,
      caller,
      watch,
      connection,
      action,
      input,
      fields: armed.fields,
      redactor: armed.redactor,
      signal: ending.signal,
    },
    timeLeft: time.left,
    pausing: time.pausing,
    leaving: () => {
      left++
      progress.outcome = 'sent_unknown'
      return () => {
        left--
        if (left === 0) progress.outcome = 'not_sent'
      }
    },
  }
  const credential = credentialOf(services, armed, saw)
  const turn = services.upstreams.enter(connection.id)
  try {
    const execute = executors[action.kind]
    const outcome = await withinDeadline(
      ending.signal,
      execute(services, { ...run, ...createHostNetwork(services.egress, credential, run) }),
    )
    progress.outcome = 'done'
    return { ...finish(outcome, action, progress), redactor: credential.current().redactor }
  } catch (error) {
    if (error instanceof SallyportError) progress.status ??= statusIn(error.diagnostics ?? {})
    throw problemOf(error, action, progress)
  } finally {
    time.end()
    watch?.signal.removeEventListener('abort', leave)
    // What still runs has nobody left to work for.
    ending.abort(new EgressError('aborted', true, 'The call is over.'))
    turn.end()
  }
}

/** Renewed once for all requests of the command, whichever is refused first. */
function credentialOf({ connections }: CallServices, armed: Armed, saw: (armed: Armed) => Armed): CommandCredential {
  const { connection } = armed.permit
  let current = armed
  let renewing: Promise<boolean> | null = null
  return {
    current: () => current,
    renew() {
      renewing ??=
        armed.renew?.().then((renewed) => {
          current = saw(renewed)
          return true
        }) ?? Promise.resolve(false)
      return renewing
    },
    refusedAgain: () => connections.renewedInVain(connection),
    async lacks(challenge) {
      const { error, scope } = connection.scheme.type === 'mcp_oauth' ? (bearerChallenge(challenge) ?? {}) : {}
      return error === 'insufficient_scope' ? connections.lacksScopes(connection, scopesIn(scope)) : null
    },
  }
}

function problemOf(error: unknown, action: CommandAction, progress: Progress): unknown {
  const sent = progress.outcome === 'sent_unknown'
  if (error instanceof EgressError)
    return transportProblem(new EgressError(error.fault, sent, error.message, error), action.name, action.effect)
  if (error instanceof SallyportError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new SallyportError('UPSTREAM_ERROR', { detail: `"${action.name}" failed: ${message}`, cause: error })
}

/** The status that code reports of the API it asked, under any of its usual names. */
function statusIn(diagnostics: Readonly<Record<string, unknown>>): number | null {
  const status = diagnostics.status ?? diagnostics.statusCode ?? diagnostics.upstream_status
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : null
}

/** The error that an outcome is which says that it failed. */
export function failureOf({ variables, diagnostics = {}, error }: Outcome, { name }: { readonly name: string }): SallyportError {
  const detail = error === undefined ? `"${name}" says that it failed.` : `"${name}" failed: ${error}`
  // A failing command may still say what later steps of a workflow are to know.
  const facts = { ...diagnostics, ...(variables && { variables }) }
  return statusProblem(name, { status: statusIn(diagnostics) ?? 0, detail, diagnostics: facts })
}

function finish(outcome: Outcome, action: CommandAction, progress: Progress): Sent {
  const { payload, variables } = outcome
  if (!outcome.success) {
    progress.status = statusIn(outcome.diagnostics ?? {})
    throw failureOf(outcome, action)
  }
  const text = payload === undefined ? '' : JSON.stringify(payload)
  const bytes = Buffer.byteLength(text) + (variables === undefined ? 0 : Buffer.byteLength(JSON.stringify(variables)))
  if (bytes > action.limits.maxResponseBytes) throw new SallyportError('RESPONSE_TOO_LARGE')
  return { status: null, body: payload ?? null, json: true, suspect: true, bytes, diagnostics: {}, variables }
}
