import { SallyportError } from '../errors.ts'
import { connectorJsonSchema } from './connector-schema.ts'
import type { ConnectorDocument } from './document.ts'
import { isObject } from './json-schema/keywords.ts'
import { readablePath, toPointer } from './json-schema/problems.ts'
import { schemaCompiler, type Validate } from './json-schema/validator.ts'
import { checkAction, connectorFacts } from './parse/check-action.ts'
import { checkAuth, checkFields, checkSecurity, checkServers } from './parse/check-connection.ts'
import { checkReferences } from './parse/check-references.ts'
import { Issues, orKnown } from './parse/issues.ts'
import { plainProblem } from './parse/plain.ts'
import { type Position, readText, type SourceProblem } from './parse/source.ts'
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

function meaningProblems(document: ConnectorDocument): readonly SchemaProblem[] {
  const issues = new Issues()
  checkServers(document, issues)
  checkAuth(document, issues)
  checkFields(document, issues)
  checkSecurity(document, issues)
  const facts = connectorFacts(document)
  for (const [name, action] of Object.entries(document.actions)) {
    if (issues.full) break
    checkAction(name, action, facts, issues)
  }
  const { verify } = document
  const names = Object.keys(document.actions)
  if (verify !== undefined && !Object.hasOwn(document.actions, verify.action)) {
    issues.add(['verify', 'action'], `names "${verify.action}", which is no action${orKnown(verify.action, names)}`)
  }
  checkReferences(document, issues)
  return issues.problems
}

/** What makes the value something else than a connector file, so that a list of missing keys would not help. */
function strangerProblem(value: unknown): string | null {
  if (!isObject(value)) return 'A connector file is an object with the keys connector, name, servers and actions.'
  if (Object.hasOwn(value, 'openapi') || Object.hasOwn(value, 'swagger')) {
    return 'This is an OpenAPI document, not a connector file. Import it: send it as {"spec": …}, or run "sallyport import".'
  }
  if (typeof value.kind === 'string' && value.kind !== 'http')
    return `kind ${value.kind.slice(0, 40)} is not supported; this version runs "http" only.`
  return null
}

type Locate = (path: readonly string[]) => Position | undefined
const pathOf = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

function refuse(problems: readonly SourceProblem[], locate: Locate): never {
  const errors = problems.map((problem) => ({ ...locate(pathOf(problem.path)), ...problem }))
  const [first] = errors
  const line = first?.line === undefined ? '' : `Line ${first.line}: `
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const sentence = (first?.message ?? 'The connector file is not valid').replace(/[.?]$/, (mark) => (mark === '?' ? mark : ''))
  throw new SallyportError('INVALID_INPUT', {
    detail: `${line}${sentence}${more}${sentence.endsWith('?') && more === '' ? '' : '.'}`,
    diagnostics: { errors },
  })
}

/**
 * A document that this program made: its shape is known but for what a person gave (names, servers), so that is checked with
 * one action for all, and then what everything refers to. Throws INVALID_INPUT as parseConnector does.
 */
export function checkMade(document: ConnectorDocument): ConnectorDocument {
  const [action] = Object.entries(document.actions)
  const { schemas: _, ...rest } = document
  validate ??= schemaCompiler({}, { formats: false }).compile(connectorJsonSchema())
  const problems = validate({ ...rest, actions: action === undefined ? {} : Object.fromEntries([action]) })
  if (problems.length > 0) return refuse(problems, () => undefined)
  const meaning = meaningProblems(document)
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
