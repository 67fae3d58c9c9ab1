import { ConnectorDocument } from './document.ts'

/** Names the schema wherever it is served from: every gateway has it at `/connector.schema.json`. */
const connectorSchemaId = 'urn:sallyport:connector-schema:1'

/** The JSON Schema (draft 2020-12) of a connector file, as `gateway/connector.schema.json` and the HTTP API publish it. */
export function connectorJsonSchema(): Readonly<Record<string, unknown>> {
  // Through JSON: what the schema library keeps on the side stays behind.
  const schema: Record<string, unknown> = JSON.parse(JSON.stringify(ConnectorDocument))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: connectorSchemaId,
    title: 'Sallyport connector',
    description: 'Describes an API: its servers, ways to authenticate, and the actions that agents and workflows may call.',
    ...schema,
  }
}

/** The text of `gateway/connector.schema.json`. */
export function connectorSchemaText(): string {
  return `${JSON.stringify(connectorJsonSchema(), null, 2)}\n`
}
