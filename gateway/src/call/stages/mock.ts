import { runMock } from '@sallyport/sdk/kit'
import type { Mock } from '../../definition/mock.ts'
import { SallyportError } from '../../errors.ts'
import { failureOf } from '../executors/command.ts'
import { toOutcome } from '../executors/outcome.ts'
import { createScriptHost } from '../executors/script/host.ts'
import { programOf, runProgram } from '../executors/script/program.ts'
import type { Checked, Rehearsed } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { Outcome } from '../types.ts'

type Scripted = Extract<Mock, { readonly script: string }>

/** The function `mock` of a script, which has `sallyport.params` and no network. */
async function scripted({ sandbox, clock }: CallServices, { action, input }: Checked, mock: Scripted): Promise<Outcome> {
  const refused = () =>
    Promise.reject(
      new SallyportError('INVALID_INPUT', { detail: `The mock of "${action.name}" asks for a URL. A mock has no network.` }),
    )
  const nothing = { get: async () => null, set: async () => {} }
  const host = createScriptHost({ http: refused, state: nothing, name: action.name, now: () => clock.monotonic() })
  const program = await programOf(sandbox, mock, mock.script)
  const { result } = await runProgram(sandbox, program, 'mock', { config: {}, params: input, variables: {} }, host, {
    totalMs: action.limits.timeoutMs,
    resultBytes: action.limits.maxResponseBytes,
  })
  if (result.kind === 'failed') throw host.uncaught(result.error)
  return toOutcome(result.value)
}

/** What the document says comes before what the code of a built-in type brings. */
async function outcomeOf(services: CallServices, checked: Checked, scenario: string): Promise<Outcome> {
  const { connection, action, input } = checked
  const { document } = connection.connector
  const declared = document.actions[action.name]?.mocks ?? {}
  const mock = Object.hasOwn(declared, scenario) ? declared[scenario] : undefined
  if (mock !== undefined) return 'script' in mock ? scripted(services, checked, mock) : toOutcome(mock)
  const type = document.builtin === undefined ? undefined : services.builtins.get(document.builtin.type)
  const inCode = type === undefined ? null : await runMock(type, { ...input, command: action.name }, scenario)
  if (inCode !== null) return inCode
  const known = [...Object.keys(declared), ...Object.keys(type?.commands[action.name]?.mock ?? {})]
  throw new SallyportError('INVALID_INPUT', {
    detail: `"${action.name}" has no mock "${scenario}". ${known.length === 0 ? 'Write one under mocks of the action.' : `It has: ${[...new Set(known)].join(', ')}.`}`,
  })
}

/** Answers with a scenario of the action's mocks; nothing is sent, and no credential is opened. */
export async function mock(services: CallServices, checked: Checked, scenario: string): Promise<Rehearsed> {
  const outcome = await outcomeOf(services, checked, scenario)
  if (!outcome.success) throw failureOf(outcome, checked.action)
  return { outcome, status: null } as Rehearsed
}
