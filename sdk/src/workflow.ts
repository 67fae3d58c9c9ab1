import type { operations } from './api.ts'
import type { Body } from './request.ts'

type Source = Body<operations['createWorkflow']>

/** A workflow file: YAML or JSON text, or a document such as `defineWorkflow` makes. */
export type WorkflowSource = string | WorkflowDocument | Readonly<Record<string, unknown>>

export function workflowBody(workflow: WorkflowSource): Source {
  return typeof workflow === 'string' ? { text: workflow } : { document: { ...workflow } }
}

type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

interface Common<Id extends string> {
  /** Names the step, once in the workflow. */
  readonly id: Id
  readonly name?: string
  readonly retries?: number
  readonly on_error?: 'fail' | 'continue' | readonly WorkflowStep[]
}
interface Output {
  /** What later steps read the payload by. */
  readonly outputKey?: string
}

type Kinds<Slot extends string> =
  | (Output & {
      readonly call: { readonly slot: Slot; readonly action: string; readonly input?: unknown }
      readonly variables?: readonly string[]
      readonly timeout_ms?: number
    })
  | { readonly if: string; readonly then: readonly WorkflowStep<Slot>[]; readonly else?: readonly WorkflowStep<Slot>[] }
  | (Output & {
      readonly for_each: string
      readonly steps: readonly WorkflowStep<Slot>[]
      readonly as?: string
      readonly concurrency?: number
      readonly max_items?: number
      readonly collect?: unknown
    })
  | { readonly parallel: Readonly<Record<string, readonly WorkflowStep<Slot>[]>> }
  | { readonly wait: { readonly for: Duration } | { readonly until: string } }
  | (Output & { readonly approval: { readonly message: string; readonly show?: unknown; readonly expires?: Duration } })
  | (Output & { readonly transform: string; readonly timeout_ms?: number })
  | (Output & { readonly script: string; readonly timeout_ms?: number })
  | (Output & { readonly workflow: { readonly workflow: string; readonly input?: unknown } })

/** One step: exactly one of call, if, for_each, parallel, wait, approval, transform, script, workflow. */
export type WorkflowStep<Slot extends string = string, Id extends string = string> = Common<Id> & Kinds<Slot>

type SignatureScheme = 'github' | 'stripe' | 'slack' | 'shopify' | 'standard' | 'none'
type Trigger<Slot extends string> =
  | { readonly schedule: { readonly cron: string; readonly timezone?: string; readonly missed?: 'run_once' | 'skip' } }
  | {
      readonly webhook: {
        readonly signature?:
          | { readonly scheme: SignatureScheme }
          | {
              readonly scheme: 'hmac'
              readonly header: string
              readonly algorithm?: 'sha256' | 'sha1' | 'sha512'
              readonly encoding?: 'hex' | 'base64'
              readonly prefix?: string
            }
        readonly dedupe?: string
        readonly per_minute?: number
      }
    }
  | {
      readonly poll: {
        readonly slot: Slot
        readonly action: string
        readonly input?: unknown
        readonly every: Duration
        readonly items: string
        readonly key: string
      }
    }

export interface WorkflowDocument<Slots extends string = string> {
  readonly workflow: string
  readonly name: string
  readonly description?: string
  readonly slots?: Readonly<Record<Slots, { readonly connector: string; readonly description?: string }>>
  /** A JSON Schema of what a person or a program starts it with. */
  readonly input?: Readonly<Record<string, unknown>>
  readonly trigger?: Trigger<Slots>
  readonly steps: readonly WorkflowStep<Slots>[]
  readonly output?: unknown
}

/** A workflow file in TypeScript: calls may name its slots only, and each step does exactly one thing. The gateway checks the rest. */
export function defineWorkflow<const Slots extends string>(
  workflow: Omit<WorkflowDocument<Slots>, 'steps' | 'trigger'> & {
    readonly steps: readonly WorkflowStep<NoInfer<Slots>>[]
    readonly trigger?: Trigger<NoInfer<Slots>>
  },
): WorkflowDocument<Slots> {
  return workflow
}
