import { type Caller, requireRole } from '../caller.ts'
import { createRedactor } from '../egress/redact.ts'
import { EgressError } from '../egress/types.ts'
import type { SallyportError } from '../errors.ts'
import { toSallyportError } from '../errors.ts'
import type { LogLine } from '../sandbox/types.ts'
import { recordAct } from '../store/acts.ts'
import { sha256 } from '../vault/digest.ts'
import type { HostHttp } from './executors/host-http.ts'
import { parseBody, wrapBytes } from './executors/http.ts'
import { toOutcome } from './executors/outcome.ts'
import { createScriptHost, type ScriptRequest, type ScriptState } from './executors/script/host.ts'
import { compileScript, runProgram, type ScriptSource } from './executors/script/program.ts'
import type { CallServices } from './services.ts'
import type { Outcome } from './types.ts'

/** A script to try, with everything it finds in `sallyport`. */
export interface ScriptTrial extends ScriptSource {
  /** Function to call. */
  readonly command: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly config?: Readonly<Record<string, unknown>>
  readonly variables?: Readonly<Record<string, unknown>>
}

export interface ScriptTrialResult {
  /** What the command returned; null when it failed to run. */
  readonly outcome: Outcome | null
  readonly problem: SallyportError | null
  readonly logs: readonly LogLine[]
  readonly requests: readonly ScriptRequest[]
  readonly duration_ms: number
}

export interface ScriptTrials {
  /** Runs a script that is stored nowhere, with what the caller gives it and no credential of the gateway. Throws FORBIDDEN below manager. */
  run(caller: Caller, trial: ScriptTrial): Promise<ScriptTrialResult>
}

const timeoutMs = 30_000
const maxResponseBytes = 5 * 1024 * 1024
const nothingSecret = createRedactor([])

/** For one run only. */
function stateInMemory(): ScriptState {
  const kept = new Map<string, unknown>()
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => {
      if (value === null) kept.delete(key)
      else kept.set(key, value)
    },
  }
}

export function createScriptTrials(services: CallServices): ScriptTrials {
  const { clock, egress, sandbox, store } = services

  /** To wherever the guard lets it: there is no connector yet whose patterns could say more. */
  function httpOf({ config }: ScriptTrial, deadline: number): HostHttp {
    const base = typeof config?.baseUrl === 'string' ? config.baseUrl.replace(/\/+$/, '') : ''
    return async ({ method = 'GET', url, headers = {}, body }) => {
      const response = await egress.request({
        door: 'script_trial',
        method,
        url: url.startsWith('/') ? `${base}${url}` : url,
        headers,
        ...(body !== undefined && { body }),
        timeoutMs: Math.max(1, Math.floor(deadline - clock.monotonic())),
        maxResponseBytes,
        redirects: method === 'GET' || method === 'HEAD' ? 'follow' : 'none',
      })
      const type = response.headers['content-type'] ?? ''
      const parsed =
        parseBody(type, response.body, nothingSecret) ?? (await wrapBytes(type, response.body, nothingSecret, maxResponseBytes))
      return { status: response.status, headers: response.headers, body: parsed.body }
    }
  }

  return {
    async run(caller, trial) {
      requireRole(caller, 'manager')
      const { source, command, params = {}, config = {}, variables = {} } = trial
      await store.workspace(caller.workspaceId, (db) =>
        recordAct(db, caller.workspaceId, {
          kind: 'script.tried',
          by: caller,
          target: { kind: 'script', id: sha256(source).toString('hex').slice(0, 16), name: command },
        }),
      )
      const started = clock.monotonic()
      const now = () => clock.monotonic()
      const http = httpOf(trial, started + timeoutMs)
      const host = createScriptHost({ http, state: stateInMemory(), name: command, now })
      let logs: readonly LogLine[] = []
      const end = (outcome: Outcome | null, problem: SallyportError | null): ScriptTrialResult => ({
        ...{ outcome, problem, logs, requests: host.requests },
        duration_ms: clock.monotonic() - started,
      })
      try {
        const program = await compileScript(sandbox, trial)
        const run = await runProgram(sandbox, program, command, { config, params, variables }, host, { totalMs: timeoutMs })
        logs = run.logs
        if (run.result.kind === 'failed') return end(null, host.uncaught(run.result.error))
        return end(toOutcome(run.result.value), null)
      } catch (error) {
        const problem = error instanceof EgressError ? null : toSallyportError(error)
        if (problem === null || problem.code === 'UNAVAILABLE' || problem.code === 'INTERNAL') throw error
        return end(null, problem)
      }
    },
  }
}
