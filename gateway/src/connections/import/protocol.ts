import type { Part } from '../../definition/changes/take.ts'
import type { Choice } from '../../definition/import/choice.ts'
import type { Documentation } from '../../definition/import/discovery/drafting.ts'
import type { ImportReport } from '../../definition/import/report.ts'
import type { ErrorCode } from '../../errors.ts'
import type { ConnectorSummary } from '../../store/schema.ts'
import type { Draft } from './drafter.ts'

/** What the gateway and the process that imports say to each other. */

export interface SourceFile {
  readonly path: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What is wanted of a source: a connector to store, a draft, what a person sees before choosing, or what is new in it. */
export type Want = 'stored' | 'draft' | 'preview' | 'changes'

/** The connector that a source is the newer document of. */
export interface Against {
  /** Its document as JSON. */
  readonly text: Uint8Array<ArrayBuffer>
  readonly version: string
  /** What to take of the newer document; everything when absent. */
  readonly part?: Part
  /** Of the newer document as it was looked at. */
  readonly fingerprint?: string
}

export interface ImportJob {
  readonly want: Want
  /** The document itself; without it one of the files is. */
  readonly text?: Uint8Array<ArrayBuffer>
  /** Whether `text` may be a connector file. */
  readonly orConnector?: boolean
  /** Where the document was found. */
  readonly address?: string
  /** The address that was given, of a document or of documentation. */
  readonly url?: string
  readonly files?: readonly SourceFile[]
  readonly zip?: Uint8Array<ArrayBuffer>
  /** Which of the files is the document; the one that says so itself when absent. */
  readonly root?: string
  readonly connector?: string
  readonly name?: string
  readonly serverUrl?: string
  readonly choice: Choice
  readonly against?: Against
  /** Whether there is a language model to ask. */
  readonly hasModel?: boolean
}

export interface Fetched {
  readonly address: string
  /** Where it lay after redirects. */
  readonly found: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Its Link header. */
  readonly link?: string
}

export type ToProcess =
  | { readonly kind: 'job'; readonly job: ImportJob }
  | {
      readonly kind: 'fetched'
      readonly documents: readonly Fetched[]
      readonly refused: readonly { readonly address: string; readonly why: string }[]
    }
  | { readonly kind: 'drafted'; readonly draft: Draft }

/** `fetched`: documents from other addresses; `operations`: done of all. */
export interface ImportProgress {
  readonly stage: 'read' | 'fetched' | 'parsed' | 'operations'
  readonly done?: number
  readonly total?: number
}

/** A connector as it is stored, with what the gateway has to know of it without parsing it. */
export interface StoredConnector {
  readonly connector: string
  readonly name: string
  readonly version: string
  readonly summary: ConnectorSummary
  readonly servers: readonly string[]
  readonly actions: readonly string[]
  /** Certificates that are to be checked; only a connector file has any. */
  readonly authorities: string | null
  readonly report: ImportReport | null
}

export type FromProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: ImportProgress }
  /** `ask`: by POST for the schema of a GraphQL server, and not by GET for what lies there. */
  | { readonly kind: 'wanted'; readonly addresses: readonly string[]; readonly ask?: 'graphql' }
  /** Documentation that the language model is to read. */
  | { readonly kind: 'undrafted'; readonly documentation: Documentation }
  | { readonly kind: 'done'; readonly json: Uint8Array<ArrayBuffer>; readonly stored: StoredConnector | null }
  | { readonly kind: 'fault'; readonly message: string }
  | {
      readonly kind: 'failed'
      readonly code: ErrorCode
      readonly detail: string
      readonly diagnostics?: Readonly<Record<string, unknown>>
    }
