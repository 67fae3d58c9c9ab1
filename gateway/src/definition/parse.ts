import { connectorJsonSchema } from './connector-schema.ts'
import type { ConnectorDocument } from './document.ts'
import { isObject } from './json-schema/keywords.ts'
import { readablePath, toPointer } from './json-schema/problems.ts'
import { schemaCompiler, type Validate } from './json-schema/validator.ts'
import type { Kind } from './kinds.ts'
import { checkAction, connectorFacts } from './parse/check-action.ts'
import { checkAuth, checkFields, checkSecurity, checkServers } from './parse/check-connection.ts'
import { checkReferences } from './parse/check-references.ts'
import { checkVerify } from './parse/check-verify.ts'
import { Issues, orKnown } from './parse/issues.ts'
import { plainProblem } from './parse/plain.ts'
import { refuse } from './parse/refuse.ts'
import { readText } from './parse/source.ts'
import type { SchemaProblem } from './types.ts'

let validate: Validate | undefined

/** Better words for the places people get wrong first. */
const hints: Readonly<Record<string, string>> = {
  '/connector': 'connector must be a short name such as my-api: lower-case letters, digits, "_" and "-", starting with a letter',
  '/version': 'version must be a text of three numbers such as "1.0.0"; YAML reads 1.0 without quotes as a number',
}

function isValid(value: unknown, problems: readonly SchemaProblem[]): value is ConnectorDocument {
  return problems.length === 0
}

function connectionProblems(document: ConnectorDocument): Issues {
  const issues = new Issues()
  checkServers(document, issues)
  checkAuth(document, issues)
  checkFields(document, issues)
  checkSecurity(document, issues)
  return issues
}

function meaningProblems(document: ConnectorDocument): readonly SchemaProblem[] {
  const issues = connectionProblems(document)
  const facts = connectorFacts(document)
  for (const [name, action] of Object.entries(document.actions)) {
    if (issues.full) break
    checkAction(name, action, facts, issues)
  }
  checkVerify(facts, issues)
  if ((document.kind === 'builtin') !== (document.builtin !== undefined))
    issues.add(
      ['builtin'],
      document.kind === 'builtin' ? 'is required: the type it is an instance of' : 'is for connectors of kind builtin',
    )
  if ((document.kind === 'script') !== (document.script !== undefined))
    issues.add(['script'], document.kind === 'script' ? 'is required: the code' : 'is for connectors of kind script')
  if (document.kind !== 'mcp' && document.mcp !== undefined) issues.add(['mcp'], 'is for connectors of kind mcp')
  const schemes = Object.keys(document.auth ?? {})
  // The tools of a server that somebody has to sign in at are listed after that.
  const later = Object.values(document.auth ?? {}).some(({ type }) => type === 'mcp_oauth')
  if (Object.keys(document.actions).length === 0 && !later) issues.add(['actions'], 'must have at least 1 entry')
  for (const scheme of Object.keys(document.guide ?? {})) {
    if (!schemes.includes(scheme)) issues.add(['guide', scheme], `is for no auth scheme${orKnown(scheme, schemes)}`)
  }
  const { default_action: byDefault, actions } = document
  if (byDefault !== undefined && !Object.hasOwn(actions, byDefault))
    issues.add(['default_action'], `is no action${orKnown(byDefault, Object.keys(actions))}`)
  checkReferences(document, issues)
  return issues.problems
}

/** Kinds that have an executor in call/executors/. */
const runnable: readonly Kind[] = ['http', 'builtin', 'script', 'external', 'mcp']

/** What makes the value something else than a connector file, so that a list of missing keys would not help. */
function strangerProblem(value: unknown): string | null {
  if (!isObject(value)) return 'A connector file is an object with the keys connector, name, servers and actions.'
  if (Object.hasOwn(value, 'openapi') || Object.hasOwn(value, 'swagger')) {
    return 'This is an OpenAPI document, not a connector file. Import it: send it as {"spec": …}, or run "sallyport import".'
  }
  if (typeof value.kind === 'string' && !runnable.some((kind) => kind === value.kind))
    return `kind ${value.kind.slice(0, 40)} is not supported; this version runs ${runnable.map((kind) => `"${kind}"`).join(' and ')}.`
  return null
}

/**
 * A document that an import of this program made. Its actions and schemas are right by their making, which `npm run test:import`
 * and the tests of each format hold against parseConnector; what a person gave (names, servers) and what stands once for all is
 * checked, with one action for its shape. Throws INVALID_INPUT as parseConnector does.
 */
export function checkMade(document: ConnectorDocument): ConnectorDocument {
  const [first] = Object.keys(document.actions)
  const { schemas: _, ...rest } = document
  validate ??= schemaCompiler({}, { formats: false }).compile(connectorJsonSchema())
  const problems = validate({ ...rest, actions: first === undefined ? {} : { [first]: document.actions[first] } })
  if (problems.length > 0) return refuse(problems, () => undefined)
  const { problems: meaning } = connectionProblems(document)
  return meaning.length === 0 ? document : refuse(meaning, () => undefined)
}

/**
 * A connector file from outside: an object, or YAML or JSON text of at most 5 MB. Beyond its schema, everything it refers to
 * must exist, and nothing in it may touch what the gateway sets itself. Throws INVALID_INPUT whose detail names the first
 * problem, its line and the fix, and whose diagnostics list up to 20 as `{ errors: [{ path, line?, column?, message }] }`.
 */
export function parseConnector(source: unknown): ConnectorDocument {
  const read = typeof source === 'string' ? readText(source) : { ok: true as const, value: source, locate: () => undefined }
  if (!read.ok) return refuse(read.problems, () => undefined)
  const { value, locate } = read

  const stranger = strangerProblem(value)
  if (stranger !== null) return refuse([{ path: '', message: stranger }], locate)
  const plain = plainProblem(value)
  if (plain !== null)
    return refuse([{ path: toPointer(plain.path), message: `${readablePath(plain.path)} ${plain.text}` }], locate)

  validate ??= schemaCompiler({}, { formats: false }).compile(connectorJsonSchema())
  const problems = validate(value).map((problem) => ({ ...problem, message: hints[problem.path] ?? problem.message }))
  if (!isValid(value, problems)) return refuse(problems, locate)
  const meaning = meaningProblems(value)
  return meaning.length === 0 ? value : refuse(meaning, locate)
}
