import type { Caller } from '../../caller.ts'
import type { Page } from '../../page.ts'
import type { Content, Recording } from './recording.ts'

/** A named set of recordings. */
export interface CassetteView {
  readonly name: string
  readonly recordings: number
  /** Of all its recordings, as JSON. */
  readonly bytes: number
  readonly connectors: readonly string[]
  /** The last one; null when there is none yet. */
  readonly recorded_at: string | null
  /** The connections whose calls are recorded on it. */
  readonly recording: readonly { readonly id: string; readonly name: string }[]
  /** The tokens whose calls are answered from it. */
  readonly replaying: readonly { readonly id: string; readonly name: string }[]
}

export type RecordingView = Content & {
  readonly id: string
  readonly cassette: string
  readonly connector: string
  readonly connector_version: string
  readonly action: string
  readonly method: string | null
  readonly url: string | null
  readonly status: number | null
  readonly error_code: string | null
  readonly bytes: number
  /** The action is another now than it was, or gone. */
  readonly stale: boolean
  readonly recorded_at: string
}

/** A cassette as a file: in a stable order, and without what says when or where it was recorded. */
export interface CassetteFile {
  readonly format: 1
  readonly recordings: readonly Recording[]
}

/** What calls were answered, for replaying them without the API. A cassette is there as soon as something is recorded on it. */
export interface Cassettes {
  list(caller: Caller): Promise<readonly CassetteView[]>
  /** Newest first. Throws NOT_FOUND. */
  recordings(caller: Caller, name: string, query: { limit?: number; cursor?: string }): Promise<Page<RecordingView>>
  export(caller: Caller, name: string): Promise<CassetteFile>
  /** Makes the cassette what the file says. */
  import(caller: Caller, name: string, file: CassetteFile): Promise<CassetteView>
  remove(caller: Caller, name: string): Promise<void>
  removeRecording(caller: Caller, id: string): Promise<void>
}

/** What an action was when it was recorded. */
export interface RecordedAction {
  readonly version: string
  readonly method: string | null
  readonly url: string | null
  readonly signature: Buffer
}

export type Found =
  | ({ readonly kind: 'found'; readonly status: number | null; readonly content: () => Promise<Content> } & RecordedAction)
  /** Other calls of the same action that are on the cassette, newest first. */
  | { readonly kind: 'missing'; readonly others: readonly RecordedAction[] }

/** What calls record on and are answered from. */
export interface Tape {
  /** In place of an earlier recording of the same call. Throws CONFLICT when the cassette is full, PAYLOAD_TOO_LARGE for a long answer. */
  keep(workspaceId: string, cassette: string, recording: Recording): Promise<void>
  find(workspaceId: string, cassette: string, call: Pick<Recording, 'connector' | 'action' | 'input'>): Promise<Found>
}
