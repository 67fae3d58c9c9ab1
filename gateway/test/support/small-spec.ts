import type { HttpActionDocument, HttpConnectorDocument } from '../../src/definition/document.ts'
import { type ImportOptions, importOpenApi } from '../../src/definition/import/openapi.ts'
import type { ImportReport } from '../../src/definition/import/report.ts'

type Json = Record<string, unknown>

/** A complete document around a few paths. */
export function smallSpec(paths: Json, more: Json = {}): Json {
  return {
    openapi: '3.0.3',
    info: { title: 'Acme', version: '1' },
    servers: [{ url: 'https://api.acme.test/v1' }],
    paths,
    ...more,
  }
}

export interface ImportedOne {
  readonly action: HttpActionDocument
  readonly document: HttpConnectorDocument
  readonly report: ImportReport
  /** The input schema, as what it is in every import. */
  readonly input: { readonly properties: Record<string, Json>; readonly required?: readonly string[] } & Json
  /** Messages of the report. */
  readonly messages: readonly string[]
}

/** Imports one operation, `POST /things` unless told otherwise. */
export function importOne(
  operation: Json,
  more: Json = {},
  place: { method?: string; path?: string; item?: Json } = {},
): ImportedOne {
  const { method = 'post', path = '/things', item = {} } = place
  return importFirst(
    smallSpec({ [path]: { ...item, [method]: { responses: { 204: { description: 'done' } }, ...operation } } }, more),
  )
}

/** Imports a document and looks at its first action. */
export function importFirst(spec: unknown, options: ImportOptions = {}): ImportedOne {
  const { document, report } = importOpenApi(spec, options)
  const action = Object.values(document.actions)[0]
  if (action === undefined || typeof action.input !== 'object') throw new Error('nothing was imported')
  return {
    action,
    document,
    report,
    input: action.input as ImportedOne['input'],
    messages: report.entries.map((entry) => entry.message),
  }
}

/** The properties of an input schema. */
export function properties(schema: unknown): Record<string, Json> {
  return (schema as { readonly properties: Record<string, Json> }).properties
}
