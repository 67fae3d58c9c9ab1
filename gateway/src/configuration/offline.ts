import { configurationSchemaText } from './documents.ts'
import { readDocuments } from './read.ts'
import type { ConfigurationDocument, Problem } from './types.ts'

/** What the command line knows of configuration without a gateway. */

export { configurationSchemaText }

/**
 * What is wrong with the documents, as far as can be seen without a workspace, and what they refer to that none of them has:
 * it may be there.
 */
export function checkOffline(documents: readonly ConfigurationDocument[]): {
  readonly problems: readonly Problem[]
  readonly elsewhere: readonly string[]
  readonly resources: number
} {
  const { desired, problems } = readDocuments(documents, (document) => (document.kind === 'builtin' ? null : document))
  const connectors = new Set(desired.filter(({ type }) => type === 'connector').map(({ key }) => key))
  const elsewhere = desired.flatMap(({ type, key, value }) =>
    type === 'connection' && typeof value.connector === 'string' && !connectors.has(value.connector)
      ? [`connection ${key} is of the connector "${value.connector}", which is not among these files.`]
      : [],
  )
  return { problems, elsewhere, resources: desired.length }
}
