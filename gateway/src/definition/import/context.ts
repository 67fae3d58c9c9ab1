import type { HttpActionDocument, JsonSchemaValue } from '../document.ts'
import type { Direction } from './directions.ts'
import type { Inputs } from './inputs.ts'
import type { ReportCode } from './report.ts'
import type { Security } from './security.ts'
import type { Shared } from './shared.ts'
import type { Json, Spec } from './spec.ts'

/** An operation in the document, with the name its action gets. */
export interface Operation {
  readonly name: string
  readonly method: HttpActionDocument['method']
  readonly path: string
  readonly value: Json
  readonly at: string
  /** The path item around it. */
  readonly item: Json
  readonly itemAt: string
}

/** What the parts of one operation's import share. */
export interface OperationContext {
  readonly spec: Spec
  readonly security: Security
  readonly operation: Operation
  readonly inputs: Inputs
  /** Where relative addresses of servers start. */
  readonly serverUrl: string | undefined
  /** The media type that was asked for, of those that its body may have. */
  readonly contentType: string | undefined
  readonly shared: Shared
  /** Told the media types that the body may have, the one taken first, where there are several. */
  offer(contentTypes: readonly string[]): void
  /** A schema of this operation as the connector's; `at` is its JSON Pointer. */
  convert(schema: unknown, direction: Direction, at: string): JsonSchemaValue
  /** An entry of the report about this operation. */
  note(code: ReportCode, at: string, message: string): void
  /** For what many operations have in common: the first one stands for all. */
  noteOnce(code: ReportCode, at: string, message: string): void
}
