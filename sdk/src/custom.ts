import type { components } from './api.ts'
import { PendingApproval, SallyportProblem } from './errors.ts'

type Schemas = components['schemas']

export interface CallOptions {
  /** Id or name of the connection; needed when the connector has several. */
  readonly connection?: string
  /** Of your choice, 1 to 255 characters: the same key with the same input within 24 hours runs once and is answered alike. */
  readonly idempotencyKey?: string
  /** A scenario of the action's mocks to answer with: nothing is sent. */
  readonly mock?: string
  /** The cassette that the answer is recorded on. */
  readonly record?: string
  /** The cassette to answer from: nothing is sent. */
  readonly replay?: string
}

/** An action as a function: its input in, the payload of the answer out. */
export type CustomAction = <T = unknown>(input?: Readonly<Record<string, unknown>>, options?: CallOptions) => Promise<T>

/** Members that every function has; of a connector they are actions like any other. */
type OfFunctions = { readonly [Name in string & keyof CallableFunction]: CustomAction }

/** A connector's actions by name; itself its default action, for those that have one. */
export type CustomConnector = CustomAction &
  OfFunctions & { readonly [action: string]: CustomAction } & {
    /** The actions with their input and output schemas. An action of this name is reached by `calls.create`. */
    schema(): Promise<Schemas['Capabilities']>
  }

/** Connectors by slug. */
export type Custom = { readonly [connector: string]: CustomConnector } & {
  /** Slugs of the connectors that the caller has tools of. A connector of this name is reached by `calls.create`. */
  list(): Promise<string[]>
}

interface Operations {
  list(): Promise<string[]>
  schema(connector: string): Promise<Schemas['Capabilities']>
  call(request: Schemas['CallRequest']): Promise<Schemas['CallResult'] | Schemas['PendingCall']>
}

/** An object that makes its members by name. `then` is none, or awaiting the object would call it. */
function byName<T>(make: (name: string) => unknown, itself = Object.create(null)): T {
  return new Proxy(itself, {
    get: (_target, name) => (typeof name === 'symbol' || name === 'then' ? undefined : make(name)),
  })
}

export function createCustom(operations: Operations): Custom {
  const action =
    (connector: string, name?: string) =>
    async (input: Record<string, unknown> = {}, options: CallOptions = {}) => {
      const { connection, idempotencyKey, mock, record, replay } = options
      const call = {
        connector,
        ...(name !== undefined && { action: name }),
        input,
        ...(connection !== undefined && { connection }),
        ...(idempotencyKey !== undefined && { idempotency_key: idempotencyKey }),
        ...(mock !== undefined && { mock }),
        ...(record !== undefined && { record }),
        ...(replay !== undefined && { replay }),
      }
      return payloadOf(await operations.call(call))
    }
  return byName<Custom>((connector) => {
    if (connector === 'list') return operations.list
    return byName<CustomConnector>(
      (name) => (name === 'schema' ? () => operations.schema(connector) : action(connector, name)),
      action(connector),
    )
  })
}

function payloadOf(result: Schemas['CallResult'] | Schemas['PendingCall']): unknown {
  if ('approval' in result) throw new PendingApproval(result.id, result.approval)
  if (result.success) return result.payload
  throw new SallyportProblem({
    code: 'UPSTREAM_ERROR',
    title: 'The API answered with an error',
    status: 502,
    detail: result.error ?? 'The API answered that the action failed.',
    resolution: 'Read the diagnostics for what the API said.',
    call_id: result.id,
    outcome: result.outcome,
    ...(result.diagnostics && { diagnostics: result.diagnostics }),
  })
}
