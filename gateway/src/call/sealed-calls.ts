import type { Settings } from '../definition/types.ts'
import { readSealed, type SealedColumn, sealedCallColumns } from '../store/sealed-columns.ts'
import type { Store } from '../store/types.ts'
import { canonicalJson, sha256 } from '../vault/digest.ts'
import { openJson, sealJson } from '../vault/sealed-json.ts'
import { openCurrent, storeSealed } from '../vault/sealing.ts'
import type { Sealed, Vault } from '../vault/types.ts'
import type { First } from './facts.ts'
import type { Outcome } from './types.ts'

/** Everything an approval binds: a change of any of it is another call. */
export interface ExactCall {
  readonly caller: string
  readonly workspace: string
  readonly connector: string
  readonly version: string
  readonly connection: string
  /** Which of the connector's schemes, and what the connection fills into headers and body beside the input. */
  readonly scheme: string
  readonly settings: Settings
  /** Only of a connection that leads through a private network. */
  readonly network?: string
  readonly action: string
  /** Null of a command, which is no request. */
  readonly method: string | null
  readonly url: string | null
  readonly input: unknown
  readonly expires_at: string
}

export function exactCall({ caller, connection, action, work, input }: First, expiresAt: string): ExactCall {
  const request = work.kind === 'http' ? work.request : null
  return {
    caller: `${caller.kind}:${caller.id}`,
    workspace: caller.workspaceId,
    connector: connection.connector.id,
    version: connection.connector.version,
    connection: connection.id,
    scheme: connection.schemeName,
    settings: connection.settings,
    ...(connection.passage !== null && { network: connection.passage.network }),
    action: action.name,
    method: request?.method ?? null,
    url: request?.url ?? null,
    input,
    expires_at: expiresAt,
  }
}

/** What calls that are alike have in common: all that a call binds but its input, and of its address only the base. */
export function alikeOf(first: First): Buffer {
  const { work } = first
  const call = { ...exactCall(first, ''), url: work.kind === 'http' ? work.baseUrl : null, input: null }
  return hashOf(call)
}

/** SHA-256 of the canonical JSON (RFC 8785) of the call. */
export function hashOf(call: ExactCall): Buffer {
  return sha256(canonicalJson(call))
}

/** Stored calls and their answers, sealed in the row of their approval. */
export interface SealedCalls {
  sealInput(workspace: string, approval: string, input: unknown): Promise<Sealed>
  openInput(workspace: string, approval: string, sealed: Sealed): Promise<unknown>
  sealResult(workspace: string, approval: string, result: Outcome): Promise<Sealed>
  /** As it was sealed: what {@link sealResult} took. */
  openResult(workspace: string, approval: string, sealed: Sealed): Promise<unknown>
  /** What stands for the repetitions of a call, sealed in the row of its idempotency key. */
  sealKept(workspace: string, call: string, kept: unknown): Promise<Sealed>
  openKept(workspace: string, call: string, sealed: Sealed): Promise<unknown>
  /** An answer that was too large to be given whole, sealed in a row of its own. */
  sealSpilled(workspace: string, result: string, payload: unknown): Promise<Sealed>
  openSpilled(workspace: string, result: string, sealed: Sealed): Promise<unknown>
  /** A program that waits for an approval, with what its calls answered. */
  sealRun(workspace: string, run: string, stored: unknown): Promise<Sealed>
  openRun(workspace: string, run: string, sealed: Sealed): Promise<unknown>
  /** Of a workflow's webhook: the end of its address, and the secret that its sender signs with. */
  sealHook(workspace: string, deployment: string, hook: unknown): Promise<Sealed>
  openHook(workspace: string, deployment: string, sealed: Sealed): Promise<unknown>
  /** What a workflow's run began with, what came of it, and what each step took and gave. */
  sealRunTrigger(workspace: string, run: string, trigger: unknown): Promise<Sealed>
  openRunTrigger(workspace: string, run: string, sealed: Sealed): Promise<unknown>
  sealRunOutput(workspace: string, run: string, output: unknown): Promise<Sealed>
  openRunOutput(workspace: string, run: string, sealed: Sealed): Promise<unknown>
  sealStep(workspace: string, step: string, result: unknown): Promise<Sealed>
  openStep(workspace: string, step: string, sealed: Sealed): Promise<unknown>
  /** What a call was answered, on a cassette. */
  sealRecording(workspace: string, recording: string, content: unknown): Promise<Sealed>
  openRecording(workspace: string, recording: string, sealed: Sealed): Promise<unknown>
  /** The last good answer to a call, for when its API fails. */
  sealAnswer(workspace: string, row: string, answer: Outcome): Promise<Sealed>
  openAnswer(workspace: string, row: string, sealed: Sealed): Promise<unknown>
  /** Where people are told of a call that waits: the URL of a chat is a key to it. */
  sealTarget(workspace: string, channel: string, target: unknown): Promise<Sealed>
  openTarget(workspace: string, channel: string, sealed: Sealed): Promise<unknown>
  /** Runs work that seals and stores; once more when the workspace got another key in between. */
  storing<T>(workspace: string, work: () => Promise<T>): Promise<T>
}

export function createSealedCalls(vault: Vault, store: Store): SealedCalls {
  const seal =
    ({ table, column }: SealedColumn) =>
    (workspace: string, row: string, value: unknown) =>
      sealJson(vault, { workspace, table, row, column, version: 1 }, value)

  const open =
    (column: SealedColumn) =>
    (workspace: string, row: string, sealed: Sealed): Promise<unknown> => {
      const place = { workspace, table: column.table, row, column: column.column, version: 1 }
      return openCurrent(
        sealed,
        (current) => openJson(vault, place, current),
        () => readSealed(store, column, workspace, row),
      )
    }

  const { answer, call, result, kept, spilled, run, hook, runTrigger, runOutput, step, recording, target } = sealedCallColumns
  return {
    sealInput: seal(call),
    openInput: open(call),
    sealResult: seal(result),
    openResult: open(result),
    sealKept: seal(kept),
    openKept: open(kept),
    sealSpilled: seal(spilled),
    openSpilled: open(spilled),
    sealRun: seal(run),
    openRun: open(run),
    sealHook: seal(hook),
    openHook: open(hook),
    sealRunTrigger: seal(runTrigger),
    openRunTrigger: open(runTrigger),
    sealRunOutput: seal(runOutput),
    openRunOutput: open(runOutput),
    sealStep: seal(step),
    openStep: open(step),
    sealRecording: seal(recording),
    openRecording: open(recording),
    sealAnswer: seal(answer),
    openAnswer: open(answer),
    sealTarget: seal(target),
    openTarget: open(target),
    storing: (workspace, work) => storeSealed(vault, workspace, work),
  }
}
