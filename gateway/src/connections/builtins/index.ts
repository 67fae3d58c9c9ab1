import type { ConnectorDefinition } from '@sallyport/sdk/kit'
import type { Egress } from '../../egress/types.ts'
import { delay } from './delay.ts'
import { http } from './http.ts'
import { smtp } from './smtp.ts'
import { sql } from './sql.ts'

/** The types of built-in connectors. A line here is all that a new one takes. */
const definitions = (egress: Egress): readonly ConnectorDefinition[] => [delay, http, smtp(egress), sql(egress)]

/** By type. */
export type Builtins = ReadonlyMap<string, ConnectorDefinition>

export function createBuiltins(egress: Egress): Builtins {
  return new Map(definitions(egress).map((definition) => [definition.name, definition]))
}
