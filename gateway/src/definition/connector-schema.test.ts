import { readFileSync } from 'node:fs'
import { Validator } from '@cfworker/json-schema'
import { expect, test } from 'vitest'
import { connectorJsonSchema } from './connector-schema.ts'
import { parseConnector } from './parse.ts'

test('the committed connector.schema.json is the schema of the code', () => {
  const committed = readFileSync(new URL('../../connector.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(committed), 'gateway/connector.schema.json is out of date: run `npm run generate` and commit it').toEqual(
    connectorJsonSchema(),
  )
})

test('editors judge a connector file by the published schema as the gateway does', () => {
  const document = {
    connector: 'crm',
    name: 'CRM',
    servers: { production: { url: 'https://crm.example.com' } },
    auth: { key: { type: 'api_key', name: 'X-Key' } },
    actions: { get: { method: 'GET', path: '/{id}', query: { a: '{{a}}', b: { value: '{{b}}', style: 'deepObject' } } } },
  }
  const editor = new Validator({ ...connectorJsonSchema() }, '2020-12', false)
  expect(editor.validate(document).errors).toEqual([])
  expect(parseConnector(document)).toBe(document)
  for (const wrong of [
    { ...document, conector: 1 },
    { ...document, auth: { key: { type: 'api_key' } } },
    { ...document, actions: { 'a b': document.actions.get } },
  ]) {
    expect(editor.validate(wrong).valid).toBe(false)
    expect(() => parseConnector(wrong)).toThrow()
  }
})
