import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { errorCodes, SallyportError, unreachable } from '../../errors.ts'
import { newId } from '../../id.ts'
import { usualLimits } from '../../sandbox/types.ts'
import { sha256 } from '../../vault/digest.ts'
import type { CallServices } from '../services.ts'
import type { CallHistory, CallRecord, CallResult, Calls, Tools } from '../types.ts'
import { actionTools } from './action-tools.ts'
import { type Answer, CallTape, fingerprint, givenBack } from './call-tape.ts'
import { prelude } from './prelude.ts'
import { createStoredRuns, type StoredRun } from './stored-runs.ts'
import type { CodeAsker, CodeResult, CodeRuns } from './types.ts'

/** Shorter than the minute after which most MCP clients give a tool up. */
const limits = { ...usualLimits, totalMs: 50_000, hostCalls: 500, logBytes: 16 * 1024 }

type Services = Pick<CallServices, 'sandbox' | 'store' | 'sealedCalls' | 'clock'> & {
  readonly run: Calls['run']
  readonly tools: Pick<Tools, 'list' | 'find'>
  readonly history: Pick<CallHistory, 'get'>
}

const Asked = Compile(
  Type.Tuple([
    Type.String({ maxLength: 100 }),
    Type.String({ maxLength: 100 }),
    Type.Object({}, { additionalProperties: true }),
    Type.Object({ connection: Type.Optional(Type.String({ maxLength: 200 })) }, { additionalProperties: false }),
  ]),
)

type Program = Omit<StoredRun, 'pending'>
type Pending = StoredRun['pending']

function failed({ code, detail }: SallyportError): Answer {
  return { ok: false, code, detail }
}

/** What came of the call that a run waited for; null while nobody has decided. */
function endOf({ status, result, error_code, error_detail }: CallRecord): Answer | null {
  switch (status) {
    case 'pending_approval':
    case 'started':
      return null
    case 'succeeded':
      if (result?.success === true) return { ok: true, payload: result.payload ?? null }
      return { ok: false, code: 'UPSTREAM_ERROR', detail: result?.error ?? 'The call was made, but its answer was lost.' }
    case 'rejected':
    case 'expired':
      return { ok: false, code: 'APPROVAL_REQUIRED', detail: `The call was ${status}. Nothing was sent to the API.` }
    case 'failed': {
      const code = errorCodes.find((known) => known === error_code) ?? 'UPSTREAM_ERROR'
      return { ok: false, code, detail: error_detail ?? 'The call failed.' }
    }
    default:
      return unreachable(status)
  }
}

export function createCodeRuns({ run: runCall, tools, history, sandbox, ...services }: Services): CodeRuns {
  const { clock } = services
  const stored = createStoredRuns(services)

  async function execute(asker: CodeAsker, program: Program): Promise<CodeResult> {
    const { caller, credentials, ip, toolset } = asker
    const tape = new CallTape(program.calls)
    /** Why nothing more is called: a call waits, or the program is another than before. */
    let pending: Pending | null = null
    let refused: SallyportError | null = null

    async function make(connector: string, action: string, input: object, connection: string | undefined, asked: string) {
      const [tool] = await actionTools(tools, caller, connector, action, connection)
      const target = tool === undefined ? null : await tools.find(caller, tool.name, input)
      if (tool === undefined || target === null) {
        const detail = `There is no api.${connector}.${action}${connection === undefined ? '' : ` over the connection "${connection}"`}. Find what there is with search_api.`
        return failed(new SallyportError('NOT_FOUND', { detail }))
      }
      const { connection: first, ...rest } = target
      const result: CallResult = await runCall({
        ...{ credentials, entrance: 'mcp' as const, ip, ...rest },
        ...(toolset !== undefined && { toolset }),
        ...(connection !== undefined && { connection: first }),
        // Should the gateway stop in between, the same run makes the same write once.
        ...(tool.effect !== 'read' && { idempotencyKey: `${program.id}:${tape.position}` }),
      })
      switch (result.kind) {
        case 'answered':
          return result.answer.success
            ? { ok: true as const, payload: result.answer.payload ?? null }
            : failed(new SallyportError('UPSTREAM_ERROR', { detail: result.answer.error ?? 'The call failed.' }))
        case 'failed':
          if (tool.effect !== 'read' && result.error.code === 'CONFLICT') refused = result.error
          return failed(result.error)
        case 'pending':
          pending = { asked, callId: result.id, approvalId: result.approvalId }
          throw waiting()
        case 'planned':
          throw new SallyportError('INTERNAL', { internal: 'a call of a program was planned only' })
        default:
          return unreachable(result)
      }
    }

    const waiting = () =>
      new SallyportError('APPROVAL_REQUIRED', { detail: 'A person must approve this call first; the program goes on then.' })

    async function call(values: readonly unknown[]): Promise<unknown> {
      if (pending !== null) throw waiting()
      if (refused !== null) throw refused
      if (!Asked.Check(values)) throw new SallyportError('INVALID_INPUT', { detail: 'Call it as api.connector.action(input).' })
      const [connector, action, input, { connection }] = values
      const asked = fingerprint({ connector, action, input, connection: connection ?? null })
      try {
        const before = tape.replay(asked)
        if (before !== undefined) return givenBack(before)
      } catch (error) {
        if (error instanceof SallyportError && error.code === 'CONFLICT' && tape.position < tape.recorded.length) refused = error
        throw error
      }
      const answer = await make(connector, action, input, connection, asked)
      tape.record(asked, answer)
      return givenBack(answer)
    }

    const source = await sandbox.stripTypes(`async function main() {${program.code}\n}`)
    const seed = sha256(program.id).readInt32BE(0)
    const job = { prelude, data: JSON.stringify({ now: program.now, seed }), source, module: false, entry: 'main', limits }
    const { result, logs } = await sandbox.run(job, { call })
    const facts = {
      console: logs.map(({ level, message }) => (level === 'info' ? message : `${level}: ${message}`)),
      calls: tape.position,
    }
    const wait = pending as Pending | null
    if (wait !== null) {
      await stored.keep(caller, { ...program, calls: tape.recorded, pending: wait })
      return { ...facts, kind: 'pending', run: program.id, approvalId: wait.approvalId }
    }
    await stored.drop(caller, program.id)
    if (refused !== null) return { ...facts, kind: 'failed', error: refused }
    if (result.kind === 'failed') return { ...facts, kind: 'failed', error: result.error }
    return { ...facts, kind: 'returned', value: result.value ?? null }
  }

  return {
    run: (asker, code) => execute(asker, { id: newId('code_run', clock.now()), code, now: clock.now(), calls: [] }),

    async resume(asker, id) {
      const { pending, ...program } = await stored.load(asker.caller, id)
      const answer = endOf(await history.get(asker.caller, pending.callId))
      const calls = program.calls.length
      if (answer === null) return { kind: 'pending', run: id, approvalId: pending.approvalId, console: [], calls }
      return execute(asker, { ...program, calls: [...program.calls, { asked: pending.asked, answer }] })
    },
  }
}
