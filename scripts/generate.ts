/**
 * Writes what is derived from the code: gateway/openapi.json from the routes, sdk/src/api.ts and docs/roles.md from that,
 * docs/errors.md and the problems of the Python SDK from the catalogue of errors, gateway/connector.schema.json,
 * gateway/configuration.schema.json and gateway/workflow.schema.json from the formats of files, the index and the page of the
 * catalog from its files. With --check it writes nothing and fails when a file is stale.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'
import gateway from '../gateway/package.json' with { type: 'json' }
import { roles } from '../gateway/src/caller.ts'
import { configurationSchemaText } from '../gateway/src/configuration/documents.ts'
import { connectorJsonSchema, connectorSchemaText } from '../gateway/src/definition/connector-schema.ts'
import { workflowSchemaText } from '../gateway/src/definition/workflow/document.ts'
import { errorCatalogue, errorCodes } from '../gateway/src/errors.ts'
import { openApiDocument } from '../gateway/src/http/openapi.ts'
import { createHttpServer, type HttpServices } from '../gateway/src/http/server.ts'
import { createLog } from '../gateway/src/log.ts'
import { describeCatalog } from './catalog.ts'

const root = join(import.meta.dirname, '..')

/** Services that are there for the routes to be registered with, and never called. */
function unimplementedServices(): HttpServices {
  const unimplemented = new Proxy(
    {},
    { get: (_target, name) => () => Promise.reject(new Error(`${String(name)} is not implemented`)) },
  )
  return new Proxy({}, { get: () => unimplemented }) as HttpServices
}

async function describeApi(): Promise<Record<string, unknown>> {
  const app = createHttpServer(unimplementedServices(), {
    log: createLog('silent'),
    version: gateway.version,
    host: '127.0.0.1',
    publicUrl: () => 'http://127.0.0.1:8080',
    connectorSchema: connectorJsonSchema,
  })
  await app.ready()
  const document = openApiDocument(app)
  await app.close()
  return document
}

function describeErrors(): string {
  const entries = Object.entries(errorCatalogue).map(
    ([code, { status, title, cause, resolution }]) =>
      `## ${code}\n\n${title} (HTTP ${status}).\n\n- **Why:** ${cause}\n- **What to do:** ${resolution}\n`,
  )
  return `<!-- Generated from gateway/src/errors.ts by npm run generate. -->
# Errors

Every error of the HTTP API is a problem document (RFC 9457, \`application/problem+json\`) with a \`code\` of this list, a
\`detail\` about this occurrence, and a \`resolution\`. The error of a call also has its \`call_id\` and \`outcome\`:
\`not_sent\` (the API never saw the request), \`sent_unknown\` (it may have) or \`done\` (it answered).

${entries.join('\n')}`
}

function describeCodes(): string {
  return `/** The code of a problem; docs/errors.md says what each means. */\nexport type ErrorCode =\n${errorCodes.map((code) => `    | '${code}'`).join('\n')};\n`
}

/** A class of Python for each code, so that callers catch the kinds they can do something about. */
function describePythonProblems(): string {
  const classes = Object.entries(errorCatalogue).map(([code, { cause }]) => {
    const name = code.toLowerCase().replace(/(?:^|_)(\w)/g, (_match, letter: string) => letter.toUpperCase())
    return { code, name, text: `class ${name}(SallyportProblem):\n    ${JSON.stringify(cause)}\n` }
  })
  return `# Generated from gateway/src/errors.ts by npm run generate.
"""A class for each code of a problem: \`except problems.RateLimited\`. docs/errors.md says what to do about each."""

from typing import Dict, Type

from .errors import SallyportProblem


${classes.map(({ text }) => text).join('\n\n')}

by_code: Dict[str, Type[SallyportProblem]] = {
${classes.map(({ code, name }) => `    "${code}": ${name},`).join('\n')}
}
`
}

interface Operation {
  readonly summary: string
  readonly tags: readonly string[]
  readonly security?: readonly object[]
  readonly 'x-minimum-role'?: string
}

/** Every route with the lowest role that may use it, grouped by that role. */
function describeRoles(api: Record<string, unknown>): string {
  const paths = Object.entries(api.paths as Record<string, Record<string, Operation>>)
  const routes = paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: `\`${method.toUpperCase()} ${path}\``,
      summary: operation.summary,
      role: operation.security?.length === 0 ? 'anyone' : operation['x-minimum-role'],
    })),
  )
  const words: Record<string, string> = {
    anyone: 'Anyone, without a token or a session',
    person: 'Whoever is signed in, about their own account; no token',
  }
  const sections = ['anyone', 'person', ...roles].flatMap((role) => {
    const rows = routes.filter((each) => each.role === role).map(({ route, summary }) => `| ${route} | ${summary} |`)
    if (rows.length === 0) return []
    return `## ${words[role] ?? `From ${role} on`}\n\n| route | what it does |\n| --- | --- |\n${rows.join('\n')}\n`
  })
  return `<!-- Generated from gateway/src/http/routes/ by npm run generate. -->
# Routes and roles

The lowest role that each route of the API is open to: \`${roles.join(' < ')}\`. It stands beside the route in the code and is
checked before the body is read; a route that declares none is not served. Where a route is open to members for what is their
own (connections, teams), the service behind it asks for more for what is others': the
[guide](guide/people.md) says what.

${sections.join('\n')}`
}

async function outputs(): Promise<Record<string, string>> {
  const api = await describeApi()
  const catalog = await describeCatalog(join(root, 'catalog'))
  const types = astToString(await openapiTS(JSON.stringify(api), { alphabetize: true }))
  return {
    'gateway/openapi.json': `${JSON.stringify(api, null, 2)}\n`,
    'gateway/connector.schema.json': connectorSchemaText(),
    'gateway/configuration.schema.json': configurationSchemaText(),
    'gateway/workflow.schema.json': workflowSchemaText(),
    'sdk/src/api.ts': `// Generated from gateway/openapi.json and gateway/src/errors.ts by npm run generate.\n\n${types}\n${describeCodes()}`,
    'sdk/python/sallyport/problems.py': describePythonProblems(),
    'docs/errors.md': describeErrors(),
    'docs/roles.md': describeRoles(api),
    'docs/catalog.md': catalog.page,
    'catalog/index.json': catalog.index,
  }
}

const check = process.argv.includes('--check')
const stale: string[] = []
for (const [file, content] of Object.entries(await outputs())) {
  const path = join(root, file)
  const current = await readFile(path, 'utf8').catch(() => '')
  if (current === content) continue
  stale.push(file)
  if (check) continue
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}
if (check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run: npm run generate`)
  process.exitCode = 1
} else console.log(stale.length === 0 ? 'Everything is up to date.' : `Wrote ${stale.join(', ')}.`)
