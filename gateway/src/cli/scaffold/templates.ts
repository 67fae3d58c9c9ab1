import { literal, title } from './words.ts'

/** `acme-crm` as it is called in code: `acmeCrm`. */
export const camel = (name: string) => name.replace(/[-_]+(\w)/g, (_all, letter: string) => letter.toUpperCase())

export function handlerTemplate(name: string, description: string): string {
  return `import { defineConnector, fail, succeed, t } from '@sallyport/sdk/kit'

export const ${camel(name)} = defineConnector({
  name: '${name}',
  version: '1.0.0',
  title: ${literal(title(name))},
  description: ${literal(description)},
  connectionConfig: {
    baseUrl: t.string({ required: true, description: 'Such as https://api.example.com.' }),
    apiKey: t.secret({ required: true }),
  },
  commands: (defineCommand) => ({
    test: defineCommand({
      description: 'Check that the API answers and takes the key.',
      effect: 'read',
      async handler({ connection: { baseUrl, apiKey }, http }) {
        const { isSuccessful, status } = await http({ url: \`\${baseUrl}/\`, auth: { type: 'bearer', token: apiKey } })
        return isSuccessful ? succeed() : fail({ error: \`The API answered \${status}.\`, diagnostics: { status } })
      },
    }),
    listItems: defineCommand({
      description: 'List items.',
      effect: 'read',
      params: { limit: t.number({ default: 50 }) },
      outputs: ['items'],
      mock: { default: () => succeed({ payload: { items: [{ id: 1 }] } }) },
      async handler({ params: { limit }, connection: { baseUrl, apiKey }, http }) {
        const { isSuccessful, status, body } = await http({
          url: \`\${baseUrl}/items\`,
          query: { limit },
          auth: { type: 'bearer', token: apiKey },
        })
        if (!isSuccessful) return fail({ error: \`The API answered \${status}.\`, diagnostics: { status, body } })
        return succeed({ payload: { items: body } })
      },
    }),
  }),
})
`
}

export function testTemplate(name: string): string {
  return `import { executeDefinition, runMock } from '@sallyport/sdk/kit'
import { expect, test } from 'vitest'
import { ${camel(name)} } from './${name}.ts'

const context = (config: Record<string, unknown>) => ({
  config,
  connectorConfig: { baseUrl: 'https://api.example.com', apiKey: 'key' },
  variables: {},
  stepId: 'step',
  runId: 'run',
})

test('lists items', async () => {
  const http = async () => ({ status: 200, isSuccessful: true, headers: {}, body: [{ id: 7 }] })
  expect(await executeDefinition(${camel(name)}, context({ command: 'listItems' }), { http })).toEqual({
    success: true,
    payload: { items: [{ id: 7 }] },
  })
})

test('says what the API answered', async () => {
  const http = async () => ({ status: 503, isSuccessful: false, headers: {}, body: null })
  expect(await executeDefinition(${camel(name)}, context({ command: 'test' }), { http })).toMatchObject({
    success: false,
    diagnostics: { status: 503 },
  })
})

test('answers without the API', async () => {
  expect(await runMock(${camel(name)}, { command: 'listItems' })).toMatchObject({ success: true })
})
`
}

export function documentTemplate(name: string, description: string): string {
  return `connector: ${name}
name: ${JSON.stringify(title(name))}
description: ${JSON.stringify(description)}
servers:
  production:
    url: https://api.example.com
auth:
  token:
    type: bearer
actions:
  list_items:
    description: List items.
    method: GET
    path: /items
    query:
      limit: '{{limit}}'
    input:
      type: object
      properties:
        limit: { type: integer, default: 50 }
`
}

export function scriptTemplate(name: string, description: string): string {
  return `connector: ${name}
name: ${JSON.stringify(title(name))}
description: ${JSON.stringify(description)}
kind: script
servers:
  production:
    url: https://api.example.com
auth:
  token:
    type: bearer
actions:
  listItems:
    description: List items.
    effect: read
    input:
      type: object
      properties:
        limit: { type: integer, default: 50 }
    mocks:
      default: { payload: { items: [{ id: 1 }] } }
script:
  language: javascript
  source: |
    function listItems() {
      const { status, body } = sallyport.http.get('/items?limit=' + (sallyport.params.limit ?? 50))
      if (status >= 400) return { error: 'The API answered ' + status + '.', diagnostics: { status, body } }
      return { payload: { items: body } }
    }
`
}

/** The list of built-in types with one more; the same text when it is there already. Null when the list is not to be found. */
export function registered(list: string, name: string): string | null {
  const own = `import { ${camel(name)} } from './${name}.ts'`
  if (list.includes(own)) return list
  const lines = list.split('\n')
  const imports = lines.flatMap((line, index) => (/^import \{ .* \} from '\.\//.test(line) ? [index] : []))
  const after = imports.findLast((index) => (lines[index]?.split(' from ')[1] ?? '') < `'./${name}.ts'`)
  const at = after === undefined ? imports[0] : after + 1
  if (at === undefined) return null
  lines.splice(at, 0, own)
  const text = lines.join('\n')
  const entry = /(readonly ConnectorDefinition\[\] => \[)([^\]]*?),?(\s*\])/
  return entry.test(text) ? text.replace(entry, `$1$2, ${camel(name)}$3`) : null
}
