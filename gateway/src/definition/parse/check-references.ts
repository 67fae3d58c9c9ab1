import type { ConnectorDocument, JsonSchemaValue } from '../document.ts'
import { schemasOf } from '../input-schema.ts'
import { forEachSubschema } from '../json-schema/keywords.ts'
import { referenceTokens, resolveReference, type Schemas } from '../json-schema/references.ts'
import { type Issues, type Path, suggestion } from './issues.ts'

function checkSchema(root: JsonSchemaValue, at: Path, schemas: Schemas, issues: Issues): void {
  const visit = (schema: JsonSchemaValue, path: Path) => {
    if (typeof schema === 'boolean' || issues.full) return
    const { $ref } = schema
    if (typeof $ref === 'string' && !isNamed($ref, schemas) && resolveReference($ref, root, schemas) === null) {
      const [first, name] = referenceTokens($ref) ?? []
      const hint =
        first === 'schemas' && name !== undefined
          ? suggestion(name, Object.keys(schemas))
          : '; write #/schemas/Name and put the schema under schemas'
      issues.add([...path, '$ref'], `points to ${JSON.stringify($ref.slice(0, 100))}, where nothing is${hint}`)
    }
    forEachSubschema(schema, (subschema, pointer) => visit(subschema, [...path, ...pointer]))
  }
  visit(root, at)
}

/** Nearly every reference of an import is one of these, and there may be a hundred thousand. */
function isNamed(ref: string, schemas: Schemas): boolean {
  return ref.startsWith(named) && Object.hasOwn(schemas, ref.slice(named.length))
}
const named = '#/schemas/'

/** Every `$ref` of the document leads somewhere inside it. */
export function checkReferences(document: ConnectorDocument, issues: Issues): void {
  const schemas = schemasOf(document)
  for (const [name, schema] of Object.entries(schemas)) checkSchema(schema, ['schemas', name], schemas, issues)
  for (const [name, { input, output, errors = {} }] of Object.entries(document.actions)) {
    if (input !== undefined) checkSchema(input, ['actions', name, 'input'], schemas, issues)
    if (output !== undefined) checkSchema(output, ['actions', name, 'output'], schemas, issues)
    for (const [status, { schema }] of Object.entries(errors))
      if (schema !== undefined) checkSchema(schema, ['actions', name, 'errors', status, 'schema'], schemas, issues)
  }
}
