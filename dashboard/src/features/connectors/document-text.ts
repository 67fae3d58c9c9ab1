import { stringify } from 'yaml'
import { api } from '../../api/client.ts'
import type { Json } from '../../api/types.ts'

export type Format = 'yaml' | 'json'

export const textOf = (document: Json, format: Format): string =>
  format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : stringify(document, { lineWidth: 120 })

/** The document in an edited text. The gateway reads it, so mistakes come back in its words, with their line. */
export const readText = async (text: string): Promise<Json> => (await api.connectors.parse({ text })).document
